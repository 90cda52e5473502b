//! The pages on paper as poppler reads and shows them.

use keyway_interop::poppler::{pictures, text};
use keyway_paper::{
    Attempt, ConfigurationPage, Outcome, Row, TestPage, network_configuration_page, network_name, test_page,
};

/// Names of networks in many scripts.
const NAMES: &[&str] = &[
    "Home",
    "Café Größe Ørsted Łódź",
    "office fi ffl",
    "Домашняя сеть №5",
    "Το σπίτι μου",
    "Տուն",
    "სახლი",
    "שבת שלום",
    "الشبكة",
    "شبكة المنزل",
    "خانه‌ی ما",
    "我家的网络",
    "家庭網路",
    "うちのネット カフェ",
    "우리집 와이파이",
    "हिन्दी घर का वाई-फ़ाई",
    "বাড়ি",
    "ਘਰ ਨੈੱਟਵਰਕ",
    "ઘર નેટવર્ક",
    "வீடு",
    "ఇల్లు నెట్‌వర్క్",
    "ಮನೆ",
    "വീട്",
    "บ้านน้ำ",
    "မြန်မာ",
    "ቤት",
    "ᠮᠣᠩᠭᠣᠯ",
    "🏠📶🦊",
    "👩‍👧",
    "❤️",
    "e\u{301} o\u{302}\u{323}",
];

#[test]
fn a_name_in_any_script_can_be_copied_from_the_page() {
    let mut broken = Vec::new();
    for name in NAMES {
        let page = TestPage { ssid: network_name(name.as_bytes()), ..TestPage::default() };
        let [page] = &text(&test_page(&page).unwrap())[..] else { panic!("{name}: not one page") };
        let found =
            page.lines().find_map(|line| line.strip_prefix("Network ")).map(str::trim).unwrap_or_default();
        if found != *name {
            broken.push(format!(
                "{name:?} became {found:?} ({} | {})",
                name.escape_unicode(),
                found.escape_unicode()
            ));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn what_is_no_text_or_would_deceive_is_spelled_out() {
    let cases: [(&[u8], &str); 6] = [
        (b"Caf\xe9", r"Caf\xe9"),
        (b"\x00\xff\x1b[2J", r"\x00\xff\x1b[2J"),
        (br"C:\xff", r"C:\\xff"),
        ("\u{202e}emoH".as_bytes(), r"\u{202e}emoH"),
        ("Home\u{200b}".as_bytes(), r"Home\u{200b}"),
        ("𠀀".as_bytes(), r"\u{20000}"),
    ];
    for (ssid, expected) in cases {
        let page = TestPage { ssid: network_name(ssid), ..TestPage::default() };
        let lines = text(&test_page(&page).unwrap()).concat();
        assert!(
            lines.lines().any(|line| words(line) == format!("Network {expected}")),
            "{expected}: {lines}"
        );
    }
}

#[test]
fn the_network_configuration_page_can_be_read() {
    let page = configuration();
    let pdf = network_configuration_page(&page).unwrap();
    let [sheet] = &text(&pdf)[..] else { panic!("not one sheet") };
    let lines: Vec<String> = sheet.lines().map(words).filter(|line| !line.is_empty()).collect();
    let expected = [
        "Network configuration page 1 May 2026, 10:20",
        "Office printer BLUE-42",
        "Keyway Touch 300",
        "Not on the network: the PIN was wrong",
        "1 passed · 1 failed · 1 not run",
        "What to do next",
        "1. Ask the printer for a new PIN.",
        "2. Type it into the router's page.",
        "What the printer found",
        "PASS Network found “Дом 家” on channel 6",
        "FAIL Registered The router refused the second half",
        "NOT RUN IP address Not joined yet",
        "INFO MAC address 02:00:00:00:00:2a",
        "PIN for Wi-Fi Protected Setup",
        "1234 5670",
        "Valid for 3:41",
        "Latest attempts",
        "When Method Result Next",
        "10:17 Printer's PIN Wrong PIN, second half Ask for a new one",
        "Office printer · BLUE-42 · 1 May 2026, 10:20 Page 1 of 1",
    ];
    assert_eq!(lines, expected, "{sheet}");
}

#[test]
fn every_row_is_on_one_of_the_sheets() {
    let rows = (0..150).map(|number| row(&format!("Row{number}"), Outcome::Info, &"words ".repeat(number)));
    let page = ConfigurationPage { rows: rows.collect(), ..ConfigurationPage::default() };
    let sheets = text(&network_configuration_page(&page).unwrap());
    let all = words(&sheets.concat());
    for number in 0..150 {
        assert!(all.split(' ').any(|word| word == format!("Row{number}")), "row {number} is missing");
    }
    assert_eq!(all.split(' ').filter(|word| *word == "words").count(), 150 * 149 / 2);
    for (index, sheet) in sheets.iter().enumerate() {
        let foot = format!("Page {} of {}", index + 1, sheets.len());
        assert!(words(sheet).ends_with(&foot), "{foot}: {sheet}");
    }
}

#[test]
fn nothing_is_cut_off() {
    // The white edge that nearly every printer can leave: 8 mm.
    const EDGE: f32 = 8.0 / 25.4;
    let mut rows: Vec<Row> = NAMES.iter().map(|name| row(name, Outcome::Fail, &name.repeat(40))).collect();
    rows.push(row(&"W".repeat(300), Outcome::NotRun, &"w".repeat(3000)));
    let long = "字W".repeat(100);
    let page = ConfigurationPage {
        verdict: long.clone(),
        printer_name: long.clone(),
        nickname: long.clone(),
        model: long.clone(),
        printed_at: long.clone(),
        rows,
        next_steps: vec![long.clone()],
        ..configuration()
    };
    let paper = TestPage { printer_name: long.clone(), ssid: long, ..TestPage::default() };
    let resolution = 40;
    for pdf in [network_configuration_page(&page).unwrap(), test_page(&paper).unwrap()] {
        for (number, picture) in pictures(&pdf, resolution).iter().enumerate() {
            let [left, top, right, bottom] = picture.inked().expect("something is on the sheet");
            let edge = (EDGE * resolution as f32) as usize;
            assert!(
                left >= edge && top >= edge && right + edge < picture.width && bottom + edge < picture.height,
                "sheet {number}: {left} {top} {right} {bottom} of {} × {}",
                picture.width,
                picture.height
            );
        }
    }
}

#[test]
fn the_test_page_shows_every_colour() {
    let pdf = test_page(&TestPage { printer_name: "Study".into(), ..TestPage::default() }).unwrap();
    let [picture] = &pictures(&pdf, 50)[..] else { panic!("not one page") };
    // A4 at 50 pixels to the inch.
    assert_eq!((picture.width, picture.height), (414, 585));
    let colours =
        [[0, 174, 239], [236, 0, 140], [255, 222, 0], [0, 0, 0], [214, 31, 38], [0, 150, 64], [33, 64, 154]];
    for colour in colours {
        let near = |pixel: [u8; 3]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 6);
        assert!(picture.count(near) > 800, "{colour:?}: {} pixels", picture.count(near));
    }
    for grey in 0..16u8 {
        assert!(picture.count(|pixel| pixel == [grey * 17; 3]) > 100, "grey {grey}");
    }
}

#[test]
fn a_result_is_told_without_colour_too() {
    let shape = |result| {
        let page = ConfigurationPage { rows: vec![row("Check", result, "words")], ..Default::default() };
        let picture = pictures(&network_configuration_page(&page).unwrap(), 100).swap_remove(0);
        // Dark or light, as a printer with black ink alone shows it.
        let dark =
            |[red, green, blue]: &[u8; 3]| u32::from(*red) + u32::from(*green) + u32::from(*blue) < 450;
        picture.pixels.iter().map(dark).collect::<Vec<bool>>()
    };
    let shapes = [Outcome::Pass, Outcome::Fail, Outcome::NotRun, Outcome::Info].map(shape);
    for (index, shape) in shapes.iter().enumerate() {
        for other in &shapes[..index] {
            let different = shape.iter().zip(other).filter(|(a, b)| a != b).count();
            assert!(different > 300, "{different} pixels");
        }
    }
}

fn configuration() -> ConfigurationPage {
    let found = format!("“{}” on channel 6", network_name("Дом 家".as_bytes()));
    ConfigurationPage {
        verdict: "Not on the network: the PIN was wrong".into(),
        printer_name: "Office printer".into(),
        nickname: "BLUE-42".into(),
        model: "Keyway Touch 300".into(),
        printed_at: "1 May 2026, 10:20".into(),
        rows: vec![
            row("Network found", Outcome::Pass, &found),
            row("Registered", Outcome::Fail, "The router refused the second half"),
            row("IP address", Outcome::NotRun, "Not joined yet"),
            row("MAC address", Outcome::Info, "02:00:00:00:00:2a"),
        ],
        pin_state: "Valid for 3:41".into(),
        pin: Some("12345670".parse().unwrap()),
        attempts: vec![Attempt {
            when: "10:17".into(),
            method: "Printer's PIN".into(),
            result: "Wrong PIN, second half".into(),
            next: "Ask for a new one".into(),
        }],
        next_steps: vec!["Ask the printer for a new PIN.".into(), "Type it into the router's page.".into()],
    }
}

fn row(name: &str, result: Outcome, evidence: &str) -> Row {
    Row { name: name.into(), result, evidence: evidence.into() }
}

/// The words, one space between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
