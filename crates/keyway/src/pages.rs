//! The router's pages, in threads of their own.

use crate::exit::Error;
use keyway_web::{LiveHome, Options, serve};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Pages that are served until this is dropped.
pub(crate) struct Pages {
    url: String,
    runtime: Option<Runtime>,
}

impl Pages {
    /// Serves at this address; without one at `own`, port 80 or, where that is taken or forbidden, 8080.
    pub(crate) fn serve(live: LiveHome, wanted: Option<SocketAddr>, own: Ipv4Addr) -> Result<Pages, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            // What strangers send is read by threads that may do nothing special. What cannot be given up was not held.
            .on_thread_start(|| _ = keyway_linux::keep_capabilities(&[]))
            .enable_all()
            .build()
            .map_err(|error| Error::interface(format_args!("no threads can be started: {error}")))?;
        let listener = runtime.block_on(listen(wanted, own))?;
        let address = listener.local_addr().map_err(Error::interface)?;
        let host =
            if address.ip().is_unspecified() { SocketAddr::from((own, address.port())) } else { address };
        let url = match host.port() {
            80 => format!("http://{}/", host.ip()),
            _ => format!("http://{host}/"),
        };
        runtime.spawn(serve(listener, live, Options::default(), std::future::pending()));
        Ok(Pages { url, runtime: Some(runtime) })
    }

    /// Where they are.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Serves no more. Streams of events do not end by themselves; nobody waits for them.
    fn stop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn listen(wanted: Option<SocketAddr>, own: Ipv4Addr) -> Result<TcpListener, Error> {
    let failed = |address: SocketAddr, error: std::io::Error| {
        Error::interface(format_args!(
            "the pages cannot be served at {address}: {error}. Choose another address with --listen."
        ))
    };
    if let Some(address) = wanted {
        return TcpListener::bind(address).await.map_err(|error| failed(address, error));
    }
    let usual = SocketAddr::from((own, 80));
    match TcpListener::bind(usual).await {
        Ok(listener) => Ok(listener),
        Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) => {
            let other = SocketAddr::from((own, 8080));
            TcpListener::bind(other).await.map_err(|error| failed(other, error))
        }
        Err(error) => Err(failed(usual, error)),
    }
}
