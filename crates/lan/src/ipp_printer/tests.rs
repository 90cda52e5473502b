//! Operation by operation; CUPS' own tests are in `interop/tests/lan_cups.rs`.

use super::*;
use crate::ipp::{Attribute, Group, Message, Value, group, job_state, operation, status};

const URI: &str = "ipp://192.168.1.23:631/ipp/print";

fn printer() -> IppPrinter {
    let identity = PrinterIdentity {
        name: "Blue".into(),
        make: "Keyway".into(),
        model: "P3".into(),
        uuid: Uuid([7; 16]),
        location: String::new(),
        color: false,
        duplex: false,
    };
    IppPrinter::new(identity, Timestamp::from_secs(5))
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

/// A request with these operation attributes and this ticket.
fn request(operation: u16, attributes: &[Attribute], ticket: &[Attribute], document: &[u8]) -> Vec<u8> {
    let mut message = Message::request(operation, 9, URI);
    message.groups[0].attributes.extend_from_slice(attributes);
    if !ticket.is_empty() {
        message.groups.push(Group { tag: group::JOB, attributes: ticket.to_vec() });
    }
    [message.write(), document.to_vec()].concat()
}

fn respond(printer: &mut IppPrinter, request: &[u8], now: Timestamp) -> Message {
    let response = printer.respond(request, IppContext { printer_uri: URI, now });
    let (message, rest) = Message::read(&response).expect("a response");
    assert!(rest.is_empty());
    assert_eq!(message.header.request, 9);
    message
}

fn perform(
    printer: &mut IppPrinter,
    operation: u16,
    attributes: &[Attribute],
    document: &[u8],
    now: Timestamp,
) -> Message {
    respond(printer, &request(operation, attributes, &[], document), now)
}

fn integer(name: &str, number: i32) -> Attribute {
    Attribute::new(name, Value::Integer(number))
}

fn job_id(response: &Message) -> i32 {
    response.group(group::JOB).and_then(|job| job.number("job-id")).expect("a job")
}

fn state_of(printer: &mut IppPrinter, id: i32, now: Timestamp) -> i32 {
    let response = perform(printer, operation::GET_JOB_ATTRIBUTES, &[integer("job-id", id)], b"", now);
    response.group(group::JOB).and_then(|job| job.number("job-state")).expect("a state")
}

#[test]
fn a_job_is_printed_in_its_time() {
    let mut printer = printer();
    let name = Attribute::new("job-name", Value::Name("Letter".into()));
    let user = Attribute::new("requesting-user-name", Value::Name("ada".into()));
    let response = perform(&mut printer, operation::PRINT_JOB, &[user, name], b"%PDF-1.7", at(10));
    assert_eq!(response.header.code, status::OK);
    let id = job_id(&response);
    assert_eq!(state_of(&mut printer, id, at(10)), job_state::PROCESSING);
    assert_eq!(printer.poll_event(), Some(IppEvent::Printing { id: 1, name: "Letter".into() }));
    assert_eq!(printer.poll_event(), None);
    assert_eq!(printer.poll_timeout(), Some(at(11)));
    printer.handle_timeout(at(11));
    let (name, user, format) = ("Letter".into(), "ada".into(), "application/pdf".into());
    let job = PrintedJob { id: 1, name, user, format, bytes: b"%PDF-1.7".to_vec() };
    assert_eq!(printer.poll_event(), Some(IppEvent::Job(job)));
    assert_eq!(state_of(&mut printer, id, at(11)), job_state::COMPLETED);
    assert_eq!(printer.poll_timeout(), None);
}

#[test]
fn requests_that_are_none_are_refused() {
    let mut printer = printer();
    let good = request(operation::GET_PRINTER_ATTRIBUTES, &[], &[], b"");
    let changed = |at: usize, value: u8| {
        let mut request = good.clone();
        request[at] = value;
        request
    };
    let mut zero = Message::request(operation::GET_PRINTER_ATTRIBUTES, 9, URI);
    zero.groups[0].attributes.remove(2);
    let no_target = zero.write();
    zero.groups[0].attributes.remove(0);
    let no_charset = zero.write();
    let mut other = Message::request(operation::GET_PRINTER_ATTRIBUTES, 9, URI);
    other.groups[0].attributes[0].values = vec![Value::Charset("ebcdic".into())];
    for (name, request, expected) in [
        ("as it is", good.clone(), status::OK),
        ("version 0", changed(0, 0), status::VERSION),
        ("version 3", changed(0, 3), status::VERSION),
        ("version 2.9", changed(1, 9), status::OK),
        ("an unknown operation", changed(3, 0x77), status::OPERATION),
        ("Print-URI", changed(3, 0x03), status::OPERATION),
        ("cut off", good[..20].to_vec(), status::BAD_REQUEST),
        ("no target", no_target, status::BAD_REQUEST),
        ("no charset", no_charset, status::BAD_REQUEST),
        ("another charset", other.write(), status::CHARSET),
        ("no group", vec![2, 0, 0, 11, 0, 0, 0, 9, 3], status::BAD_REQUEST),
    ] {
        assert_eq!(respond(&mut printer, &request, at(10)).header.code, expected, "{name}");
    }
    // What is no request at all gets an answer too.
    let response = printer.respond(b"GET / HTTP", IppContext { printer_uri: URI, now: at(10) });
    assert!(Message::read(&response).is_ok_and(|(message, _)| message.header.code == status::VERSION));
    let response = printer.respond(b"", IppContext { printer_uri: URI, now: at(10) });
    assert!(Message::read(&response).is_ok_and(|(message, _)| message.header.code == status::BAD_REQUEST));
}

#[test]
fn only_what_is_wanted_is_told() {
    let mut printer = printer();
    for (wanted, has, has_not) in [
        (&["printer-state"][..], "printer-state", "printer-name"),
        (&["job-template"], "media-supported", "printer-state"),
        (&["printer-description"], "printer-state", "media-supported"),
        (&["all"], "media-supported", "media-col-database"),
        (&["media-col-database"], "media-col-database", "media-supported"),
        (&[], "printer-state", "media-col-database"),
    ] {
        let words = wanted.iter().map(|word| Value::keyword(word));
        let attributes =
            if wanted.is_empty() { Vec::new() } else { vec![Attribute::set("requested-attributes", words)] };
        let response = perform(&mut printer, operation::GET_PRINTER_ATTRIBUTES, &attributes, b"", at(10));
        let told = response.group(group::PRINTER).expect("a group");
        assert!(!told.values(has).is_empty(), "{wanted:?} without {has}");
        assert!(told.values(has_not).is_empty(), "{wanted:?} with {has_not}");
    }
}

#[test]
fn each_attribute_is_told_once_and_has_a_value() {
    let mut printer = printer();
    let response = perform(&mut printer, operation::GET_PRINTER_ATTRIBUTES, &[], b"", at(10));
    let told = response.group(group::PRINTER).expect("a group");
    let mut names: Vec<_> = told.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(told.attributes.iter().all(|attribute| !attribute.values.is_empty()));
    assert_eq!(told.text("printer-more-info"), Some("http://192.168.1.23:631/"));
    assert_eq!(told.values("color-supported"), [Value::Boolean(false)]);
    assert_eq!(told.values("sides-supported"), [Value::keyword("one-sided")]);
    assert_eq!(told.values("printer-current-time"), [Value::Unknown], "it has no clock");
    assert_eq!(told.number("printer-up-time"), Some(6), "seconds since it was switched on, from 1");
}

#[test]
fn tickets_are_checked() {
    let mut printer = printer();
    let faithful = Attribute::new("ipp-attribute-fidelity", Value::Boolean(true));
    let media = |name: &str| {
        Attribute::new("media-col", {
            Value::Collection(vec![Attribute::new("media-size-name", Value::keyword(name))])
        })
    };
    for (name, attribute, supported) in [
        ("copies", integer("copies", 99), true),
        ("no copies", integer("copies", 0), false),
        ("too many copies", integer("copies", 100), false),
        ("a known medium", Attribute::new("media", Value::keyword("iso_a4_210x297mm")), true),
        ("an unknown medium", Attribute::new("media", Value::keyword("iso_a0_841x1189mm")), false),
        ("a medium in parts", media("iso_a5_148x210mm"), true),
        ("an unknown medium in parts", media("iso_a0_841x1189mm"), false),
        ("both sides", Attribute::new("sides", Value::keyword("two-sided-long-edge")), false),
        ("pages", Attribute::new("page-ranges", Value::Range(1, 3)), true),
        ("pages backwards", Attribute::new("page-ranges", Value::Range(3, 1)), false),
        ("tea", Attribute::new("tea", Value::keyword("green")), false),
    ] {
        let ticket = std::slice::from_ref(&attribute);
        let lenient = respond(&mut printer, &request(operation::VALIDATE_JOB, &[], ticket, b""), at(10));
        let expected = if supported { status::OK } else { status::OK_IGNORED };
        assert_eq!(lenient.header.code, expected, "{name}");
        assert_eq!(lenient.group(group::UNSUPPORTED).is_some(), !supported, "{name}");
        let strict = std::slice::from_ref(&faithful);
        let strict = respond(&mut printer, &request(operation::VALIDATE_JOB, strict, ticket, b""), at(10));
        let expected = if supported { status::OK } else { status::ATTRIBUTES };
        assert_eq!(strict.header.code, expected, "{name}, to the letter");
    }
}

#[test]
fn documents_are_recognised_or_refused() {
    let format = |format: &str| Attribute::new("document-format", Value::MediaType(format.into()));
    for (name, attributes, document, expected) in [
        ("a PDF", vec![], &b"%PDF-1.7"[..], Ok("application/pdf")),
        ("PWG raster", vec![format("application/octet-stream")], b"RaS2PwgRaster", Ok("image/pwg-raster")),
        ("Apple raster", vec![], b"UNIRAST\0\0\0\0\x01", Ok("image/urf")),
        ("a photograph", vec![], b"\xff\xd8\xff\xe0", Ok("image/jpeg")),
        ("text", vec![], "Grüße\n".as_bytes(), Ok("text/plain")),
        ("what it is said to be", vec![format("image/jpeg")], b"\0\0", Ok("image/jpeg")),
        ("nobody knows what", vec![], b"\0\0", Err(status::FORMAT)),
        ("a format not known", vec![format("application/x-tea")], b"tea", Err(status::FORMAT)),
        ("nothing", vec![], b"", Err(status::BAD_REQUEST)),
        (
            "something compressed",
            vec![Attribute::new("compression", Value::keyword("gzip"))],
            b"\x1f\x8b",
            Err(status::COMPRESSION),
        ),
    ] {
        let mut printer = printer();
        let response = perform(&mut printer, operation::PRINT_JOB, &attributes, document, at(10));
        printer.handle_timeout(at(20));
        let printed = std::iter::from_fn(|| printer.poll_event()).find_map(|event| match event {
            IppEvent::Job(job) => Some(job.format),
            _ => None,
        });
        assert_eq!(printed.as_deref().ok_or(response.header.code), expected, "{name}");
    }
}

#[test]
fn a_job_in_parts() {
    let mut printer = printer();
    let last = |yes| Attribute::new("last-document", Value::Boolean(yes));
    let id = job_id(&perform(&mut printer, operation::CREATE_JOB, &[], b"", at(10)));
    let job = integer("job-id", id);
    assert_eq!(state_of(&mut printer, id, at(10)), job_state::PENDING);
    let send = |printer: &mut IppPrinter, attributes: &[Attribute], document: &[u8]| {
        let all = [std::slice::from_ref(&job), attributes].concat();
        perform(printer, operation::SEND_DOCUMENT, &all, document, at(11)).header.code
    };
    assert_eq!(send(&mut printer, &[], b"text"), status::BAD_REQUEST, "is it the last one?");
    assert_eq!(send(&mut printer, &[last(false)], b"text"), status::OK);
    assert_eq!(send(&mut printer, &[last(true)], b"more"), status::ONE_DOCUMENT);
    assert_eq!(send(&mut printer, &[last(true)], b""), status::OK);
    assert_eq!(send(&mut printer, &[last(true)], b"more"), status::NOT_POSSIBLE, "it is closed");
    assert_eq!(state_of(&mut printer, id, at(12)), job_state::COMPLETED);
    // Documents that never come.
    let none = job_id(&perform(&mut printer, operation::CREATE_JOB, &[], b"", at(20)));
    assert_eq!(printer.poll_timeout(), Some(at(80)));
    assert_eq!(state_of(&mut printer, none, at(80)), job_state::ABORTED);
    // Close-Job in place of the last document.
    let id = job_id(&perform(&mut printer, operation::CREATE_JOB, &[], b"", at(90)));
    let close = |printer: &mut IppPrinter| {
        perform(printer, operation::CLOSE_JOB, &[integer("job-id", id)], b"", at(90)).header.code
    };
    assert_eq!(close(&mut printer), status::OK);
    assert_eq!(state_of(&mut printer, id, at(90)), job_state::ABORTED, "there was no document");
    assert_eq!(close(&mut printer), status::NOT_POSSIBLE);
}

#[test]
fn jobs_are_listed_and_cancelled() {
    let mut printer = printer();
    printer.set_troubles(&[Trouble::CoverOpen], at(6));
    let user = |name: &str| Attribute::new("requesting-user-name", Value::Name(name.into()));
    for name in ["ada", "bob", "ada"] {
        perform(&mut printer, operation::PRINT_JOB, &[user(name)], b"text", at(10));
    }
    let list = |printer: &mut IppPrinter, attributes: &[Attribute]| -> Vec<i32> {
        let response = perform(printer, operation::GET_JOBS, attributes, b"", at(11));
        response.groups[1..].iter().filter_map(|job| job.number("job-id")).collect()
    };
    let which = |word: &str| Attribute::new("which-jobs", Value::keyword(word));
    let mine = Attribute::new("my-jobs", Value::Boolean(true));
    assert_eq!(list(&mut printer, &[]), [1, 2, 3]);
    assert_eq!(list(&mut printer, &[integer("limit", 2)]), [1, 2]);
    assert_eq!(list(&mut printer, &[user("ada"), mine]), [1, 3]);
    let cancel = |printer: &mut IppPrinter, id| {
        perform(printer, operation::CANCEL_JOB, &[integer("job-id", id)], b"", at(11)).header.code
    };
    assert_eq!(cancel(&mut printer, 2), status::OK);
    assert_eq!(printer.poll_event(), Some(IppEvent::Canceled { id: 2 }));
    assert_eq!(cancel(&mut printer, 2), status::NOT_POSSIBLE);
    assert_eq!(cancel(&mut printer, 77), status::NOT_FOUND);
    assert_eq!(cancel(&mut printer, 0), status::BAD_REQUEST);
    assert_eq!(list(&mut printer, &[which("completed")]), [2]);
    let response = perform(&mut printer, operation::GET_JOBS, &[which("some")], b"", at(11));
    assert_eq!(response.header.code, status::ATTRIBUTES);
    assert_eq!(
        perform(&mut printer, operation::CANCEL_MY_JOBS, &[user("ada")], b"", at(11)).header.code,
        status::OK
    );
    assert_eq!(list(&mut printer, &[]), [] as [i32; 0]);
    assert_eq!(list(&mut printer, &[which("all")]), [1, 2, 3]);
}

#[test]
fn a_job_goes_by_its_own_address_as_well() {
    let mut printer = printer();
    perform(&mut printer, operation::PRINT_JOB, &[], b"text", at(10));
    for (uri, expected) in [(format!("{URI}/1"), status::OK), (format!("{URI}/x"), status::BAD_REQUEST)] {
        let mut message = Message::request(operation::GET_JOB_ATTRIBUTES, 9, URI);
        message.groups[0].attributes[2] = Attribute::new("job-uri", Value::Uri(uri.clone()));
        assert_eq!(respond(&mut printer, &message.write(), at(10)).header.code, expected, "{uri}");
    }
}

#[test]
fn the_printer_says_what_troubles_it() {
    let mut printer = printer();
    let state = |printer: &mut IppPrinter, now| {
        let response = perform(printer, operation::GET_PRINTER_ATTRIBUTES, &[], b"", now);
        let told = response.group(group::PRINTER).expect("a group");
        (told.number("printer-state"), told.text("printer-state-reasons").map(str::to_owned))
    };
    assert_eq!(state(&mut printer, at(10)), (Some(3), Some("none".into())));
    let id = job_id(&perform(&mut printer, operation::PRINT_JOB, &[], b"text", at(10)));
    assert_eq!(state(&mut printer, at(10)), (Some(4), Some("none".into())));
    printer.set_troubles(&[Trouble::MediaJam], at(10));
    assert_eq!(state(&mut printer, at(50)), (Some(5), Some("media-jam-error".into())));
    assert_eq!(state_of(&mut printer, id, at(50)), job_state::STOPPED);
    assert_eq!(printer.poll_timeout(), None);
    printer.set_troubles(&[], at(60));
    assert_eq!(printer.poll_timeout(), Some(at(61)), "it begins anew");
    assert_eq!(state_of(&mut printer, id, at(61)), job_state::COMPLETED);
}

#[test]
fn the_queue_is_bounded() {
    let mut printer = printer();
    printer.set_troubles(&[Trouble::MediaEmpty], at(6));
    let megabytes = vec![b'x'; 15 << 20];
    let code = |printer: &mut IppPrinter, document: &[u8]| {
        perform(printer, operation::PRINT_JOB, &[], document, at(10)).header.code
    };
    assert_eq!(code(&mut printer, &megabytes), status::OK);
    assert_eq!(code(&mut printer, &megabytes), status::OK);
    assert_eq!(code(&mut printer, &megabytes), status::BUSY, "no room for a third");
    assert_eq!(code(&mut printer, &vec![b'x'; DOCUMENT_LIMIT + 1]), status::TOO_LARGE);
    for _ in 2..8 {
        assert_eq!(code(&mut printer, b"text"), status::OK);
    }
    assert_eq!(code(&mut printer, b"text"), status::BUSY, "eight wait");
    // However many are printed, only the last are remembered.
    printer.set_troubles(&[], at(20));
    for second in 0..200 {
        printer.handle_timeout(at(100 + second * 2));
        code(&mut printer, b"text");
    }
    assert!(printer.queue.jobs.len() <= 40, "{} jobs", printer.queue.jobs.len());
}
