//! The hosts of this module as what a printer and a router are made of.

use keyway_devices::printer::PrinterNetwork;
use keyway_devices::router::Gateway;
use keyway_eap::Timestamp;
use keyway_lan::printer::Page;
use keyway_lan::{GatewayEvent, PrinterEvent};

use super::{KernelGateway, KernelPrinterNetwork};

/// Frames do not pass through it: the kernel has them.
impl PrinterNetwork for KernelPrinterNetwork {
    fn link_up(&mut self, now: Timestamp) {
        KernelPrinterNetwork::link_up(self, now);
    }

    fn link_down(&mut self, now: Timestamp) {
        KernelPrinterNetwork::link_down(self, now);
    }

    fn leave(&mut self, now: Timestamp) {
        KernelPrinterNetwork::leave(self, now);
    }

    fn handle_ethernet(&mut self, _frame: &[u8], _now: Timestamp) {}

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn poll_event(&mut self) -> Option<PrinterEvent> {
        KernelPrinterNetwork::poll_event(self)
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        KernelPrinterNetwork::handle_timeout(self, now);
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        KernelPrinterNetwork::poll_timeout(self)
    }

    fn set_page(&mut self, page: Page) {
        KernelPrinterNetwork::set_page(self, page);
    }
}

/// Frames do not pass through it: the kernel has them.
impl Gateway for KernelGateway {
    fn link_up(&mut self, now: Timestamp) {
        KernelGateway::link_up(self, now);
    }

    fn link_down(&mut self, now: Timestamp) {
        KernelGateway::link_down(self, now);
    }

    fn set_serving(&mut self, serving: bool) {
        KernelGateway::set_serving(self, serving);
    }

    fn handle_ethernet(&mut self, _frame: &[u8], _now: Timestamp) {}

    fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        None
    }

    fn poll_event(&mut self) -> Option<GatewayEvent> {
        KernelGateway::poll_event(self)
    }

    fn handle_timeout(&mut self, now: Timestamp) {
        KernelGateway::handle_timeout(self, now);
    }

    fn poll_timeout(&self) -> Option<Timestamp> {
        KernelGateway::poll_timeout(self)
    }
}
