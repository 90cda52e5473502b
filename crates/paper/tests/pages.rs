//! The pages as octets. What they look like, and what can be read from them, is tested with poppler in `interop`.

use keyway_paper::{
    Attempt, ConfigurationPage, Outcome, Row, TestPage, network_configuration_page, network_name, test_page,
};

#[test]
fn the_same_content_makes_the_same_octets() {
    let page = configuration("Дом 家 שלום 🦊");
    let first = network_configuration_page(&page).unwrap();
    assert_eq!(first, network_configuration_page(&page.clone()).unwrap());
    assert_ne!(first, network_configuration_page(&configuration("Дом 家 שלום 🐺")).unwrap());

    let page = TestPage { ssid: "家".into(), ..TestPage::default() };
    let first = test_page(&page).unwrap();
    assert_eq!(first, test_page(&page.clone()).unwrap());
    assert_ne!(first, test_page(&TestPage::default()).unwrap());
}

#[test]
fn pages_without_content_are_pages() {
    for pdf in [network_configuration_page(&Default::default()), test_page(&Default::default())] {
        assert_eq!(sheets(&pdf.unwrap()), 1);
    }
}

#[test]
fn long_content_goes_on_on_the_next_sheet() {
    let row = |evidence: String| Row { name: "Check".into(), result: Outcome::Info, evidence };
    let cases: [(&str, ConfigurationPage, usize); 6] = [
        ("many rows", ConfigurationPage { rows: vec![row("short".into()); 100], ..Default::default() }, 3),
        ("a long row", ConfigurationPage { rows: vec![row("word ".repeat(4000))], ..Default::default() }, 5),
        ("a word", ConfigurationPage { rows: vec![row("w".repeat(5000))], ..Default::default() }, 2),
        ("a verdict", ConfigurationPage { verdict: "word ".repeat(1000), ..Default::default() }, 2),
        ("a name", ConfigurationPage { printer_name: "字".repeat(2000), ..Default::default() }, 2),
        ("steps", ConfigurationPage { next_steps: vec!["step ".repeat(99); 40], ..Default::default() }, 4),
    ];
    for (name, page, least) in cases {
        let count = sheets(&network_configuration_page(&page).unwrap());
        assert!((least..3 * least).contains(&count), "{name}: {count} sheets");
    }
}

/// No text makes a page fail: every kind of text in every place of it.
#[test]
fn any_text_makes_a_page() {
    let mut state = 7u64;
    let mut draw = move |below: u32| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32 % below
    };
    let blocks = [0x80, 0x600, 0x900, 0x1100, 0x2100, 0x10000, 0x20000, 0x110000];
    for _ in 0..40 {
        let mut text = || {
            let block = blocks[draw(blocks.len() as u32) as usize];
            let length = draw(60);
            (0..length).filter_map(|_| char::from_u32(draw(block))).collect::<String>()
        };
        let page = ConfigurationPage {
            verdict: text(),
            printer_name: text(),
            nickname: text(),
            model: text(),
            printed_at: text(),
            rows: (0..4).map(|_| Row { name: text(), result: Outcome::Fail, evidence: text() }).collect(),
            pin_state: text(),
            pin: None,
            attempts: vec![Attempt { when: text(), method: text(), result: text(), next: text() }],
            next_steps: vec![text(), text()],
        };
        assert!(network_configuration_page(&page).is_ok(), "{page:?}");
        let page = TestPage {
            printer_name: text(),
            nickname: text(),
            model: text(),
            ssid: text(),
            address: text(),
            from_computer: text(),
            printed_at: text(),
        };
        assert!(test_page(&page).is_ok(), "{page:?}");
    }
}

#[test]
fn debug_does_not_tell_the_pin() {
    let page = ConfigurationPage { pin_state: "it is 0000 1234".into(), ..configuration("Home") };
    let debug = format!("{page:?}");
    assert!(debug.contains("Home") && !debug.contains("1234"), "{debug}");
}

fn configuration(ssid: &str) -> ConfigurationPage {
    let evidence = format!("“{}”", network_name(ssid.as_bytes()));
    ConfigurationPage {
        verdict: format!("On {evidence}"),
        rows: vec![Row { name: "Network".into(), result: Outcome::Pass, evidence }],
        pin: Some("12345670".parse().unwrap()),
        ..ConfigurationPage::default()
    }
}

/// How many sheets a PDF has.
fn sheets(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let count = text.split("/Count ").nth(1).expect("a tree of pages");
    count.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).expect("a number")
}
