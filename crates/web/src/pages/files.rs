//! What pages ask for besides pages: the stream of changes, the style, the script, the icon.

use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};

/// Tells of every change; a page then asks for itself anew.
pub(super) async fn events(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = WatchStream::from_changes(site.live.follow());
    let first = tokio_stream::once(Ok(Event::default().event("hello").data("")));
    let changes =
        changes.map(|scene| Ok(Event::default().event("change").data(scene.home.revision.to_string())));
    Sse::new(first.chain(changes)).keep_alive(KeepAlive::default())
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", include_str!("../../assets/style.css")),
        "keyway.js" => ("text/javascript; charset=utf-8", include_str!("../../assets/keyway.js")),
        "icon.svg" => ("image/svg+xml", include_str!("../../assets/icon.svg")),
        _ => return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    };
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
