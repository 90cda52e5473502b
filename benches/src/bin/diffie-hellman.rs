//! Key generation and key agreement in group 5: ours beside OpenSSL's, in turns within one run.
//!
//! `cargo run --release -p keyway-benches --bin diffie-hellman [ROUNDS]`
//!
//! OpenSSL is asked through its `EVP` interface, as hostapd asks it, in the library that is installed here.

use keyway_group5::{PrivateKey, PublicKey};
use libloading::Library;
use std::ffi::{c_char, c_int, c_void};
use std::hint::black_box;
use std::ptr::{null, null_mut};
use std::time::Instant;

fn main() {
    let argument = std::env::args().nth(1);
    let rounds: usize = argument.map_or(301, |text| text.parse().expect("a number of rounds"));
    let openssl = OpenSsl::load();
    let peer = openssl.generate();
    let our_peer: PublicKey = key(25, 1).public_key();
    let names = [
        "OpenSSL: generate a key pair",
        "OpenSSL: agree on a secret, unchecked",
        "Keyway: generate a key pair, 200 bits",
        "Keyway: check the peer's key and agree on a secret, 200 bits",
        "Keyway: generate a key pair, 256 bits",
        "Keyway: check the peer's key and agree on a secret, 256 bits",
    ];
    let mut times = [const { Vec::new() }; 6];
    let octets = our_peer.to_bytes();
    for round in 0..rounds {
        let mut time = |place: usize, act: &mut dyn FnMut()| {
            let start = Instant::now();
            act();
            times[place].push(start.elapsed().as_secs_f64() * 1e6);
        };
        let mut own = null_mut();
        time(0, &mut || own = openssl.generate());
        time(1, &mut || openssl.agree(own, peer));
        openssl.free(own);
        for (place, length) in [(2, 25), (4, 32)] {
            let private = key(length, round as u8);
            time(place, &mut || {
                black_box(private.public_key());
            });
            time(place + 1, &mut || {
                let peer = PublicKey::from_bytes(black_box(&octets)).expect("a key of the group");
                black_box(private.shared_secret(&peer));
            });
        }
    }
    println!("{rounds} rounds, medians");
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    for (name, median) in names.iter().zip(medians) {
        println!("{median:7.0} \u{b5}s  {name}");
    }
    for (name, at) in [("OpenSSL", 0), ("Keyway, 200 bits", 2), ("Keyway, 256 bits", 4)] {
        println!("{:7.0} \u{b5}s  both together: {name}", medians[at] + medians[at + 1]);
    }
    openssl.free(peer);
}

/// A private key of this length whose octets differ with `seed`.
fn key(length: usize, seed: u8) -> PrivateKey {
    let octets: Vec<u8> = (0..length).map(|at| (at as u8).wrapping_mul(73).wrapping_add(seed) | 1).collect();
    PrivateKey::from_bytes(&octets).expect("a private key")
}

type Pointer = *mut c_void;

/// The part of libcrypto that makes and uses keys.
struct OpenSsl {
    context_by_name: unsafe extern "C" fn(Pointer, *const c_char, *const c_char) -> Pointer,
    context_by_key: unsafe extern "C" fn(Pointer, Pointer, *const c_char) -> Pointer,
    free_context: unsafe extern "C" fn(Pointer),
    keygen_init: unsafe extern "C" fn(Pointer) -> c_int,
    set_group: unsafe extern "C" fn(Pointer, *const c_char) -> c_int,
    keygen: unsafe extern "C" fn(Pointer, *mut Pointer) -> c_int,
    free_key: unsafe extern "C" fn(Pointer),
    derive_init: unsafe extern "C" fn(Pointer) -> c_int,
    set_peer: unsafe extern "C" fn(Pointer, Pointer, c_int) -> c_int,
    derive: unsafe extern "C" fn(Pointer, *mut u8, *mut usize) -> c_int,
}

impl OpenSsl {
    fn load() -> OpenSsl {
        // SAFETY: libcrypto's initialisers have no requirements. It is never unloaded.
        let library = unsafe { Library::new("libcrypto.so.3") };
        let library = Box::leak(Box::new(library.expect("OpenSSL 3 is installed (libssl3)")));
        macro_rules! function {
            ($name:literal) => {
                // SAFETY: the type is that of OpenSSL 3's own header for this function.
                *unsafe { library.get($name) }.expect("libcrypto has the function")
            };
        }
        OpenSsl {
            context_by_name: function!(b"EVP_PKEY_CTX_new_from_name\0"),
            context_by_key: function!(b"EVP_PKEY_CTX_new_from_pkey\0"),
            free_context: function!(b"EVP_PKEY_CTX_free\0"),
            keygen_init: function!(b"EVP_PKEY_keygen_init\0"),
            set_group: function!(b"EVP_PKEY_CTX_set_group_name\0"),
            keygen: function!(b"EVP_PKEY_keygen\0"),
            free_key: function!(b"EVP_PKEY_free\0"),
            derive_init: function!(b"EVP_PKEY_derive_init\0"),
            set_peer: function!(b"EVP_PKEY_derive_set_peer_ex\0"),
            derive: function!(b"EVP_PKEY_derive\0"),
        }
    }

    /// A new key pair in group 5.
    fn generate(&self) -> Pointer {
        let mut key = null_mut();
        // SAFETY: the texts end with a zero octet and outlive the calls; the context is freed once, after its last use.
        unsafe {
            let context = (self.context_by_name)(null_mut(), c"DH".as_ptr(), null());
            assert_eq!((self.keygen_init)(context), 1);
            assert_eq!((self.set_group)(context, c"modp_1536".as_ptr()), 1);
            assert_eq!((self.keygen)(context, &mut key), 1);
            (self.free_context)(context);
        }
        key
    }

    /// Agrees on a secret with the owner of `peer`, whose key is not checked: OpenSSL's check takes much longer still.
    fn agree(&self, own: Pointer, peer: Pointer) {
        let mut secret = [0; 192];
        let mut length = secret.len();
        // SAFETY: both keys live; `secret` has as many octets as `length` says; the context is freed once.
        unsafe {
            let context = (self.context_by_key)(null_mut(), own, null());
            assert_eq!((self.derive_init)(context), 1);
            assert_eq!((self.set_peer)(context, peer, 0), 1);
            assert_eq!((self.derive)(context, secret.as_mut_ptr(), &mut length), 1);
            (self.free_context)(context);
        }
        black_box(secret);
    }

    /// Frees a key pair, which is not used after.
    fn free(&self, key: Pointer) {
        // SAFETY: the key came from `generate`.
        unsafe { (self.free_key)(key) }
    }
}
