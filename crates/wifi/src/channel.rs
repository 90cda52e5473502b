//! Channels: their numbers, bands and frequencies. IEEE 802.11-2020, sections 15.4.4.3 and 17.3.8.4.2.

use core::fmt;

/// A band of frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// 2.4 GHz, channels 1 to 14: what every printer can do.
    Ghz2,
    /// 5 GHz, channels 36 to 177.
    Ghz5,
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Band::Ghz2 => "2.4 GHz",
            Band::Ghz5 => "5 GHz",
        })
    }
}

/// A channel of 20 MHz, by its number: 1 to 14 at 2.4 GHz; 36 to 64, 100 to 144 and 149 to 177 in steps of four at 5 GHz.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel(u8);

impl Channel {
    /// The channels at 2.4 GHz that are allowed everywhere, the likely ones first.
    pub const LIKELY_2_GHZ: [Channel; 11] = [
        Channel(1),
        Channel(6),
        Channel(11),
        Channel(2),
        Channel(3),
        Channel(4),
        Channel(5),
        Channel(7),
        Channel(8),
        Channel(9),
        Channel(10),
    ];

    /// The channels at 5 GHz that need no look-out for radar, the likely ones first.
    pub const LIKELY_5_GHZ: [Channel; 8] = [
        Channel(36),
        Channel(44),
        Channel(40),
        Channel(48),
        Channel(149),
        Channel(157),
        Channel(153),
        Channel(161),
    ];

    /// The channel with this number; `None` when there is none.
    pub const fn new(number: u8) -> Option<Channel> {
        match number {
            1..=14 => Some(Channel(number)),
            36..=64 | 100..=144 if number.is_multiple_of(4) => Some(Channel(number)),
            149..=177 if number % 4 == 1 => Some(Channel(number)),
            _ => None,
        }
    }

    /// The channel at this frequency, its centre in MHz; `None` when there is none.
    pub fn from_frequency(mhz: u16) -> Option<Channel> {
        let number = match mhz {
            2484 => 14,
            2412..=2472 => (mhz - 2407) / 5,
            5180..=5885 => (mhz - 5000) / 5,
            _ => return None,
        };
        let channel = Channel::new(u8::try_from(number).ok()?)?;
        (channel.frequency() == mhz).then_some(channel)
    }

    /// Its number.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its centre, in MHz.
    pub const fn frequency(self) -> u16 {
        match self.0 {
            14 => 2484,
            number @ 0..=13 => 2407 + 5 * number as u16,
            number => 5000 + 5 * number as u16,
        }
    }

    /// Its band.
    pub const fn band(self) -> Band {
        if self.0 <= 14 { Band::Ghz2 } else { Band::Ghz5 }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({}, {} MHz)", self.0, self.frequency())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_frequencies() {
        for (number, frequency, band) in [
            (1, 2412, Band::Ghz2),
            (11, 2462, Band::Ghz2),
            (14, 2484, Band::Ghz2),
            (36, 5180, Band::Ghz5),
            (144, 5720, Band::Ghz5),
            (149, 5745, Band::Ghz5),
            (177, 5885, Band::Ghz5),
        ] {
            let channel = Channel::new(number).unwrap();
            assert_eq!((channel.frequency(), channel.band()), (frequency, band));
            assert_eq!(Channel::from_frequency(frequency), Some(channel));
        }
        for number in [0, 15, 35, 37, 68, 98, 148, 150, 181, 255] {
            assert_eq!(Channel::new(number), None, "{number}");
        }
        for frequency in [0, 2411, 2413, 2477, 5181, 5700 - 1, 5890] {
            assert_eq!(Channel::from_frequency(frequency), None, "{frequency}");
        }
        let likely = Channel::LIKELY_2_GHZ.iter().chain(&Channel::LIKELY_5_GHZ);
        assert!(likely.into_iter().all(|channel| Channel::new(channel.0).is_some()));
    }
}
