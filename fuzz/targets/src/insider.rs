//! The insider: an attacker who took part in the key exchange, and so has every key but not the PIN.
//!
//! A mere change of a message is found at its Authenticator. The insider makes a new one, and seals what it
//! changed inside Encrypted Settings again, so that what lies behind the cryptography is fuzzed as well. Where an honest
//! party would give up because the PIN is wrong, it goes on with forged messages.

use std::sync::LazyLock;

use keyway_wsc::attribute::{
    AttributeId, AttributeValue, Attributes, HEADER_LENGTH, ParseError, Presence, write_attribute,
};
use keyway_wsc::crypto::{CommitmentHash, EncryptedSettings, KeyPair, SessionKeys};
use keyway_wsc::message::messages::{Done, M4, M5, M6, M7, M8};
use keyway_wsc::message::settings::{M4Settings, M5Settings, M6Settings, M7Settings, M8Settings};
use keyway_wsc::message::{
    AttributeList, Authenticated, Message, Open, Unverified, VendorExtensions, message_type,
};
use keyway_wsc::session::{OpCode, Outgoing};
use keyway_wsc::{Draw, Entropy, MessageType, Nonce, SecretNonce};

use crate::entropy::Seeded;
use crate::scenario;

/// What the enrollee draws from.
pub(crate) const ENROLLEE: Seeded = Seeded(3);

/// What the registrar draws from.
pub(crate) const REGISTRAR: Seeded = Seeded(4);

/// The length of an Authenticator, and of a Key Wrap Authenticator, with its header.
const TRAILER: usize = HEADER_LENGTH + 8;

/// N1 and N2 of every registration here: both sides draw the same each time.
static NONCES: LazyLock<(Nonce, Nonce)> = LazyLock::new(|| {
    let nonce = |mut entropy: Seeded, draw| {
        let mut nonce = Nonce([0; 16]);
        entropy.fill(draw, &mut nonce.0).expect("seeded entropy delivers");
        nonce
    };
    (nonce(ENROLLEE, Draw::EnrolleeNonce), nonce(REGISTRAR, Draw::RegistrarNonce))
});

/// Their keys.
static KEYS: LazyLock<SessionKeys> = LazyLock::new(|| {
    let keys = |mut entropy: Seeded| KeyPair::generate(&mut entropy).expect("seeded entropy delivers");
    let secret = keys(ENROLLEE).agree(keys(REGISTRAR).public()).expect("a generated key is in the group");
    SessionKeys::derive(&secret, &NONCES.0, &scenario::ENROLLEE, &NONCES.1)
});

/// An authenticated message that the insider can write on.
pub(crate) struct Opened {
    /// Everything in front of the Authenticator.
    body: Body,
    /// What its Encrypted Settings hold, in front of the Key Wrap Authenticator, and where they stand.
    settings: Option<(usize, Body)>,
}

impl Opened {
    /// Opens `message`, if it is one that ends with an Authenticator.
    pub(crate) fn new(message: &[u8]) -> Option<Opened> {
        let kind = message_type(message).ok()?;
        if !(MessageType::M2..=MessageType::M8).contains(&kind) || kind == MessageType::M2D {
            return None;
        }
        let body = message.get(..message.len().checked_sub(TRAILER)?)?.to_vec();
        let settings = Attributes::new(&body)
            .map_while(Result::ok)
            .find(|attribute| attribute.id == AttributeId::EncryptedSettings)
            .and_then(|attribute| {
                let sealed = EncryptedSettings::parse(attribute.value).ok()?;
                let Body(mut plain) = sealed.open::<Body>(&KEYS).ok()?;
                plain.truncate(plain.len().checked_sub(TRAILER)?);
                Some((attribute.offset, Body(plain)))
            });
        Some(Opened { body: Body(body), settings })
    }

    /// What can be written on: what is encrypted, if `inside` and if there is something, or else the message.
    pub(crate) fn text(&mut self, inside: bool) -> &mut Vec<u8> {
        match &mut self.settings {
            Some((_, Body(plain))) if inside => plain,
            _ => &mut self.body.0,
        }
    }

    /// What is encrypted, if there is something.
    pub(crate) fn into_settings(self) -> Option<Vec<u8>> {
        self.settings.map(|(_, Body(plain))| plain)
    }

    /// The message again, sealed and signed behind `previous`.
    pub(crate) fn close(self, inside: bool, previous: &[u8]) -> Vec<u8> {
        let Body(mut body) = self.body;
        if let (true, Some((offset, settings))) = (inside, self.settings) {
            let rest = Attributes::new(&body[offset..]).next().and_then(Result::ok);
            let end = rest.map_or(body.len(), |attribute| offset + HEADER_LENGTH + attribute.value.len());
            let sealed = seal(&settings);
            let mut attribute = Vec::new();
            write_attribute(&mut attribute, AttributeId::EncryptedSettings, &sealed);
            body.splice(offset..end, attribute);
        }
        Body(body).sign(&KEYS.auth, previous)
    }
}

/// An answer to `message`, of the kind that it waits for, from somebody who knows the keys and not the PIN: with a
/// nonce that opens no commitment, and a credential that nobody gave. Nothing answers the other messages.
pub(crate) fn forge(message: &[u8]) -> Option<Outgoing> {
    const WRONG: [u8; 16] = [0x55; 16];
    let (enrollee_nonce, registrar_nonce) = *NONCES;
    let extensions = VendorExtensions::version2();
    let previous = message;
    let hash = || CommitmentHash::parse(&[0x66; 32]).expect("32 octets");
    let nonce = || SecretNonce::new(WRONG);
    let bytes = match message_type(message).ok()? {
        MessageType::M3 => {
            let settings = seal(&M4Settings { r_s1: nonce() });
            let (r_hash1, r_hash2) = (hash(), hash());
            M4 { enrollee_nonce, r_hash1, r_hash2, settings, extensions }.sign(&KEYS.auth, previous)
        }
        MessageType::M4 => {
            let settings = seal(&M5Settings { e_s1: nonce() });
            M5 { registrar_nonce, settings, extensions }.sign(&KEYS.auth, previous)
        }
        MessageType::M5 => {
            let settings = seal(&M6Settings { r_s2: nonce() });
            M6 { enrollee_nonce, settings, extensions }.sign(&KEYS.auth, previous)
        }
        MessageType::M6 => {
            let settings = seal(&M7Settings::proof(nonce()));
            M7 { registrar_nonce, settings, extensions }.sign(&KEYS.auth, previous)
        }
        MessageType::M7 => {
            let settings = seal(&M8Settings::credentials(&[scenario::credential(scenario::PASSPHRASE)]));
            M8 { enrollee_nonce, settings, extensions }.sign(&KEYS.auth, previous)
        }
        MessageType::M8 => {
            let bytes = Done { enrollee_nonce, registrar_nonce, extensions }.encode();
            return Some(Outgoing { op_code: OpCode::Done, bytes });
        }
        _ => return None,
    };
    Some(Outgoing { op_code: OpCode::Message, bytes })
}

fn seal(settings: &impl AttributeList) -> EncryptedSettings {
    EncryptedSettings::seal(settings, &KEYS, &[9; 16])
}

/// Octets that pass for any message and any list.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Body(Vec<u8>);

impl AttributeList for Body {
    const TABLE: &'static [(AttributeId, Presence)] = &[];

    fn parse_list(bytes: &[u8], _: Option<AttributeId>) -> Result<Body, ParseError> {
        Ok(Body(bytes.to_vec()))
    }

    fn write_list(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl Message for Body {
    const TYPE: MessageType = MessageType::M2;
    type Parsed = Unverified<Body>;

    fn write_unsigned(&self, out: &mut Vec<u8>) {
        self.write_list(out);
    }
}

impl Authenticated for Body {}
