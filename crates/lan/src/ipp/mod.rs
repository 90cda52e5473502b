//! The messages of the Internet Printing Protocol (RFC 8010): attributes in groups, then a document.
//!
//! The codec is our own because whatever a stranger sends reaches it: depth, number and length of everything are
//! bounded, and no input panics. In the tests the `ipp` crate is the oracle; observed in its version 8.0.0: it panics
//! when the inner length of a text with language is too great, and keeps one value only of a member of a collection
//! that has several.

mod message;
mod value;

pub use message::{Attribute, Group, Header, Malformed, Message};
pub use value::Value;

/// The media type of a message.
pub const MEDIA_TYPE: &str = "application/ipp";

/// Delimiters between groups (RFC 8010, section 3.5.1).
pub mod group {
    /// Operation attributes.
    pub const OPERATION: u8 = 0x01;
    /// Job attributes.
    pub const JOB: u8 = 0x02;
    /// The end of all attributes.
    pub const END: u8 = 0x03;
    /// Printer attributes.
    pub const PRINTER: u8 = 0x04;
    /// What a request had and the printer does not support.
    pub const UNSUPPORTED: u8 = 0x05;
}

/// Operations (RFC 8011, section 5.4.15; PWG 5100.7, 5100.11, 5100.13).
pub mod operation {
    /// Print-Job.
    pub const PRINT_JOB: u16 = 0x0002;
    /// Validate-Job.
    pub const VALIDATE_JOB: u16 = 0x0004;
    /// Create-Job.
    pub const CREATE_JOB: u16 = 0x0005;
    /// Send-Document.
    pub const SEND_DOCUMENT: u16 = 0x0006;
    /// Cancel-Job.
    pub const CANCEL_JOB: u16 = 0x0008;
    /// Get-Job-Attributes.
    pub const GET_JOB_ATTRIBUTES: u16 = 0x0009;
    /// Get-Jobs.
    pub const GET_JOBS: u16 = 0x000a;
    /// Get-Printer-Attributes.
    pub const GET_PRINTER_ATTRIBUTES: u16 = 0x000b;
    /// Cancel-My-Jobs.
    pub const CANCEL_MY_JOBS: u16 = 0x0039;
    /// Close-Job.
    pub const CLOSE_JOB: u16 = 0x003b;
    /// Identify-Printer.
    pub const IDENTIFY_PRINTER: u16 = 0x003c;
}

/// Status codes (RFC 8011, appendix B). Those below 0x0100 are successes.
pub mod status {
    /// successful-ok.
    pub const OK: u16 = 0x0000;
    /// successful-ok-ignored-or-substituted-attributes.
    pub const OK_IGNORED: u16 = 0x0001;
    /// client-error-bad-request.
    pub const BAD_REQUEST: u16 = 0x0400;
    /// client-error-not-possible.
    pub const NOT_POSSIBLE: u16 = 0x0404;
    /// client-error-not-found.
    pub const NOT_FOUND: u16 = 0x0406;
    /// client-error-request-entity-too-large.
    pub const TOO_LARGE: u16 = 0x0408;
    /// client-error-document-format-not-supported.
    pub const FORMAT: u16 = 0x040a;
    /// client-error-attributes-or-values-not-supported.
    pub const ATTRIBUTES: u16 = 0x040b;
    /// client-error-charset-not-supported.
    pub const CHARSET: u16 = 0x040d;
    /// client-error-compression-not-supported.
    pub const COMPRESSION: u16 = 0x040f;
    /// server-error-operation-not-supported.
    pub const OPERATION: u16 = 0x0501;
    /// server-error-version-not-supported.
    pub const VERSION: u16 = 0x0503;
    /// server-error-busy.
    pub const BUSY: u16 = 0x0507;
    /// server-error-multiple-document-jobs-not-supported.
    pub const ONE_DOCUMENT: u16 = 0x0509;
}

/// States of a job (RFC 8011, section 5.3.7). Those from 7 on are final.
pub mod job_state {
    /// Waits.
    pub const PENDING: i32 = 3;
    /// Is being printed.
    pub const PROCESSING: i32 = 5;
    /// The printer stopped in the middle.
    pub const STOPPED: i32 = 6;
    /// Somebody cancelled it.
    pub const CANCELED: i32 = 7;
    /// The printer gave it up.
    pub const ABORTED: i32 = 8;
    /// It was printed.
    pub const COMPLETED: i32 = 9;
}
