//! The home as a picture.

use keyway_devices::view::{Banner, HomeView, LinkState, LinkView, Model};

/// The picture: where everything is drawn and what stands there.
pub(crate) struct Picture {
    pub(crate) height: u32,
    /// Where the house ends below.
    pub(crate) floor: u32,
    /// The whole picture in words.
    pub(crate) words: String,
    /// The state of WPS.
    pub(crate) banner: String,
    /// How the router's WPS light shines.
    pub(crate) wps: &'static str,
    pub(crate) devices: Vec<Device>,
    /// The first printer's identifier.
    pub(crate) first: String,
}

/// A device as a box, and its link to the router.
pub(crate) struct Device {
    pub(crate) href: String,
    pub(crate) kind: &'static str,
    pub(crate) title: String,
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) detail: String,
    pub(crate) class: &'static str,
    pub(crate) link: &'static str,
    pub(crate) bars: Vec<Bar>,
    pub(crate) x: u32,
    pub(crate) y: u32,
}

/// A bar of the signal.
pub(crate) struct Bar {
    pub(crate) class: &'static str,
    pub(crate) x: u32,
    pub(crate) height: u32,
}

/// Devices in one row of the picture.
const ROW: usize = 5;
/// Between the middles of two devices beside each other, and above each other.
const STEP: (u32, u32) = (172, 190);
/// The middle of the first row.
const FIRST: u32 = 322;

pub(crate) fn picture(home: &HomeView) -> Picture {
    let mut devices = devices(home);
    let rows = devices.len().div_ceil(ROW);
    let count = devices.len();
    for (index, device) in devices.iter_mut().enumerate() {
        let (row, column) = (index / ROW, index % ROW);
        let in_row = (count - row * ROW).min(ROW);
        device.x = 480 - number(in_row - 1) * STEP.0 / 2 + number(column) * STEP.0;
        device.y = FIRST + number(row) * STEP.1;
    }
    let banner = match home.router.power {
        true => short(&super::acts::banner_words(&home.router.banner)),
        false => "off".to_owned(),
    };
    let sentences =
        devices.iter().map(|device| format!("{} ({}): {}.", device.title, device.name, device.words));
    let words = format!("{}: {banner}. {}", home.router.name, sentences.collect::<Vec<_>>().join(" "));
    let first = home.printers.first().map_or(String::new(), |printer| printer.id.clone());
    let floor = FIRST + number(rows.saturating_sub(1)) * STEP.1 + 108;
    Picture { height: floor + 6, floor, words, banner, wps: wps(home), devices, first }
}

fn devices(home: &HomeView) -> Vec<Device> {
    let link_of = |id: &str| home.links.iter().find(|link| link.device == id);
    let mut devices = Vec::new();
    for printer in &home.printers {
        let link = link_of(&printer.id);
        let trouble =
            printer.session.as_ref().is_some_and(|session| !session.running && session.reason.is_some());
        let (words, class) = match link {
            _ if !printer.power => ("off".to_owned(), "dark"),
            Some(link) if link.state == LinkState::None && trouble => ("needs you".to_owned(), "trouble"),
            Some(link) => (words(link), class(link)),
            None => ("not set up".to_owned(), "idle"),
        };
        let detail = match link.and_then(|link| link.signal) {
            Some(signal) => format!("{} m · {} dBm", printer.metres, super::acts::minus(&signal)),
            None => format!("{} m", printer.metres),
        };
        devices.push(Device {
            href: format!("/printer/{}", printer.id),
            kind: match printer.model {
                Model::Touch => "touch",
                Model::TwoLine => "lines",
                Model::Label => "label",
                Model::Entry => "entry",
            },
            title: printer.nickname.clone(),
            name: printer.name.clone(),
            words,
            detail,
            class,
            link: link.map_or("none", self::class),
            bars: bars(link.map_or(0, |link| link.bars)),
            x: 0,
            y: 0,
        });
    }
    let computer = &home.computer;
    let link = link_of("computer");
    devices.push(Device {
        href: "/computer".to_owned(),
        kind: "computer",
        title: computer.name.clone(),
        name: computer.ssid.as_ref().map_or("on no network".to_owned(), |ssid| format!("on {ssid}")),
        words: match (computer.vpn, computer.found.len()) {
            (true, _) => "VPN is on".to_owned(),
            (false, 0) => "sees no printer".to_owned(),
            (false, 1) => "sees 1 printer".to_owned(),
            (false, count) => format!("sees {count} printers"),
        },
        detail: computer.band.clone().unwrap_or_default(),
        class: if computer.ssid.is_some() { "online" } else { "idle" },
        link: link.map_or("none", class),
        bars: bars(link.map_or(0, |link| link.bars)),
        x: 0,
        y: 0,
    });
    devices
}

fn bars(lit: u8) -> Vec<Bar> {
    let bar = |index: u8| Bar {
        class: if index < lit { "lit" } else { "unlit" },
        x: u32::from(index) * 6,
        height: 5 + u32::from(index) * 4,
    };
    (0..4).map(bar).collect()
}

fn wps(home: &HomeView) -> &'static str {
    match &home.router.banner {
        _ if !home.router.power => "",
        Banner::Off { .. } => "",
        Banner::Ready => "on",
        Banner::OpenForPin { .. } | Banner::OpenForButton { .. } | Banner::Talking { .. } => "open",
    }
}

/// What fits into the router's box.
fn short(words: &str) -> String {
    words.split([';', ',']).next().unwrap_or(words).trim_end_matches(':').to_owned()
}

fn class(link: &LinkView) -> &'static str {
    match link.state {
        LinkState::None => "none",
        LinkState::Searching | LinkState::Registering | LinkState::Joining | LinkState::Printing => "busy",
        LinkState::Joined => "busy",
        LinkState::Online => "online",
    }
}

fn words(link: &LinkView) -> String {
    match link.state {
        LinkState::None => "not set up".to_owned(),
        LinkState::Searching => "looks for the router".to_owned(),
        LinkState::Registering => format!("set-up: step {} of 7", link.step),
        LinkState::Joining => "joins".to_owned(),
        LinkState::Joined => "asks for an address".to_owned(),
        LinkState::Online => "online".to_owned(),
        LinkState::Printing => "prints".to_owned(),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
