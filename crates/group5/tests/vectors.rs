//! Known answers.

use keyway_group5::{PrivateKey, PublicKey};

/// A case of the file: its name, then its fields with their octets.
type Case = (&'static str, Vec<(&'static str, Vec<u8>)>);

fn cases() -> Vec<Case> {
    let text = include_str!("vectors/agreement.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut cases: Vec<Case> = Vec::new();
    for (name, value) in lines.map(|line| line.split_once(" = ").expect("name = value")) {
        if name == "case" {
            cases.push((value, Vec::new()));
        } else {
            cases.last_mut().expect("a case").1.push((name, octets(value)));
        }
    }
    cases
}

fn octets(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        hexadecimal.chars().map(|digit| digit.to_digit(16).expect("hexadecimal") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

#[test]
fn agreement() {
    let cases = cases();
    assert_eq!(cases.len(), 26);
    for (name, fields) in cases {
        let field = |wanted: &str| &fields.iter().find(|(name, _)| *name == wanted).expect(wanted).1[..];
        let private = PrivateKey::from_bytes(field("private")).expect(name);
        let peer = PublicKey::from_bytes(field("peer")).expect(name);
        assert_eq!(private.public_key().to_bytes(), field("public"), "{name}: public key");
        assert_eq!(private.shared_secret(&peer).as_bytes(), field("secret"), "{name}: shared secret");
    }
}
