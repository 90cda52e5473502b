//! A simulated radio: channels, distance, loss, collisions; captures as pcapng.
#![forbid(unsafe_code)]
