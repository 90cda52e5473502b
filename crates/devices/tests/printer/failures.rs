//! What goes wrong, each with its own words and its next step (N28–N33, N39–N46).

use crate::bench::{Bench, PASSPHRASE, home, network};
use keyway_devices::action::PrinterAction;
use keyway_devices::printer::{PrinterNews, PrinterOrder, Surroundings};
use keyway_devices::session::{Method, Step};
use keyway_devices::view::{Display, Model};
use keyway_home::{Cause, Side};
use keyway_wsc::session::{Failure, Half, Success};
use keyway_wsc::{AuthTypes, ConfigError, Credential, EncrTypes, MessageType};
use std::time::Duration;

/// How far it came before it failed.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// The network was wrong for this reason.
    NotFound(Cause),
    Messages(MessageType),
}

struct Case {
    method: Method,
    before: Before,
    cause: Cause,
    code: &'static str,
    step: Option<Step>,
}

const fn case(method: Method, before: Before, cause: Cause, code: &'static str, step: Option<Step>) -> Case {
    Case { method, before, cause, code, step }
}

fn cases() -> Vec<Case> {
    use Before::{Messages, NotFound, Nothing};
    let wrong = |half| Cause::Failure(Failure::WrongPassword(half));
    let not_ready = Failure::NoRegistrarReady(ConfigError::NoError);
    let (found, introduced, half) = (Some(Step::Found), Some(Step::Introduced), Some(Step::FirstHalf));
    let (m1, m3, m5) = (Messages(MessageType::M1), Messages(MessageType::M3), Messages(MessageType::M5));
    let expired = Cause::PinExpired;
    vec![
        case(Method::Pin, m3, wrong(Half::First), "wrong-pin-first-half", introduced),
        case(Method::Pin, m5, wrong(Half::Second), "wrong-pin-second-half", half),
        case(Method::Pin, Nothing, expired(Some(not_ready)), "pin-expired", None),
        case(Method::Pin, Nothing, expired(None), "pin-expired", None),
        case(Method::Pin, NotFound(not_ready.into()), expired(None), "pin-expired", None),
        case(Method::Pin, NotFound(Cause::WpsOff), expired(None), "wps-off", None),
        case(Method::Pin, NotFound(Cause::Hidden), expired(None), "hidden", None),
        case(Method::Pin, NotFound(Cause::Wpa3Only), expired(None), "wpa3-only", None),
        case(Method::Pin, NotFound(Cause::OtherBand), expired(None), "other-band", None),
        case(Method::Pin, NotFound(Cause::NothingHeard), expired(None), "nothing-heard", None),
        case(Method::Button, NotFound(Cause::TooFar), Cause::WalkTimeOver(None), "too-far", None),
        case(Method::Button, Nothing, Cause::WalkTimeOver(None), "walk-time-over", None),
        case(Method::Button, m1, Failure::SessionOverlap.into(), "session-overlap", found),
        case(Method::Pin, m3, Failure::TimedOut.into(), "timed-out", introduced),
        case(Method::RouterPin, m1, Failure::SetupLocked.into(), "setup-locked", found),
        case(Method::RouterPin, NotFound(Cause::WpsOff), Cause::NoRouter(None), "wps-off", None),
        case(Method::RouterPin, Nothing, Cause::NoRouter(None), "no-router", None),
        case(Method::Pin, m1, Failure::RefusedByPeer(ConfigError::DeviceBusy).into(), "refused", found),
        case(Method::Pin, m3, Failure::LinkLost.into(), "link-lost", introduced),
    ]
}

fn run(bench: &mut Bench, case: &Case) {
    match case.method {
        Method::RouterPin => bench.start_with(Method::RouterPin, None, "12345670").unwrap(),
        method => bench.start(method).unwrap(),
    }
    match case.before {
        Before::Nothing => {}
        Before::NotFound(cause) => bench.hear(PrinterNews::NotFound(cause)),
        Before::Messages(last) => {
            bench.chose();
            bench.messages(last);
        }
    }
    bench.failed(case.cause);
}

#[test]
fn each_failure_has_its_code_its_words_and_the_step_it_came_to() {
    for case in cases() {
        let mut bench = Bench::new(Model::Touch);
        run(&mut bench, &case);
        let session = bench.session();
        assert!(!session.running && session.countdown.is_none(), "{}", case.code);
        let reason = session.reason.unwrap();
        assert_eq!((reason.code.as_str(), session.done), (case.code, case.step), "{}", case.code);
        assert!(!reason.what.is_empty() && !reason.next.is_empty());
        let screen = bench.touch();
        assert_eq!(screen.reason.as_ref(), Some(&reason), "the screen says the same");
        assert_eq!((screen.pin, screen.countdown), (None, None), "a failed PIN is gone");
        for item in ["again", "other", "page", "home"] {
            assert!(screen.items.iter().any(|shown| shown.id == item), "{}: {item}", case.code);
        }
        let attempt = &bench.page().attempts[0];
        assert_eq!((attempt.result.as_str(), &attempt.words), (case.code, &reason.what));
        assert_eq!(attempt.at, bench.date());
        bench.choose("again");
        assert_eq!(bench.touch().reason, None, "the next one begins clean");
    }
}

#[test]
fn trouble_is_told_while_it_goes_on_looking() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.hear(PrinterNews::NotFound(Cause::WpsOff));
    assert_eq!(bench.reason().as_deref(), Some("wps-off"));
    assert!(bench.session().running && bench.pin().is_some());
    assert_eq!(bench.item_ids()[0], "password", "led to the password (N24)");
    bench.chose();
    assert_eq!(bench.reason(), None);
    assert!(!bench.item_ids().contains(&"password".to_owned()));
}

#[test]
fn two_buttons_in_the_air_end_it() {
    let overlap = Cause::Failure(Failure::SessionOverlap);
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Button).unwrap();
    bench.hear(PrinterNews::NotFound(overlap));
    assert_eq!((bench.reason().as_deref(), bench.session().running), (Some(overlap.code()), false));
    // It does not wait until one of the two is left.
    assert!(bench.take_orders().iter().any(|order| matches!(order, PrinterOrder::CancelRegistration)));
}

#[test]
fn a_pin_that_has_expired_is_nowhere() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    let pin = bench.pin().unwrap();
    bench.wait(241);
    assert!(bench.touch().body.iter().any(|line| line.contains("Less than a minute")), "N39");
    assert!(bench.page().pin.expose().contains("0:59"));
    bench.wait(58);
    assert_eq!(bench.pin().as_deref(), Some(pin.as_str()));
    let late = bench.now + Duration::from_secs(1);
    let seen = bench.unit.view(late, &Surroundings::default());
    let Display::Touch(screen) = seen.panel.display else { panic!("{seen:?}") };
    assert_eq!(screen.pin, None, "even if nobody brought it the time");
    bench.wait(1);
    assert_eq!(bench.pin(), None);
    assert!(!bench.page().pin.expose().contains(&pin[..4]));
    assert!(bench.page().pin.expose().contains("WPS PIN"), "how to get a new one");
    bench.take_orders();
    // The radio says nothing: the printer ends it by itself.
    bench.wait(10);
    assert_eq!(bench.reason().as_deref(), Some("pin-expired"));
    assert_eq!(bench.take_orders(), [PrinterOrder::CancelRegistration]);
    assert_eq!(bench.unit.poll_timeout(), None);
}

#[test]
fn a_try_that_has_begun_may_finish_after_the_pin_has_expired() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.chose();
    bench.wait(299);
    bench.messages(MessageType::M3);
    bench.wait(30);
    assert!(bench.session().running);
    assert_eq!(bench.pin(), None);
    bench.messages(MessageType::Done);
    bench.received(Success::Received(vec![home()]));
    bench.joined("Home");
    bench.address();
    assert_eq!(bench.session().done, Some(Step::Address));
}

#[test]
fn settings_that_it_cannot_use_are_not_used() {
    let wep = Credential { auth_types: AuthTypes::Shared, encr_types: EncrTypes::Wep, ..home() };
    for (received, code) in [
        (Success::Received(vec![wep.clone()]), Some("no-usable-credential")),
        (Success::Received(Vec::new()), Some("no-usable-credential")),
        (Success::Granted, Some("no-usable-credential")),
        (Success::Received(vec![wep, home()]), None),
    ] {
        let mut bench = Bench::new(Model::Touch);
        bench.start(Method::Pin).unwrap();
        bench.take_orders();
        bench.received(received);
        assert_eq!(bench.reason().as_deref(), code);
        let join = PrinterOrder::Join(Box::new(home()));
        assert_eq!(bench.take_orders().contains(&join), code.is_none());
    }
}

#[test]
fn a_wrong_wifi_password_is_told_and_nothing_is_kept() {
    let mut bench = Bench::new(Model::Touch);
    bench.start_with(Method::Passphrase, Some("Home"), "wrong password").unwrap();
    bench.take_orders();
    bench.hear(PrinterNews::Joining);
    bench.hear(PrinterNews::JoinFailed(Cause::WrongPassphrase));
    assert_eq!(bench.reason().as_deref(), Some("wrong-passphrase"));
    assert_eq!(bench.take_orders(), [PrinterOrder::Leave]);
    assert!(!bench.saved.iter().any(|(key, _)| key == "network"));
    let page = bench.page();
    let row = page.rows.iter().find(|row| row.name == "Settings match").unwrap();
    assert_eq!(row.evidence, Cause::WrongPassphrase.words(Side::Printer).what);
}

#[test]
fn after_a_wrong_password_it_goes_back_to_the_network_from_before() {
    let mut bench = Bench::on_home(Model::Touch);
    bench.start_with(Method::Passphrase, Some("Other"), "wrong password").unwrap();
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(network("Other", "wrong password")))]);
    bench.hear(PrinterNews::JoinFailed(Cause::WrongPassphrase));
    assert_eq!(bench.take_orders(), [PrinterOrder::Join(Box::new(home()))]);
    bench.joined("Home");
    bench.address();
    assert_eq!(bench.reason().as_deref(), Some("wrong-passphrase"), "that is still how the set-up ended");
    assert_eq!(bench.view().network.unwrap().ssid, "Home");
}

#[test]
fn without_an_address_it_says_so_and_takes_one_that_comes_late() {
    let mut bench = Bench::new(Model::Touch);
    bench.start_with(Method::Passphrase, Some("Home"), PASSPHRASE).unwrap();
    bench.joined("Home");
    bench.hear(PrinterNews::NoAddress(Cause::NoAddress));
    let session = bench.session();
    assert_eq!((bench.reason().as_deref(), session.done), (Some("no-address"), Some(Step::Joined)));
    let network = bench.view().network.unwrap();
    assert_eq!((network.connected, network.reason.unwrap().code.as_str()), (true, "no-address"));
    let page = bench.page();
    assert!(page.verdict.contains("gave no address"), "{}", page.verdict);
    bench.address();
    assert_eq!((bench.reason(), bench.session().done), (None, Some(Step::Address)));
    assert_eq!(bench.page().attempts[0].result, "success");
}

#[test]
fn a_network_that_was_given_up_is_not_tried_any_more() {
    let mut bench = Bench::new(Model::Touch);
    bench.start_with(Method::Passphrase, Some("Home"), PASSPHRASE).unwrap();
    // One look can miss it.
    for _ in 0..3 {
        assert_eq!(bench.reason(), None);
        bench.hear(PrinterNews::JoinFailed(Cause::TooFar));
    }
    assert_eq!(bench.reason().as_deref(), Some("too-far"));
    assert_eq!(bench.view().network.unwrap().ssid, "Home", "until then it goes on trying");
    bench.take_orders();
    bench.start(Method::Button).unwrap();
    assert!(matches!(bench.take_orders().as_slice(), [PrinterOrder::Leave, PrinterOrder::Register { .. }]));
    assert_eq!(bench.view().network, None);
}

/// A router that starts its radio anew with the settings that it has just handed out is away for a moment.
#[test]
fn settings_that_were_just_received_are_tried_until_the_router_is_back() {
    for cause in [Cause::NetworkGone, Cause::NothingHeard, Cause::TooFar, Cause::JoinRefused] {
        let mut bench = Bench::new(Model::Touch);
        bench.start(Method::Pin).unwrap();
        bench.received(Success::Received(vec![home()]));
        bench.hear(PrinterNews::JoinFailed(cause));
        bench.wait(60);
        assert!(bench.session().running, "{cause:?}");
        assert_eq!(bench.view().network.unwrap().reason.unwrap().code, cause.code());
        bench.joined("Home");
        bench.address();
        assert_eq!((bench.reason(), bench.session().done), (None, Some(Step::Address)));

        let mut bench = Bench::new(Model::Touch);
        bench.start(Method::Pin).unwrap();
        bench.received(Success::Received(vec![home()]));
        bench.hear(PrinterNews::JoinFailed(cause));
        bench.wait(120);
        assert_eq!(bench.reason().as_deref(), Some(cause.code()), "it does not wait for ever");
    }
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.received(Success::Received(vec![home()]));
    bench.hear(PrinterNews::JoinFailed(Cause::WrongPassphrase));
    assert_eq!(bench.reason().as_deref(), Some("wrong-passphrase"), "that will not get better");
}

#[test]
fn nobody_waits_for_ever() {
    let mut bench = Bench::new(Model::Touch);
    bench.start_with(Method::Passphrase, Some("Home"), PASSPHRASE).unwrap();
    bench.wait(120);
    assert_eq!(bench.reason().as_deref(), Some("join-refused"));
    bench.joined("Home");
    assert!(bench.session().running, "it had gone on trying");
    bench.wait(120);
    assert_eq!(bench.reason().as_deref(), Some("no-address"));
    assert_eq!(bench.unit.poll_timeout(), None);
}

#[test]
fn old_settings_in_the_way_lead_to_a_reset() {
    for (cause, words) in
        [(Cause::NetworkGone, "not here any more"), (Cause::WrongPassphrase, "if it was changed")]
    {
        let mut bench = Bench::on_home(Model::Touch).restart();
        bench.hear(PrinterNews::JoinFailed(cause));
        let screen = bench.touch();
        let reason = screen.reason.unwrap();
        assert!(format!("{} {}", reason.what, reason.next).contains(words), "{reason:?}");
        let ids: Vec<_> = screen.items.iter().map(|item| item.id.as_str()).collect();
        assert!(ids.contains(&"restore") && ids.contains(&"password"), "{ids:?}");
        bench.choose("restore");
        bench.choose("yes");
        assert_eq!(bench.touch().reason, None);
        assert!(!bench.item_ids().contains(&"restore".to_owned()), "it applies no more");
    }
}

#[test]
fn after_three_failures_in_a_row_it_advises_a_reset_and_another_way() {
    let mut bench = Bench::new(Model::Touch);
    for round in 1..=4 {
        bench.start(Method::Button).unwrap();
        bench.failed(Cause::WalkTimeOver(None));
        let body = bench.touch().body.join(" ");
        assert_eq!(body.contains("Restore the network settings"), round >= 3, "N44 at {round}");
        assert_eq!(body.contains("firmware"), round >= 3, "N46 at {round}");
        assert_eq!(bench.item_ids().contains(&"restore".to_owned()), round >= 3);
        assert_eq!(bench.page().next.iter().any(|advice| advice.contains("firmware")), round >= 3);
    }
    bench.start(Method::Button).unwrap();
    bench.act(PrinterAction::Cancel).unwrap();
    bench.start(Method::Button).unwrap();
    bench.succeed();
    bench.start(Method::Button).unwrap();
    bench.failed(Cause::WalkTimeOver(None));
    assert!(!bench.touch().body.join(" ").contains("firmware"), "a success ends the row");
}

#[test]
fn a_weak_signal_is_shown_with_what_to_do() {
    let mut bench = Bench::new(Model::Touch);
    bench.start(Method::Pin).unwrap();
    bench.hear(PrinterNews::Chose { ssid: "Home".to_owned(), signal: -82 });
    let body = bench.touch().body.join(" ");
    assert!(body.contains("-82 dBm") && body.contains("move the printer closer"), "{body}");
    let mut bench = Bench::on_home(Model::Touch);
    assert!(!bench.page().next.join(" ").contains("closer"));
    bench.hear(PrinterNews::Signal(-90));
    assert!(bench.page().next.join(" ").contains("closer"));
    assert_eq!(bench.view().network.unwrap().signal, Some(-90));
}
