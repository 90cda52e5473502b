//! Who an EAP peer says it is. In EAP-WSC that is its role, not its name.

use alloc::vec::Vec;
use core::fmt;

use crate::conversation::Role;

/// The identity in a peer's answer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// [`Identity::ENROLLEE`]: serve it with a registrar.
    Enrollee,
    /// [`Identity::REGISTRAR`]: serve it with an access point as enrollee.
    Registrar,
    /// None of EAP-WSC: the peer is here for something else. Not necessarily text.
    Other(Vec<u8>),
}

impl Identity {
    /// The identity of a peer that wants to be registered (WSC specification, "EAP Identity").
    pub const ENROLLEE: &'static str = "WFA-SimpleConfig-Enrollee-1-0";
    /// The identity of a peer that registers, here the access point that it talks to.
    pub const REGISTRAR: &'static str = "WFA-SimpleConfig-Registrar-1-0";

    /// Reads the data of an Identity response.
    pub fn from_bytes(bytes: &[u8]) -> Identity {
        if bytes == Identity::ENROLLEE.as_bytes() {
            Identity::Enrollee
        } else if bytes == Identity::REGISTRAR.as_bytes() {
            Identity::Registrar
        } else {
            Identity::Other(bytes.to_vec())
        }
    }

    /// The identity of a peer in this role.
    pub const fn of(role: Role) -> Identity {
        match role {
            Role::Enrollee => Identity::Enrollee,
            Role::Registrar => Identity::Registrar,
        }
    }

    /// The data of an Identity response.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Identity::Enrollee => Identity::ENROLLEE.as_bytes(),
            Identity::Registrar => Identity::REGISTRAR.as_bytes(),
            Identity::Other(bytes) => bytes,
        }
    }
}

/// The identity as text, safe to show: at most 64 octets of it, anything but printable ASCII escaped.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.as_bytes();
        let shown = bytes.get(..64).unwrap_or(bytes);
        write!(f, "{}", shown.escape_ascii())?;
        if shown.len() < bytes.len() { f.write_str("…") } else { Ok(()) }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;

    #[test]
    fn octets_and_identities() {
        for (bytes, identity, text) in [
            (Identity::ENROLLEE.as_bytes(), Identity::Enrollee, Identity::ENROLLEE),
            (Identity::REGISTRAR.as_bytes(), Identity::of(Role::Registrar), Identity::REGISTRAR),
            (b"anna\n\xff", Identity::Other(b"anna\n\xff".to_vec()), "anna\\n\\xff"),
            (b"", Identity::Other(vec![]), ""),
        ] {
            assert_eq!(Identity::from_bytes(bytes), identity);
            assert_eq!(identity.as_bytes(), bytes);
            assert_eq!(identity.to_string(), text);
        }
        assert_eq!(Identity::Other(vec![b'a'; 65]).to_string().chars().count(), 65);
    }
}
