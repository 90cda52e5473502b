//! Generic netlink: the header of its messages, and the controller that knows the families (`linux/genetlink.h`).

use crate::netlink::{Attributes, REQUEST, TooLong, Writer};
use alloc::string::String;
use alloc::vec::Vec;

/// The family number of the controller (`GENL_ID_CTRL`).
pub const CONTROLLER: u16 = 16;

/// A message of a generic netlink family.
#[derive(Clone, Debug)]
pub struct Generic<'a> {
    /// What it is about, in the numbers of its family.
    pub command: u8,
    /// The content.
    pub attributes: Attributes<'a>,
}

impl<'a> Generic<'a> {
    /// Reads what follows the netlink header; `None` when it is shorter than a generic header.
    pub fn parse(payload: &'a [u8]) -> Option<Self> {
        let ([command, ..], rest) = payload.split_first_chunk::<4>()?;
        Some(Self { command: *command, attributes: Attributes::new(rest) })
    }
}

/// A family of messages, as the controller knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its number on this machine until the next boot.
    pub id: u16,
    /// Its name, `nl80211`.
    pub name: String,
    /// Its multicast groups: name, and number to subscribe to.
    pub groups: Vec<(String, u32)>,
}

impl Family {
    /// Asks the controller for a family by name.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn request(name: &str, sequence: u32) -> Result<Vec<u8>, TooLong> {
        let mut writer = Writer::new(CONTROLLER, REQUEST, sequence, GET_FAMILY, 1);
        let mut text = Vec::from(name.as_bytes());
        text.push(0);
        writer.put(FAMILY_NAME, &text);
        writer.finish()
    }

    /// Reads the controller's answer; `None` when it is something else or has no number.
    pub fn parse(message: &Generic<'_>) -> Option<Self> {
        if message.command != NEW_FAMILY {
            return None;
        }
        let (mut id, mut name, mut groups) = (None, String::new(), Vec::new());
        for attribute in message.attributes.clone() {
            match attribute.kind {
                FAMILY_ID => id = attribute.u16(),
                FAMILY_NAME => name = attribute.text(),
                GROUPS => groups.extend(attribute.nested().filter_map(|group| {
                    let name = group.nested().find(|part| part.kind == GROUP_NAME)?.text();
                    let id = group.nested().find(|part| part.kind == GROUP_ID)?.u32()?;
                    Some((name, id))
                })),
                _ => {}
            }
        }
        Some(Self { id: id?, name, groups })
    }

    /// The number of a multicast group: `scan`, `mlme`, `regulatory`, `config`.
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups.iter().find(|(known, _)| known == name).map(|(_, id)| *id)
    }
}

const NEW_FAMILY: u8 = 1;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;
const GROUPS: u16 = 7;
const GROUP_NAME: u16 = 1;
const GROUP_ID: u16 = 2;
