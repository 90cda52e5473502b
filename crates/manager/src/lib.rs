//! Who else runs this machine's Wi-Fi, and how Keyway gets along with it.
//!
//! Most machines already have a program that joins networks: NetworkManager, iwd or wpa_supplicant. While Keyway
//! registers on an interface, that program must keep its hands off; afterwards it is the best place for what was learnt,
//! because it joins again after every start of the machine.
//!
//! - [`detect`] says who owns an interface now.
//! - [`take`] asks the owner to let go. The owner gets it back from [`Taken::give_back`], when [`Taken`] is dropped, or
//!   after `kill -9` from [`restore`] at the next start, or at once from a [`guardian`].
//! - [`check`] says beforehand whether a program could be handed a network.
//! - [`hand_over`] gives the owner a network, waits until it has joined, and says whether it will know it tomorrow.
//!
//! What waits for others can be told to [`Stop`].
//!
//! ```no_run
//! use std::path::Path;
//! use std::time::Duration;
//! use std::sync::atomic::{AtomicBool, Ordering};
//! use keyway_manager::{Choice, Join, Offer, check, detect, hand_over, take};
//!
//! static INTERRUPTED: AtomicBool = AtomicBool::new(false); // by a signal
//!
//! # fn register() -> keyway_wsc::Credential { unimplemented!() }
//! # fn main() -> Result<(), keyway_manager::Error> {
//! let stop = || INTERRUPTED.load(Ordering::Relaxed);
//! let owner = detect("wlan0");
//! println!("{owner}");
//! let join = Choice::Detect.resolve(&owner);
//! if let Join::With(manager) = join {
//!     check(manager, "wlan0", &stop)?;
//! }
//! let taken = take("wlan0", Path::new("/run/keyway"), &stop)?;
//! let credential = register();
//! taken.give_back()?;
//! if let Join::With(manager) = join {
//!     let offer = Offer { credential: &credential, hidden: false, patience: Duration::from_secs(60) };
//!     let kept = hand_over(manager, "wlan0", &offer, &stop, &mut |progress| println!("{progress}"))?;
//!     println!("{kept}");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What is needed
//!
//! Root, or the rights that each program asks for: NetworkManager wants the polkit actions
//! `org.freedesktop.NetworkManager.network-control` and `org.freedesktop.NetworkManager.settings.modify.system`; iwd
//! the group `netdev` (Debian); wpa_supplicant the group of its control socket. A refusal says so.
//!
//! # Where keys go
//!
//! Keys go to the owner over its own socket, never through a command line or the environment, and are in no error,
//! no event and no [`Debug`](std::fmt::Debug). Copies made here are wiped. Those in messages on their way through
//! D-Bus are freed unwiped: neither the library nor the bus offers that.
#![forbid(unsafe_code)]

mod bus;
mod choice;
mod control;
mod error;
pub mod guardian;
mod hand_over;
mod iwd;
mod key;
mod network_manager;
mod owner;
mod record;
mod stop;
mod supplicant;
mod taken;

pub use choice::{Choice, Join, Manager, UnknownChoice};
pub use error::Error;
pub use hand_over::{Kept, Offer, Progress, check, hand_over};
pub use owner::{Owner, Reach, detect};
pub use stop::{NEVER, Stop};
pub use taken::{Claim, Restored, Taken, restore, take};
