//! The home's printers for this machine's own print system: IPP on loopback, announced by DNS-SD on loopback alone.

use crate::report::Report;
use keyway_devices::view::PrinterView;
use keyway_web::live::LiveHome;
use keyway_web::{PrinterServer, serve_printer};
use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use serde_json::json;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Serves and announces each printer while it is online in the home.
pub(super) async fn printers(live: LiveHome, is_json: bool) {
    let daemon = on_loopback();
    let mut report = Report::new(is_json);
    if daemon.is_none() {
        eprintln!("note: printers are not announced on this machine; their addresses work all the same");
    }
    let mut online: BTreeMap<String, Online> = BTreeMap::new();
    let mut changes = live.follow();
    loop {
        let home = changes.borrow_and_update().home.clone();
        for printer in &home.printers {
            let is_online = printer
                .network
                .as_ref()
                .is_some_and(|network| network.connected && network.address.is_some());
            if is_online && !online.contains_key(&printer.id) {
                if let Some(server) = start(&live, printer, daemon.as_ref()).await {
                    let words = format!("{} is online: {}", printer.nickname, server.uri);
                    let fields =
                        json!({ "nickname": printer.nickname, "printer": printer.id, "uri": server.uri });
                    report.event("printer-online", fields, &words);
                    online.insert(printer.id.clone(), server);
                }
            } else if !is_online && let Some(server) = online.remove(&printer.id) {
                server.stop(daemon.as_ref());
                let fields = json!({ "nickname": printer.nickname, "printer": printer.id });
                report.event("printer-offline", fields, &format!("{} is offline", printer.nickname));
            }
        }
        report.flush();
        if changes.changed().await.is_err() {
            return;
        }
    }
}

struct Online {
    uri: String,
    serving: JoinHandle<std::io::Result<()>>,
    announced: Option<String>,
}

impl Online {
    fn stop(self, daemon: Option<&ServiceDaemon>) {
        self.serving.abort();
        if let (Some(daemon), Some(name)) = (daemon, self.announced) {
            // The daemon may have ended; then nothing is announced any more.
            let _ = daemon.unregister(&name);
        }
    }
}

async fn start(live: &LiveHome, printer: &PrinterView, daemon: Option<&ServiceDaemon>) -> Option<Online> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
    let port = listener.local_addr().ok()?.port();
    let uri = format!("ipp://127.0.0.1:{port}/ipp/print");
    let server = PrinterServer { live: live.clone(), printer: printer.id.clone(), uri: uri.clone() };
    let serving = tokio::spawn(serve_printer(listener, server));
    let announced = daemon.and_then(|daemon| announce(daemon, printer, port));
    Some(Online { uri, serving, announced })
}

/// A responder that speaks on loopback and nowhere else.
fn on_loopback() -> Option<ServiceDaemon> {
    let daemon = ServiceDaemon::new().ok()?;
    daemon.disable_interface(IfKind::All).ok()?;
    daemon.enable_interface(IfKind::LoopbackV4).ok()?;
    Some(daemon)
}

fn announce(daemon: &ServiceDaemon, printer: &PrinterView, port: u16) -> Option<String> {
    let host = format!("keyway-{}.local.", printer.nickname.to_lowercase());
    let instance = format!("{} ({})", printer.name, printer.nickname);
    let txt = [
        ("txtvers", "1"),
        ("qtotal", "1"),
        ("rp", "ipp/print"),
        ("ty", printer.model_name.as_str()),
        ("product", "(Keyway)"),
        ("note", printer.name.as_str()),
        ("pdl", "application/pdf,image/pwg-raster,image/jpeg,text/plain"),
        ("Color", "T"),
        ("Duplex", "F"),
    ];
    let info = ServiceInfo::new("_ipp._tcp.local.", &instance, &host, "127.0.0.1", port, &txt[..]).ok()?;
    let name = info.get_fullname().to_owned();
    daemon.register(info).ok()?;
    Some(name)
}
