//! Stock busybox as the DHCP server of a network.

use crate::process::Process;
use crate::requirements;
use crate::scratch::Scratch;
use crate::topology::End;

/// A running DHCP server, which lends 10.0.0.100 to 10.0.0.150 for a minute.
#[derive(Debug)]
pub struct AddressServer {
    process: Process,
    _scratch: Scratch,
}

impl AddressServer {
    /// Starts it at an end whose own address is 10.0.0.1.
    pub fn start(end: &End) -> AddressServer {
        let scratch = Scratch::new("udhcpd");
        let (leases, pid) = (scratch.write("leases", ""), scratch.file("pid"));
        let text = format!(
            "start 10.0.0.100\nend 10.0.0.150\ninterface {}\nlease_file {}\npidfile {}\n\
             option subnet 255.255.255.0\noption router 10.0.0.1\noption dns 10.0.0.1\noption lease 60\n",
            end.interface(),
            leases.display(),
            pid.display()
        );
        let config = scratch.write("udhcpd.conf", text);
        let mut command = end.command(requirements::program("busybox"));
        // It asks whether an address is taken before it lends it, for two seconds unless told otherwise.
        command.args(["udhcpd", "-f", "-a", "200"]).arg(config);
        let process = Process::spawn("udhcpd", command);
        process.wait_for("started");
        AddressServer { process, _scratch: scratch }
    }

    /// Its process.
    pub fn process(&self) -> &Process {
        &self.process
    }
}
