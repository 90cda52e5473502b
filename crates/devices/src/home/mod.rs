//! All of them on one simulated radio.
