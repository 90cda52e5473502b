//! What hostapd and wpa_supplicant have in common when they report on a registration.

use crate::network::from_hex;
use crate::process::Process;

/// How a registration ended, in a stock program's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `WPS-SUCCESS`.
    Success,
    /// `WPS-FAIL`.
    Failure {
        /// The message type at which it failed, or the one that carried the failure: 4 is M1, 15 is WSC_Done.
        message: u8,
        /// The Configuration Error attribute that was sent or received.
        configuration_error: u16,
    },
    /// `WPS-TIMEOUT`.
    TimeOut,
    /// `WPS-OVERLAP-DETECTED`.
    Overlap,
}

/// The Configuration Error attribute when a device password was found wrong.
pub const DEVICE_PASSWORD_WRONG: u16 = 18;
/// The same attribute when the access point's PIN is locked.
pub const SETUP_LOCKED: u16 = 15;

impl Ending {
    /// Whether it is [`Ending::Success`].
    pub fn is_success(&self) -> bool {
        *self == Ending::Success
    }

    /// The first ending that a program reports after `mark`.
    pub(crate) fn wait(process: &Process, mark: usize) -> Ending {
        process.wait_until(mark, "the end of a registration", Ending::parse)
    }

    fn parse(line: &str) -> Option<Ending> {
        let event = &line[line.find(": WPS-")? + 2..];
        let number = |name: &str| event.split(' ').find_map(|word| word.strip_prefix(name)?.parse().ok());
        match event.split(' ').next()? {
            "WPS-SUCCESS" => Some(Ending::Success),
            "WPS-TIMEOUT" => Some(Ending::TimeOut),
            "WPS-OVERLAP-DETECTED" => Some(Ending::Overlap),
            "WPS-FAIL" => Some(Ending::Failure {
                message: u8::try_from(number("msg=")?).ok()?,
                configuration_error: number("config_error=")?,
            }),
            _ => None,
        }
    }
}

/// The AuthKey of each registration so far, from the output of a program that was told to show keys (`-dd -K`).
/// It is what an attacker who takes part in a registration knows as well.
pub(crate) fn auth_keys(output: &str) -> Vec<Vec<u8>> {
    hexdumps(output, "WPS: AuthKey - hexdump(len=32): ")
}

/// The plain text of each Encrypted Settings attribute that the program received, with its padding.
pub(crate) fn decrypted_settings(output: &str) -> Vec<Vec<u8>> {
    hexdumps(output, "WPS: Decrypted Encrypted Settings - hexdump(")
        .into_iter()
        .map(|mut plain| {
            let padding = usize::from(*plain.last().expect("settings are not empty"));
            plain.truncate(plain.len().saturating_sub(padding));
            plain
        })
        .collect()
}

fn hexdumps(output: &str, label: &str) -> Vec<Vec<u8>> {
    let dumps = output.lines().filter_map(|line| line.split_once(label));
    dumps.map(|(_, rest)| from_hex(rest.rsplit(": ").next().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_read_from_log_lines() {
        let failure = Ending::Failure { message: 11, configuration_error: 18 };
        assert_eq!(Ending::parse("123.4: eth0: WPS-FAIL msg=11 config_error=18 "), Some(failure));
        assert_eq!(Ending::parse("eth0: WPS-SUCCESS "), Some(Ending::Success));
        assert_eq!(Ending::parse("eth0: WPS-CRED-RECEIVED "), None);
        assert_eq!(Ending::parse("WPS: Building Message M1"), None);
    }

    #[test]
    fn keys_are_read_from_hexdumps() {
        let line = format!("1.2: WPS: AuthKey - hexdump(len=32):{}\n", " a5".repeat(32));
        assert_eq!(auth_keys(&line), [[0xa5; 32]]);
    }
}
