//! A computer on the same network finds the printer and prints on it, with the programs that Linux machines use.

use std::fs;
use std::path::Path;

use keyway_interop::avahi::Avahi;
use keyway_interop::keyway::{Keyway, RadioTask};
use keyway_interop::process::run;
use keyway_interop::radio::Radios;
use keyway_interop::scratch::Scratch;
use keyway_interop::supplicant::Supplicant;
use keyway_interop::{machine, requirements};

use super::Home;
use crate::support::{PIN, home};

/// The smallest PDF that is one: a page without anything on it.
const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

#[test]
fn a_computer_finds_it_and_prints() {
    machine::scenario(|| {
        let radios = Radios::take(3);
        let house = Home::start(&radios);
        let computer = radios.end(2);
        let station = Supplicant::on_radio(computer);
        station.join(&home(), &[]);
        let scratch = Scratch::new("jobs");
        let jobs = scratch.file("jobs");
        fs::create_dir(&jobs).expect("a folder");
        house.hostapd.pin("any", PIN);
        let task = RadioTask::Pin("pin", PIN);
        let more = ["--jobs", &jobs.display().to_string(), "--name", "Printer in the hall"];
        let mut printer = Keyway::printer_on_radio(radios.without_address(1), &task, &more);
        station.wait_until_joined();
        let avahi = Avahi::start(|program: &Path| computer.command(program), computer.interface());
        let online = printer.wait_for("online");
        let uri = online["uri"].as_str().expect("an address");

        let ask = |program: &str, arguments: &[&str]| {
            let mut command = computer.command(requirements::program(program));
            avahi.serve(&mut command).args(arguments);
            String::from_utf8_lossy(&command.output().expect("it runs").stdout).into_owned()
        };
        // They look for a few seconds; the answer may take longer on a busy machine.
        let find = |program: &str, arguments: &[&str], wanted: &str| {
            let found = (0..5).map(|_| ask(program, arguments)).find(|found| found.contains(wanted));
            found
                .unwrap_or_else(|| panic!("{program} does not find the printer: {}", ask(program, arguments)))
        };
        let found = find("avahi-browse", &["-rptk", "_ipp._tcp"], "=;");
        let address = uri.trim_start_matches("ipp://").split(':').next().expect("an address");
        assert!(found.contains(&format!(";{address};631;")) && found.contains("rp=ipp/print"), "{found}");
        let exec = ["-T", "3", "_ipp._tcp", "--exec", "echo", "{service_name}", ";"];
        let found = find("ippfind", &exec, "Printer in the hall");
        assert!(found.contains(printer.wait_for("started")["nickname"].as_str().expect("one")), "{found}");

        let page = scratch.file("page.pdf");
        fs::write(&page, PDF).expect("a file");
        for test in ["get-printer-attributes.test", "print-job.test"] {
            let mut command = computer.command(requirements::program("ipptool"));
            command.args(["-tv", "-T", "30", "-f"]).arg(&page).args([uri, test]);
            let report = run(command);
            assert!(report.contains("[PASS]") && !report.contains("[FAIL]"), "{test}:\n{report}");
        }
        let printed = printer.wait_for("printed");
        let file = printed["file"].as_str().expect("a file");
        assert_eq!(Path::new(file).parent(), Some(jobs.as_path()));
        assert_eq!(fs::read(file).expect("the document"), PDF);
        assert_eq!(printer.interrupt().status, 0);
    });
}
