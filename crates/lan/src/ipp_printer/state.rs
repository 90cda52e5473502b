//! The attributes that change: of the printer, and of its jobs.

use core::time::Duration;

use keyway_eap::Timestamp;

use super::capabilities::{description, job_template, media_database};
use super::jobs::Job;
use super::{IppContext, IppPrinter};
use crate::ipp::{Attribute, Value, job_state};

/// States of a printer (RFC 8011, section 5.4.11).
const IDLE: i32 = 3;
const PROCESSING: i32 = 4;
const STOPPED: i32 = 5;

/// What a request wants to know. Without a word it is everything.
#[derive(Debug)]
pub(super) struct Wanted<'a>(Option<Vec<&'a str>>);

impl<'a> Wanted<'a> {
    pub(super) fn new(values: &'a [Value]) -> Wanted<'a> {
        Wanted((!values.is_empty()).then(|| values.iter().filter_map(Value::text).collect()))
    }

    /// These, when the request says nothing.
    pub(super) fn or(self, names: &[&'a str]) -> Wanted<'a> {
        Wanted(Some(self.0.unwrap_or_else(|| names.to_vec())))
    }

    fn has(&self, group: &str, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.iter().any(|wanted| [name, group, "all"].contains(wanted)))
    }

    fn names(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|names| names.contains(&name))
    }
}

/// The printer's attributes that are wanted.
pub(super) fn printer_attributes(
    printer: &IppPrinter,
    context: IppContext<'_>,
    wanted: &Wanted<'_>,
) -> Vec<Attribute> {
    let mut attributes = description(&printer.identity);
    attributes.extend(changing(printer, context));
    attributes.retain(|attribute| wanted.has("printer-description", &attribute.name));
    let template = job_template(&printer.identity);
    attributes.extend(template.into_iter().filter(|attribute| wanted.has("job-template", &attribute.name)));
    if wanted.names("media-col-database") {
        attributes.push(media_database());
    }
    attributes
}

/// A job's attributes that are wanted.
pub(super) fn job_attributes(
    printer: &IppPrinter,
    job: &Job,
    context: IppContext<'_>,
    wanted: &Wanted<'_>,
) -> Vec<Attribute> {
    let up = |at: Option<Timestamp>| at.map_or(Value::NoValue, |at| Value::Integer(printer.up_time(at)));
    let date = |at: Option<Timestamp>| at.and_then(|at| printer.date(at)).unwrap_or(Value::NoValue);
    let integer = |name: &str, number: usize| {
        Attribute::new(name, Value::Integer(i32::try_from(number).unwrap_or(i32::MAX)))
    };
    let name = |key: &str, text: &str| Attribute::new(key, Value::Name(text.to_owned()));
    let done = usize::from(job.state == job_state::COMPLETED);
    let mut attributes = identification(job, context);
    attributes.extend(status(printer, job));
    attributes.extend([
        Attribute::new("attributes-charset", Value::Charset("utf-8".into())),
        Attribute::new("attributes-natural-language", Value::Language("en".into())),
        Attribute::new("compression-supplied", Value::keyword("none")),
        Attribute::new("date-time-at-completed", date(job.ended)),
        Attribute::new("date-time-at-creation", date(Some(job.created))),
        Attribute::new("date-time-at-processing", date(job.started)),
        integer("job-impressions", 1),
        integer("job-impressions-completed", done),
        integer("job-k-octets", job.octets.div_ceil(1024)),
        integer("job-k-octets-processed", done * job.octets.div_ceil(1024)),
        integer("job-media-sheets", 1),
        integer("job-media-sheets-completed", done),
        name("job-name", &job.name),
        name("job-originating-user-name", &job.user),
        Attribute::new("job-printer-up-time", Value::Integer(printer.up_time(context.now))),
        Attribute::new("job-printer-uri", Value::Uri(context.printer_uri.to_owned())),
        Attribute::new("job-uuid", Value::Uri(job_uuid(printer, job.id))),
        integer("number-of-documents", usize::from(job.octets > 0)),
        Attribute::new("time-at-completed", up(job.ended)),
        Attribute::new("time-at-creation", up(Some(job.created))),
        Attribute::new("time-at-processing", up(job.started)),
    ]);
    if !job.format.is_empty() {
        attributes.push(Attribute::new("document-format", Value::MediaType(job.format.clone())));
    }
    attributes.retain(|attribute| wanted.has("job-description", &attribute.name));
    let template = job.ticket.iter().filter(|attribute| wanted.has("job-template", &attribute.name));
    attributes.extend(template.cloned());
    attributes
}

/// What a client is told of a job that it made.
pub(super) fn new_job_attributes(printer: &IppPrinter, job: &Job, context: IppContext<'_>) -> Vec<Attribute> {
    let mut attributes = identification(job, context);
    attributes.extend(status(printer, job));
    attributes
}

impl IppPrinter {
    /// Seconds since the printer was switched on, from 1.
    fn up_time(&self, at: Timestamp) -> i32 {
        let seconds = at.saturating_since(self.switched_on).as_secs();
        i32::try_from(seconds).unwrap_or(i32::MAX).saturating_add(1)
    }

    /// The date, if the printer has a clock.
    fn date(&self, at: Timestamp) -> Option<Value> {
        let epoch = self.clock?;
        Some(Value::DateTime(date_time(Duration::from_secs(epoch).saturating_add(at.since_epoch()))))
    }
}

fn identification(job: &Job, context: IppContext<'_>) -> Vec<Attribute> {
    let id = i32::try_from(job.id).unwrap_or(i32::MAX);
    let uri = format!("{}/{}", context.printer_uri, job.id);
    vec![Attribute::new("job-uri", Value::Uri(uri)), Attribute::new("job-id", Value::Integer(id))]
}

fn status(printer: &IppPrinter, job: &Job) -> Vec<Attribute> {
    let before = i32::try_from(printer.queue.before(job.id)).unwrap_or(i32::MAX);
    let message = match job.state {
        job_state::PENDING => "Waiting.",
        job_state::PROCESSING => "Printing.",
        job_state::STOPPED => "The printer has stopped.",
        job_state::CANCELED => "Cancelled.",
        job_state::ABORTED => "Given up.",
        _ => "Printed.",
    };
    vec![
        Attribute::new("job-state", Value::Enum(job.state)),
        Attribute::new("job-state-message", Value::Text(message.into())),
        Attribute::new("job-state-reasons", Value::keyword(job.reason)),
        Attribute::new("number-of-intervening-jobs", Value::Integer(before)),
    ]
}

fn changing(printer: &IppPrinter, context: IppContext<'_>) -> Vec<Attribute> {
    let (state, message) = if !printer.troubles.is_empty() {
        (STOPPED, "The printer needs somebody.")
    } else if printer.queue.is_printing() {
        (PROCESSING, "Printing.")
    } else {
        (IDLE, "Ready.")
    };
    let reasons: Vec<Value> =
        printer.troubles.iter().map(|trouble| Value::keyword(trouble.keyword())).collect();
    let reasons = if reasons.is_empty() { vec![Value::keyword("none")] } else { reasons };
    let queued = printer.queue.jobs.iter().filter(|job| !job.is_ended()).count();
    let queued = i32::try_from(queued).unwrap_or(i32::MAX);
    let date = |at: Timestamp| printer.date(at).unwrap_or(Value::NoValue);
    let up = |at: Timestamp| Value::Integer(printer.up_time(at));
    let (scheme, root) = web_root(context.printer_uri);
    let security = if scheme == "https" { "tls" } else { "none" };
    let page = |path: &str| Value::Uri(format!("{scheme}://{root}/{path}"));
    vec![
        Attribute::new("printer-config-change-date-time", date(printer.switched_on)),
        Attribute::new("printer-config-change-time", up(printer.switched_on)),
        Attribute::new("printer-current-time", printer.date(context.now).unwrap_or(Value::Unknown)),
        Attribute::new("printer-icons", page("icon.png")),
        Attribute::new("printer-is-accepting-jobs", Value::Boolean(true)),
        Attribute::new("printer-more-info", page("")),
        Attribute::new("printer-state", Value::Enum(state)),
        Attribute::new("printer-state-change-date-time", date(printer.changed)),
        Attribute::new("printer-state-change-time", up(printer.changed)),
        Attribute::new("printer-state-message", Value::Text(message.into())),
        Attribute::set("printer-state-reasons", reasons),
        Attribute::new("printer-supply-info-uri", page("")),
        Attribute::new("printer-up-time", up(context.now)),
        Attribute::new("printer-uri-supported", Value::Uri(context.printer_uri.to_owned())),
        Attribute::new("queued-job-count", Value::Integer(queued)),
        Attribute::new("uri-security-supported", Value::keyword(security)),
    ]
}

/// The scheme and the authority of the pages beside an IPP service.
fn web_root(printer_uri: &str) -> (&'static str, &str) {
    let (scheme, rest) = printer_uri.split_once("://").unwrap_or(("ipp", printer_uri));
    let scheme = if matches!(scheme, "ipps" | "https") { "https" } else { "http" };
    (scheme, rest.split('/').next().unwrap_or_default())
}

/// Different for each job of each printer: the printer's UUID with the job's number in it.
fn job_uuid(printer: &IppPrinter, id: u32) -> String {
    let mut uuid = printer.identity.uuid;
    for (octet, mixed) in uuid.0.iter_mut().rev().zip(id.to_le_bytes()) {
        *octet ^= mixed;
    }
    format!("urn:uuid:{uuid}")
}

/// The date and time in UTC (RFC 2579, DateAndTime), from the time since 1970.
fn date_time(since_1970: Duration) -> [u8; 11] {
    let seconds = since_1970.as_secs();
    let [.., hour] = (seconds / 3600 % 24).to_be_bytes();
    let [.., minute] = (seconds / 60 % 60).to_be_bytes();
    let [.., second] = (seconds % 60).to_be_bytes();
    // Days since the first of March of the year 0: leap days come last in such years.
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let [.., day] = (day_of_year - (153 * march_month + 2) / 5 + 1).to_be_bytes();
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = era.saturating_mul(400) + year_of_era + u64::from(month <= 2);
    let [high, low] = u16::try_from(year).unwrap_or(u16::MAX).to_be_bytes();
    let [.., month] = month.to_be_bytes();
    [high, low, month, day, hour, minute, second, 0, b'+', 0, 0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, year, rest) in [
            (0, 1970_u16, [1, 1, 0, 0, 0]),
            (951_782_400, 2000, [2, 29, 0, 0, 0]),
            (1_709_210_096, 2024, [2, 29, 12, 34, 56]),
            (4_102_444_799, 2099, [12, 31, 23, 59, 59]),
        ] {
            let date = date_time(Duration::from_secs(seconds));
            assert_eq!((u16::from_be_bytes([date[0], date[1]]), &date[2..7]), (year, &rest[..]), "{seconds}");
        }
        date_time(Duration::MAX);
    }

    #[test]
    fn pages_are_beside_the_service() {
        assert_eq!(web_root("ipp://10.0.0.1:631/ipp/print"), ("http", "10.0.0.1:631"));
        assert_eq!(web_root("ipps://blue.local/ipp"), ("https", "blue.local"));
        assert_eq!(web_root(""), ("http", ""));
    }
}
