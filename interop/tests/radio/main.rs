//! On real Linux Wi-Fi: the kernel's wireless stack on simulated radios, in a virtual machine.
//!
//! Each scenario is an ordinary test whose closure runs in the guest; see `keyway_interop::machine`.

mod a_long_wait;
mod both;
mod button;
mod hand_over;
mod home;
mod pair;
mod pin;
mod printer;
mod privileges;
mod radio_switch;
mod router;
mod support;
