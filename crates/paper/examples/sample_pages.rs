//! Writes the pages with made-up content into a folder, to look at them: `-- FOLDER`.

use std::error::Error;
use std::fs;
use std::path::Path;

use keyway_paper::{
    Attempt, ConfigurationPage, Outcome, Row, TestPage, network_configuration_page, network_name, test_page,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("give a folder")?;
    let folder = Path::new(&folder);
    fs::write(folder.join("failed.pdf"), network_configuration_page(&failed()?)?)?;
    fs::write(folder.join("scripts.pdf"), network_configuration_page(&scripts())?)?;
    let page = TestPage {
        printer_name: "Office printer".into(),
        nickname: "BLUE-42".into(),
        model: "Keyway Touch 300".into(),
        ssid: network_name("Домашняя сеть 家 🦊".as_bytes()),
        address: "192.168.1.23".into(),
        from_computer: "Anna's laptop".into(),
        printed_at: "1 May 2026, 10:20".into(),
    };
    fs::write(folder.join("test.pdf"), test_page(&page)?)?;
    Ok(())
}

fn row(name: &str, result: Outcome, evidence: &str) -> Row {
    Row { name: name.into(), result, evidence: evidence.into() }
}

fn failed() -> Result<ConfigurationPage, Box<dyn Error>> {
    use Outcome::{Fail, Info, NotRun, Pass};
    let attempt = |when: &str, result: &str, next: &str| Attempt {
        when: when.into(),
        method: "Printer's PIN".into(),
        result: result.into(),
        next: next.into(),
    };
    Ok(ConfigurationPage {
        verdict: "Not on the network: the router refused the second half of the PIN".into(),
        printer_name: "Office printer".into(),
        nickname: "BLUE-42".into(),
        model: "Keyway Touch 300, firmware 2.1.0".into(),
        printed_at: "1 May 2026, 10:20".into(),
        rows: vec![
            row("Wireless", Pass, "On"),
            row("Network name", Pass, "“Home” found on channel 6 (2.4 GHz), router 02:00:00:00:01:00"),
            row("Security", Pass, "WPA2 personal (AES)"),
            row("Signal", Pass, "−58 dBm, good"),
            row("Wi-Fi Protected Setup", Fail, "The router refused the second half of the PIN (wrong-pin-second-half)"),
            row("Settings match", NotRun, "No settings were received"),
            row("Connected", NotRun, "Not joined yet"),
            row("IP address", NotRun, "Not joined yet"),
            row("MAC address", Info, "02:00:00:00:00:2a"),
        ],
        pin_state: "Valid until 10:24. Type it into the router's page under Add device by PIN.".into(),
        pin: Some("12345670".parse()?),
        attempts: vec![
            attempt("1 May, 10:17", "Wrong PIN, second half", "Ask the printer for a new PIN, type it slowly"),
            attempt("1 May, 10:12", "The PIN expired before anybody used it", "Ask for a new PIN"),
            attempt("30 April, 21:40", "Joined “Home”", "Nothing to do"),
        ],
        next_steps: vec![
            "On the printer, open Settings › Network › Wi-Fi Protected Setup and start again: it makes a new PIN.".into(),
            "On the router's page, open Add device by PIN and type the new PIN. Compare the name BLUE-42.".into(),
            "If it fails again, use the Wi-Fi password instead: Settings › Network › Wireless Setup.".into(),
        ],
    })
}

fn scripts() -> ConfigurationPage {
    let names: [(&str, &[u8]); 14] = [
        ("Latin", "Café Größe Ørsted Łódź".as_bytes()),
        ("Cyrillic", "Домашняя сеть №5".as_bytes()),
        ("Greek", "Το σπίτι μου".as_bytes()),
        ("Arabic", "شبكة المنزل ٥".as_bytes()),
        ("Hebrew", "הבית שלי 5G".as_bytes()),
        ("Chinese", "我家的网络 家庭網路".as_bytes()),
        ("Japanese", "うちのネット カフェ".as_bytes()),
        ("Korean", "우리집 와이파이".as_bytes()),
        ("Devanagari", "हिन्दी घर का वाई-फ़ाई".as_bytes()),
        ("Thai", "เครือข่ายบ้านน้ำ".as_bytes()),
        ("Bengali, Tamil", "বাড়ি வீடு".as_bytes()),
        ("Emoji", "🏠📶🦊 ❤️ 👍🏽".as_bytes()),
        ("Not UTF-8", b"Caf\xe9\x00\xff \xe2\x82"),
        ("Tricks", "\u{202e}emoH\u{200b}\u{3164}".as_bytes()),
    ];
    let rows = names.iter().map(|(script, ssid)| {
        row(script, Outcome::Pass, &format!("Found “{}” on channel 11", network_name(ssid)))
    });
    let long =
        (0..60).map(|n| row(&format!("Check {n}"), Outcome::Info, &"evidence in words ".repeat(n % 9 + 1)));
    ConfigurationPage {
        verdict: "On “Дом 家 שלום”. Everything is in order".into(),
        printer_name: "打印机 in the study".into(),
        printed_at: "2026-05-01 10:20".into(),
        rows: rows.chain(long).collect(),
        pin_state: "There is no PIN at the moment. Settings › Network › Wi-Fi Protected Setup makes one."
            .into(),
        ..ConfigurationPage::default()
    }
}
