//! Diffie-Hellman over the 1536-bit MODP group of RFC 3526 ("group 5", generator 2), as Wi-Fi Protected Setup uses it.
//!
//! ```
//! use keyway_group5::{InvalidPublicKey, PrivateKey, PublicKey};
//!
//! # let (random, elses) = ([0xa5; 32], [0x5a; 32]);
//! let mine = PrivateKey::from_bytes(&random).expect("32 random octets are not zero");
//! let to_send = mine.public_key().to_bytes();
//!
//! # let received = PrivateKey::from_bytes(&elses).unwrap().public_key().to_bytes();
//! let theirs = PublicKey::from_bytes(&received)?;
//! let secret = mine.shared_secret(&theirs);
//! assert_eq!(secret.as_bytes().len(), keyway_group5::LENGTH);
//! # let other = PrivateKey::from_bytes(&elses).unwrap();
//! # assert_eq!(secret, other.shared_secret(&PublicKey::from_bytes(&to_send)?));
//! # Ok::<(), InvalidPublicKey>(())
//! ```
//!
//! A private key of 32 octets is enough: the group is worth at most 120 bits (RFC 3526, section 8), an attack on an
//! exponent takes the square root of its range, and the order of the group is prime (RFC 7919, section 5.2, asks for
//! less). Longer ones are taken because other implementations use them.
//!
//! No `std`, no allocator, no `unsafe`.
//!
//! # What is constant time
//!
//! [`PrivateKey::from_bytes`], [`PrivateKey::public_key`], [`PrivateKey::shared_secret`] and the comparison of two
//! [`SharedSecret`]s execute the same instructions and touch the same addresses for all private keys of one length:
//!
//! - Exponents are taken in windows of fixed places. Each window costs the same squarings and one multiplication, by 1
//!   if the window is zero.
//! - The factor for a window is found by reading the whole table and keeping one entry by a mask.
//! - A multiplication is the same sequence of word multiplications, additions and shifts by constants for all numbers.
//!   The one subtraction at the end is always done, with p or with zero.
//! - Masks pass through [`black_box`](core::hint::black_box), lest the compiler make a branch of them.
//!
//! It rests on two assumptions: that the processor multiplies words in constant time (x86-64, AArch64 and Cortex-M4 and
//! M7 do; Cortex-M3 does not), and that the compiler turns none of this into a branch after all. The test
//! `constant_time` checks the latter for the machine it runs on: it compares traces of every instruction and address.
//!
//! Not constant time, because public: parsing and validating a [`PublicKey`], comparing two, and the length of a private
//! key.
//!
//! Keys and secrets are erased when dropped. Copies that the compiler makes on the stack while it computes are not.
//!
//! # Size and speed
//!
//! 2^x is computed with a table. The feature `small` picks a smaller one, and 32-bit arithmetic in loops:
//!
//! | | table | squarings and multiplications for 2^x | for y^x |
//! |---|---|---|---|
//! | 64-bit target | 33 KiB | 9 + 50 | 259 + 72 |
//! | 32-bit target | 34 KiB | 9 + 50 | 259 + 72 |
//! | with `small` | 3.4 KiB | 61 + 62 | 259 + 72 |
//!
//! Exponents are of 256 bits. On Cortex-M4 the code takes 6.5 KiB, and 6 KiB of stack.
#![no_std]
#![forbid(unsafe_code)]

mod comb;
mod error;
mod jacobi;
mod keys;
mod limb;
mod montgomery;
mod school;
#[cfg(all(target_pointer_width = "64", not(feature = "small")))]
mod tiles;
mod window;

#[cfg(not(all(target_pointer_width = "64", not(feature = "small"))))]
use school as product;
#[cfg(all(target_pointer_width = "64", not(feature = "small")))]
use tiles as product;

pub use error::{InvalidPrivateKey, InvalidPublicKey};
pub use keys::{PrivateKey, PublicKey, SharedSecret};

/// Octets of a public key and of a shared secret.
pub const LENGTH: usize = limb::OCTETS;
