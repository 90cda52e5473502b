//! Everything under one address.

use crate::live::LiveHome;
use crate::visitors::Visitors;
use crate::{api, guard, pages};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What pages and API share.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) live: LiveHome,
    pub(crate) visitors: Visitors,
    options: Arc<Options>,
}

/// How the pages are served.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Names under which the pages may be asked for, besides addresses and `localhost`.
    pub names: Vec<String>,
}

impl Site {
    pub(crate) fn names(&self) -> &[String] {
        &self.options.names
    }
}

/// No form and no request of the API is longer, in octets.
const MOST: usize = 64 * 1024;

/// Serves the pages and the API of a home until `stop` comes.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    live: LiveHome,
    options: Options,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, app(live, options)).with_graceful_shutdown(stop).await
}

/// The pages and the API, for a server.
pub(crate) fn app(live: LiveHome, options: Options) -> Router {
    let site = Site { live, visitors: Visitors::default(), options: Arc::new(options) };
    Router::new()
        .merge(pages::routes())
        .nest("/api", api::routes())
        .layer(DefaultBodyLimit::max(MOST))
        .layer(axum::middleware::from_fn_with_state(site.clone(), guard::guard))
        .with_state(site)
}
