//! The keys of a group, as the access point has them.

use super::{Draw, Entropy, GroupKey};
use alloc::vec;
use keyway_wsc::{EntropyError, SecretBytes};

/// The keys that an access point shares with all its stations. Each handshake is given them as they are at that moment.
#[derive(Clone, Debug)]
pub struct GroupKeys {
    /// The key for data, identifier 1 or 2. The owner keeps its packet number up to date: that of the last frame sent.
    pub data: GroupKey,
    /// The key for management frames, identifier 4 or 5, where these are protected.
    pub management: Option<GroupKey>,
}

impl GroupKeys {
    /// Draws the first keys of a network.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot deliver.
    pub fn generate(protects_management: bool, entropy: &mut dyn Entropy) -> Result<GroupKeys, EntropyError> {
        let data = draw(1, Draw::GroupKey, entropy)?;
        let management =
            protects_management.then(|| draw(4, Draw::ManagementGroupKey, entropy)).transpose()?;
        Ok(GroupKeys { data, management })
    }

    /// Draws new keys, with the identifiers that the present ones do not have, so that both work during the change.
    ///
    /// # Errors
    /// [`EntropyError`] when the source cannot deliver; nothing has changed then.
    pub fn renewed(&self, entropy: &mut dyn Entropy) -> Result<GroupKeys, EntropyError> {
        let data = draw(3 - self.data.id.clamp(1, 2), Draw::GroupKey, entropy)?;
        let renew = |key: &GroupKey| draw(9 - key.id.clamp(4, 5), Draw::ManagementGroupKey, entropy);
        Ok(GroupKeys { data, management: self.management.as_ref().map(renew).transpose()? })
    }
}

fn draw(id: u8, draw: Draw, entropy: &mut dyn Entropy) -> Result<GroupKey, EntropyError> {
    let mut key = vec![0; 16];
    entropy.fill(draw, &mut key)?;
    Ok(GroupKey { id, key: SecretBytes::new(key), packet_number: 0 })
}
