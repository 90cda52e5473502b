//! What happens on the network after joining, without I/O: DHCP, DNS-SD, IPP.
#![forbid(unsafe_code)]
