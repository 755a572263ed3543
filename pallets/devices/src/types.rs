//! What only this pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::fungible::Inspect, BoundedVec, DebugNoBound};
use pogcs_primitives::records::DeviceRecord;
use scale_info::TypeInfo;

use crate::Config;

/// What the chain's currency counts in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A device as this chain stores it.
pub type DeviceRecordOf<T> = DeviceRecord<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A maker's name.
pub type NameOf<T> = BoundedVec<u8, <T as Config>::MaxNameLength>;

/// Who certifies devices.
#[derive(Clone, DebugNoBound, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct MakerRecord<T: Config> {
	/// Its name, UTF-8.
	pub name: NameOf<T>,
	/// Whether its certificates count. Devices that are already registered stay either way.
	pub active: bool,
}

/// Why governance stopped a device (B6).
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum SuspensionReason {
	/// Its readings contradict other evidence.
	ImplausibleReadings,
	/// It is not where its cell says.
	FalseLocation,
	/// Its key is known outside the device.
	CompromisedKey,
	/// Its maker's certificate should not have been given.
	FalseCertificate,
}
