//! The printers of the home on the machine that it runs on: IPP over HTTP, for the machine's own print system.

use crate::guard;
use crate::live::LiveHome;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

/// A printer of the home as a server on this machine.
#[derive(Clone)]
pub struct PrinterServer {
    /// The home.
    pub live: LiveHome,
    /// The printer's identifier.
    pub printer: String,
    /// The printer's address for others, such as `ipp://127.0.0.1:8631/ipp/print`.
    pub uri: String,
}

/// No document is longer, in octets.
const MOST: usize = 64 * 1024 * 1024;

/// Serves one printer until the listener fails.
///
/// # Errors
/// When the listener fails.
pub async fn serve_printer(listener: TcpListener, server: PrinterServer) -> std::io::Result<()> {
    let app =
        Router::new().route("/ipp/print", post(print)).layer(DefaultBodyLimit::max(MOST)).with_state(server);
    axum::serve(listener, app).await
}

async fn print(State(server): State<PrinterServer>, headers: HeaderMap, body: Bytes) -> Response {
    // A page elsewhere can point its own name here, but neither an address nor a name of multicast DNS.
    let is_ours = |name: &str| guard::is_of_this_machine(name) || name.ends_with(".local");
    if !guard::host(&headers).is_some_and(is_ours) {
        let words = "This printer answers only under the address that it announces.\n";
        return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
    }
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != "application/ipp") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "IPP is application/ipp.\n").into_response();
    }
    match server.live.ipp(&server.printer, body.to_vec(), server.uri.clone()).await {
        Some(answer) => ([(header::CONTENT_TYPE, "application/ipp")], answer).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "The printer is not online.\n").into_response(),
    }
}
