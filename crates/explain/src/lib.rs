//! Captures of WPS in plain words.
#![forbid(unsafe_code)]
