//! An enrollee for a transport of one's own: the protocol alone, whole messages in and out.
#![cfg_attr(target_os = "none", no_std, no_main)]

use keyway_firmware::{Noise, enrollee, put, put_success, received};
use keyway_wsc::session::{Event, Failure, OpCode, Outcome, Step};

keyway_firmware::program!(register);

fn register() {
    let Ok(mut session) = enrollee() else { return };
    let mut step = session.begin(&mut Noise);
    while session.outcome().is_none() {
        match step {
            Step::Send(outgoing) | Step::End(Some(outgoing)) => {
                put(&[outgoing.op_code as u8]);
                put(&outgoing.bytes);
            }
            Step::Decide(_) | Step::End(None) | Step::Ignore => {}
        }
        while let Some(event) = session.poll_event() {
            if let Event::HalfProved(half) = event {
                put(&[half as u8]);
            }
        }
        step = match received().as_deref().and_then(<[u8]>::split_first) {
            Some((number, message)) => match OpCode::from_u8(*number) {
                Some(op_code) => session.handle(op_code, message, &mut Noise),
                None => Step::Ignore,
            },
            None => {
                session.abandon(Failure::TimedOut);
                Step::Ignore
            }
        };
    }
    match session.outcome() {
        Some(Outcome::Success(success)) => put_success(success),
        Some(Outcome::Failure(failure)) => put(&failure.config_error().0.to_be_bytes()),
        None => {}
    }
}
