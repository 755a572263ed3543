//! Types of the pallet, and the traits behind which the rest of the runtime stands.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{fungible::Inspect, Get},
	BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use pogcs_primitives::{Interval, MicroGpuHours};
use scale_info::TypeInfo;
use sp_consensus_grandpa::{AuthorityList, SetId};

use crate::Config;

/// The currency's balance.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A validator of this runtime.
pub type ValidatorOf<T> = Validator<BalanceOf<T>, <T as Config>::MaxUnlocking>;

/// One place in a past, running or announced set of this runtime.
pub type SeatOf<T> = Seat<<T as frame_system::Config>::AccountId, BalanceOf<T>>;

/// A set of this runtime, in its order.
pub type SeatsOf<T> = BoundedVec<SeatOf<T>, <T as Config>::MaxValidators>;

/// How a chain keeps time and weighs: one runtime serves chains of different pace.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct ChainParameters {
	/// Slots of an epoch, which is a delivery interval.
	pub epoch_length: u64,
	/// Epochs of an era: the finality set changes only where one opens.
	pub epochs_per_era: u32,
	/// Epochs after which half of an average is forgotten.
	pub half_life: u32,
	/// The fewest authorities that a set may have.
	pub min_authorities: u32,
	/// The total below which genesis validators share bootstrap weight.
	pub weight_floor: MicroGpuHours,
	/// The most weight that stake allows, in µGPU-h per planck, as `(numerator, denominator)`.
	pub kappa: (u64, u64),
}

impl Default for ChainParameters {
	/// A production chain: intervals of an hour at 3 s a slot, an era of a day.
	fn default() -> Self {
		Self {
			epoch_length: 1_200,
			epochs_per_era: 24,
			half_life: 24,
			min_authorities: 4,
			// A thousand reference cards at work: below it, work alone would be cheap to outweigh.
			weight_floor: MicroGpuHours(1_000_000_000),
			kappa: (1, 1_000_000_000),
		}
	}
}

impl ChainParameters {
	/// Refuses what the engine could not run with.
	pub fn check(&self) -> Result<(), &'static str> {
		if self.epoch_length == 0 || self.epochs_per_era == 0 || self.half_life == 0 {
			return Err("epochs, eras and the half-life have a length");
		}
		if self.min_authorities == 0 {
			return Err("a set has at least one authority");
		}
		if self.kappa.0 == 0 || self.kappa.1 == 0 {
			return Err("stake allows some weight");
		}
		Ok(())
	}
}

/// One validator.
#[derive(
	CloneNoBound,
	DebugNoBound,
	DefaultNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(MaxUnlocking))]
#[codec(mel_bound(Balance: MaxEncodedLen))]
pub struct Validator<
	Balance: Clone + core::fmt::Debug + Default + PartialEq + Eq,
	MaxUnlocking: Get<u32>,
> {
	/// Bonded stake, which caps the weight.
	pub stake: Balance,
	/// Unbonded stake with the interval from which each part can be withdrawn.
	pub unlocking: BoundedVec<(Interval, Balance), MaxUnlocking>,
	/// Average of verified green compute, in µGPU-h with `weight::PRECISION` fractional bits.
	pub average: u128,
	/// Green compute verified in the interval that runs, scaled by carbon.
	pub delivered: MicroGpuHours,
	/// Whether it shares the bootstrap weight.
	pub genesis: bool,
	/// The first interval whose set it can be in again after an offence.
	pub cooling_until: Interval,
	/// Whether it is at work.
	pub duty: Duty,
	/// The maintenance that it declared last.
	pub maintenance: Option<Maintenance>,
	/// How much maintenance it has declared.
	pub quota: Quota,
}

impl<Balance: Clone + core::fmt::Debug + Default + PartialEq + Eq, MaxUnlocking: Get<u32>>
	Validator<Balance, MaxUnlocking>
{
	/// Whether an offence keeps it out of the set of `interval`.
	pub fn is_cooling(&self, interval: Interval) -> bool {
		self.cooling_until > interval
	}

	/// Whether `interval` lies in its maintenance.
	pub fn is_in_maintenance(&self, interval: Interval) -> bool {
		self.maintenance.as_ref().is_some_and(|maintenance| maintenance.covers(interval))
	}

	/// Whether it can be in the set of `interval`.
	pub fn is_available(&self, interval: Interval) -> bool {
		let works = self.duty != Duty::Absent;
		works && !self.is_cooling(interval) && !self.is_in_maintenance(interval)
	}
}

/// Whether a validator is at work.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Duty {
	/// It is.
	#[default]
	#[codec(index = 0)]
	Present,
	/// It made no block in an epoch in which several were expected, and has not said since that it
	/// is back.
	#[codec(index = 1)]
	Absent,
	/// It said in this interval that it is back; for that interval it is not marked again.
	#[codec(index = 2)]
	Back(Interval),
}

/// Epochs for which a validator stays out of the set, because it said so in advance.
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
pub struct Maintenance {
	/// The first of them.
	pub from: Interval,
	/// The first one after them.
	pub until: Interval,
	/// The quota before this declaration: what cancelling it in time restores.
	pub before: Quota,
}

impl Maintenance {
	/// Whether `interval` is one of them.
	pub fn covers(&self, interval: Interval) -> bool {
		self.from <= interval && interval < self.until
	}
}

/// How much maintenance a validator has declared.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Quota {
	/// The period counts from here: the start of the first maintenance in it.
	pub since: Interval,
	/// Epochs declared in it.
	pub used: u32,
}

/// One place in a set: whose key it is, what it weighs and what it can lose.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Seat<AccountId, Balance> {
	/// Whose place it is.
	pub account: AccountId,
	/// What it signs with: sr25519 in a set of authors, ed25519 in a set of voters.
	pub key: [u8; 32],
	/// What it weighs.
	pub weight: u64,
	/// The stake that the weight was computed from, which it can lose.
	pub stake: Balance,
}

/// Why there is no set to accuse somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSet {
	/// It is so long ago that stake may have been withdrawn since.
	TooOld,
	/// It has not come yet.
	NotYet,
	/// There never was one.
	Unknown,
}

/// What a slash did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slashed<Balance> {
	/// What the validator lost.
	pub taken: Balance,
	/// What of it went to the reporter; the rest was burnt.
	pub rewarded: Balance,
}

/// Who holds session keys.
pub trait HasSessionKeys<AccountId> {
	/// Whether `account` has registered session keys.
	fn has_keys(account: &AccountId) -> bool;
}

/// The finality gadget's authority set.
pub trait FinalitySet {
	/// Makes `voters` the set from the end of this block on; `session` is the one that opens.
	///
	/// # Errors
	/// A change that is already pending.
	fn change(voters: AuthorityList, session: u32) -> Result<(), ()>;

	/// The session that runs still belongs to the set that votes.
	fn extend(session: u32);

	/// The session that opens now.
	fn session() -> u32;

	/// The id of the set that was made last.
	fn set_id() -> SetId;
}
