//! What the printer can do, whatever it is doing: the attributes that do not change, and what of a job it supports.

use super::{DOCUMENT_LIMIT, FORMATS, OCTET_STREAM, PrinterIdentity};
use crate::ipp::{Attribute, Value, operation};

/// Paper: its name (PWG 5101.1), width and length in hundredths of a millimetre.
struct Medium {
    name: &'static str,
    width: i32,
    length: i32,
}

/// The first is loaded, and the default.
const MEDIA: [Medium; 5] = [
    Medium { name: "iso_a4_210x297mm", width: 21_000, length: 29_700 },
    Medium { name: "na_letter_8.5x11in", width: 21_590, length: 27_940 },
    Medium { name: "na_legal_8.5x14in", width: 21_590, length: 35_560 },
    Medium { name: "iso_a5_148x210mm", width: 14_800, length: 21_000 },
    Medium { name: "na_index-4x6_4x6in", width: 10_160, length: 15_240 },
];

/// The margin on each side that is not printed on, in hundredths of a millimetre.
const MARGIN: i32 = 423;

const MEDIA_TYPES: [&str; 2] = ["stationery", "photographic"];
const SOURCE: &str = "main";

/// Dots for each inch.
const RESOLUTIONS: [i32; 2] = [300, 600];

const MOST_COPIES: i32 = 99;

/// What is supported, in the order of its numbers.
pub(super) const OPERATIONS: [u16; 11] = [
    operation::PRINT_JOB,
    operation::VALIDATE_JOB,
    operation::CREATE_JOB,
    operation::SEND_DOCUMENT,
    operation::CANCEL_JOB,
    operation::GET_JOB_ATTRIBUTES,
    operation::GET_JOBS,
    operation::GET_PRINTER_ATTRIBUTES,
    operation::CANCEL_MY_JOBS,
    operation::CLOSE_JOB,
    operation::IDENTIFY_PRINTER,
];

/// How long a job waits for its documents, in seconds.
pub(super) const DOCUMENT_PATIENCE: i32 = 60;

pub(super) const WHICH_JOBS: [&str; 3] = ["completed", "not-completed", "all"];

/// An attribute of a job's ticket that takes one of several values.
struct Choice {
    name: &'static str,
    /// The default first.
    values: Vec<Value>,
}

fn choices(identity: &PrinterIdentity) -> Vec<Choice> {
    let words = |name, words: &[&str]| Choice {
        name,
        values: words.iter().map(|word| Value::keyword(word)).collect(),
    };
    let numbers = |name, numbers: &[i32]| Choice {
        name,
        values: numbers.iter().map(|number| Value::Enum(*number)).collect(),
    };
    let media: Vec<&str> = MEDIA.iter().map(|medium| medium.name).collect();
    let sides: &[&str] = if identity.duplex {
        &["one-sided", "two-sided-long-edge", "two-sided-short-edge"]
    } else {
        &["one-sided"]
    };
    let colors: &[&str] =
        if identity.color { &["auto", "color", "monochrome"] } else { &["auto", "monochrome"] };
    vec![
        numbers("finishings", &[3]),
        words("job-sheets", &["none"]),
        words("media", &media),
        words("multiple-document-handling", &["separate-documents-collated-copies"]),
        Choice { name: "number-up", values: vec![Value::Integer(1)] },
        numbers("orientation-requested", &[3, 4, 5, 6]),
        words("output-bin", &["face-down"]),
        words("print-color-mode", colors),
        words("print-content-optimize", &["auto", "graphic", "photo", "text", "text-and-graphic"]),
        numbers("print-quality", &[4, 3, 5]),
        words("print-rendering-intent", &["auto"]),
        words("print-scaling", &["auto", "auto-fit", "fill", "fit", "none"]),
        Choice { name: "printer-resolution", values: resolutions() },
        words("sides", sides),
    ]
}

/// Job attributes that may be requested as a group, and their defaults.
pub(super) fn job_template(identity: &PrinterIdentity) -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::new("copies-default", Value::Integer(1)),
        Attribute::new("copies-supported", Value::Range(1, MOST_COPIES)),
    ];
    for Choice { name, values } in choices(identity) {
        let default = values.first().cloned().unwrap_or(Value::NoValue);
        attributes.push(Attribute::new(&format!("{name}-default"), default));
        attributes.push(Attribute::set(&format!("{name}-supported"), values));
    }
    let keywords =
        |name: &str, words: &[&str]| Attribute::set(name, words.iter().map(|word| Value::keyword(word)));
    let numbers = |name: &str, number: i32| Attribute::new(name, Value::Integer(number));
    attributes.extend([
        keywords("media-ready", &[MEDIA[0].name]),
        Attribute::new("media-col-default", medium_collection(&MEDIA[0], MEDIA_TYPES[0])),
        Attribute::new("media-col-ready", medium_collection(&MEDIA[0], MEDIA_TYPES[0])),
        keywords("media-col-supported", &MEDIA_COL),
        Attribute::set("media-size-supported", MEDIA.iter().map(size)),
        numbers("media-bottom-margin-supported", MARGIN),
        numbers("media-left-margin-supported", MARGIN),
        numbers("media-right-margin-supported", MARGIN),
        numbers("media-top-margin-supported", MARGIN),
        keywords("media-source-supported", &[SOURCE]),
        keywords("media-type-supported", &MEDIA_TYPES),
        keywords("overrides-supported", &["document-number", "pages"]),
        Attribute::new("page-ranges-supported", Value::Boolean(true)),
    ]);
    attributes
}

/// What is given only to whom asks for it by name (PWG 5100.7, section 6.9.12).
pub(super) fn media_database() -> Attribute {
    let all = MEDIA.iter().flat_map(|medium| MEDIA_TYPES.map(|kind| medium_collection(medium, kind)));
    Attribute::set("media-col-database", all)
}

/// The rest that does not change.
pub(super) fn description(identity: &PrinterIdentity) -> Vec<Attribute> {
    let keywords =
        |name: &str, words: &[&str]| Attribute::set(name, words.iter().map(|word| Value::keyword(word)));
    let text = |name: &str, text: &str| Attribute::new(name, Value::Text(short(text, 127)));
    let integer = |name: &str, number: i32| Attribute::new(name, Value::Integer(number));
    let boolean = |name: &str, yes: bool| Attribute::new(name, Value::Boolean(yes));
    let media_type = |name: &str| Value::MediaType(name.to_owned());
    let make_and_model = format!("{} {}", identity.make, identity.model);
    let uuid = format!("urn:uuid:{}", identity.uuid);
    let tickets: Vec<&str> = ticket_names(identity);
    let kilobytes = Value::Range(0, i32::try_from(DOCUMENT_LIMIT / 1024).unwrap_or(i32::MAX));
    let mut attributes = vec![
        Attribute::new("charset-configured", Value::Charset("utf-8".into())),
        Attribute::set("charset-supported", ["utf-8", "us-ascii"].map(|set| Value::Charset(set.into()))),
        boolean("color-supported", identity.color),
        keywords("compression-supported", &["none"]),
        Attribute::new("document-format-default", media_type(OCTET_STREAM)),
        Attribute::set(
            "document-format-supported",
            [OCTET_STREAM].iter().chain(&FORMATS).map(|format| media_type(format)),
        ),
        Attribute::new("document-format-preferred", media_type(FORMATS[0])),
        Attribute::new("generated-natural-language-supported", Value::Language("en".into())),
        keywords("identify-actions-default", &["display"]),
        keywords("identify-actions-supported", &["display"]),
        keywords("ipp-features-supported", &["ipp-everywhere"]),
        keywords("ipp-versions-supported", &["1.0", "1.1", "2.0"]),
        keywords("job-creation-attributes-supported", &tickets),
        boolean("job-ids-supported", true),
        Attribute::new("job-k-octets-supported", kilobytes.clone()),
        Attribute::new("jpeg-k-octets-supported", kilobytes.clone()),
        Attribute::new("pdf-k-octets-supported", kilobytes),
        boolean("multiple-document-jobs-supported", false),
        integer("multiple-operation-time-out", DOCUMENT_PATIENCE),
        keywords("multiple-operation-time-out-action", &["process-job"]),
        Attribute::new("natural-language-configured", Value::Language("en".into())),
        Attribute::set("operations-supported", OPERATIONS.map(|operation| Value::Enum(operation.into()))),
        integer("pages-per-minute", 20),
        keywords("pdl-override-supported", &["attempted"]),
        keywords("pdf-versions-supported", &["adobe-1.7", "iso-32000-1_2008"]),
        boolean("preferred-attributes-supported", false),
        text("printer-device-id", &device_id(identity)),
        Attribute::new("printer-dns-sd-name", Value::Name(short(&identity.name, 63))),
        Attribute::new("printer-geo-location", Value::Unknown),
        keywords("printer-get-attributes-supported", &["document-format"]),
        text("printer-info", &identity.name),
        keywords("printer-kind", &["document"]),
        text("printer-location", &identity.location),
        text("printer-make-and-model", &make_and_model),
        Attribute::new("printer-name", Value::Name(short(&identity.name, 127))),
        text("printer-organization", ""),
        text("printer-organizational-unit", ""),
        Attribute::new("printer-supply", Value::Octets(supply().into_bytes())),
        text("printer-supply-description", "Black"),
        Attribute::new("printer-uuid", Value::Uri(uuid)),
        Attribute::set("pwg-raster-document-resolution-supported", resolutions()),
        keywords("pwg-raster-document-sheet-back", &["normal"]),
        keywords("pwg-raster-document-type-supported", raster_types(identity)),
        keywords("urf-supported", &urf(identity)),
        keywords("uri-authentication-supported", &["none"]),
        keywords("which-jobs-supported", &WHICH_JOBS),
    ];
    if identity.color {
        attributes.push(integer("pages-per-minute-color", 20));
    }
    attributes
}

/// Whether a job's ticket may have this attribute with these values.
pub(super) fn supports(identity: &PrinterIdentity, attribute: &Attribute) -> Support {
    let Attribute { name, values } = attribute;
    let fits = |is: bool| if is { Support::Yes } else { Support::NotThisValue };
    match name.as_str() {
        "copies" => fits(matches!(values[..], [Value::Integer(1..=MOST_COPIES)])),
        "media-col" => fits(matches!(&values[..], [Value::Collection(members)] if is_medium(members))),
        "overrides" => fits(values.iter().all(|value| matches!(value, Value::Collection(_)))),
        "page-ranges" => fits(
            values.iter().all(|value| matches!(value, Value::Range(from, to) if 1 <= *from && from <= to)),
        ),
        name => match choices(identity).into_iter().find(|choice| choice.name == name) {
            Some(choice) => fits(values.iter().all(|value| choice.values.contains(value))),
            None => Support::Unknown,
        },
    }
}

/// Whether something in a ticket is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    /// It is.
    Yes,
    /// The attribute is, this value is not.
    NotThisValue,
    /// The attribute is not.
    Unknown,
}

/// IEEE 1284: what a driver is chosen by.
pub(super) fn device_id(identity: &PrinterIdentity) -> String {
    let clean = |text: &str| text.replace([';', ':', ','], " ");
    let (make, model) = (clean(&identity.make), clean(&identity.model));
    format!("MFG:{make};MDL:{model};CMD:PDF,PWGRaster,AppleRaster,JPEG,TXT;")
}

/// What of Apple Raster is understood, in its own abbreviations.
pub(crate) fn urf(identity: &PrinterIdentity) -> Vec<&'static str> {
    let mut words = vec!["V1.4", "CP1", "PQ3-4-5", "RS300-600", "W8", "MT1-2", "OB10", "IS1"];
    words.extend(identity.color.then_some("SRGB24"));
    words.extend(identity.duplex.then_some("DM1"));
    words
}

/// As much of a text as fits.
pub(super) fn short(text: &str, most: usize) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    text[..text.floor_char_boundary(most)].to_owned()
}

const MEDIA_COL: [&str; 8] = [
    "media-size",
    "media-size-name",
    "media-bottom-margin",
    "media-left-margin",
    "media-right-margin",
    "media-top-margin",
    "media-source",
    "media-type",
];

fn medium_collection(medium: &Medium, kind: &str) -> Value {
    let margin = |name: &str| Attribute::new(name, Value::Integer(MARGIN));
    Value::Collection(vec![
        Attribute::new("media-size", size(medium)),
        Attribute::new("media-size-name", Value::keyword(medium.name)),
        margin("media-bottom-margin"),
        margin("media-left-margin"),
        margin("media-right-margin"),
        margin("media-top-margin"),
        Attribute::new("media-source", Value::keyword(SOURCE)),
        Attribute::new("media-type", Value::keyword(kind)),
    ])
}

fn size(medium: &Medium) -> Value {
    Value::Collection(vec![
        Attribute::new("x-dimension", Value::Integer(medium.width)),
        Attribute::new("y-dimension", Value::Integer(medium.length)),
    ])
}

/// Whether each member that names something names what there is.
fn is_medium(members: &[Attribute]) -> bool {
    members.iter().all(|member| match (member.name.as_str(), &member.values[..]) {
        ("media-size", [wanted]) => MEDIA.iter().any(|medium| size(medium) == *wanted),
        ("media-size-name", [Value::Keyword(name)]) => MEDIA.iter().any(|medium| medium.name == name),
        ("media-source", [Value::Keyword(name)]) => matches!(name.as_str(), SOURCE | "auto"),
        ("media-type", [Value::Keyword(name)]) => name == "auto" || MEDIA_TYPES.contains(&name.as_str()),
        (name, [Value::Integer(margin)]) => name.ends_with("-margin") && (0..=10_000).contains(margin),
        _ => false,
    })
}

fn resolutions() -> Vec<Value> {
    RESOLUTIONS.iter().map(|dots| Value::Resolution(*dots, *dots, 3)).collect()
}

fn raster_types(identity: &PrinterIdentity) -> &'static [&'static str] {
    if identity.color { &["black_1", "sgray_8", "srgb_8"] } else { &["black_1", "sgray_8"] }
}

fn ticket_names(identity: &PrinterIdentity) -> Vec<&'static str> {
    let own = ["copies", "media-col", "overrides", "page-ranges", "ipp-attribute-fidelity", "job-name"];
    own.into_iter().chain(choices(identity).into_iter().map(|choice| choice.name)).collect()
}

/// A cartridge that is always full (PWG 5100.13, section 5.6.27).
fn supply() -> String {
    "type=toner;maxcapacity=100;level=100;colorantname=black;index=1;class=supplyThatIsConsumed;unit=percent;"
        .into()
}
