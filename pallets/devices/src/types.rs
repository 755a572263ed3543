//! What only this pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::num::NonZeroU32;
use frame_support::{
	traits::{
		fungible::{Credit, Inspect},
		ConstU32,
	},
	BoundedVec, DebugNoBound,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	challenge::{Hash, MAX_DEPTH, SAMPLES},
	records::{DeviceRecord, DeviceState, StateReason},
	wire::{MakerCertificate, PublicKey, Signature},
	DeviceId, Interval,
};
use scale_info::TypeInfo;

use crate::{parameters::Parameters, Config};

/// What the chain's currency counts in.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// Money that was taken and has not gone anywhere yet.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// A device as this chain stores it.
pub type DeviceRecordOf<T> = DeviceRecord<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// The registry's parameters.
pub type ParametersOf<T> = Parameters<BalanceOf<T>>;

/// A maker's name.
pub type NameOf<T> = BoundedVec<u8, <T as Config>::MaxNameLength>;

/// A suspension of this chain.
pub type SuspensionOf<T> = Suspension<BalanceOf<T>>;

/// A rescue of this chain.
pub type RescueOf<T> = Rescue<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A certificate taken back on this chain.
pub type RevocationOf<T> = Revocation<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// An offer on this chain.
pub type OfferOf<T> = Offer<<T as frame_system::Config>::AccountId>;

/// A timed challenge of this chain.
pub type ChallengeOf<T> = Challenge<BlockNumberFor<T>>;

/// A device's declared maintenance, oldest first.
pub type WindowsOf<T> = BoundedVec<Window, <T as Config>::MaxWindows>;

/// The longest opening of a timed challenge, in nodes.
pub const LONGEST_OPENING: u32 = 512;
const _: () = assert!(SAMPLES == 16 && MAX_DEPTH == 32, "16 paths of 32 nodes");

/// An opening of a timed challenge.
pub type Opening = BoundedVec<Hash, ConstU32<LONGEST_OPENING>>;

/// Who certifies devices.
#[derive(Clone, DebugNoBound, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct MakerRecord<T: Config> {
	/// Its name, UTF-8.
	pub name: NameOf<T>,
	/// The account that speaks for it.
	pub account: T::AccountId,
	/// Nothing while its certificates count.
	pub revoked: Option<MakerRevocation>,
}

/// When and why a maker's certificates stopped counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct MakerRevocation {
	/// Why.
	pub reason: MakerReason,
	/// Since when it can certify nothing.
	pub since: Interval,
	/// The last interval in which the certificates of devices count that were registered before.
	pub honoured_until: Interval,
}

/// Why governance no longer takes a maker's certificates (B1).
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
pub enum MakerReason {
	/// It went out of business, or does not answer any more.
	Lapsed,
	/// It asked for it.
	Requested,
	/// Its key is known outside.
	CompromisedKey,
	/// It certified what it should not have.
	FalseCertificates,
}

/// Why the committee stops a device (B6).
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

impl From<SuspensionReason> for StateReason {
	fn from(reason: SuspensionReason) -> Self {
		match reason {
			SuspensionReason::ImplausibleReadings => Self::ImplausibleReadings,
			SuspensionReason::FalseLocation => Self::FalseLocation,
			SuspensionReason::CompromisedKey => Self::CompromisedKey,
			SuspensionReason::FalseCertificate => Self::FalseCertificate,
		}
	}
}

/// What the owner wants of a device.
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
pub enum Intent {
	/// It is offered.
	Offer,
	/// It rests.
	Pause,
	/// It is to leave.
	Leave {
		/// When its notice began.
		since: Interval,
	},
}

/// What a device's state follows from, besides its suspension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Standing {
	/// What its owner wants.
	pub intent: Intent,
	/// When it proved its class's throughput; nothing if it has not, or has to do so again.
	pub benched: Option<Interval>,
	/// Whether its certificate no longer counts.
	pub lapsed: bool,
	/// Pieces of work that it has begun and not finished.
	pub work: u32,
	/// When it came to where it stands.
	pub placed: Interval,
	/// When it last asked for a timed challenge.
	pub tried: Option<Interval>,
}

impl Standing {
	/// That of a device that has just been registered.
	pub(crate) fn fresh(now: Interval) -> Self {
		Self {
			intent: Intent::Offer,
			benched: None,
			lapsed: false,
			work: 0,
			placed: now,
			tried: None,
		}
	}

	/// The state that follows from it; `stopped` is whether there is a suspension.
	pub fn state(&self, stopped: bool) -> DeviceState {
		match self.intent {
			_ if stopped || self.lapsed => DeviceState::Suspended,
			Intent::Pause => DeviceState::Suspended,
			Intent::Leave { .. } => DeviceState::Leaving,
			Intent::Offer if self.benched.is_none() => DeviceState::Pending,
			Intent::Offer if self.work > 0 => DeviceState::Running,
			Intent::Offer => DeviceState::Online,
		}
	}
}

/// Why and since when a device is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Suspension<Balance> {
	/// Why.
	pub reason: StateReason,
	/// The last interval in which it can be appealed.
	pub appeal_until: Interval,
	/// What has become of an appeal.
	pub appeal: Appeal<Balance>,
}

/// What has become of an appeal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Appeal<Balance> {
	/// There is none.
	None,
	/// The committee has not decided.
	Open {
		/// What the owner has on hold for it.
		bond: Balance,
		/// Hash of the evidence, which the owner publishes elsewhere.
		evidence: [u8; 32],
		/// The last interval in which the committee can decide.
		deadline: Interval,
	},
	/// The committee rejected it.
	Rejected {
		/// When.
		at: Interval,
	},
}

impl<Balance> Suspension<Balance> {
	/// Since when nothing can be said against it any more, or `None` while something can.
	pub fn final_since(&self, now: Interval) -> Option<Interval> {
		match self.appeal {
			Appeal::None if now > self.appeal_until => Some(self.appeal_until),
			Appeal::Rejected { at } => Some(at),
			_ => None,
		}
	}
}

/// A certificate that its maker took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Revocation<AccountId, Balance> {
	/// Who took it back.
	pub account: AccountId,
	/// What that account has on hold for it.
	pub deposit: Balance,
	/// Whether the device goes on all the same: an appeal was not rejected.
	pub overruled: bool,
}

/// A device that is to vouch for itself, or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Rescue<AccountId, Balance> {
	/// What the owner has on hold for it.
	pub bond: Balance,
	/// How far it is.
	pub stage: RescueStage<AccountId, Balance>,
}

/// How far a rescue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum RescueStage<AccountId, Balance> {
	/// Others can object.
	Waiting {
		/// The first interval in which it can be completed.
		ready: Interval,
	},
	/// The maker objected.
	Contested {
		/// The account that spoke for it.
		by: AccountId,
		/// What that account has on hold for it.
		bond: Balance,
		/// The last interval in which the committee can decide.
		deadline: Interval,
	},
	/// The device vouches for itself.
	Granted,
}

/// An offer to hand a device over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<AccountId> {
	/// Who may take it.
	pub to: AccountId,
	/// The last interval in which it can be taken.
	pub until: Interval,
}

/// How far a timed challenge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Challenge<BlockNumber> {
	/// How many leaves are asked for.
	pub count: NonZeroU32,
	/// The block whose randomness makes the seed or, once the root is there, draws the leaves.
	pub draw: BlockNumber,
	/// The last block that takes the root or, once it is there, the opening.
	pub until: BlockNumber,
	/// Seed and root, once the root is there.
	pub committed: Option<([u8; 32], Hash)>,
}

/// Declared maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Window {
	/// Its first interval.
	pub from: Interval,
	/// The first interval after it.
	pub until: Interval,
}

impl Window {
	/// Whether `interval` lies in it.
	pub fn covers(&self, interval: Interval) -> bool {
		self.from <= interval && interval < self.until
	}

	/// How much of it lies between `from` and `until`, which is not in it.
	pub fn overlap(&self, from: Interval, until: Interval) -> u32 {
		self.until.min(until).since(self.from.max(from))
	}
}

/// Who vouches for a new key.
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
pub enum Voucher {
	/// The maker.
	Maker(MakerCertificate),
	/// The old key, of a device that vouches for itself.
	OldKey {
		/// The new key.
		key: PublicKey,
		/// The old key's signature over `wire::rotation_payload`.
		signature: Signature,
	},
}

/// A device on its way from storage and back.
pub(crate) struct Entry<T: Config> {
	pub(crate) id: DeviceId,
	pub(crate) record: DeviceRecordOf<T>,
	pub(crate) standing: Standing,
}
