//! The display of two lines and its keys.
//!
//! What a screen says is dealt out in cards of two lines: first the headline, then its sentences, then one card for
//! each item. Left and Right turn the cards, OK does what the card says.

use super::menu::Deed;
use super::panel::Place;
use super::screens::{Screen, screen};
use super::short::{self, WIDTH, fit};
use super::typing::{Typed, Typing};
use super::unit::{Moment, PrinterUnit};
use crate::action::{Key, Refusal};
use crate::random::Random;
use crate::secret::SecretText;
use crate::view::Display;
use keyway_eap::Timestamp;

/// Two lines, and what OK does.
struct Card {
    first: SecretText,
    second: SecretText,
    deed: Option<Deed>,
}

/// Deals out a screen.
fn cards(screen: &Screen) -> Vec<Card> {
    let plain = |first: &str, second: &str, deed| Card {
        first: SecretText::new(fit(first, WIDTH)),
        second: SecretText::new(fit(second, WIDTH)),
        deed,
    };
    let mut cards = Vec::new();
    if let Some((first, second)) = &screen.headline {
        cards.push(Card { first: first.clone(), second: second.clone(), deed: None });
    }
    let reason = screen.reason.iter().flat_map(|reason| [reason.what.as_str(), reason.next.as_str()]);
    for sentence in reason.chain(screen.body.iter().map(String::as_str)) {
        for lines in short::wrap(sentence).chunks(2) {
            cards.push(plain(&lines[0], lines.get(1).map_or("", String::as_str), None));
        }
    }
    for item in &screen.items {
        cards.push(plain(&screen.title, &format!("> {}", item.short), Some(item.deed)));
    }
    if cards.is_empty() {
        cards.push(plain(&screen.title, "", None));
    }
    cards
}

impl PrinterUnit {
    /// What the two lines show.
    pub(super) fn lines(&self, now: Timestamp) -> Display {
        if let Some(problem) = &self.panel.problem {
            let (first, second) = short::reason(&problem.code);
            return Display::Lines { first: SecretText::new(first), second: SecretText::new(second) };
        }
        let screen = screen(self, now);
        if let (Some(typing), Some((_, label))) = (self.typing(), &screen.input) {
            return Display::Lines { first: SecretText::new(fit(label, WIDTH)), second: typing.line() };
        }
        let mut cards = cards(&screen);
        // A screen that has become shorter shows its last card.
        let card = cards.swap_remove(self.panel.card.min(cards.len() - 1));
        Display::Lines { first: card.first, second: card.second }
    }

    /// Takes Left, Right, OK, Back or Setup.
    pub(super) fn line_key(&mut self, key: Key, at: Moment, random: &mut Random) -> Result<(), Refusal> {
        if self.panel.problem.take().is_some() {
            // The key only takes note of it.
            return Ok(());
        }
        if self.typing().is_some() {
            self.typing_key(key, at);
            return Ok(());
        }
        let mut cards = cards(&screen(self, at.now));
        let count = cards.len();
        let card = self.panel.card.min(count - 1);
        match key {
            Key::Right => self.panel.card = (card + 1) % count,
            Key::Left => self.panel.card = (card + count - 1) % count,
            Key::Ok => match cards.swap_remove(card).deed {
                Some(deed) => return self.act(deed, at, random),
                None => self.panel.card = (card + 1) % count,
            },
            Key::Back if self.panel.is_home() => self.panel.card = 0,
            Key::Back => self.up(),
            _ => {
                self.panel.home();
                // To the first item: the menus, or the ways onto a network.
                let cards = self::cards(&screen(self, at.now));
                self.panel.card = cards.iter().position(|card| card.deed.is_some()).unwrap_or(0);
            }
        }
        Ok(())
    }

    fn typing_key(&mut self, key: Key, at: Moment) {
        let Some(typing) = self.typing_mut() else { return };
        match typing.key(key) {
            Typed::On => {}
            Typed::Left => self.up(),
            Typed::Done(text) => {
                // What is wrong is shown, and what was typed stays to be put right.
                self.panel.problem = self.submit(&text, at).err();
            }
        }
    }

    fn typing(&self) -> Option<&Typing> {
        match &self.panel.place {
            Place::Name(typing) | Place::Password(_, typing) | Place::RouterPin(typing) => Some(typing),
            _ => None,
        }
    }

    fn typing_mut(&mut self) -> Option<&mut Typing> {
        match &mut self.panel.place {
            Place::Name(typing) | Place::Password(_, typing) | Place::RouterPin(typing) => Some(typing),
            _ => None,
        }
    }
}
