//! A Wi-Fi interface and the card behind it.

use super::error::{ChannelTrouble, WifiError};
use super::socket::Socket;
use crate::interface::Interface as Link;
use crate::ip::{IpError, Links};
use keyway_nl80211::answer::{Interface, Regulations, Wiphy};
use keyway_nl80211::event::Event;
use keyway_nl80211::request::{self, InterfaceKind};
use keyway_wifi::{Band, Channel};
use keyway_wsc::MacAddr;
use std::time::Duration;

/// What an interface is and what its card can do.
#[derive(Clone, Debug)]
pub struct Card {
    pub(super) interface: Interface,
    pub(super) wiphy: Wiphy,
    address: MacAddr,
}

impl Card {
    /// Looks at the interface of this name.
    ///
    /// # Errors
    /// When there is no such interface, or it has no Wi-Fi.
    pub fn find(name: &str) -> Result<Card, WifiError> {
        let mut socket = Socket::open().map_err(|error| match error {
            // Without Wi-Fi there are interfaces still; it may just be a wrong one.
            WifiError::NoWifi => Self::none(name, Vec::new()),
            error => error,
        })?;
        Self::find_by(&mut socket, name)
    }

    /// Whether there is an interface of this name that has Wi-Fi.
    #[must_use]
    pub fn is_wifi(name: &str) -> bool {
        Self::find(name).is_ok()
    }

    pub(super) fn find_by(socket: &mut Socket, name: &str) -> Result<Card, WifiError> {
        let mut all = Vec::new();
        socket.ask("list the Wi-Fi interfaces", request::interfaces, |message| {
            all.extend(Interface::parse(message));
        })?;
        let Some(interface) = all.iter().find(|found| found.name == name).cloned() else {
            return Err(Self::none(name, all.into_iter().map(|found| found.name).collect()));
        };
        let mut wiphys: Vec<Wiphy> = Vec::new();
        socket.ask("ask what the card can do", request::radios, |message| {
            let mut part = Wiphy::default();
            if !part.absorb(message) {
                return;
            }
            match wiphys.iter_mut().find(|wiphy| wiphy.index == part.index) {
                Some(known) => _ = known.absorb(message),
                None => wiphys.push(part),
            }
        })?;
        let wiphy = wiphys.into_iter().find(|wiphy| wiphy.index == interface.wiphy);
        let (Some(wiphy), Some(address)) = (wiphy, interface.address) else {
            return Err(WifiError::Vanished { name: name.to_owned() });
        };
        Ok(Card { interface, wiphy, address })
    }

    #[cfg(test)]
    pub(super) fn new(interface: Interface, wiphy: Wiphy, address: MacAddr) -> Card {
        Card { interface, wiphy, address }
    }

    /// The interface's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.interface.name
    }

    /// The interface's number.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.interface.index
    }

    /// The interface's hardware address.
    #[must_use]
    pub fn address(&self) -> MacAddr {
        self.address
    }

    /// What the interface is (`NL80211_IFTYPE_…`).
    #[must_use]
    pub fn kind(&self) -> u32 {
        self.interface.kind
    }

    /// Whether its card can be this.
    #[must_use]
    pub fn can_be(&self, kind: InterfaceKind) -> bool {
        self.wiphy.interface_types.iter().any(|known| u32::from(*known) == kind as u32)
    }

    /// Whether its card can protect management frames. One that cannot must not agree to it, as a station or as an access
    /// point: the kernel would refuse the key.
    #[must_use]
    pub fn protects_management(&self) -> bool {
        self.wiphy.protects_management()
    }

    /// The bands on which it may listen at least.
    #[must_use]
    pub fn bands(&self) -> Vec<Band> {
        let usable = |band| {
            self.wiphy.frequencies.iter().any(|frequency| {
                !frequency.is_disabled && channel(frequency.mhz).is_some_and(|found| found.band() == band)
            })
        };
        [Band::Ghz2, Band::Ghz5].into_iter().filter(|band| usable(*band)).collect()
    }

    /// Whether it may listen on a channel.
    pub(super) fn may_listen(&self, channel: Channel) -> bool {
        let mhz = u32::from(channel.frequency());
        self.wiphy.frequencies.iter().any(|frequency| frequency.mhz == mhz && !frequency.is_disabled)
    }

    /// Whether a network may be begun on a channel.
    ///
    /// # Errors
    /// [`WifiError::Channel`] with the reason.
    pub fn check_channel(&self, channel: Channel) -> Result<(), WifiError> {
        let mhz = u32::from(channel.frequency());
        let trouble = match self.wiphy.frequencies.iter().find(|frequency| frequency.mhz == mhz) {
            None => ChannelTrouble::Unknown,
            Some(frequency) if frequency.is_disabled => ChannelTrouble::Forbidden,
            Some(frequency) if frequency.radar => ChannelTrouble::Radar,
            Some(frequency) if frequency.no_initiation => ChannelTrouble::OnlyListening,
            Some(_) => return Ok(()),
        };
        Err(WifiError::Channel { number: channel.number(), why: trouble, country: country()? })
    }

    /// Switches the interface on or off.
    pub(super) fn switch(&self, links: &mut Links, on: bool) -> Result<(), WifiError> {
        links.set_up(self.index(), on).map_err(|error| match error {
            IpError::Refused { source, .. } if source.raw_os_error() == Some(libc::ERFKILL) => {
                WifiError::SwitchedOff { name: self.name().to_owned() }
            }
            error => WifiError::Link(error),
        })
    }

    /// Switches the interface on, if it is off.
    pub(super) fn switch_on(&self) -> Result<(), WifiError> {
        self.switch(&mut Links::open().map_err(WifiError::Link)?, true)
    }

    fn none(name: &str, usable: Vec<String>) -> WifiError {
        let exists = Link::all().is_ok_and(|all| all.iter().any(|link| link.name == name));
        WifiError::NoSuchInterface { name: name.to_owned(), exists, usable }
    }
}

/// The country whose rules the kernel holds to: two letters, or `00`.
///
/// # Errors
/// When the kernel does not say.
pub fn country() -> Result<String, WifiError> {
    let mut found = None;
    Socket::open()?.ask("ask which country's rules hold", request::regulations, |message| {
        found = Regulations::parse(message).or(found);
    })?;
    Ok(found.map_or_else(|| "00".to_owned(), |rules| String::from_utf8_lossy(&rules.country).into_owned()))
}

/// Has the kernel hold to the rules of a country, by its two letters (ISO 3166-1), and waits until it does, or for a
/// second: a card may have rules of its own, and a kernel without a database of rules knows none.
///
/// # Errors
/// When the kernel refuses.
pub fn set_country(country: [u8; 2]) -> Result<(), WifiError> {
    if super::country()?.as_bytes() == country {
        // The kernel would tell nothing.
        return Ok(());
    }
    let mut socket = Socket::open()?;
    socket.subscribe("regulatory")?;
    socket.order("set the country", |family, sequence| request::set_country(family, sequence, country))?;
    socket.wait_for(COUNTRY, |told| told.event == Event::Regulations)
}

/// How long to wait for other rules to hold. (Seen: 10 ms.)
const COUNTRY: Duration = Duration::from_secs(1);

/// Makes an interface a station or an access point; gives what it was (`NL80211_IFTYPE_…`). Most drivers want it down
/// for that.
///
/// # Errors
/// When there is no such interface, or the card cannot.
pub fn set_kind(name: &str, kind: u32) -> Result<u32, WifiError> {
    let mut socket = Socket::open()?;
    let card = Card::find_by(&mut socket, name)?;
    if card.interface.kind != kind {
        let index = card.index();
        socket.order("change what the interface is", |family, sequence| {
            request::set_kind(family, sequence, index, kind)
        })?;
    }
    Ok(card.interface.kind)
}

fn channel(mhz: u32) -> Option<Channel> {
    Channel::from_frequency(u16::try_from(mhz).ok()?)
}
