//! What survives a power cut.
//!
//! Two slots are written in turn. A record carries a counter and a checksum, so a slot that was
//! being written when the power went is seen to be torn and the other, older one stands: at most
//! the last write is lost, never the state.

use alloc::vec::Vec;
use codec::{Decode, Encode};

use crate::{
	crypto::{blake2_256, decode_exactly},
	platform::{PlatformError, Slots},
	reader::Reader,
};

const MAGIC: [u8; 4] = *b"PGS1";
/// The most bytes of one record.
pub const MAX_RECORD: usize = 256 * 1024;

/// One of the two places that a record can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
	/// Written with even counters.
	A,
	/// Written with odd counters.
	B,
}

impl Slot {
	fn of(counter: u64) -> Self {
		if counter.is_multiple_of(2) {
			Self::A
		} else {
			Self::B
		}
	}
}

/// Why nothing could be loaded or saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
	/// The machine failed.
	Platform(PlatformError),
	/// Both slots were written and neither is whole: the storage is broken, not just cut off.
	Corrupt,
	/// The record is larger than [`MAX_RECORD`].
	TooLarge,
	/// The record is whole, but not of the type that was asked for.
	WrongType,
}

impl core::fmt::Display for StoreError {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(match self {
			Self::Platform(_) => "the storage could not be read or written",
			Self::Corrupt => "both copies of the stored state are damaged",
			Self::TooLarge => "the state is too large to be stored",
			Self::WrongType => "the stored state is from another version",
		})
	}
}

impl core::error::Error for StoreError {}

impl From<PlatformError> for StoreError {
	fn from(error: PlatformError) -> Self {
		Self::Platform(error)
	}
}

/// Wraps a record: magic, counter, length, payload, checksum of all before.
pub fn seal(counter: u64, payload: &[u8]) -> Result<Vec<u8>, StoreError> {
	if payload.len() > MAX_RECORD {
		return Err(StoreError::TooLarge);
	}
	let mut bytes = (MAGIC, counter, payload).encode();
	let checksum = blake2_256(&bytes);
	bytes.extend_from_slice(&checksum);
	Ok(bytes)
}

/// Counter and payload of a record that is whole; `None` of one that is torn.
pub fn open(bytes: &[u8]) -> Option<(u64, &[u8])> {
	let mut reader = Reader::new(bytes);
	if reader.array() != Ok(MAGIC) {
		return None;
	}
	let counter = reader.u64().ok()?;
	let payload = reader.bytes(MAX_RECORD).ok()?;
	let checksum = blake2_256(reader.since(0));
	// What stands after the checksum may be an older, longer record: flash is not truncated.
	(reader.array() == Ok(checksum)).then_some((counter, payload))
}

/// The two slots, and which of them is newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Store {
	next: u64,
}

impl Store {
	/// Finds the newest whole record. `None` on a machine that never stored anything.
	pub fn load<T: Decode>(platform: &mut impl Slots) -> Result<(Self, Option<T>), StoreError> {
		let a = platform.read(Slot::A)?;
		let b = platform.read(Slot::B)?;
		let whole = |bytes: &Option<Vec<u8>>| {
			bytes.as_deref().and_then(open).map(|(counter, payload)| (counter, payload.to_vec()))
		};
		let newest = match (whole(&a), whole(&b)) {
			(Some(a), Some(b)) => Some(if a.0 > b.0 { a } else { b }),
			(a, b) => a.or(b),
		};
		match newest {
			Some((counter, payload)) => {
				let value = decode_exactly(&payload).ok_or(StoreError::WrongType)?;
				Ok((Self { next: counter.saturating_add(1) }, Some(value)))
			}
			// The very first write may have been cut off: then one slot was never written.
			None if a.is_some() && b.is_some() => Err(StoreError::Corrupt),
			None => Ok((Self::default(), None)),
		}
	}

	/// Saves a record over the older of the two.
	pub fn save<T: Encode>(
		&mut self,
		platform: &mut impl Slots,
		value: &T,
	) -> Result<(), StoreError> {
		let bytes = seal(self.next, &value.encode())?;
		platform.write(Slot::of(self.next), &bytes)?;
		self.next = self.next.saturating_add(1);
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[derive(Default)]
	struct Flash {
		slots: [Option<Vec<u8>>; 2],
		/// After how many bytes of the next write the power goes.
		cut: Option<usize>,
	}

	impl Slots for Flash {
		fn read(&mut self, slot: Slot) -> Result<Option<Vec<u8>>, PlatformError> {
			Ok(self.slots[usize::from(slot == Slot::B)].clone())
		}
		fn write(&mut self, slot: Slot, bytes: &[u8]) -> Result<(), PlatformError> {
			let place = self.slots[usize::from(slot == Slot::B)].get_or_insert_with(Vec::new);
			let whole = self.cut.unwrap_or(bytes.len()).min(bytes.len());
			if place.len() < whole {
				place.resize(whole, 0xff);
			}
			place[..whole].copy_from_slice(&bytes[..whole]);
			if whole < bytes.len() {
				return Err(PlatformError::Storage);
			}
			Ok(())
		}
	}

	#[test]
	fn store_should_hand_back_the_newest_when_reopened() {
		let mut flash = Flash::default();
		let (mut store, nothing) = Store::load::<u32>(&mut flash).unwrap();
		assert_eq!(nothing, None);
		for value in 0u32..5 {
			store.save(&mut flash, &value).unwrap();
			let (again, loaded) = Store::load::<u32>(&mut flash).unwrap();
			assert_eq!((again, loaded), (store, Some(value)));
		}
	}

	#[test]
	fn store_should_say_so_when_broken_or_of_another_type() {
		let mut flash = Flash { slots: [Some(alloc::vec![1; 60]), Some(Vec::new())], cut: None };
		assert_eq!(Store::load::<u32>(&mut flash).err(), Some(StoreError::Corrupt));
		let mut flash = Flash::default();
		Store::default().save(&mut flash, &1u64).unwrap();
		assert_eq!(Store::load::<u32>(&mut flash).err(), Some(StoreError::WrongType));
		assert_eq!(seal(0, &alloc::vec![0; MAX_RECORD + 1]), Err(StoreError::TooLarge));
	}

	#[test]
	fn failure_of_the_machine_should_be_passed_on_when_it_cannot_write() {
		let mut flash = Flash { cut: Some(3), ..Default::default() };
		let refused = Store::default().save(&mut flash, &1u64);
		assert_eq!(refused, Err(StoreError::Platform(PlatformError::Storage)));
	}

	proptest! {
		#[test]
		fn earlier_state_should_stand_when_the_power_goes_at_any_byte(
			values in proptest::collection::vec(any::<Vec<u8>>(), 1..6),
			last: Vec<u8>,
			cut in 0usize..400,
		) {
			let mut flash = Flash::default();
			let mut store = Store::default();
			for value in &values {
				store.save(&mut flash, value).unwrap();
			}
			flash.cut = Some(cut);
			let saved = store.save(&mut flash, &last).is_ok();
			let (_, loaded) = Store::load::<Vec<u8>>(&mut flash).unwrap();
			let expected = if saved { &last } else { values.last().unwrap() };
			prop_assert_eq!(loaded.as_ref(), Some(expected));
		}

		#[test]
		fn open_should_not_panic_when_bytes_are_random(bytes: Vec<u8>) {
			prop_assert_eq!(open(&bytes), None);
		}
	}
}
