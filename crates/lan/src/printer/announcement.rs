//! What a printer says of itself: Bonjour Printing 1.2.1, PWG 5100.14 (IPP Everywhere).

use crate::dns_sd::{Announcement, Service};
use crate::ipp_printer::{FORMATS, PrinterIdentity, urf};

/// The path of the IPP service, without the leading slash.
pub(super) const RESOURCE: &str = "ipp/print";

/// The announcement of a printer with this host name, whose web server has this port.
pub(super) fn announcement(identity: &PrinterIdentity, host: &str, port: u16) -> Announcement {
    let ipp = |kind, at| Service {
        kind,
        subtypes: vec!["_print", "_universal"],
        port: at,
        txt: txt(identity, host, port),
    };
    Announcement {
        instance: identity.name.clone(),
        host: host.to_owned(),
        services: vec![
            // The flagship: keeps the name for this printer, though it does not speak LPR.
            Service { kind: "_printer._tcp", subtypes: Vec::new(), port: 0, txt: Vec::new() },
            ipp("_ipp._tcp", port),
            // Nobody serves TLS here, and port 0 says so.
            ipp("_ipps._tcp", 0),
            Service {
                kind: "_http._tcp",
                subtypes: vec!["_printer"],
                port,
                txt: vec![("path".into(), "/".into())],
            },
        ],
    }
}

/// A host name of one label: letters, digits and hyphens (RFC 1123, section 2.1).
pub(super) fn host_label(wish: &str) -> String {
    let clean: String = wish
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .skip_while(|c| *c == '-')
        .take(63)
        .collect();
    let label = clean.trim_end_matches('-');
    if label.is_empty() { "printer".to_owned() } else { label.to_owned() }
}

fn txt(identity: &PrinterIdentity, host: &str, port: u16) -> Vec<(String, String)> {
    let flag = |yes: bool| if yes { "T" } else { "F" }.to_owned();
    let pairs = [
        ("txtvers", "1".to_owned()),
        ("qtotal", "1".to_owned()),
        ("rp", RESOURCE.to_owned()),
        ("ty", format!("{} {}", identity.make, identity.model)),
        ("product", format!("({})", identity.model)),
        ("note", identity.location.clone()),
        ("adminurl", format!("http://{host}.local:{port}/")),
        ("priority", "50".to_owned()),
        ("pdl", FORMATS.join(",")),
        ("URF", urf(identity).join(",")),
        ("UUID", identity.uuid.to_string()),
        ("Color", flag(identity.color)),
        ("Duplex", flag(identity.duplex)),
        ("kind", "document".to_owned()),
        ("PaperMax", "legal-A4".to_owned()),
        ("usb_MFG", identity.make.clone()),
        ("usb_MDL", identity.model.clone()),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_have_letters_digits_and_hyphens() {
        for (wish, label) in [
            ("keyway-blue-42", "keyway-blue-42"),
            ("Küche.1", "K-che-1"),
            ("--", "printer"),
            ("", "printer"),
            ("a-", "a"),
        ] {
            assert_eq!(host_label(wish), label);
        }
        assert_eq!(host_label(&"x".repeat(100)).len(), 63);
    }
}
