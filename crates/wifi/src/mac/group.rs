//! The keys of a group: how a station receives with them, and an access point sends with them.

use super::link::{Packet, is_whole};
use crate::ccmp::{self, GroupSigner, GroupVerifier, Opener, Sealer};
use crate::frame::{Data, Frame, Management};
use crate::rsn::GroupKey;
use alloc::vec::Vec;
use keyway_wsc::SecretBytes;

/// What a station receives from its group with. During a change of keys there are two of each.
#[derive(Debug, Default)]
pub(super) struct GroupReception {
    /// By identifier, 1 to 3.
    data: [Option<(SecretBytes, Opener)>; 3],
    /// By identifier, 4 and 5.
    management: [Option<(SecretBytes, GroupVerifier)>; 2],
}

impl GroupReception {
    /// Installs a key for data. One that is installed already stays as it is, with the packet numbers it has seen.
    pub(super) fn install(&mut self, key: &GroupKey) {
        let place = usize::from(key.id).checked_sub(1).and_then(|at| self.data.get_mut(at));
        if let (Some(place), Some(opener)) = (place, Opener::for_group(key)) {
            replace(place, key, opener);
        }
    }

    /// Installs a key for management frames, likewise.
    pub(super) fn install_management(&mut self, key: &GroupKey) {
        let place = usize::from(key.id).checked_sub(4).and_then(|at| self.management.get_mut(at));
        if let (Some(place), Some(verifier)) = (place, GroupVerifier::new(key)) {
            replace(place, key, verifier);
        }
    }

    /// A protected data frame to the group, and its octets.
    pub(super) fn receive(&mut self, data: &Data, bytes: &[u8]) -> Option<Packet> {
        if !is_whole(data) {
            return None;
        }
        let at = usize::from(ccmp::key_id(bytes)?).checked_sub(1)?;
        let (_, opener) = self.data.get_mut(at)?.as_mut()?;
        let Frame::Data(data) = Frame::parse(&opener.open(bytes).ok()?).ok()? else { return None };
        // The group's key is everybody's: what has to do with keys does not come by it.
        Packet::read(&data, true).filter(|packet| !packet.is_eapol())
    }

    /// Whether a management frame to the group is the access point's.
    pub(super) fn verify(&mut self, bytes: &[u8]) -> bool {
        self.management.iter_mut().flatten().any(|(_, verifier)| verifier.verify(bytes).is_ok())
    }
}

fn replace<T>(place: &mut Option<(SecretBytes, T)>, key: &GroupKey, new: T) {
    if place.as_ref().is_none_or(|(installed, _)| *installed != key.key) {
        *place = Some((key.key.clone(), new));
    }
}

/// What an access point sends to its group with.
#[derive(Debug, Default)]
pub(super) struct GroupSending {
    data: Option<(SecretBytes, Sealer)>,
    management: Option<(SecretBytes, GroupSigner)>,
}

impl GroupSending {
    /// Sends data with this key from now on. One that is installed already stays as it is: its packet numbers must not
    /// begin again.
    pub(super) fn install(&mut self, key: &GroupKey) {
        if let Some(sealer) = Sealer::for_group(key) {
            replace(&mut self.data, key, sealer);
        }
    }

    /// Sends management frames with this key from now on, likewise.
    pub(super) fn install_management(&mut self, key: &GroupKey) {
        if let Some(signer) = GroupSigner::new(key) {
            replace(&mut self.management, key, signer);
        }
    }

    /// A data frame to the group as it goes out; `None` when it may not.
    pub(super) fn send(&mut self, data: &Data, privacy: bool) -> Option<Vec<u8>> {
        match &mut self.data {
            Some((_, sealer)) => sealer.seal(&data.encode()).ok(),
            None => (!privacy).then(|| data.encode()),
        }
    }

    /// A management frame to a group as it goes out.
    pub(super) fn send_management(&mut self, frame: &Management) -> Option<Vec<u8>> {
        match &mut self.management {
            Some((_, signer)) if frame.is_robust() => signer.sign(&frame.encode()).ok(),
            _ => Some(frame.encode()),
        }
    }

    /// The last packet number that was used with the key for data.
    pub(super) fn packet_number(&self) -> Option<u64> {
        self.data.as_ref().map(|(_, sealer)| sealer.packet_number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Flags, Snap};
    use keyway_wsc::MacAddr;
    use std::vec;

    fn key(id: u8, packet_number: u64) -> GroupKey {
        GroupKey { id, key: SecretBytes::new(vec![id; 16]), packet_number }
    }

    fn receive(reception: &mut GroupReception, sealed: &[u8]) -> bool {
        let Ok(Frame::Data(data)) = Frame::parse(sealed) else { panic!() };
        assert!(data.flags.contains(Flags::PROTECTED));
        reception.receive(&data, sealed).is_some()
    }

    #[test]
    fn both_keys_of_a_change_are_received_with() {
        let (mut sending, mut reception) = (GroupSending::default(), GroupReception::default());
        let data = |snap: Snap<'_>| {
            Data::from_access_point(MacAddr([2; 6]), MacAddr::BROADCAST, MacAddr([4; 6]), snap.encode())
        };
        let packet = data(Snap { ether_type: 0x0800, packet: b"x" });
        assert_eq!(sending.send(&packet, true), None, "no key yet");
        reception.install(&key(1, 0));
        reception.install(&key(2, 0));
        for id in [1, 2, 1] {
            sending.install(&key(id, sending.packet_number().unwrap_or(0)));
            assert!(receive(&mut reception, &sending.send(&packet, true).unwrap()), "{id}");
        }
        let eapol = sending.send(&data(Snap::eapol(b"x")), true).unwrap();
        assert!(!receive(&mut reception, &eapol), "keys do not come by the group's key");
        for wrong in [0, 3, 4, 255] {
            reception.install(&key(wrong, 0));
            reception.install_management(&key(wrong, 0));
        }
        let again = sending.send(&packet, true).unwrap();
        // The same key once more does not forget what came.
        assert!(receive(&mut reception, &again));
        reception.install(&key(1, 0));
        assert!(!receive(&mut reception, &again));
    }
}
