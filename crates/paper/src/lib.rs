//! Pages on paper: the network configuration page and the test page, as PDF.
#![forbid(unsafe_code)]
