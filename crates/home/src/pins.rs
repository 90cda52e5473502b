//! The PINs that a registrar was given, each for one attempt and for some minutes.

use crate::timetable::Timetable;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use keyway_eap::Timestamp;
use keyway_wsc::{MacAddr, Pin, Uuid};

/// How long a PIN is good: 2 to 10 minutes, 5 if nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinLifetime(Duration);

impl PinLifetime {
    /// Takes a lifetime.
    ///
    /// # Errors
    /// [`LifetimeError`] outside 2 to 10 minutes.
    pub fn new(lifetime: Duration) -> Result<PinLifetime, LifetimeError> {
        let (least, most) = (Duration::from_secs(120), Duration::from_secs(600));
        if (least..=most).contains(&lifetime) { Ok(PinLifetime(lifetime)) } else { Err(LifetimeError) }
    }

    /// The lifetime.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl Default for PinLifetime {
    fn default() -> Self {
        PinLifetime(Duration::from_secs(300))
    }
}

/// A lifetime is outside its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LifetimeError;

impl fmt::Display for LifetimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a PIN is good for 2 to 10 minutes")
    }
}

impl core::error::Error for LifetimeError {}

/// Which enrollee a PIN belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// Whichever asks first.
    Anyone,
    /// The one with this address, as the frames say it.
    Mac(MacAddr),
    /// The one with this UUID-E.
    Uuid(Uuid),
}

/// Names a PIN without saying it. Numbers are not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PinId(u32);

/// The PINs that a registrar was given.
///
/// A PIN is good for one attempt: it is held while an enrollee tries it, and [spent](Self::spend) as soon as the
/// registrar has revealed anything that depends on it (M4), whatever comes of the attempt. An attempt that breaks off
/// before that leaves it good. An attempt that holds a PIN when it expires may finish.
#[derive(Debug, Default)]
pub struct PinBook {
    entries: BTreeMap<PinId, Entry>,
    /// Whose they are, the older before the newer.
    owners: BTreeMap<Whose, BTreeSet<PinId>>,
    /// When those that nobody holds expire.
    expiries: Timetable<PinId>,
    next: u32,
}

#[derive(Debug)]
struct Entry {
    pin: Pin,
    whose: Whose,
    expires: Timestamp,
    held: bool,
}

/// What [`PinBook::hold`] found.
#[derive(Debug, PartialEq, Eq)]
pub enum PinMatch {
    /// This PIN, which is now held.
    Held(PinId, Pin),
    /// There is one, and another enrollee holds it.
    InUse,
    /// There is none.
    NoPin,
}

impl PinBook {
    /// Takes a PIN, good from `now` on.
    pub fn add(&mut self, pin: Pin, whose: Whose, now: Timestamp, lifetime: PinLifetime) -> PinId {
        let id = PinId(self.next);
        self.next = self.next.wrapping_add(1);
        let expires = now.saturating_add(lifetime.duration());
        self.entries.insert(id, Entry { pin, whose, expires, held: false });
        self.owners.entry(whose).or_default().insert(id);
        self.expiries.set(id, Some(expires));
        id
    }

    /// Finds the PIN for an enrollee and holds it: one given for this very enrollee before one for anyone, the older
    /// before the newer.
    pub fn hold(&mut self, mac: MacAddr, uuid: Uuid, now: Timestamp) -> PinMatch {
        let ids = |whose| self.owners.get(&whose).into_iter().flatten().copied();
        let mut matching: Vec<PinId> = ids(Whose::Mac(mac)).chain(ids(Whose::Uuid(uuid))).collect();
        matching.sort_unstable();
        let good = |id: &PinId| self.entries.get(id).is_some_and(|entry| now < entry.expires);
        let mut matching = matching.into_iter().chain(ids(Whose::Anyone)).filter(good).peekable();
        let any = matching.peek().is_some();
        let free = matching.find(|id| self.entries.get(id).is_some_and(|entry| !entry.held));
        match free.and_then(|id| Some((id, self.entries.get_mut(&id)?))) {
            Some((id, entry)) => {
                entry.held = true;
                self.expiries.set(id, None);
                PinMatch::Held(id, entry.pin.clone())
            }
            None if any => PinMatch::InUse,
            None => PinMatch::NoPin,
        }
    }

    /// The attempt that held the PIN broke off before the PIN mattered: it is good again.
    pub fn release(&mut self, id: PinId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.held = false;
            self.expiries.set(id, Some(entry.expires));
        }
    }

    /// The PIN is used up. True if it was there.
    pub fn spend(&mut self, id: PinId) -> bool {
        let Some(entry) = self.entries.remove(&id) else { return false };
        if let Some(ids) = self.owners.get_mut(&entry.whose) {
            ids.remove(&id);
            if ids.is_empty() {
                self.owners.remove(&entry.whose);
            }
        }
        self.expiries.set(id, None);
        true
    }

    /// Forgets the PINs whose time is over, and names them.
    pub fn expire(&mut self, now: Timestamp) -> Vec<PinId> {
        let gone: Vec<PinId> = self.expiries.due(now).collect();
        for id in &gone {
            self.spend(*id);
        }
        gone
    }

    /// Forgets all PINs.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.owners.clear();
        self.expiries.clear();
    }

    /// Whether a PIN waits for its enrollee, or is held by one.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// When [`expire`](Self::expire) is to be called.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.expiries.first()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: MacAddr = MacAddr([2, 0, 0, 0, 0, 1]);
    const OTHER: MacAddr = MacAddr([2, 0, 0, 0, 0, 2]);
    const UUID: Uuid = Uuid([1; 16]);
    const NONE: Uuid = Uuid([0; 16]);

    fn pin(text: &str) -> Pin {
        text.parse().unwrap()
    }
    const fn at(seconds: u64) -> Timestamp {
        Timestamp::from_secs(seconds)
    }

    #[test]
    fn a_pin_is_for_its_enrollee_and_for_one_attempt() {
        let mut book = PinBook::default();
        let anyone = book.add(pin("12345670"), Whose::Anyone, at(0), PinLifetime::default());
        let own = book.add(pin("0042"), Whose::Mac(MAC), at(0), PinLifetime::default());
        assert_eq!(book.hold(MAC, NONE, at(1)), PinMatch::Held(own, pin("0042")));
        assert_eq!(book.hold(MAC, NONE, at(1)), PinMatch::Held(anyone, pin("12345670")));
        assert_eq!(book.hold(OTHER, NONE, at(1)), PinMatch::InUse);
        book.release(anyone);
        assert_eq!(book.hold(OTHER, NONE, at(1)), PinMatch::Held(anyone, pin("12345670")));
        assert!(book.spend(anyone));
        assert!(!book.spend(anyone));
        assert_eq!(book.hold(OTHER, NONE, at(1)), PinMatch::NoPin, "a replay is refused");
        let by_uuid = book.add(pin("12345670"), Whose::Uuid(UUID), at(1), PinLifetime::default());
        assert_eq!(book.hold(OTHER, NONE, at(1)), PinMatch::NoPin);
        assert_eq!(book.hold(OTHER, UUID, at(1)), PinMatch::Held(by_uuid, pin("12345670")));
    }

    #[test]
    fn a_pin_expires_unless_it_is_held() {
        let mut book = PinBook::default();
        let id = book.add(pin("12345670"), Whose::Anyone, at(0), PinLifetime::default());
        assert_eq!(book.poll_timeout(), Some(at(300)));
        assert_eq!(book.hold(MAC, UUID, at(300)), PinMatch::NoPin);
        assert_eq!(book.expire(at(299)), []);
        assert!(matches!(book.hold(MAC, UUID, at(299)), PinMatch::Held(..)));
        assert_eq!(book.expire(at(301)), []);
        book.release(id);
        assert_eq!(book.expire(at(301)), [id]);
        assert!(book.is_empty());
    }

    #[test]
    fn lifetimes_have_bounds() {
        for (seconds, good) in [(119, false), (120, true), (600, true), (601, false)] {
            assert_eq!(PinLifetime::new(Duration::from_secs(seconds)).is_ok(), good, "{seconds}");
        }
    }
}
