//! Management frames: IEEE 802.11-2020, section 9.3.3.

use super::{
    ActionCategory, AuthAlgorithm, Capabilities, Flags, FrameControl, FrameKind, ReasonCode, SequenceControl,
    StatusCode, Subtype,
};
use crate::element::Elements;
use crate::wire::{ParseError, Reader};
use alloc::vec::Vec;
use keyway_wsc::MacAddr;

/// A management frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Management {
    /// The flags. [`Flags::PROTECTED`] stands with [`ManagementBody::Sealed`].
    pub flags: Flags,
    /// The time that the medium is reserved, in microseconds.
    pub duration: u16,
    /// Who is to receive it.
    pub destination: MacAddr,
    /// Who sends it.
    pub source: MacAddr,
    /// The BSS; in a probe request often everybody's.
    pub bssid: MacAddr,
    /// The sequence control.
    pub sequence: SequenceControl,
    /// The HT control, there with [`Flags::ORDER`] only.
    pub ht_control: Option<[u8; 4]>,
    /// What it says.
    pub body: ManagementBody,
}

/// What a management frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ManagementBody {
    /// Here is a network.
    Beacon(Beacon),
    /// Which networks are there?
    ProbeRequest(Elements),
    /// This one.
    ProbeResponse(Beacon),
    /// One step of authentication.
    Authentication(Authentication),
    /// May I come in?
    AssociationRequest(AssociationRequest),
    /// Yes, or no.
    AssociationResponse(AssociationResponse),
    /// May I come in again, or over from another access point?
    ReassociationRequest(AssociationRequest),
    /// Yes, or no.
    ReassociationResponse(AssociationResponse),
    /// The end of an association.
    Disassociation(Farewell),
    /// The end of an authentication, and of the association with it.
    Deauthentication(Farewell),
    /// Something else, by category.
    Action(Action),
    /// A frame of this subtype whose content is encrypted.
    Sealed(Subtype, Vec<u8>),
    /// A frame of a subtype that is not read here, with its content.
    Other(Subtype, Vec<u8>),
}

/// The content of beacons and probe responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// The access point's clock, in microseconds.
    pub timestamp: u64,
    /// From one beacon to the next, in units of 1024 microseconds.
    pub interval: u16,
    /// Capabilities.
    pub capabilities: Capabilities,
    /// Elements.
    pub elements: Elements,
}

/// The content of an authentication frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// The algorithm.
    pub algorithm: AuthAlgorithm,
    /// Which step it is, from 1.
    pub transaction: u16,
    /// How it went; in a request, success.
    pub status: StatusCode,
    /// What follows: for [`AuthAlgorithm::OPEN`] elements, for SAE fields of its own.
    pub rest: Vec<u8>,
}

impl Authentication {
    /// A request for open authentication.
    pub const fn open_request() -> Authentication {
        Authentication {
            algorithm: AuthAlgorithm::OPEN,
            transaction: 1,
            status: StatusCode::SUCCESS,
            rest: Vec::new(),
        }
    }

    /// The answer to a request for open authentication.
    pub const fn open_response(status: StatusCode) -> Authentication {
        Authentication { algorithm: AuthAlgorithm::OPEN, transaction: 2, status, rest: Vec::new() }
    }
}

/// The content of association and reassociation requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociationRequest {
    /// Capabilities.
    pub capabilities: Capabilities,
    /// At most how many beacon intervals the station sleeps.
    pub listen_interval: u16,
    /// In a reassociation request, the access point that the station is associated with.
    pub current: Option<MacAddr>,
    /// Elements.
    pub elements: Elements,
}

/// The content of association and reassociation responses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssociationResponse {
    /// Capabilities.
    pub capabilities: Capabilities,
    /// Whether the request is granted.
    pub status: StatusCode,
    /// The association identifier, 1 to 2007; on the air its two uppermost bits are set.
    pub association_id: u16,
    /// Elements.
    pub elements: Elements,
}

/// The content of disassociation and deauthentication frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// Why.
    pub reason: ReasonCode,
    /// Elements; a protected frame to a group ends with a Management MIC element.
    pub elements: Elements,
}

impl From<ReasonCode> for Farewell {
    fn from(reason: ReasonCode) -> Farewell {
        Farewell { reason, elements: Elements::new() }
    }
}

/// The content of an action frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The category.
    pub category: ActionCategory,
    /// What follows it.
    pub rest: Vec<u8>,
    /// Whether it is sent as [`Subtype::ACTION_NO_ACK`].
    pub no_ack: bool,
}

/// An SA Query, with which two sides make sure that their association still holds: IEEE 802.11-2020, section 9.6.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaQuery {
    /// Whether it is the answer.
    pub is_response: bool,
    /// What the answer repeats from the question.
    pub transaction: [u8; 2],
}

impl SaQuery {
    /// Reads an action frame; `None` when it is something else.
    pub fn from_action(action: &Action) -> Option<SaQuery> {
        match (action.category, action.rest.as_slice()) {
            (ActionCategory::SA_QUERY, [kind @ 0..=1, t0, t1, ..]) => {
                Some(SaQuery { is_response: *kind == 1, transaction: [*t0, *t1] })
            }
            _ => None,
        }
    }

    /// As an action frame.
    pub fn to_action(self) -> Action {
        let [t0, t1] = self.transaction;
        let rest = alloc::vec![u8::from(self.is_response), t0, t1];
        Action { category: ActionCategory::SA_QUERY, rest, no_ack: false }
    }
}

impl Management {
    /// A frame between an access point and a station, without flags.
    pub fn new(destination: MacAddr, source: MacAddr, bssid: MacAddr, body: ManagementBody) -> Management {
        Management {
            flags: Flags::NONE,
            duration: 0,
            destination,
            source,
            bssid,
            sequence: SequenceControl::default(),
            ht_control: None,
            body,
        }
    }

    /// Whether this frame is to be protected when management frame protection is on: IEEE 802.11-2020, section 9.3.3.1.
    /// A frame that is protected already is.
    pub fn is_robust(&self) -> bool {
        match &self.body {
            ManagementBody::Disassociation(_)
            | ManagementBody::Deauthentication(_)
            | ManagementBody::Sealed(..) => true,
            ManagementBody::Action(action) => action.category.is_robust(),
            _ => false,
        }
    }

    pub(super) fn read(control: FrameControl, mut reader: Reader<'_>) -> Result<Management, ParseError> {
        let flags = control.flags();
        Ok(Management {
            flags,
            duration: reader.u16("duration")?,
            destination: reader.address("destination")?,
            source: reader.address("source")?,
            bssid: reader.address("BSSID")?,
            sequence: SequenceControl(reader.u16("sequence control")?),
            ht_control: flags.contains(Flags::ORDER).then(|| reader.array("HT control")).transpose()?,
            body: ManagementBody::read(control, reader)?,
        })
    }

    /// The octets of the frame, without a frame check sequence.
    ///
    /// A sealed body sets [`Flags::PROTECTED`], an HT control sets [`Flags::ORDER`].
    pub fn encode(&self) -> Vec<u8> {
        let mut flags = self.flags;
        if let ManagementBody::Sealed(..) = self.body {
            flags = flags.with(Flags::PROTECTED);
        }
        if self.ht_control.is_some() {
            flags = flags.with(Flags::ORDER);
        }
        let mut out = Vec::with_capacity(256);
        out.extend(FrameControl::new(FrameKind::MANAGEMENT, self.body.subtype(), flags).0.to_le_bytes());
        out.extend(self.duration.to_le_bytes());
        out.extend([self.destination, self.source, self.bssid].iter().flat_map(|address| address.0));
        out.extend(self.sequence.0.to_le_bytes());
        out.extend(self.ht_control.iter().flatten());
        self.body.write(&mut out);
        out
    }
}

impl ManagementBody {
    /// The subtype of the frame.
    pub fn subtype(&self) -> Subtype {
        match self {
            ManagementBody::Beacon(_) => Subtype::BEACON,
            ManagementBody::ProbeRequest(_) => Subtype::PROBE_REQUEST,
            ManagementBody::ProbeResponse(_) => Subtype::PROBE_RESPONSE,
            ManagementBody::Authentication(_) => Subtype::AUTHENTICATION,
            ManagementBody::AssociationRequest(_) => Subtype::ASSOCIATION_REQUEST,
            ManagementBody::AssociationResponse(_) => Subtype::ASSOCIATION_RESPONSE,
            ManagementBody::ReassociationRequest(_) => Subtype::REASSOCIATION_REQUEST,
            ManagementBody::ReassociationResponse(_) => Subtype::REASSOCIATION_RESPONSE,
            ManagementBody::Disassociation(_) => Subtype::DISASSOCIATION,
            ManagementBody::Deauthentication(_) => Subtype::DEAUTHENTICATION,
            ManagementBody::Action(action) if action.no_ack => Subtype::ACTION_NO_ACK,
            ManagementBody::Action(_) => Subtype::ACTION,
            ManagementBody::Sealed(subtype, _) | ManagementBody::Other(subtype, _) => *subtype,
        }
    }

    fn read(control: FrameControl, reader: Reader<'_>) -> Result<ManagementBody, ParseError> {
        let subtype = control.subtype();
        if control.flags().contains(Flags::PROTECTED) {
            return Ok(ManagementBody::Sealed(subtype, reader.rest().to_vec()));
        }
        Ok(match subtype {
            Subtype::BEACON => ManagementBody::Beacon(Beacon::read(reader)?),
            Subtype::PROBE_REQUEST => ManagementBody::ProbeRequest(Elements::read(reader)?),
            Subtype::PROBE_RESPONSE => ManagementBody::ProbeResponse(Beacon::read(reader)?),
            Subtype::AUTHENTICATION => ManagementBody::Authentication(Authentication::read(reader)?),
            Subtype::ASSOCIATION_REQUEST => {
                ManagementBody::AssociationRequest(AssociationRequest::read(reader, false)?)
            }
            Subtype::ASSOCIATION_RESPONSE => {
                ManagementBody::AssociationResponse(AssociationResponse::read(reader)?)
            }
            Subtype::REASSOCIATION_REQUEST => {
                ManagementBody::ReassociationRequest(AssociationRequest::read(reader, true)?)
            }
            Subtype::REASSOCIATION_RESPONSE => {
                ManagementBody::ReassociationResponse(AssociationResponse::read(reader)?)
            }
            Subtype::DISASSOCIATION => ManagementBody::Disassociation(Farewell::read(reader)?),
            Subtype::DEAUTHENTICATION => ManagementBody::Deauthentication(Farewell::read(reader)?),
            Subtype::ACTION => ManagementBody::Action(Action::read(reader, false)?),
            Subtype::ACTION_NO_ACK => ManagementBody::Action(Action::read(reader, true)?),
            _ => ManagementBody::Other(subtype, reader.rest().to_vec()),
        })
    }

    /// Appends the body, without the header.
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            ManagementBody::Beacon(beacon) | ManagementBody::ProbeResponse(beacon) => {
                out.extend(beacon.timestamp.to_le_bytes());
                out.extend(beacon.interval.to_le_bytes());
                out.extend(beacon.capabilities.0.to_le_bytes());
                out.extend(beacon.elements.as_bytes());
            }
            ManagementBody::ProbeRequest(elements) => out.extend(elements.as_bytes()),
            ManagementBody::Authentication(step) => {
                out.extend(step.algorithm.0.to_le_bytes());
                out.extend(step.transaction.to_le_bytes());
                out.extend(step.status.0.to_le_bytes());
                out.extend(&step.rest);
            }
            ManagementBody::AssociationRequest(request) => request.write(None, out),
            ManagementBody::ReassociationRequest(request) => {
                request.write(Some(request.current.unwrap_or_default()), out);
            }
            ManagementBody::AssociationResponse(response)
            | ManagementBody::ReassociationResponse(response) => {
                out.extend(response.capabilities.0.to_le_bytes());
                out.extend(response.status.0.to_le_bytes());
                out.extend((response.association_id | ASSOCIATION_ID_MARK).to_le_bytes());
                out.extend(response.elements.as_bytes());
            }
            ManagementBody::Disassociation(farewell) | ManagementBody::Deauthentication(farewell) => {
                out.extend(farewell.reason.0.to_le_bytes());
                out.extend(farewell.elements.as_bytes());
            }
            ManagementBody::Action(action) => {
                out.push(action.category.0);
                out.extend(&action.rest);
            }
            ManagementBody::Sealed(_, bytes) | ManagementBody::Other(_, bytes) => out.extend(bytes),
        }
    }
}

/// The two uppermost bits of an association identifier on the air: IEEE 802.11-2020, section 9.4.1.8.
const ASSOCIATION_ID_MARK: u16 = 0xc000;

impl Beacon {
    fn read(mut reader: Reader<'_>) -> Result<Beacon, ParseError> {
        Ok(Beacon {
            timestamp: reader.u64("timestamp")?,
            interval: reader.u16("beacon interval")?,
            capabilities: Capabilities(reader.u16("capability information")?),
            elements: Elements::read(reader)?,
        })
    }
}

impl Authentication {
    fn read(mut reader: Reader<'_>) -> Result<Authentication, ParseError> {
        Ok(Authentication {
            algorithm: AuthAlgorithm(reader.u16("authentication algorithm")?),
            transaction: reader.u16("authentication transaction number")?,
            status: StatusCode(reader.u16("status code")?),
            rest: reader.rest().to_vec(),
        })
    }
}

impl AssociationRequest {
    fn read(mut reader: Reader<'_>, again: bool) -> Result<AssociationRequest, ParseError> {
        Ok(AssociationRequest {
            capabilities: Capabilities(reader.u16("capability information")?),
            listen_interval: reader.u16("listen interval")?,
            current: again.then(|| reader.address("current access point")).transpose()?,
            elements: Elements::read(reader)?,
        })
    }

    fn write(&self, current: Option<MacAddr>, out: &mut Vec<u8>) {
        out.extend(self.capabilities.0.to_le_bytes());
        out.extend(self.listen_interval.to_le_bytes());
        out.extend(current.iter().flat_map(|address| address.0));
        out.extend(self.elements.as_bytes());
    }
}

impl AssociationResponse {
    fn read(mut reader: Reader<'_>) -> Result<AssociationResponse, ParseError> {
        Ok(AssociationResponse {
            capabilities: Capabilities(reader.u16("capability information")?),
            status: StatusCode(reader.u16("status code")?),
            association_id: reader.u16("association identifier")? & !ASSOCIATION_ID_MARK,
            elements: Elements::read(reader)?,
        })
    }
}

impl Farewell {
    fn read(mut reader: Reader<'_>) -> Result<Farewell, ParseError> {
        Ok(Farewell { reason: ReasonCode(reader.u16("reason code")?), elements: Elements::read(reader)? })
    }
}

impl Action {
    fn read(mut reader: Reader<'_>, no_ack: bool) -> Result<Action, ParseError> {
        let category = ActionCategory(reader.u8("action category")?);
        Ok(Action { category, rest: reader.rest().to_vec(), no_ack })
    }
}
