//! The home in real time, with its pages.

use super::{CaptureFile, announce, chance, date};
use crate::args::DemoArgs;
use crate::exit::Error;
use crate::keeper::StoreKeeper;
use crate::report::Report;
use keyway_devices::home::{HomeConfig, TestPageWords};
use keyway_web::live::{CaptureSink, LiveHome};
use keyway_web::{Options, serve};
use serde_json::json;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Where the pages are, if nobody says otherwise.
const USUAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(super) fn run(args: &DemoArgs) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::interface(format_args!("no threads can be started: {error}")))?;
    runtime.block_on(home(args))
}

async fn home(args: &DemoArgs) -> Result<(), Error> {
    let mut report = Report::new(args.json);
    let (seed, random) = chance(args, 0)?;
    let mut config = HomeConfig::demo(seed, date());
    config.capture = args.pcap.is_some();
    config.test_page = test_page;
    let (mut keeper, saved) = StoreKeeper::open(args.data.as_deref())?;
    if let Some(kept) = keeper.kept_seed() {
        // Addresses and label PINs come from the seed: the same home as the last time.
        config.seed = kept;
    }
    let seed = config.seed;
    keeper.keep_seed(seed).map_err(Error::file)?;
    let capture = match &args.pcap {
        Some(path) => {
            let mut file = CaptureFile::create(path)?;
            let sink: CaptureSink = Box::new(move |octets| {
                file.write(octets);
                file.flushed()
            });
            Some(sink)
        }
        None => None,
    };
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().map_err(Error::interface)?;
    let live = LiveHome::start(config, saved, random, Box::new(keeper), capture)
        .map_err(|error| Error::interface(format_args!("no thread can be started: {error}")))?;
    let page = format!("http://{address}/");
    let words = format!(
        "A home with a router, printers and a computer on a simulated radio.\n\n  Open {page} in a browser.\n\n\
         Everything runs in this process, and nothing leaves this machine. Ctrl-C ends it."
    );
    report.event("home-open", json!({ "url": page, "seed": seed }), &words);
    report.flush();
    let printers = tokio::spawn(announce::printers(live.clone(), args.json));
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::interface)?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(serve(listener, live, Options::default(), async {
        // Whether it was sent or dropped: it is over.
        let _ = stopped.await;
    }));
    let signal = tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map(|()| keyway_linux::Stop::Interrupt),
        _ = terminate.recv() => Ok(keyway_linux::Stop::Terminate),
    };
    // Streams of events do not end by themselves; nobody waits for them.
    drop(stop);
    serving.abort();
    printers.abort();
    match signal.map_err(Error::interface)? {
        keyway_linux::Stop::Interrupt => Ok(()),
        stop => Err(Error::stopped(stop)),
    }
}

/// Listens where it was told, or at the usual place, or, if that is taken, at any free one.
async fn listen(wanted: Option<SocketAddr>) -> Result<TcpListener, Error> {
    let address = wanted.unwrap_or(USUAL);
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse && wanted.is_none() => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::interface)
        }
        Err(error) => Err(Error::interface(format_args!(
            "the pages cannot be served at {address}: {error}. Choose another address with --listen."
        ))),
        Ok(listener) => Ok(listener),
    }
}

/// The test page as the computer sends it.
pub(super) fn test_page(words: &TestPageWords) -> (String, Vec<u8>) {
    keyway_web::paper::test_page(words)
}
