//! A cable that a test has in its hand: it sees every message on its way and decides what becomes of it.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::capture::Recording;
use crate::frame::{Message, Reassembly};
use crate::topology::{End, Topology};

/// A router and one station with a relay between them in place of a veth pair. EAPOL frames pass as the test
/// wants; all other frames are dropped.
#[derive(Debug)]
pub struct Cable {
    topology: Topology,
    stop: Arc<AtomicBool>,
    /// Every frame that was put on the cable, whether it arrived or not.
    sent: Arc<Mutex<Vec<Vec<u8>>>>,
    relay: Option<JoinHandle<()>>,
}

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Deliver,
    /// It is lost.
    Lose,
    /// It arrives twice.
    Repeat,
    /// The cable breaks: neither this frame nor any later one arrives, in either direction.
    Break,
}

impl Cable {
    /// A cable with a fate for every message. It is asked when a message is complete; the fragments before the
    /// last one always arrive.
    pub fn new(fate: impl FnMut(&Message) -> Fate + Send + 'static) -> Cable {
        let (topology, files) = Topology::taps();
        let stop = Arc::new(AtomicBool::new(false));
        let sent = Arc::default();
        let relay = thread::spawn({
            let (stop, sent) = (Arc::clone(&stop), Arc::clone(&sent));
            move || relay(files, fate, &stop, &sent)
        });
        Cable { topology, stop, sent, relay: Some(relay) }
    }

    /// A cable that loses the first copy of one message, by the name [`Message`] gives it.
    pub fn losing(name: &'static str) -> Cable {
        let mut lost = false;
        Cable::new(move |message| {
            if message.name == name && !lost {
                lost = true;
                return Fate::Lose;
            }
            Fate::Deliver
        })
    }

    /// A cable that breaks when the first message of this name is on it.
    pub fn breaking_at(name: &'static str) -> Cable {
        Cable::new(move |message| if message.name == name { Fate::Break } else { Fate::Deliver })
    }

    /// Every frame that was put on the cable so far, whether it arrived or not.
    pub fn recording(&self) -> Recording {
        Recording { frames: self.sent.lock().expect("the relay does not panic").clone() }
    }

    /// The router's end.
    pub fn router(&self) -> &End {
        self.topology.router()
    }

    /// The station's end.
    pub fn station(&self) -> &End {
        self.topology.station(0)
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(Err(panic)) = self.relay.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

/// How often the relay looks whether it is to stop.
const TICK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

fn relay(
    mut files: [File; 2],
    mut fate: impl FnMut(&Message) -> Fate,
    stop: &AtomicBool,
    sent: &Mutex<Vec<Vec<u8>>>,
) {
    let mut reassembly = Reassembly::default();
    let mut broken = false;
    let mut buffer = vec![0; 65536];
    while !stop.load(Ordering::Relaxed) {
        for side in readable(&files) {
            // A namespace that is being removed takes its end away.
            let Ok(length) = files[side].read(&mut buffer) else { return };
            let frame = &buffer[..length];
            if !crate::frame::is_eapol(frame) {
                continue;
            }
            sent.lock().expect("nobody panics with it").push(frame.to_vec());
            let fate = reassembly.push(frame).map_or(Fate::Deliver, |message| fate(&message));
            broken |= fate == Fate::Break;
            let copies = match fate {
                _ if broken => 0,
                Fate::Lose | Fate::Break => 0,
                Fate::Deliver => 1,
                Fate::Repeat => 2,
            };
            for _ in 0..copies {
                // What is sent to an interface that is down is lost, as on any cable.
                let _ = files[1 - side].write(frame);
            }
        }
    }
}

/// Which of the two files have a frame.
fn readable(files: &[File; 2]) -> Vec<usize> {
    let mut polled = [PollFd::new(&files[0], PollFlags::IN), PollFd::new(&files[1], PollFlags::IN)];
    // Interrupted or timed out: nothing to read.
    let _ = poll(&mut polled, Some(&TICK));
    (0..2).filter(|&side| !polled[side].revents().is_empty()).collect()
}
