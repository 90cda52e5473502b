//! What lies in a printer's tray, for the browser.

use crate::paper;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyway_devices::home::PaperContent;

/// A sheet in the tray.
pub(super) async fn sheet(
    State(site): State<Site>,
    Path((printer, number)): Path<(String, u32)>,
) -> Response {
    let Some(found) = site.live.paper(&printer, number).await else {
        return (StatusCode::NOT_FOUND, "There is no such sheet in the tray.\n").into_response();
    };
    match found.content {
        PaperContent::Configuration(data) => pdf(paper::configuration(&data)),
        PaperContent::Job { format, bytes } => {
            // What a browser would run is handed out as a file.
            let is_shown = ["application/pdf", "image/jpeg", "text/plain"].contains(&format.as_str());
            let (kind, how) = if is_shown {
                (format.as_str(), "inline")
            } else {
                ("application/octet-stream", "attachment; filename=\"document\"")
            };
            ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, how)], bytes.to_vec())
                .into_response()
        }
    }
}

/// The network configuration page, as it would be printed now.
pub(super) async fn configuration(State(site): State<Site>, Path(printer): Path<String>) -> Response {
    match site.live.configuration(&printer).await {
        Some(data) => pdf(paper::configuration(&data)),
        None => (StatusCode::NOT_FOUND, "There is no such printer.\n").into_response(),
    }
}

fn pdf(made: Result<Vec<u8>, keyway_paper::PaperError>) -> Response {
    match made {
        Ok(octets) => ([(header::CONTENT_TYPE, "application/pdf")], octets).into_response(),
        Err(error) => {
            let words = format!("The page cannot be set as PDF: {error}. It is there as JSON too.\n");
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}
