//! The pages of the home and its JSON API.
#![forbid(unsafe_code)]
