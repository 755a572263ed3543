//! The slot, as the slot worker expects it among the inherent data providers.

use std::ops::Deref;

use sp_consensus_slots::{Slot, SlotDuration};
use sp_inherents::{Error, InherentData, InherentIdentifier};
use sp_timestamp::Timestamp;

/// Tells the slot. It puts nothing into a block: the runtime reads the slot from the digest.
pub struct SlotProvider(Slot);

impl SlotProvider {
	/// The slot in which `timestamp` lies.
	pub fn at(timestamp: Timestamp, duration: SlotDuration) -> Self {
		Self(Slot::from_timestamp(timestamp, duration))
	}
}

impl Deref for SlotProvider {
	type Target = Slot;

	fn deref(&self) -> &Slot {
		&self.0
	}
}

#[async_trait::async_trait]
impl sp_inherents::InherentDataProvider for SlotProvider {
	async fn provide_inherent_data(&self, _: &mut InherentData) -> Result<(), Error> {
		Ok(())
	}

	async fn try_handle_error(
		&self,
		_: &InherentIdentifier,
		_: &[u8],
	) -> Option<Result<(), Error>> {
		None
	}
}
