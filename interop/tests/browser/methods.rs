//! Each way onto the network, from the first page to the test page that comes out of the printer.

use crate::support::visit;

#[test]
fn by_the_printers_pin() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        let pin = visit.make_pin().await?;
        visit.picture("printer-pin.png").await?;
        visit.add_pin(&pin).await?;
        visit.picture("router-open.png").await?;
        visit.see_online("study").await?;
        visit.picture("printer-online.png").await?;
        visit.open("/router").await?;
        visit.see("WPS is off, verified on the air").await?;
        visit.picture("router-off.png").await?;
        visit.see_test_page("study").await
    });
}

#[test]
fn by_push_button() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.open("/printer/attic").await?;
        visit.press("WPS").await?;
        visit.open("/router").await?;
        visit.click("Press the WPS button").await?;
        visit.see_online("attic").await?;
        visit.see_test_page("attic").await
    });
}

#[test]
fn by_the_pin_on_the_label() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.open("/printer/kitchen").await?;
        let pin = visit.words(".sticker strong").await?;
        visit.click("Hold WPS for 3 s").await?;
        visit.add_pin(&pin).await?;
        visit.see_online("kitchen").await?;
        visit.see_test_page("kitchen").await
    });
}

#[test]
fn by_the_routers_pin() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.click("Switch it on for five minutes").await?;
        let pin = visit.words("#router-pin .pin").await?;
        visit.open("/printer/hall/web").await?;
        visit.fill("router-pin", &pin).await?;
        visit.click("Start").await?;
        visit.see_online("hall").await?;
        visit.see_test_page("hall").await
    });
}

#[test]
fn by_the_wifi_password() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        visit.join_by_password().await?;
        visit.see_online("study").await?;
        visit.see_test_page("study").await
    });
}

#[test]
fn over_a_usb_cable() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        let passphrase = visit.passphrase().await?;
        visit.open("/printer/attic").await?;
        visit.click("Plug in the USB cable").await?;
        visit.open("/printer/attic/web").await?;
        visit.fill("usb-ssid", "Home").await?;
        visit.fill("usb-passphrase", &passphrase).await?;
        visit.click("Set up over USB").await?;
        visit.see_online("attic").await?;
        visit.see_test_page("attic").await
    });
}

#[test]
fn led_by_the_assistant_up_to_the_test_page() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.open("/computer").await?;
        visit.begin_assistant().await?;
        visit.click("Printer's PIN").await?;
        visit.see("Before you begin").await?;
        visit.see("2.4 GHz, which every printer has").await?;
        visit.picture("assistant-checks.png").await?;
        visit.click("Go on").await?;
        visit.open("/printer/study").await?;
        let pin = visit.words("#pin-shown").await?;
        visit.add_pin(&pin).await?;
        visit.open("/computer").await?;
        visit.click("Print a test page").await?;
        visit.see("The printer is ready").await?;
        visit.picture("assistant-done.png").await?;
        visit.open("/printer/study").await?;
        visit.see("Test page").await
    });
}
