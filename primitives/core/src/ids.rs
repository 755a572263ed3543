//! Names of things on chain.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

macro_rules! id {
	($(#[$doc:meta])* $name:ident($inner:ty)) => {
		$(#[$doc])*
		#[derive(
			Clone,
			Copy,
			Debug,
			Default,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Hash,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
			Serialize,
			Deserialize,
		)]
		pub struct $name(pub $inner);

		impl core::fmt::Display for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				write!(f, "{}", self.0)
			}
		}
	};
}

id!(
	/// A registered device. Stays the same when its key is rotated.
	DeviceId(u32)
);
id!(
	/// A demand contract.
	TaskId(u64)
);
id!(
	/// A location cell: an index of the H3 grid.
	CellId(u64)
);
id!(
	/// A class of devices that a market trades together.
	ClassId(u16)
);
id!(
	/// A zone of the electricity grid: one carbon intensity, one price.
	ZoneId(u16)
);
id!(
	/// A pool of devices.
	PoolId(u32)
);
id!(
	/// A kind of credential, in its issuer's own numbering.
	CredentialKind(u32)
);
id!(
	/// A verifying key in the registry.
	KeyId(u32)
);

/// An element of the BN254 scalar field in its canonical little-endian form.
///
/// Whoever reads one must refuse bytes that stand for a number of at least the field's order;
/// they are never reduced, so that one value has one encoding.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Commitment(pub [u8; 32]);

/// The order of the BN254 scalar field, little-endian:
/// 21888242871839275222246405745257275088548364400416034343698204186575808495617.
const FIELD_ORDER: [u8; 32] = [
	0x01, 0x00, 0x00, 0xf0, 0x93, 0xf5, 0xe1, 0x43, 0x91, 0x70, 0xb9, 0x79, 0x48, 0xe8, 0x33, 0x28,
	0x5d, 0x58, 0x81, 0x81, 0xb6, 0x45, 0x50, 0xb8, 0x29, 0xa0, 0x31, 0xe1, 0x72, 0x4e, 0x64, 0x30,
];

impl Commitment {
	/// Whether the bytes stand for a number below the field's order.
	pub fn is_canonical(&self) -> bool {
		self.0.iter().rev().lt(FIELD_ORDER.iter().rev())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn commitment_should_be_canonical_when_below_the_field_order() {
		let mut largest = FIELD_ORDER;
		largest[0] = 0;
		assert!(Commitment([0; 32]).is_canonical());
		assert!(Commitment(largest).is_canonical());
		// Large in its low bytes only: the comparison must start at the high end.
		let mut low = [0xff; 32];
		low[31] = 0x2f;
		assert!(Commitment(low).is_canonical());
	}

	#[test]
	fn commitment_should_not_be_canonical_when_at_or_above_the_field_order() {
		let mut above = FIELD_ORDER;
		above[0] = 2;
		assert!(!Commitment(FIELD_ORDER).is_canonical());
		assert!(!Commitment(above).is_canonical());
		assert!(!Commitment([0xff; 32]).is_canonical());
		let mut high = [0; 32];
		high[31] = 0x31;
		assert!(!Commitment(high).is_canonical());
	}
}
