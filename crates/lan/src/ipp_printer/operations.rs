//! What each operation does (RFC 8011, section 4; PWG 5100.7, 5100.11, 5100.13).

use super::capabilities::{OPERATIONS, Support, WHICH_JOBS, short, supports};
use super::jobs::Ticket;
use super::state::{Wanted, job_attributes, new_job_attributes, printer_attributes};
use super::{DOCUMENT_LIMIT, FORMATS, IppContext, IppEvent, IppPrinter, OCTET_STREAM};
use crate::ipp::{Attribute, Group, Header, Message, Value, group, operation, status};

/// What a response has besides its status.
#[derive(Debug, Default)]
struct Answer {
    status: u16,
    unsupported: Vec<Attribute>,
    groups: Vec<Group>,
}

/// A status that ends the operation.
#[derive(Debug)]
struct Refused {
    status: u16,
    unsupported: Vec<Attribute>,
}

impl From<u16> for Refused {
    fn from(status: u16) -> Refused {
        Refused { status, unsupported: Vec::new() }
    }
}

/// Answers a request, whatever it is.
pub(super) fn respond(printer: &mut IppPrinter, request: &[u8], context: IppContext<'_>) -> Vec<u8> {
    let header = Header::read(request).unwrap_or(Header { version: (2, 0), code: 0, request: 0 });
    let answer = check_and_perform(printer, header, request, context).unwrap_or_else(|refused| Answer {
        status: refused.status,
        unsupported: refused.unsupported,
        groups: Vec::new(),
    });
    // The closest version to the request's (RFC 8011, section 4.1.8).
    let version = match header.version {
        (1, minor) => (1, minor.min(1)),
        _ => (2, 0),
    };
    let mut first = Group::new(group::OPERATION);
    first.attributes = vec![
        Attribute::new("attributes-charset", Value::Charset("utf-8".into())),
        Attribute::new("attributes-natural-language", Value::Language("en".into())),
        Attribute::new("status-message", Value::Text(words(answer.status).into())),
    ];
    let unsupported = Group { tag: group::UNSUPPORTED, attributes: answer.unsupported };
    let groups = [first, unsupported].into_iter().chain(answer.groups);
    let groups = groups.filter(|group| group.tag != group::UNSUPPORTED || !group.attributes.is_empty());
    let header = Header { version, code: answer.status, request: header.request };
    Message { header, groups: groups.collect() }.write()
}

fn check_and_perform(
    printer: &mut IppPrinter,
    header: Header,
    request: &[u8],
    context: IppContext<'_>,
) -> Result<Answer, Refused> {
    if request.len() >= 8 && !matches!(header.version, (1 | 2, _)) {
        return Err(status::VERSION.into());
    }
    let (message, document) = Message::read(request).map_err(|_| status::BAD_REQUEST)?;
    if header.request < 1 {
        return Err(status::BAD_REQUEST.into());
    }
    if !OPERATIONS.contains(&header.code) {
        return Err(status::OPERATION.into());
    }
    // Charset and language come first, in this order, before anything else (section 4.1.4).
    let Some(first) = message.groups.first().filter(|first| first.tag == group::OPERATION) else {
        return Err(status::BAD_REQUEST.into());
    };
    match &first.attributes[..] {
        [charset, language, ..]
            if charset.name == "attributes-charset" && language.name == "attributes-natural-language" =>
        {
            match (&charset.values[..], &language.values[..]) {
                ([Value::Charset(set)], [Value::Language(_)]) => {
                    if !["utf-8", "us-ascii"].contains(&set.to_ascii_lowercase().as_str()) {
                        return Err(status::CHARSET.into());
                    }
                }
                _ => return Err(status::BAD_REQUEST.into()),
            }
        }
        _ => return Err(status::BAD_REQUEST.into()),
    }
    let call = Call { operation: first, message: &message, document, context };
    match header.code {
        operation::PRINT_JOB => print_job(printer, &call),
        operation::VALIDATE_JOB => validate_job(printer, &call),
        operation::CREATE_JOB => create_job(printer, &call),
        operation::SEND_DOCUMENT => send_document(printer, &call),
        operation::CLOSE_JOB => close_job(printer, &call),
        operation::CANCEL_JOB => cancel_job(printer, &call),
        operation::CANCEL_MY_JOBS => cancel_my_jobs(printer, &call),
        operation::GET_JOB_ATTRIBUTES => get_job_attributes(printer, &call),
        operation::GET_JOBS => get_jobs(printer, &call),
        operation::IDENTIFY_PRINTER => identify(printer, &call),
        _ => get_printer_attributes(printer, &call),
    }
}

/// A request that has what every request has to have.
struct Call<'a> {
    operation: &'a Group,
    message: &'a Message,
    document: &'a [u8],
    context: IppContext<'a>,
}

impl Call<'_> {
    /// The request has to be for a printer.
    fn at_printer(&self) -> Result<(), Refused> {
        match self.operation.values("printer-uri") {
            [Value::Uri(_)] => Ok(()),
            _ => Err(status::BAD_REQUEST.into()),
        }
    }

    /// The number of the job that the request is for.
    fn job(&self) -> Result<u32, Refused> {
        let number = match self.operation.values("job-uri") {
            [Value::Uri(uri)] => uri.rsplit('/').next().and_then(|number| number.parse().ok()),
            [] => {
                self.at_printer()?;
                self.operation.number("job-id")
            }
            _ => None,
        };
        let number: i32 = number.ok_or(status::BAD_REQUEST)?;
        u32::try_from(number).ok().filter(|number| *number > 0).ok_or(status::BAD_REQUEST.into())
    }

    fn user(&self) -> String {
        let user = self.operation.text("requesting-user-name").unwrap_or_default();
        short(if user.is_empty() { "anonymous" } else { user }, 255)
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, Refused> {
        match self.operation.values(name) {
            [] => Ok(None),
            [Value::Boolean(yes)] => Ok(Some(*yes)),
            _ => Err(status::BAD_REQUEST.into()),
        }
    }
}

fn get_printer_attributes(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    check_format(call)?;
    let wanted = Wanted::new(call.operation.values("requested-attributes"));
    let attributes = printer_attributes(printer, call.context, &wanted);
    let groups = vec![Group { tag: group::PRINTER, attributes }];
    Ok(Answer { groups, ..Answer::default() })
}

fn validate_job(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    let (_, unsupported) = check_ticket(printer, call)?;
    Ok(Answer { status: ignored(&unsupported), unsupported, groups: Vec::new() })
}

fn print_job(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    let (ticket, unsupported) = check_ticket(printer, call)?;
    let format = check_document(printer, call)?;
    let id = printer.queue.create(ticket, call.context.now).ok_or(status::BUSY)?;
    put_document(printer, id, format, call);
    printer.queue.close(id, call.context.now);
    made(printer, id, unsupported, call)
}

fn create_job(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    let (ticket, unsupported) = check_ticket(printer, call)?;
    let id = printer.queue.create(ticket, call.context.now).ok_or(status::BUSY)?;
    made(printer, id, unsupported, call)
}

fn send_document(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    let id = call.job()?;
    let last = call.boolean("last-document")?.ok_or(status::BAD_REQUEST)?;
    let job = printer.queue.job(id).ok_or(status::NOT_FOUND)?;
    if job.incoming_until.is_none() {
        return Err(status::NOT_POSSIBLE.into());
    }
    let has_document = job.document.is_some();
    // The last one may be nothing: there are no more (section 4.3.1).
    if !(call.document.is_empty() && last) {
        if has_document {
            return Err(status::ONE_DOCUMENT.into());
        }
        check_format(call)?;
        check_compression(call)?;
        let format = check_document(printer, call)?;
        put_document(printer, id, format, call);
    }
    if last {
        printer.queue.close(id, call.context.now);
    }
    made(printer, id, Vec::new(), call)
}

fn close_job(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    let id = call.job()?;
    let job = printer.queue.job(id).ok_or(status::NOT_FOUND)?;
    if job.incoming_until.is_some() {
        printer.queue.close(id, call.context.now);
    } else if job.is_ended() {
        return Err(status::NOT_POSSIBLE.into());
    }
    made(printer, id, Vec::new(), call)
}

fn cancel_job(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    let id = call.job()?;
    printer.queue.job(id).ok_or(status::NOT_FOUND)?;
    if !printer.queue.cancel(id, call.context.now) {
        return Err(status::NOT_POSSIBLE.into());
    }
    Ok(Answer::default())
}

fn cancel_my_jobs(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    let user = call.user();
    let wanted: Vec<u32> = call
        .operation
        .values("job-ids")
        .iter()
        .filter_map(|value| u32::try_from(value.number()?).ok())
        .collect();
    let jobs = printer.queue.jobs.iter();
    let mine = jobs.filter(|job| !job.is_ended() && job.user == user);
    let ids: Vec<u32> =
        mine.map(|job| job.id).filter(|id| wanted.is_empty() || wanted.contains(id)).collect();
    // All of them or none (PWG 5100.11, section 4.1).
    if wanted.iter().any(|id| !ids.contains(id)) {
        return Err(status::NOT_POSSIBLE.into());
    }
    for id in ids {
        printer.queue.cancel(id, call.context.now);
    }
    Ok(Answer::default())
}

fn get_job_attributes(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    let id = call.job()?;
    let job = printer.queue.job(id).ok_or(status::NOT_FOUND)?;
    let wanted = Wanted::new(call.operation.values("requested-attributes"));
    let attributes = job_attributes(printer, job, call.context, &wanted);
    Ok(Answer { groups: vec![Group { tag: group::JOB, attributes }], ..Answer::default() })
}

fn get_jobs(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    let which = call.operation.text("which-jobs").unwrap_or("not-completed");
    if !WHICH_JOBS.contains(&which) {
        let unsupported = vec![Attribute::new("which-jobs", Value::keyword(which))];
        return Err(Refused { status: status::ATTRIBUTES, unsupported });
    }
    let user = call.user();
    let mine = call.boolean("my-jobs")?.unwrap_or(false);
    let limit = match call.operation.values("limit") {
        [] => usize::MAX,
        [Value::Integer(limit @ 1..)] => usize::try_from(*limit).unwrap_or(usize::MAX),
        _ => return Err(status::BAD_REQUEST.into()),
    };
    let mut jobs: Vec<_> = printer
        .queue
        .jobs
        .iter()
        .filter(|job| !mine || job.user == user)
        .filter(|job| which == "all" || job.is_ended() == (which == "completed"))
        .collect();
    if which == "completed" {
        // The newest first (section 4.2.6).
        jobs.reverse();
    }
    let wanted = Wanted::new(call.operation.values("requested-attributes")).or(&["job-uri", "job-id"]);
    let groups = jobs.into_iter().take(limit).map(|job| {
        let attributes = job_attributes(printer, job, call.context, &wanted);
        Group { tag: group::JOB, attributes }
    });
    Ok(Answer { groups: groups.collect(), ..Answer::default() })
}

fn identify(printer: &mut IppPrinter, call: &Call<'_>) -> Result<Answer, Refused> {
    call.at_printer()?;
    printer.queue.events.push_back(IppEvent::Identify);
    Ok(Answer::default())
}

/// The ticket of a new job, and what of it is not supported.
fn check_ticket(printer: &IppPrinter, call: &Call<'_>) -> Result<(Ticket, Vec<Attribute>), Refused> {
    check_format(call)?;
    check_compression(call)?;
    let (mut attributes, mut unsupported) = (Vec::new(), Vec::new());
    for attribute in call.message.group(group::JOB).into_iter().flat_map(|job| &job.attributes) {
        match supports(&printer.identity, attribute) {
            Support::Yes => attributes.push(attribute.clone()),
            Support::NotThisValue => unsupported.push(attribute.clone()),
            Support::Unknown => unsupported.push(Attribute::new(&attribute.name, Value::Unsupported)),
        }
    }
    if call.boolean("ipp-attribute-fidelity")?.unwrap_or(false) && !unsupported.is_empty() {
        return Err(Refused { status: status::ATTRIBUTES, unsupported });
    }
    let text = |name: &str| call.operation.text(name).filter(|text| !text.is_empty());
    let name = text("job-name").or_else(|| text("document-name")).unwrap_or("Untitled");
    Ok((Ticket { name: short(name, 255), user: call.user(), attributes }, unsupported))
}

fn check_format(call: &Call<'_>) -> Result<(), Refused> {
    match call.operation.values("document-format") {
        [] => Ok(()),
        [Value::MediaType(format)] if format == OCTET_STREAM || FORMATS.contains(&format.as_str()) => Ok(()),
        values => {
            let unsupported = vec![Attribute::set("document-format", values.iter().cloned())];
            Err(Refused { status: status::FORMAT, unsupported })
        }
    }
}

fn check_compression(call: &Call<'_>) -> Result<(), Refused> {
    match call.operation.text("compression") {
        None | Some("none") => Ok(()),
        Some(other) => {
            let unsupported = vec![Attribute::new("compression", Value::keyword(other))];
            Err(Refused { status: status::COMPRESSION, unsupported })
        }
    }
}

/// The format of a document that has room.
fn check_document(printer: &IppPrinter, call: &Call<'_>) -> Result<String, Refused> {
    if call.document.is_empty() {
        return Err(status::BAD_REQUEST.into());
    }
    if call.document.len() > DOCUMENT_LIMIT {
        return Err(status::TOO_LARGE.into());
    }
    if !printer.queue.has_room(call.document.len()) {
        return Err(status::BUSY.into());
    }
    match call.operation.text("document-format") {
        Some(format) if format != OCTET_STREAM => Ok(format.to_owned()),
        _ => Ok(recognised(call.document).ok_or(status::FORMAT)?.to_owned()),
    }
}

fn put_document(printer: &mut IppPrinter, id: u32, format: String, call: &Call<'_>) {
    if let Some(job) = printer.queue.job_mut(id) {
        job.format = format;
        job.octets = call.document.len();
        job.document = Some(call.document.to_vec());
    }
}

fn made(
    printer: &IppPrinter,
    id: u32,
    unsupported: Vec<Attribute>,
    call: &Call<'_>,
) -> Result<Answer, Refused> {
    let job = printer.queue.job(id).ok_or(status::NOT_FOUND)?;
    let attributes = new_job_attributes(printer, job, call.context);
    let groups = vec![Group { tag: group::JOB, attributes }];
    Ok(Answer { status: ignored(&unsupported), unsupported, groups })
}

fn ignored(unsupported: &[Attribute]) -> u16 {
    if unsupported.is_empty() { status::OK } else { status::OK_IGNORED }
}

/// What a document is, by its first octets.
fn recognised(document: &[u8]) -> Option<&'static str> {
    let begins = |with: &[u8]| document.starts_with(with);
    if begins(b"%PDF-") {
        Some("application/pdf")
    } else if begins(b"RaS2") {
        Some("image/pwg-raster")
    } else if begins(b"UNIRAST\0") {
        Some("image/urf")
    } else if begins(&[0xff, 0xd8, 0xff]) {
        Some("image/jpeg")
    } else {
        let is_text = core::str::from_utf8(document).is_ok_and(|text| {
            text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c'))
        });
        is_text.then_some("text/plain")
    }
}

fn words(status: u16) -> &'static str {
    match status {
        status::OK => "successful-ok",
        status::OK_IGNORED => "successful-ok-ignored-or-substituted-attributes",
        status::NOT_POSSIBLE => "client-error-not-possible",
        status::NOT_FOUND => "client-error-not-found",
        status::TOO_LARGE => "client-error-request-entity-too-large",
        status::FORMAT => "client-error-document-format-not-supported",
        status::ATTRIBUTES => "client-error-attributes-or-values-not-supported",
        status::CHARSET => "client-error-charset-not-supported",
        status::COMPRESSION => "client-error-compression-not-supported",
        status::OPERATION => "server-error-operation-not-supported",
        status::VERSION => "server-error-version-not-supported",
        status::BUSY => "server-error-busy",
        status::ONE_DOCUMENT => "server-error-multiple-document-jobs-not-supported",
        _ => "client-error-bad-request",
    }
}
