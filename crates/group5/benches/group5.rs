//! The three things a WPS session does with the group.

use divan::{Bencher, black_box};
use keyway_group5::{PrivateKey, PublicKey};

fn main() {
    divan::main();
}

fn key(seed: u8) -> PrivateKey {
    let mut octets = [0; 32];
    for (i, octet) in (0..).zip(&mut octets) {
        *octet = seed.wrapping_mul(151).wrapping_add(i * 89) ^ (i << 3);
    }
    octets[0] |= 0x80;
    PrivateKey::from_bytes(&octets).unwrap()
}

/// 2^x, x of 256 bits.
#[divan::bench]
fn public_key(bencher: Bencher<'_, '_>) {
    let key = key(1);
    bencher.bench_local(|| black_box(&key).public_key());
}

/// y^x, x of 256 bits.
#[divan::bench]
fn shared_secret(bencher: Bencher<'_, '_>) {
    let (key, peer) = (key(1), key(2).public_key());
    bencher.bench_local(|| black_box(&key).shared_secret(black_box(&peer)));
}

/// Parsing and validating a peer's public key: the Legendre symbol.
#[divan::bench]
fn check(bencher: Bencher<'_, '_>) {
    let octets = key(2).public_key().to_bytes();
    bencher.bench_local(|| PublicKey::from_bytes(black_box(&octets)).unwrap());
}
