//! What a person sees at the computer.

use crate::session::{Countdown, Method, Reason, SessionView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComputerView {
    /// Its name.
    pub name: String,
    /// Its network's name, if it is on one.
    pub ssid: Option<String>,
    /// The band, such as `5 GHz`.
    pub band: Option<String>,
    /// Its IPv4 address.
    pub address: Option<String>,
    /// Whether its VPN is on.
    pub vpn: bool,
    /// Whether it is on the guest network.
    pub guest: bool,
    /// The printers that it sees on its network.
    pub found: Vec<FoundPrinter>,
    /// The last test page that was printed outside the assistant.
    pub print: Option<PrintView>,
    /// The assistant.
    pub assistant: AssistantView,
}

/// A printer that the computer sees on its network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundPrinter {
    /// Its name, as it announces itself.
    pub name: String,
    /// Its IPv4 address.
    pub address: String,
    /// Its page.
    pub uri: String,
}

/// A test page that was printed outside the assistant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PrintView {
    /// The printer's name.
    pub printer: String,
    /// The printer took it and printed it.
    pub done: bool,
    /// Why it did not.
    pub reason: Option<Reason>,
}

/// Where the assistant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssistantStage {
    /// Not begun.
    Welcome,
    /// Which printer?
    WhichPrinter,
    /// What is on your printer?
    WhatIsOnIt,
    /// Which method?
    WhichMethod,
    /// Checks before a PIN is asked for.
    PreFlight,
    /// What to do at the printer and at the router, with the printer's steps.
    SetUp,
    /// Can this computer see the printer?
    CanSee,
    /// The test page.
    TestPage,
    /// Is WPS off?
    WpsOff,
    /// Done.
    Done,
    /// It did not work.
    Failed,
}

/// The set-up assistant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssistantView {
    /// Where it is.
    pub stage: AssistantStage,
    /// The question or what goes on, as a heading.
    pub title: String,
    /// Sentences below.
    pub body: Vec<String>,
    /// The chosen printer's identifier.
    pub printer: Option<String>,
    /// The chosen method.
    pub method: Option<Method>,
    /// What can be chosen.
    pub choices: Vec<ChoiceView>,
    /// What can be typed.
    pub ask: Option<Ask>,
    /// The checks, each with its result.
    pub checks: Vec<CheckView>,
    /// The printer's steps, as its own screen shows them.
    pub session: Option<SessionView>,
    /// The time that is left: the same as on the printer's screen.
    pub countdown: Option<Countdown>,
    /// What went wrong.
    pub reason: Option<Reason>,
    /// Advice that applies now, one sentence each.
    pub advice: Vec<String>,
    /// Whether there is a step back.
    pub back: bool,
}

/// Something to choose. The action is what choosing it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChoiceView {
    /// What stands on it.
    pub label: String,
    /// What stands below, smaller.
    pub hint: Option<String>,
    /// What it does.
    pub action: crate::action::Action,
}

/// Something that the assistant asks to be typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ask {
    /// What.
    pub label: String,
    /// Why, and whose number it is.
    pub why: String,
    /// Whether it is to be hidden while it is typed.
    pub secret: bool,
    /// What is wrong with what was typed last.
    pub problem: Option<Reason>,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckView {
    /// What is checked, such as `Band`.
    pub name: String,
    /// The result.
    pub result: CheckResult,
    /// What was seen.
    pub evidence: String,
    /// Why it matters and what to do, when it does.
    pub reason: Option<Reason>,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// Good.
    Pass,
    /// Worth knowing; the set-up can go on.
    Warn,
    /// It cannot work like this.
    Fail,
    /// Not checked yet.
    NotRun,
}
