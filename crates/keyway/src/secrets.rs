//! Secrets that the command line names: PINs and passphrases.

use crate::exit::Error;
use keyway_devices::SecretText;
use keyway_home::Whose;
use keyway_linux::{Exposure, Poller, ReadError, Secret, read_secret};
use keyway_wsc::{NetworkKey, Pin};
use std::path::Path;

/// The longest PIN that somebody could type, with spaces and dashes.
const PIN_LENGTH: usize = 64;
/// The longest file with PINs.
const PINS_LENGTH: usize = 64 * 1024;

/// A PIN that stands on the command line.
pub(crate) fn pin(text: &str) -> Result<Pin, Error> {
    text.parse().map_err(|error| Error::usage(format!("this is not a PIN: {error}")))
}

/// A PIN from a flag or from the file beside it; `None` if neither is given.
pub(crate) fn pin_from(
    flag: Option<&str>,
    file: Option<&Path>,
    poller: &mut Poller,
) -> Result<Option<Pin>, Error> {
    match (flag, file) {
        (Some(text), _) => pin(text).map(Some),
        (None, Some(path)) => {
            let secret = read(path, PIN_LENGTH, "PIN: ", poller)?;
            let text = std::str::from_utf8(secret.as_bytes()).unwrap_or("?");
            text.parse()
                .map(Some)
                .map_err(|error| Error::file(format!("{}: not a PIN: {error}", path.display())))
        }
        (None, None) => Ok(None),
    }
}

/// The PINs in a file, one a line. Empty lines and lines that begin with `#` are passed over.
pub(crate) fn pins_from(path: &Path, poller: &mut Poller) -> Result<Vec<(Pin, Whose)>, Error> {
    let secret = read(path, PINS_LENGTH, "PIN: ", poller)?;
    let text = std::str::from_utf8(secret.as_bytes())
        .map_err(|_| Error::file(format!("{}: not a text", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !is_blank(line));
    let pins: Vec<_> = lines
        .map(|(index, line)| {
            pin_line(line)
                .map_err(|error| Error::file(format!("{}, line {}: {error}", path.display(), index + 1)))
        })
        .collect::<Result<_, _>>()?;
    if pins.is_empty() {
        return Err(Error::file(format!("{}: there is no PIN in it", path.display())));
    }
    Ok(pins)
}

/// Whether a line says nothing.
pub(crate) fn is_blank(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// Reads a line of a PIN and, after it, the MAC address or UUID of the printer that it is for.
pub(crate) fn pin_line(line: &str) -> Result<(Pin, Whose), String> {
    let line = line.trim();
    let (text, whose) = match line.rsplit_once(char::is_whitespace) {
        Some((text, last)) => match (last.parse(), last.parse()) {
            (Ok(mac), _) => (text, Whose::Mac(mac)),
            (_, Ok(uuid)) => (text, Whose::Uuid(uuid)),
            _ => (line, Whose::Anyone),
        },
        None => (line, Whose::Anyone),
    };
    let pin = text.parse().map_err(|error| format!("not a PIN: {error}"))?;
    Ok((pin, whose))
}

/// A network key from a file.
pub(crate) fn network_key(path: &Path, poller: &mut Poller) -> Result<NetworkKey, Error> {
    let secret = read(path, 256, "Wi-Fi password: ", poller)?;
    NetworkKey::new(secret.as_bytes()).map_err(|error| {
        let looks_like_pin =
            std::str::from_utf8(secret.as_bytes()).is_ok_and(|text| text.parse::<Pin>().is_ok());
        let hint = if looks_like_pin { " (this looks like a PIN)" } else { "" };
        Error::file(format!("{}: {error}{hint}", path.display()))
    })
}

/// A password from a file, as it stands there up to the end of the line.
pub(crate) fn text(path: &Path, poller: &mut Poller) -> Result<SecretText, Error> {
    let secret = read(path, 256, "Administrator's password: ", poller)?;
    let text = std::str::from_utf8(secret.as_bytes());
    let text = text.map_err(|_| Error::file(format_args!("{}: not UTF-8", path.display())))?;
    Ok(SecretText::new(text.to_owned()))
}

fn read(path: &Path, limit: usize, prompt: &str, poller: &mut Poller) -> Result<Secret, Error> {
    let secret = read_secret(path, limit, prompt, poller).map_err(|error| match error {
        ReadError::Stopped(stop) => Error::stopped(stop),
        error => Error::file(error),
    })?;
    if secret.exposure() == Exposure::Everyone {
        eprintln!(
            "warning: everybody on this machine can read {path}; make it private with: chmod 600 {path}",
            path = path.display()
        );
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_and_without_an_owner() {
        let mac = Whose::Mac("02:00:00:00:00:01".parse().unwrap());
        let uuid = "790c1f80-4f2b-52b7-be30-c0e97292088d";
        let cases: &[(&str, Option<Whose>)] = &[
            ("12345670", Some(Whose::Anyone)),
            (" 1234 5670 ", Some(Whose::Anyone)),
            ("1234-5670 02:00:00:00:00:01", Some(mac)),
            ("1234 5670 02:00:00:00:00:01", Some(mac)),
            ("12345670 790c1f80-4f2b-52b7-be30-c0e97292088d", Some(Whose::Uuid(uuid.parse().unwrap()))),
            ("12345671", None),
            ("hello", None),
            ("02:00:00:00:00:01", None),
            ("12345670 02:00:00:00:00", None),
        ];
        for (line, expected) in cases {
            assert_eq!(pin_line(line).ok().map(|(_, whose)| whose), *expected, "{line}");
        }
        assert!(is_blank("  # a note") && is_blank("") && !is_blank("1234"));
    }
}
