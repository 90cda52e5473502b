//! What goes wrong, brought about for real, with its own words and next step.

use crate::support::{Visit, visit};
use fantoccini::error::CmdError;
use keyway_wsc::Pin;

/// The PIN with one digit of this half changed, and its checksum right again.
fn spoilt(pin: &str, second_half: bool) -> String {
    let mut digits: Vec<u8> = pin.bytes().filter(u8::is_ascii_digit).collect();
    let at = if second_half { 5 } else { 1 };
    digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
    let start = String::from_utf8(digits[..7].to_vec()).expect("digits");
    (0..10).map(|last| format!("{start}{last}")).find(|text| text.parse::<Pin>().is_ok()).expect("a checksum")
}

async fn wrong_half(visit: &Visit, second_half: bool, code: &str) -> Result<(), CmdError> {
    visit.prepare_router(true).await?;
    let pin = visit.make_pin().await?;
    visit.add_pin(&spoilt(&pin, second_half)).await?;
    visit.open("/printer/study").await?;
    visit.see_reason(code).await?;
    visit.picture(&format!("{code}.png")).await?;
    visit.open("/router").await?;
    visit.see(code).await
}

/// N28.
#[test]
fn the_first_half_is_wrong() {
    visit(async |visit| wrong_half(visit, false, "wrong-pin-first-half").await);
}

/// N28.
#[test]
fn the_second_half_is_wrong() {
    visit(async |visit| wrong_half(visit, true, "wrong-pin-second-half").await);
}

/// N28: a typing error is told before anything is sent; N8: so is a password in the wrong box.
#[test]
fn what_is_no_pin_is_told_at_once() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.add_pin("1234 5678").await?;
        visit.see("last digit").await?;
        visit.add_pin("correct horse battery").await?;
        visit.see("password").await
    });
}

/// N29, N30.
#[test]
fn the_pin_expires() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.make_pin().await?;
        visit.wait(310).await?;
        visit.open("/printer/study").await?;
        visit.see_reason("pin-expired").await
    });
}

/// N31, N24.
#[test]
fn wps_is_off() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        visit.make_pin().await?;
        visit.wait(310).await?;
        visit.open("/printer/study").await?;
        visit.see_reason("wps-off").await
    });
}

/// Changes the network by clicking these choices.
async fn change_network(visit: &Visit, choices: &[&str]) -> Result<(), CmdError> {
    visit.prepare_router(true).await?;
    for value in choices {
        let selector = format!("#network input[value='{value}']");
        visit.client.find(fantoccini::Locator::Css(&selector)).await?.click().await?;
    }
    visit.click("Change the network").await?;
    visit.make_pin().await?;
    visit.wait(310).await?;
    visit.open("/printer/study").await
}

/// N31.
#[test]
fn the_name_is_hidden() {
    visit(async |visit| {
        change_network(visit, &["yes"]).await?;
        visit.see_reason("hidden").await
    });
}

/// N31.
#[test]
fn wpa3_alone() {
    visit(async |visit| {
        change_network(visit, &["wpa3-only"]).await?;
        visit.see_reason("wpa3-only").await
    });
}

/// N37.
#[test]
fn five_gigahertz_alone() {
    visit(async |visit| {
        change_network(visit, &["ghz5"]).await?;
        // It has no ear for it; the computer has.
        visit.see_reason("nothing-heard").await?;
        visit.open("/computer").await?;
        visit.begin_assistant().await?;
        visit.click("Printer's PIN").await?;
        visit.see_reason("other-band").await
    });
}

/// N32, N40.
#[test]
fn too_far() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.open("/printer/study").await?;
        visit.fill("metres", "300").await?;
        visit.click("Move").await?;
        visit.make_pin().await?;
        visit.wait(310).await?;
        visit.open("/printer/study").await?;
        visit.see_reason("too-far").await
    });
}

/// N49, N50: three wrong router's PINs lock it.
#[test]
fn the_router_locks() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        visit.click("Switch it on for five minutes").await?;
        let pin = visit.words("#router-pin .pin").await?;
        for round in 0..3 {
            visit.open("/printer/hall/web").await?;
            visit.fill("router-pin", &spoilt(&pin, false)).await?;
            visit.click("Start").await?;
            visit.wait(20).await?;
            visit.open("/printer/hall").await?;
            visit.see_reason("wrong-pin-first-half").await.inspect_err(|_| eprintln!("round {round}"))?;
        }
        visit.open("/router").await?;
        visit.see("Locked.").await?;
        visit.picture("router-locked.png").await?;
        visit.click("Unlock").await?;
        visit.see("Switch it off").await
    });
}

/// Two buttons at once.
#[test]
fn two_buttons() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        for printer in ["/printer/kitchen", "/printer/attic"] {
            visit.open(printer).await?;
            visit.press("WPS").await?;
        }
        visit.open("/router").await?;
        visit.see("asks by button").await?;
        visit.wait(5).await?;
        visit.open("/router").await?;
        visit.click("Press the WPS button").await?;
        visit.see("Two devices").await
    });
}

/// Joined, and no address.
#[test]
fn no_address() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        visit.click("Stop giving out addresses").await?;
        visit.join_by_password().await?;
        visit.wait(30).await?;
        visit.open("/printer/study").await?;
        visit.see_reason("no-address").await
    });
}

/// N25, N33: the router's network has another name now.
#[test]
fn old_settings_in_the_way() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        visit.join_by_password().await?;
        visit.see_online("study").await?;
        visit.open("/router").await?;
        visit.fill("ssid", "Another home").await?;
        visit.click("Change the network").await?;
        visit.wait(60).await?;
        visit.open("/printer/study").await?;
        visit.see_reason("network-gone").await?;
        visit.open("/printer/study/web").await?;
        visit.click("Restore network settings").await?;
        visit.open("/printer/study").await?;
        visit.see("Choose how to set it up").await
    });
}

/// N34, N44, N46: what helps a printer that fails again and again.
#[test]
fn three_failures_in_a_row() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        for _ in 0..2 {
            visit.make_pin().await?;
            visit.wait(310).await?;
            visit.open("/printer/study").await?;
            visit.see_reason("wps-off").await?;
            visit.click("Done").await?;
        }
        visit.make_pin().await?;
        visit.wait(310).await?;
        visit.open("/printer/study").await?;
        visit.see("firmware").await
    });
}

/// N36, N38, N43: what hides the printer from the computer.
#[test]
fn a_vpn_and_a_guest_network_hide_the_printer() {
    visit(async |visit| {
        visit.prepare_router(false).await?;
        let passphrase = visit.passphrase().await?;
        visit.open("/computer").await?;
        visit.click("Switch the VPN on").await?;
        visit.begin_assistant().await?;
        visit.click("Wi-Fi password").await?;
        visit.see("every printer has").await?;
        visit.click("Go on").await?;
        visit.fill("entered", &passphrase).await?;
        visit.click("OK").await?;
        visit.see_reason("vpn").await?;
        visit.click("Pause the VPN").await?;
        visit.click("Join the guest network").await?;
        visit.see_reason("different-networks").await?;
        visit.click("Leave the guest network").await?;
        visit.see("answers at").await?;
        visit.click("Print a test page").await?;
        visit.see("The printer is ready").await
    });
}

/// N35: a model without PIN does not offer one.
#[test]
fn a_model_without_a_pin() {
    visit(async |visit| {
        visit.open("/printer/attic/web").await?;
        visit.see("USB cable").await?;
        let page = visit.client.source().await?;
        assert!(!page.contains("Show a new PIN") && !page.contains("label PIN"), "{page}");
        Ok(())
    });
}
