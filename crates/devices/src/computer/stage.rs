//! Where the assistant is: a struct for each stage that has something of its own.

use crate::action::OnThePrinter;
use crate::session::{Method, Reason};
use crate::view::{AirVerdict, AssistantStage};

/// Where the assistant is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Welcome,
    WhichPrinter,
    WhatIsOnIt { printer: String },
    WhichMethod { printer: String, what: OnThePrinter },
    PreFlight(Chosen),
    SetUp(SetUp),
    CanSee(Chosen),
    TestPage(TestPage),
    WpsOff(WpsOff),
    Done { chosen: Chosen, wps_off: bool },
    Failed { chosen: Chosen, reason: Reason },
}

/// The printer and the method, once both are chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) printer: String,
    pub(super) what: OnThePrinter,
    pub(super) method: Method,
    /// How many set-ups failed since the assistant began.
    pub(super) failures: u32,
}

/// The set-up runs, or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SetUp {
    pub(super) chosen: Chosen,
    /// The printer's session was seen to run since this stage began.
    pub(super) seen_running: bool,
    /// What is wrong with what was typed last.
    pub(super) problem: Option<Reason>,
    /// The PIN that was typed is one.
    pub(super) pin_is_good: bool,
    /// A digest-free note that a text that looks like a PIN was typed as passphrase once; typed again, it is taken.
    pub(super) insisted: bool,
}

/// The test page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TestPage {
    pub(super) chosen: Chosen,
    pub(super) printing: bool,
    pub(super) problem: Option<Reason>,
}

/// Whether WPS is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WpsOff {
    pub(super) chosen: Chosen,
    pub(super) verdict: Option<AirVerdict>,
}

impl Stage {
    pub(super) const fn name(&self) -> AssistantStage {
        match self {
            Stage::Welcome => AssistantStage::Welcome,
            Stage::WhichPrinter => AssistantStage::WhichPrinter,
            Stage::WhatIsOnIt { .. } => AssistantStage::WhatIsOnIt,
            Stage::WhichMethod { .. } => AssistantStage::WhichMethod,
            Stage::PreFlight(_) => AssistantStage::PreFlight,
            Stage::SetUp(_) => AssistantStage::SetUp,
            Stage::CanSee(_) => AssistantStage::CanSee,
            Stage::TestPage(_) => AssistantStage::TestPage,
            Stage::WpsOff(_) => AssistantStage::WpsOff,
            Stage::Done { .. } => AssistantStage::Done,
            Stage::Failed { .. } => AssistantStage::Failed,
        }
    }

    /// Printer and method, once both are chosen.
    pub(super) const fn chosen(&self) -> Option<&Chosen> {
        match self {
            Stage::PreFlight(chosen) | Stage::CanSee(chosen) => Some(chosen),
            Stage::SetUp(stage) => Some(&stage.chosen),
            Stage::TestPage(stage) => Some(&stage.chosen),
            Stage::WpsOff(stage) => Some(&stage.chosen),
            Stage::Done { chosen, .. } | Stage::Failed { chosen, .. } => Some(chosen),
            _ => None,
        }
    }

    /// The printer's identifier, once it is chosen.
    pub(super) fn printer(&self) -> Option<&str> {
        match self {
            Stage::WhatIsOnIt { printer } | Stage::WhichMethod { printer, .. } => Some(printer),
            other => other.chosen().map(|chosen| chosen.printer.as_str()),
        }
    }
}

impl Chosen {
    pub(super) const fn set_up(self) -> Stage {
        Stage::SetUp(SetUp {
            chosen: self,
            seen_running: false,
            problem: None,
            pin_is_good: false,
            insisted: false,
        })
    }
}
