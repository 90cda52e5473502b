//! TAP devices: network interfaces whose cable is a file.

use std::fs::{File, OpenOptions};

use rustix::ioctl::{Opcode, Setter, ioctl};

/// Makes a TAP device in this process's network namespace. It exists as long as the file is open, wherever it is
/// moved. Each read takes one Ethernet frame that the kernel sends; each write is one that it receives.
///
/// # Panics
///
/// If the kernel refuses, as it does without `/dev/net/tun` or without privileges.
pub(crate) fn open(name: &str) -> File {
    let device = OpenOptions::new().read(true).write(true).open("/dev/net/tun");
    let file = device.unwrap_or_else(|error| panic!("cannot open /dev/net/tun: {error}"));
    let mut request = [0; REQUEST_LENGTH];
    request[..name.len()].copy_from_slice(name.as_bytes());
    request[NAME_LENGTH..NAME_LENGTH + 2].copy_from_slice(&(IFF_TAP | IFF_NO_PI).to_ne_bytes());
    // SAFETY: TUNSETIFF takes a pointer to a `struct ifreq`: a name of 16 bytes, ended by a zero, and flags, in
    // 40 bytes together. That is what `request` is, and it lives until the call returns.
    let result = unsafe { ioctl(&file, Setter::<TUNSETIFF, [u8; REQUEST_LENGTH]>::new(request)) };
    result.unwrap_or_else(|error| panic!("cannot make the TAP device {name}: {error}"));
    file
}

/// Its number on x86, Arm, RISC-V and s390; MIPS, PowerPC and SPARC count otherwise.
const TUNSETIFF: Opcode = 0x4004_54ca;
const IFF_TAP: u16 = 0x0002;
const IFF_NO_PI: u16 = 0x1000;
const NAME_LENGTH: usize = 16;
const REQUEST_LENGTH: usize = 40;
