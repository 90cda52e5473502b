//! What a message of the registration says in the clear. What is encrypted in it stays so.

use keyway_wsc::attribute::ParseError;
use keyway_wsc::message::messages::{
    Ack, Closing, Done, Introduction, M1, M2, M2D, M3, M4, M5, M6, M7, M8, Nack,
};
use keyway_wsc::message::{Authenticated, Open, VendorExtensions, message_type};
use keyway_wsc::session::PeerDescription;
use keyway_wsc::{ConfigError, DevicePasswordId, MacAddr, MessageType, Nonce, Uuid};

/// A message, as far as somebody who only listens can read it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) kind: MessageType,
    /// N1 names the registration, and so does N2. They are compared and never told.
    pub(super) enrollee_nonce: Option<Nonce>,
    pub(super) registrar_nonce: Option<Nonce>,
    pub(super) config_error: Option<ConfigError>,
    pub(super) password_id: Option<DevicePasswordId>,
    /// How the sender introduces itself.
    pub(super) peer: Option<Box<PeerDescription>>,
}

/// Reads a message.
///
/// # Errors
/// [`ParseError`] when it is not one, or lacks what it must have.
pub(super) fn read(bytes: &[u8]) -> Result<Said, ParseError> {
    let kind = message_type(bytes)?;
    let mut said = Said {
        kind,
        enrollee_nonce: None,
        registrar_nonce: None,
        config_error: None,
        password_id: None,
        peer: None,
    };
    match kind {
        MessageType::M1 => {
            let m1 = M1::parse(bytes)?;
            said.enrollee_nonce = Some(m1.enrollee_nonce);
            said.config_error = m1.config_error.0;
            said.password_id = Some(m1.password_id);
            said.peer = Some(peer(&m1, m1.uuid_e, Some(m1.mac), &m1.extensions));
        }
        MessageType::M2 => {
            let unverified = M2::parse(bytes)?;
            let m2 = unverified.peek();
            said.enrollee_nonce = Some(m2.enrollee_nonce);
            said.registrar_nonce = Some(m2.registrar_nonce);
            said.password_id = Some(m2.password_id);
            said.peer = Some(peer(m2, m2.uuid_r, None, &m2.extensions));
        }
        MessageType::M2D => {
            let m2d = M2D::parse(bytes)?;
            said.enrollee_nonce = Some(m2d.enrollee_nonce);
            said.registrar_nonce = Some(m2d.registrar_nonce);
            said.config_error = m2d.config_error.0;
            said.peer = Some(peer(&m2d, m2d.uuid_r, None, &m2d.extensions));
        }
        MessageType::M3 => said.registrar_nonce = Some(M3::parse(bytes)?.peek().registrar_nonce),
        MessageType::M4 => said.enrollee_nonce = Some(M4::parse(bytes)?.peek().enrollee_nonce),
        MessageType::M5 => said.registrar_nonce = Some(M5::parse(bytes)?.peek().registrar_nonce),
        MessageType::M6 => said.enrollee_nonce = Some(M6::parse(bytes)?.peek().enrollee_nonce),
        MessageType::M7 => said.registrar_nonce = Some(M7::parse(bytes)?.peek().registrar_nonce),
        MessageType::M8 => said.enrollee_nonce = Some(M8::parse(bytes)?.peek().enrollee_nonce),
        MessageType::Ack => said.close(&Ack::parse(bytes)?),
        MessageType::Nack => {
            let nack = Nack::parse(bytes)?;
            said.config_error = Some(nack.config_error);
            said.close(&nack);
        }
        MessageType::Done => said.close(&Done::parse(bytes)?),
        found => return Err(ParseError::WrongType { expected: MessageType::M1, found }),
    }
    Ok(said)
}

impl Said {
    /// Takes the nonces of a message that ends a registration. One without N2 has zeros there.
    fn close(&mut self, message: &impl Closing) {
        let (enrollee, registrar) = message.nonces();
        self.enrollee_nonce = Some(enrollee);
        self.registrar_nonce = (registrar != Nonce::default()).then_some(registrar);
    }
}

fn peer(
    message: &impl Introduction,
    uuid: Uuid,
    mac: Option<MacAddr>,
    extensions: &VendorExtensions,
) -> Box<PeerDescription> {
    let version2 = extensions.wfa.version2.is_some();
    Box::new(PeerDescription { uuid, mac, device: message.description(), version2 })
}
