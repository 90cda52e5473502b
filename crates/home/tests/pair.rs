//! A printer and a router over a medium that loses, repeats, reorders and delays frames: thousands of runs, each of
//! which ends in success or in a named cause.

mod common;

use common::{Medium, Run, Setting};
use keyway_home::{Cause, PrinterOutcome};
use keyway_wsc::session::{Failure, Half, Success};

#[test]
fn a_perfect_medium_registers_by_every_method() {
    for setting in [Setting::Pin, Setting::Button, Setting::ReadRouter, Setting::ConfigureRouter] {
        let run = Run::new(setting, Medium::perfect(), 1).finish();
        assert!(matches!(run.printer, PrinterOutcome::Success(_)), "{setting:?}: {:?}", run.printer);
        assert_eq!(run.router.len(), 1, "{setting:?}");
    }
}

#[test]
fn wrong_halves_are_named() {
    for (setting, half) in [(Setting::WrongFirstHalf, Half::First), (Setting::WrongSecondHalf, Half::Second)]
    {
        let run = Run::new(setting, Medium::perfect(), 1).finish();
        let cause = Cause::Failure(Failure::WrongPassword(half));
        assert_eq!(run.printer, PrinterOutcome::Failure(cause));
    }
}

#[test]
fn thousands_of_runs_over_bad_media_all_end() {
    let mut succeeded = [0; 3];
    for seed in 0..1000 {
        for (index, medium) in [Medium::lossy(), Medium::awful(), Medium::shuffled()].into_iter().enumerate()
        {
            let setting = Setting::ALL[seed as usize % Setting::ALL.len()];
            let run = Run::new(setting, medium, seed).finish();
            match (setting, &run.printer) {
                (Setting::WrongFirstHalf | Setting::WrongSecondHalf, PrinterOutcome::Success(success)) => {
                    panic!("{setting:?} {medium:?} {seed}: {success:?} without the PIN")
                }
                (_, PrinterOutcome::Success(success)) => {
                    assert!(matches!(
                        success,
                        Success::Received(_) | Success::Learned(_) | Success::Configured(_)
                    ));
                    succeeded[index] += 1;
                }
                (_, PrinterOutcome::Failure(cause)) => {
                    assert!(Cause::CODES.contains(&cause.code()), "{cause:?}");
                }
            }
        }
    }
    // Two thirds of the runs could succeed. What a medium makes of them is its own; a lossy one must not spoil many.
    assert!(succeeded[0] > 600 && succeeded[1] > 50 && succeeded[2] > 300, "{succeeded:?}");
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for seed in 0..20 {
        let run = || Run::new(Setting::Pin, Medium::awful(), seed).finish();
        let (one, other) = (run(), run());
        assert_eq!(one.printer, other.printer);
        assert_eq!(one.frames, other.frames);
    }
}

#[test]
fn nobody_there_is_a_named_cause_at_the_end_of_the_time() {
    let run = Run::new(Setting::Pin, Medium { loss: 100, ..Medium::perfect() }, 1).finish();
    let cause = Cause::PinExpired(Some(Failure::TimedOut));
    assert_eq!(run.printer, PrinterOutcome::Failure(cause));
    assert_eq!(run.seconds, 300);
}

#[test]
fn a_printer_waits_for_its_link_and_survives_its_loss() {
    use common::{Numbers, PRINTER};
    use keyway_eap::{Config, Timestamp};
    use keyway_home::{Printer, PrinterEvent, Task};
    use std::time::Duration;

    let mut numbers = Numbers(1);
    let at = Timestamp::from_secs;
    let device = common::device(PRINTER, keyway_wsc::DeviceType::PRINTER);
    let task = Task::Pin("12345670".parse().unwrap());
    let mut printer = Printer::new(device, task, Config::default(), at(0), at(300)).without_link();
    printer.handle_timeout(at(10), &mut numbers);
    assert_eq!((printer.poll_event(), printer.poll_transmit()), (None, None), "nobody to talk to");
    assert_eq!(printer.poll_timeout(), Some(at(300)));
    for number in 1..=2 {
        printer.link_up(at(20));
        assert_eq!(printer.poll_event(), Some(PrinterEvent::Trying(number)));
        printer.handle_timeout(at(20) + Duration::from_secs(5), &mut numbers);
        assert!(printer.poll_transmit().is_some(), "EAPOL-Start");
        printer.link_down(at(30), &mut numbers);
        let events: Vec<_> = std::iter::from_fn(|| printer.poll_event()).collect();
        assert!(matches!(events.last(), Some(PrinterEvent::TryingAgain(Failure::LinkLost, _))), "{events:?}");
        assert_eq!(printer.poll_timeout(), Some(at(300)), "it waits for a link, not for a moment");
    }
    printer.handle_timeout(at(300), &mut numbers);
    assert!(matches!(printer.outcome(), Some(PrinterOutcome::Failure(Cause::PinExpired(_)))));
}
