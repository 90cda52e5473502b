//! From what was seen of attempts to what the report says of them.

use super::judge::{Verdict, judge};
use super::networks::Networks;
use super::searches::Searches;
use super::trail::{Trail, numbered};
use crate::report::{Achieved, Advice, Attempt, Handshake, Method, Outcome, Party, Sender};
use core::time::Duration;
use keyway_eap::Identity;
use keyway_home::{Cause, Nickname, Side, WALK_TIME};
use keyway_wsc::session::PeerDescription;
use keyway_wsc::{DevicePasswordId, MacAddr, Text};

/// Below this, in dBm, a signal is weak.
const WEAK: i8 = -80;
/// So many repetitions are worth a word.
const MANY_REPEATED: u32 = 3;

/// What there is besides the attempts.
pub(super) struct Context<'a> {
    pub(super) networks: &'a Networks,
    pub(super) searches: &'a Searches,
    /// When the capture ends.
    pub(super) end: Duration,
}

/// The attempts as they are told. A device that waits asks again and again; that is told as one attempt.
pub(super) fn attempts(trails: &[Trail], context: &Context<'_>) -> Vec<Attempt> {
    let mut told: Vec<Attempt> = Vec::new();
    for trail in trails.iter().filter(|trail| is_worth_telling(trail)) {
        let mut attempt = tell(trail, context);
        if attempt.outcome == Outcome::Waiting
            && let Some(known) = told.iter_mut().rev().find(|known| known.device.mac == attempt.device.mac)
            && (known.outcome, &known.router.mac) == (Outcome::Waiting, &attempt.router.mac)
        {
            attempt.tries += known.tries;
            attempt.repeated += known.repeated;
            (attempt.number, attempt.from_ms) = (known.number, known.from_ms);
            *known = attempt;
            continue;
        }
        attempt.number = told.len() + 1;
        told.push(attempt);
    }
    told
}

/// Without WPS, only what shows how a device joined, or did not, is of interest.
fn is_worth_telling(trail: &Trail) -> bool {
    trail.is_wps || trail.handshake.has_begun() || (trail.refused.is_some() && trail.association.is_none())
}

fn tell(trail: &Trail, context: &Context<'_>) -> Attempt {
    let verdict = judge(trail, context.end);
    let method = method(trail);
    let network = trail.ap.and_then(|ap| context.networks.get(ap));
    let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let advice = |side| {
        verdict.cause.map(|cause: Cause| {
            let words = cause.words(side);
            Advice { what: words.what, next: words.next }
        })
    };
    let mut silence = trail.silence.clone();
    // A silence at the end counts when it is why it failed.
    if verdict.outcome == Outcome::Failed
        && !trail.is_over_by_word()
        && let Some((from, what)) = trail.last_said()
    {
        let until = trail.restarted.unwrap_or(context.end).saturating_sub(trail.last);
        if silence.as_ref().is_none_or(|longest| longest.ms < ms(until)) {
            silence =
                Some(crate::report::Silence { ms: ms(until), after: what.to_owned(), awaited: from.other() });
        }
    }
    let mut router = party(trail.ap, trail.ap_peer.as_deref(), trail.weakest_ap);
    if let Some(wps) = network.and_then(|network| network.wps.as_ref()) {
        router.name = router.name.or_else(|| wps.name.clone());
        router.manufacturer = router.manufacturer.or_else(|| wps.manufacturer.clone());
        router.model = router.model.or_else(|| wps.model.clone());
    }
    let mut device = party(trail.station, trail.station_peer.as_deref(), trail.weakest_station);
    device.nickname = trail.station.map(|mac| Nickname::of(mac).to_string());
    Attempt {
        number: 0,
        device,
        router,
        ssid: trail.ssid.or_else(|| network.and_then(|network| network.ssid)).map(super::name_of),
        method,
        outcome: verdict.outcome,
        achieved: verdict.achieved,
        steps_done: verdict.done,
        step: verdict.step(),
        cause: verdict.cause.as_ref().map(Cause::code),
        config_error: verdict.config_error.map(|error| error.0),
        at_device: advice(Side::Printer),
        at_router: advice(Side::Router),
        from_ms: ms(trail.began),
        to_ms: ms(trail.last),
        longest_silence: silence,
        tries: 1,
        repeated: trail.repeated,
        missing: missing(trail, &verdict),
        exchange: trail.exchange.clone(),
        handshake: trail.handshake.has_begun().then_some(Handshake {
            messages: trail.handshake.messages,
            encrypted_frames: trail.handshake.encrypted,
        }),
        address: trail.address.map(|address| address.to_string()),
        notes: notes(trail, &verdict, method, context),
        evidence: verdict.evidence,
    }
}

fn method(trail: &Trail) -> Option<Method> {
    if !trail.is_wps {
        return Some(Method::Passphrase);
    }
    if trail.enrollee == Some(Sender::Router) || trail.identity == Some(Identity::Registrar) {
        return Some(Method::RouterPin);
    }
    Some(match trail.password_id? {
        DevicePasswordId::PushButton => Method::Button,
        DevicePasswordId::NfcConnectionHandover | DevicePasswordId(0x10..) => Method::Nfc,
        _ => Method::Pin,
    })
}

fn party(mac: Option<MacAddr>, peer: Option<&PeerDescription>, signal_dbm: Option<i8>) -> Party {
    fn words<const MAX: usize>(text: &Text<MAX>) -> Option<String> {
        Some(text.to_text().into_owned()).filter(|text| !text.is_empty())
    }
    let device = peer.map(|peer| &peer.device);
    Party {
        mac: mac.map(|mac| mac.to_string()),
        nickname: None,
        name: device.and_then(|device| words(&device.device_name)),
        manufacturer: device.and_then(|device| words(&device.manufacturer)),
        model: device.and_then(|device| words(&device.model_name)),
        kind: device.and_then(|device| device.device_type.category_name()),
        uuid: peer.map(|peer| peer.uuid.to_string()),
        wps_version: peer.map(|peer| if peer.version2 { "2.0" } else { "1.0" }),
        signal_dbm,
    }
}

/// The messages that later ones show to have been sent.
fn missing(trail: &Trail, verdict: &Verdict) -> Vec<&'static str> {
    let before = (1..trail.furthest()).map(numbered).filter(|kind| !trail.has(*kind));
    let done = verdict.done_is_missing.then_some(keyway_wsc::MessageType::Done);
    before.chain(done).filter_map(|kind| kind.name()).collect()
}

/// What else is worth knowing.
fn notes(trail: &Trail, verdict: &Verdict, method: Option<Method>, context: &Context<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if trail.is_wps && !trail.has_beginning {
        notes.push("The capture begins in the middle of this attempt.".to_owned());
    }
    for kind in &trail.in_part {
        notes.push(match kind.and_then(|kind| kind.name()) {
            Some(name) => format!("A fragment of {name} is missing in the capture."),
            None => "A fragment of a message is missing in the capture.".to_owned(),
        });
    }
    if let Some(error) = trail.last_error {
        notes.push(format!("The sender of M1 says why its last attempt failed: {error} ({}).", error.0));
    }
    if verdict.outcome == Outcome::Failed || verdict.outcome == Outcome::Unfinished {
        for (who, signal) in [("device", trail.weakest_station), ("router", trail.weakest_ap)] {
            if let Some(signal) = signal.filter(|signal| *signal <= WEAK) {
                notes.push(format!(
                    "The {who}'s signal was weak where this was captured, {signal} dBm; that can be the reason."
                ));
            }
        }
    }
    if trail.repeated >= MANY_REPEATED {
        let times = trail.repeated;
        notes.push(format!(
            "Messages were sent again {times} times: the link loses frames, or one side is slow."
        ));
    }
    if method == Some(Method::Button) && verdict.outcome != Outcome::Succeeded {
        notes.extend(others_with_button(trail, context));
    }
    let network = trail.ap.and_then(|ap| context.networks.get(ap));
    if let Some(open) = network.and_then(|network| network.wps.as_ref()).and_then(|wps| wps.open.last())
        && verdict.outcome == Outcome::Waiting
        && Some(open.method) != method
    {
        notes.push(format!("The router waits for another method: {}.", open.method.words()));
    }
    if verdict.achieved == Some(Achieved::Received)
        && verdict.outcome == Outcome::Succeeded
        && verdict.done == 5
    {
        notes.push("How the device joined the network after it is not in the capture.".to_owned());
    }
    if verdict.done == 6 && trail.address_requests > 0 && trail.address.is_none() {
        notes.push("The device asked for an address (DHCP) and got no answer.".to_owned());
    }
    notes
}

/// Other devices that asked by button within the walk time.
fn others_with_button(trail: &Trail, context: &Context<'_>) -> Vec<String> {
    let own = trail.station_peer.as_ref().map(|peer| peer.uuid);
    let others = context.searches.iter().filter(|seeker| {
        seeker.method == Method::Button
            && Some(seeker.mac) != trail.station
            && (seeker.uuid.is_none() || seeker.uuid != own)
            && seeker.to.saturating_add(WALK_TIME) >= trail.began
            && seeker.from <= trail.last
    });
    let named = |mac: MacAddr| format!("{} ({mac}) asked by button at that time too.", Nickname::of(mac));
    others.map(|seeker| named(seeker.mac)).take(8).collect()
}
