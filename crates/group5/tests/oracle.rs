//! Everything against crypto-bigint, which is slower and was written by others.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U1536};
use keyway_group5::{InvalidPrivateKey, InvalidPublicKey, LENGTH, PrivateKey, PublicKey};
use proptest::prelude::*;
use std::sync::LazyLock;

const P: U1536 = U1536::from_be_hex(concat!(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd",
    "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed",
    "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f",
    "83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca237327ffffffffffffffff",
));

static MODULUS: LazyLock<FixedMontyParams<{ U1536::LIMBS }>> =
    LazyLock::new(|| FixedMontyParams::new_vartime(Odd::new(P).expect("p is odd")));

/// base^exponent mod p.
fn power(base: &U1536, exponent: &U1536) -> U1536 {
    FixedMontyForm::new(base, &MODULUS).pow_vartime(exponent).retrieve()
}

fn order() -> U1536 {
    P.wrapping_shr_vartime(1)
}

fn number(octets: &[u8]) -> U1536 {
    let mut padded = [0; LENGTH];
    padded[LENGTH - octets.len()..].copy_from_slice(octets);
    U1536::from_be_slice(&padded)
}

fn octets(number: &U1536) -> [u8; LENGTH] {
    number.to_be_bytes().as_slice().try_into().expect("192 octets")
}

/// What `PublicKey::from_bytes` should say, by Euler's criterion.
fn verdict(y: &U1536) -> Result<(), InvalidPublicKey> {
    if *y <= U1536::ONE || *y >= P.wrapping_sub(&U1536::ONE) {
        Err(InvalidPublicKey::Range)
    } else if power(y, &order()) != U1536::ONE {
        Err(InvalidPublicKey::Subgroup)
    } else {
        Ok(())
    }
}

#[track_caller]
fn check_public(y: &U1536) {
    assert_eq!(PublicKey::from_bytes(&octets(y)).map(drop), verdict(y), "{y}");
}

/// A private key against the oracle: its public key, and its secret with 2^7.
#[track_caller]
fn check_private(private: &[u8]) {
    let x = number(private);
    let key = PrivateKey::from_bytes(private).expect("a valid key");
    assert_eq!(key.public_key().to_bytes(), octets(&power(&U1536::from(2u8), &x)), "2^{x}");
    let y = power(&U1536::from(3u8), &U1536::from(14u8));
    let peer = PublicKey::from_bytes(&octets(&y)).expect("a square");
    assert_eq!(key.shared_secret(&peer).as_bytes(), &octets(&power(&y, &x)), "(3^14)^{x}");
}

#[test]
fn public_keys_at_the_edges() {
    for low in 0..30u8 {
        check_public(&U1536::from(low));
        check_public(&P.wrapping_sub(&U1536::from(low)));
        check_public(&P.saturating_add(&U1536::from(low)));
        check_public(&U1536::MAX.wrapping_sub(&U1536::from(low)));
        check_public(&order().wrapping_sub(&U1536::from(low)));
        check_public(&order().wrapping_add(&U1536::from(low)));
    }
    for shift in (0..1536).step_by(11) {
        let power = U1536::ONE.shl_vartime(shift);
        check_public(&power);
        check_public(&power.wrapping_add(&U1536::ONE));
        check_public(&power.wrapping_sub(&U1536::ONE));
        check_public(&P.wrapping_sub(&power));
        check_public(&P.wrapping_shr_vartime(shift));
        // Close to a multiple of p, so that comparing top bits goes wrong.
        check_public(&P.wrapping_shr_vartime(shift).wrapping_add(&U1536::ONE));
    }
    for divisor in 1..200u64 {
        let part = P.wrapping_div_vartime(&U1536::from(divisor).to_nz().expect("not zero"));
        check_public(&part);
        check_public(&part.wrapping_add(&U1536::ONE));
        check_public(&part.wrapping_sub(&U1536::ONE));
    }
}

#[test]
fn public_keys_of_other_lengths() {
    assert_eq!(PublicKey::from_bytes(&[]), Err(InvalidPublicKey::Range));
    assert_eq!(PublicKey::from_bytes(&[1]), Err(InvalidPublicKey::Range));
    assert_eq!(PublicKey::from_bytes(&[31]), Err(InvalidPublicKey::Subgroup));
    assert_eq!(PublicKey::from_bytes(&[0; 193]), Err(InvalidPublicKey::Length));
    let mut four = [0; LENGTH];
    four[LENGTH - 1] = 4;
    let short = PublicKey::from_bytes(&[4]).expect("a square");
    assert_eq!(short.to_bytes(), four);
    assert_eq!(Ok(short), PublicKey::from_bytes(&four));
}

#[test]
fn private_keys_at_the_edges() {
    for length in [1, 2, 8, 9, 24, 25, 31, 32, 33, 63, 64, 65, 96, 191, 192] {
        let mut octets = vec![0; length];
        assert_eq!(PrivateKey::from_bytes(&octets).err(), Some(InvalidPrivateKey::Zero));
        octets[length - 1] = 1;
        check_private(&octets);
        octets[0] |= 0x80;
        check_private(&octets);
        octets.fill(0xff);
        check_private(&octets);
    }
    // Every bit alone, the others alone: each entry of the comb is used.
    for bit in 0..256 {
        let mut octets = [0; 32];
        octets[31 - bit / 8] = 1 << (bit % 8);
        check_private(&octets);
        check_private(&octets.map(|octet| !octet));
    }
    for refused in [order(), P.wrapping_sub(&U1536::ONE)] {
        assert_eq!(PrivateKey::from_bytes(&octets(&refused)).err(), Some(InvalidPrivateKey::Zero));
        check_private(&octets(&refused.wrapping_sub(&U1536::ONE)));
        check_private(&octets(&refused.wrapping_add(&U1536::ONE)));
    }
    check_private(&octets(&P));
    for length in [0, 193, 1000] {
        assert_eq!(PrivateKey::from_bytes(&vec![1; length]).err(), Some(InvalidPrivateKey::Length));
    }
}

#[test]
fn peers_at_the_edges() {
    let private = [0xa5; 32];
    let key = PrivateKey::from_bytes(&private).expect("a valid key");
    let x = number(&private);
    let near_p = (2..60u8).map(|low| P.wrapping_sub(&U1536::from(low)));
    let small = (2..60u8).map(U1536::from);
    let powers = (1..1536).step_by(7).map(|shift| U1536::ONE.shl_vartime(shift));
    let ones = (2..1536).step_by(7).map(|shift| U1536::MAX.wrapping_shr_vartime(shift));
    for y in near_p.chain(small).chain(powers).chain(ones) {
        if let Ok(peer) = PublicKey::from_bytes(&octets(&y)) {
            assert_eq!(key.shared_secret(&peer).as_bytes(), &octets(&power(&y, &x)), "{y}");
        }
    }
}

/// Octets with long runs of ones and zeros, which is where carries go wrong.
fn runs(length: usize) -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![Just(0x00), Just(0xff), any::<u8>()];
    prop::collection::vec((octet, 1..24usize), length).prop_map(move |runs| {
        runs.into_iter().flat_map(|(octet, count)| [octet].repeat(count)).take(length).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn private_keys(private in prop_oneof![
        prop::collection::vec(any::<u8>(), 1..=40),
        prop::collection::vec(any::<u8>(), 1..=LENGTH),
        runs(32),
        runs(LENGTH),
    ]) {
        prop_assume!(private.iter().any(|&octet| octet != 0));
        check_private(&private);
    }

    #[test]
    fn public_keys(public in prop_oneof![prop::collection::vec(any::<u8>(), 0..=LENGTH), runs(LENGTH)]) {
        check_public(&number(&public));
    }

    /// Both sides of y and −y: exactly one is in the subgroup.
    #[test]
    fn negatives(public in runs(LENGTH)) {
        let y = number(&public);
        prop_assume!(y > U1536::ONE && y < P.wrapping_sub(&U1536::ONE));
        let in_subgroup = |y: &U1536| PublicKey::from_bytes(&octets(y)).is_ok();
        prop_assert_ne!(in_subgroup(&y), in_subgroup(&P.wrapping_sub(&y)));
    }

    #[test]
    fn secrets(private in prop_oneof![runs(32), runs(LENGTH)], root in runs(LENGTH)) {
        prop_assume!(private.iter().any(|&octet| octet != 0));
        let y = power(&number(&root), &U1536::from(2u8));
        prop_assume!(y > U1536::ONE);
        let peer = PublicKey::from_bytes(&octets(&y)).expect("a square");
        let secret = PrivateKey::from_bytes(&private).expect("a valid key").shared_secret(&peer);
        prop_assert_eq!(secret.as_bytes(), &octets(&power(&y, &number(&private))));
    }

    #[test]
    fn both_sides_agree(one in any::<[u8; 32]>(), other in any::<[u8; 32]>()) {
        let one = PrivateKey::from_bytes(&one).expect("not zero");
        let other = PrivateKey::from_bytes(&other).expect("not zero");
        let secret = one.shared_secret(&other.public_key());
        prop_assert_eq!(&secret, &other.shared_secret(&one.public_key()));
        prop_assert_ne!(&secret, &one.shared_secret(&one.public_key()));
    }

    #[test]
    fn made_keys_are_valid(private in prop::collection::vec(1..=255u8, 1..=LENGTH)) {
        let public = PrivateKey::from_bytes(&private).expect("not zero").public_key();
        prop_assert_eq!(PublicKey::from_bytes(&public.to_bytes()), Ok(public));
    }
}

#[test]
fn secrets_do_not_print() {
    let private = PrivateKey::from_bytes(&[0xab; 32]).expect("a valid key");
    let secret = private.shared_secret(&private.public_key());
    assert_eq!(format!("{private:?} {secret:?}"), "PrivateKey { .. } SharedSecret { .. }");
}
