//! A peer of version 1.0, made by hand: it writes and reads plain octets, and of the product it uses the cryptography
//! alone. It has the habits that such peers are known for.

use super::{Raw, octets, op_code_of};
use keyway_wsc::attribute::{AttributeId, AttributeValue, Attributes};
use keyway_wsc::crypto::{
    CommitmentHash, Commitments, EncryptedSettings, KeyPair, PublicKeyOctets, SessionKeys,
};
use keyway_wsc::message::message_type;
use keyway_wsc::session::{Half, Outgoing};
use keyway_wsc::*;

type Id = AttributeId;

/// What a peer does otherwise than a peer of version 2.0.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// It announces version 2.0.
    pub version2: bool,
    /// Its capability flags are zero.
    pub incapable: bool,
    /// It leaves out what can be missed.
    pub terse: bool,
    /// Its attributes stand in the opposite order.
    pub reversed: bool,
    /// It adds attributes that nobody knows.
    pub foreign: bool,
    /// Zero octets after M1.
    pub padding: usize,
    /// Octets of its public key: 190 to 192.
    pub key_length: usize,
    /// How it writes the network's name and key.
    pub texts: Texts,
    /// What it writes as Device Password ID in M2, if not what M1 says.
    pub password_id: Option<DevicePasswordId>,
}

/// How a peer writes the network's name and key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// As they are.
    Plain,
    /// With the zero octet that ends a string.
    ZeroAtTheEnd,
    /// The name is filled with zero octets to its greatest length.
    Padded,
    /// With a zero octet after the key that its length does not count.
    StrayOctet,
}

impl Habits {
    /// None at all.
    pub const NONE: Habits = Habits {
        version2: true,
        incapable: false,
        terse: false,
        reversed: false,
        foreign: false,
        padding: 0,
        key_length: 192,
        texts: Texts::Plain,
        password_id: None,
    };
}

/// Which side the peer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A station that wants credentials.
    Station,
    /// An access point that shows its settings and takes new ones.
    AccessPoint,
    /// A registrar of stations.
    Registrar,
    /// A registrar that configures an access point.
    Configurer,
}

/// The peer in one registration.
pub struct OldPeer {
    habits: Habits,
    side: Side,
    password: DevicePassword,
    network: (Vec<u8>, Vec<u8>),
    own: KeyPair,
    public: PublicKeyOctets,
    nonces: (Nonce, Nonce),
    secured: Option<(SessionKeys, Commitments)>,
    commitments: [CommitmentHash; 2],
    previous: Vec<u8>,
    /// What the other side gave or showed: the decrypted settings of M7 or M8.
    pub settings: Vec<u8>,
}

/// What the peer's own MAC address is.
pub const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 9]);
const SECRET_NONCES: [[u8; 16]; 2] = [[0x51; 16], [0x52; 16]];
const NONCE: Nonce = Nonce([0x4e; 16]);

impl OldPeer {
    /// A peer with these habits, which knows a password and a network (name and key).
    pub fn new(habits: Habits, side: Side, password: DevicePassword, network: (&[u8], &[u8])) -> OldPeer {
        // Exponents whose public keys begin with no, one and two zero octets.
        let exponent = [0u32, 192, 28882][192 - habits.key_length];
        let own = KeyPair::from_private(&[&[0x77; 28][..], &exponent.to_be_bytes()].concat()).unwrap();
        let (zeros, rest) = own.public().as_bytes().split_at(192 - habits.key_length);
        assert!(zeros.iter().all(|&octet| octet == 0));
        OldPeer {
            habits,
            side,
            password,
            network: (network.0.to_vec(), network.1.to_vec()),
            public: PublicKeyOctets::parse(rest).unwrap(),
            own,
            nonces: (NONCE, NONCE),
            secured: None,
            commitments: [CommitmentHash([0; 32]); 2],
            previous: Vec::new(),
            settings: Vec::new(),
        }
    }

    /// M1.
    pub fn begin(&mut self) -> Outgoing {
        let introduction = self.introduction();
        let mut parts = vec![
            part(Id::UuidE, &[0x0e; 16]),
            part(Id::MacAddress, &MAC.0),
            part(Id::EnrolleeNonce, &NONCE.0),
            part(Id::PublicKey, self.public.as_bytes()),
            part(Id::DevicePasswordId, &self.password.id().0.to_be_bytes()),
        ];
        parts.extend(introduction);
        let mut bytes = self.assemble(MessageType::M1, parts);
        bytes.resize(bytes.len() + self.habits.padding, 0);
        self.previous = bytes.clone();
        outgoing(bytes)
    }

    /// The answer to a message of the other side. It panics when that is wrong.
    pub fn answer(&mut self, message: &[u8]) -> Option<Outgoing> {
        let list = Attributes::new(message);
        let kind = message_type(message).unwrap();
        if self.secured.is_some() && (MessageType::M3..=MessageType::M8).contains(&kind) {
            self.check(message);
        }
        let nonce = |id| Nonce::parse(list.find(id).unwrap()).unwrap();
        Some(match kind {
            MessageType::M1 => {
                self.nonces.0 = nonce(Id::EnrolleeNonce);
                self.previous = message.to_vec();
                let theirs = PublicKeyOctets::parse(list.find(Id::PublicKey).unwrap()).unwrap();
                let mac = MacAddr::parse(list.find(Id::MacAddress).unwrap()).unwrap();
                self.secure(&theirs, mac);
                let id = self.habits.password_id.unwrap_or(self.password.id());
                let mut parts = vec![
                    part(Id::EnrolleeNonce, &self.nonces.0.0),
                    part(Id::RegistrarNonce, &NONCE.0),
                    part(Id::UuidR, &[0x0d; 16]),
                    part(Id::PublicKey, self.public.as_bytes()),
                    part(Id::DevicePasswordId, &id.0.to_be_bytes()),
                ];
                parts.extend(self.introduction());
                self.signed(MessageType::M2, parts)
            }
            MessageType::M2 => {
                self.nonces.1 = nonce(Id::RegistrarNonce);
                let theirs = PublicKeyOctets::parse(list.find(Id::PublicKey).unwrap()).unwrap();
                self.secure(&theirs, MAC);
                self.check(message);
                let parts = self.commit(Id::EHash1, Id::EHash2);
                self.signed(MessageType::M3, parts)
            }
            MessageType::M3 => {
                self.take_commitments(message, Id::EHash1, Id::EHash2);
                let mut parts = self.commit(Id::RHash1, Id::RHash2);
                parts.push(self.seal(vec![part(Id::RSNonce1, &SECRET_NONCES[0])]));
                self.signed(MessageType::M4, parts)
            }
            MessageType::M4 => {
                self.take_commitments(message, Id::RHash1, Id::RHash2);
                self.check_proof(message, Half::First, Id::RSNonce1);
                let sealed = self.seal(vec![part(Id::ESNonce1, &SECRET_NONCES[0])]);
                self.signed(MessageType::M5, vec![sealed])
            }
            MessageType::M5 => {
                self.check_proof(message, Half::First, Id::ESNonce1);
                let sealed = self.seal(vec![part(Id::RSNonce2, &SECRET_NONCES[1])]);
                self.signed(MessageType::M6, vec![sealed])
            }
            MessageType::M6 => {
                self.check_proof(message, Half::Second, Id::RSNonce2);
                let mut parts = vec![part(Id::ESNonce2, &SECRET_NONCES[1])];
                if self.side == Side::AccessPoint {
                    parts.extend(self.network());
                }
                let sealed = self.seal(parts);
                self.signed(MessageType::M7, vec![sealed])
            }
            MessageType::M7 => {
                self.check_proof(message, Half::Second, Id::ESNonce2);
                self.settings = self.open(message);
                let sealed = match self.side {
                    Side::Configurer => self.seal(self.network()),
                    _ => self.seal(vec![part(Id::Credential, &list_of(&self.network()))]),
                };
                self.signed(MessageType::M8, vec![sealed])
            }
            MessageType::M8 => {
                self.settings = self.open(message);
                let parts = vec![
                    part(Id::EnrolleeNonce, &self.nonces.0.0),
                    part(Id::RegistrarNonce, &self.nonces.1.0),
                ];
                outgoing(self.assemble(MessageType::Done, parts))
            }
            MessageType::Done | MessageType::Ack | MessageType::Nack => return None,
            other => panic!("{other:?}"),
        })
    }

    /// What M1 and M2 say of a device: all of it can be missed.
    fn introduction(&self) -> Vec<Part> {
        let flags = |value: &'static [u8]| if self.habits.incapable { &[0; 2][..value.len()] } else { value };
        [
            (Id::AuthenticationTypeFlags, flags(&[0, 0x23])),
            (Id::EncryptionTypeFlags, flags(&[0, 0x0d])),
            (Id::ConnectionTypeFlags, flags(&[1])),
            (Id::ConfigMethods, flags(&[0x01, 0x88])),
            (Id::WpsState, &[1]),
            (Id::Manufacturer, b"Oldtimer"),
            (Id::ModelName, b""),
            (Id::ModelNumber, b"\0"),
            (Id::SerialNumber, &[b'9'; 40]),
            (Id::PrimaryDeviceType, &[0, 3, 0, 0x50, 0xf2, 4, 0, 1]),
            (Id::DeviceName, b"Caf\xe9"),
            (Id::RfBands, &[1]),
            (Id::AssociationState, &[0, 0]),
            (Id::ConfigurationError, &[0, 0]),
            (Id::OsVersion, &[0, 0, 0, 0]),
        ]
        .into_iter()
        .map(|(id, value)| Part { missable: true, ..part(id, value) })
        .collect()
    }

    /// The network's settings, as they stand in a Credential and in those of an access point.
    fn network(&self) -> Vec<Part> {
        let (mut name, mut key) = self.network.clone();
        match self.habits.texts {
            Texts::Plain | Texts::StrayOctet => {}
            Texts::ZeroAtTheEnd => {
                name.push(0);
                key.push(0);
            }
            Texts::Padded => name.resize(32, 0),
        }
        let secured = !self.network.1.is_empty();
        let mut parts = vec![
            Part { missable: true, ..part(Id::NetworkIndex, &[1]) },
            part(Id::Ssid, &name),
            part(Id::AuthenticationType, if secured { &[0, 0x20] } else { &[0, 1] }),
            part(Id::EncryptionType, if secured { &[0, 8] } else { &[0, 1] }),
            Part { missable: !secured, ..part(Id::NetworkKey, &key) },
            part(Id::MacAddress, &MAC.0),
        ];
        self.wear(&mut parts);
        if self.habits.texts == Texts::StrayOctet {
            parts.iter_mut().filter(|part| part.id == Id::NetworkKey).for_each(|part| part.stray = 1);
        }
        parts
    }

    fn wear(&self, parts: &mut Vec<Part>) {
        if self.habits.terse {
            parts.retain(|part| !part.missable);
        }
        if self.habits.foreign {
            parts.insert(0, part(AttributeId(0x2fff), b"?"));
            parts.push(part(Id::VendorExtension, &[0, 0, 0x3f, 1, 2, 3]));
        }
        if self.habits.reversed {
            parts.reverse();
        }
    }

    fn assemble(&self, kind: MessageType, parts: Vec<Part>) -> Vec<u8> {
        let mut all = vec![part(Id::Version, &[0x10]), part(Id::MessageType, &[kind.0])];
        all.extend(parts);
        if self.habits.version2 {
            all.push(part(Id::VendorExtension, &[0, 0x37, 0x2a, 0, 1, 0x20]));
        }
        self.wear(&mut all);
        list_of(&all)
    }

    fn signed(&mut self, kind: MessageType, parts: Vec<Part>) -> Outgoing {
        let nonce = match kind {
            MessageType::M2 => None,
            MessageType::M4 | MessageType::M6 | MessageType::M8 => {
                Some(part(Id::EnrolleeNonce, &self.nonces.0.0))
            }
            _ => Some(part(Id::RegistrarNonce, &self.nonces.1.0)),
        };
        let mut bytes = self.assemble(kind, nonce.into_iter().chain(parts).collect());
        let authenticator = octets(&self.keys().auth.authenticator(&self.previous, &bytes));
        bytes.extend(list_of(&[part(Id::Authenticator, &authenticator)]));
        self.previous = bytes.clone();
        outgoing(bytes)
    }

    fn check(&mut self, message: &[u8]) {
        let (covered, sent) = message.split_at(message.len() - 12);
        let expected = octets(&self.keys().auth.authenticator(&self.previous, covered));
        assert_eq!(sent, list_of(&[part(Id::Authenticator, &expected)]), "Authenticator");
        self.previous = message.to_vec();
    }

    fn secure(&mut self, theirs: &PublicKeyOctets, mac: MacAddr) {
        let secret = self.own.agree(theirs).unwrap();
        let keys = SessionKeys::derive(&secret, &self.nonces.0, &mac, &self.nonces.1);
        let (pke, pkr) = match self.side {
            Side::Station | Side::AccessPoint => (&self.public, theirs),
            Side::Registrar | Side::Configurer => (theirs, &self.public),
        };
        let commitments = Commitments::new(keys.auth.clone(), &self.password, pke.clone(), pkr.clone());
        self.secured = Some((keys, commitments));
    }

    fn keys(&self) -> &SessionKeys {
        &self.secured.as_ref().unwrap().0
    }

    fn commit(&self, first: Id, second: Id) -> Vec<Part> {
        let commitments = &self.secured.as_ref().unwrap().1;
        let hash = |half, nonce| commitments.hash(half, &SecretNonce::new(nonce)).0;
        vec![
            part(first, &hash(Half::First, SECRET_NONCES[0])),
            part(second, &hash(Half::Second, SECRET_NONCES[1])),
        ]
    }

    fn take_commitments(&mut self, message: &[u8], first: Id, second: Id) {
        self.commitments = [first, second]
            .map(|id| CommitmentHash::parse(Attributes::new(message).find(id).unwrap()).unwrap());
    }

    fn check_proof(&self, message: &[u8], half: Half, id: Id) {
        let settings = self.open(message);
        let nonce = SecretNonce::parse(Attributes::new(&settings).find(id).unwrap()).unwrap();
        let index = usize::from(half == Half::Second);
        assert_eq!(self.secured.as_ref().unwrap().1.hash(half, &nonce), self.commitments[index], "{half:?}");
    }

    fn seal(&self, parts: Vec<Part>) -> Part {
        let sealed = EncryptedSettings::seal(&Raw(list_of(&parts)), self.keys(), &[0x1f; 16]);
        part(Id::EncryptedSettings, &octets(&sealed))
    }

    fn open(&self, message: &[u8]) -> Vec<u8> {
        let sealed = Attributes::new(message).find(Id::EncryptedSettings).unwrap();
        EncryptedSettings::parse(sealed).unwrap().open::<Raw>(self.keys()).unwrap().0
    }
}

/// One attribute of a message.
struct Part {
    id: AttributeId,
    value: Vec<u8>,
    /// Peers are known that leave it out.
    missable: bool,
    /// Zero octets after it that nobody counts.
    stray: usize,
}

fn part(id: AttributeId, value: &[u8]) -> Part {
    Part { id, value: value.to_vec(), missable: false, stray: 0 }
}

fn list_of(parts: &[Part]) -> Vec<u8> {
    parts
        .iter()
        .flat_map(|part| {
            let length = u16::try_from(part.value.len()).unwrap().to_be_bytes();
            [&part.id.0.to_be_bytes()[..], &length, &part.value, &vec![0; part.stray]].concat()
        })
        .collect()
}

fn outgoing(bytes: Vec<u8>) -> Outgoing {
    Outgoing { op_code: op_code_of(message_type(&bytes).unwrap()), bytes }
}
