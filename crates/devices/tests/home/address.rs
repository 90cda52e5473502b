//! N18: joined, and no address because the router gives none; it gets one as soon as there is one to get.

use super::scenario;
use keyway_devices::action::{PrinterAction, RouterAction};
use keyway_devices::session::Method;

#[test]
fn no_address_is_told_and_mended() {
    scenario(|person| {
        person.prepare_router(false)?;
        person.at_router(RouterAction::Dhcp { on: false })?;
        let admin = super::admin(person);
        let (ssid, secret) = (Some(admin.public.ssid), Some(admin.passphrase));
        person.at_printer("study", PrinterAction::Start { method: Method::Passphrase, ssid, secret })?;
        let reason = person.until("the reason", 120, |person| {
            let network = person.printer("study").ok()?.network?;
            network.connected.then_some(network.reason)?
        })?;
        assert_eq!(reason.code, "no-address");
        person.at_router(RouterAction::Dhcp { on: true })?;
        person.until("an address", 120, |person| person.printer("study").ok()?.network?.address)?;
        Ok(())
    });
}
