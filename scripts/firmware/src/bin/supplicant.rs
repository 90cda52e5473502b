//! An enrollee on an EAPOL link: frames and time in, frames out.
#![cfg_attr(target_os = "none", no_std, no_main)]

use keyway_eap::{Config, Destination, Event, Supplicant};
use keyway_firmware::{Noise, enrollee, now, put, put_success, received};
use keyway_wsc::MacAddr;
use keyway_wsc::session::Outcome;

keyway_firmware::program!(register);

fn register() {
    let Ok(session) = enrollee() else { return };
    let mut supplicant = Supplicant::new(session, Destination::Group, Config::default(), now());
    loop {
        while let Some(transmit) = supplicant.poll_transmit() {
            put(&transmit.destination.address().0);
            put(&transmit.frame);
        }
        while let Some(event) = supplicant.poll_event() {
            if let Event::Finished(_) = event {
                if let Some(Outcome::Success(success)) = supplicant.conversation().outcome() {
                    put_success(success);
                }
                return;
            }
        }
        if supplicant.poll_timeout().is_none() {
            return;
        }
        match received().as_deref().and_then(<[u8]>::split_first_chunk) {
            Some((from, frame)) => supplicant.handle_frame(MacAddr(*from), frame, now(), &mut Noise),
            None => supplicant.handle_timeout(now()),
        }
    }
}
