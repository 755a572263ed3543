//! Types of the pallet, and the traits behind which the rest of the runtime stands.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{fungible::Inspect, Get},
	BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound,
};
use pogcs_primitives::{Interval, MicroGpuHours};
use scale_info::TypeInfo;
use sp_consensus_grandpa::AuthorityList;

use crate::Config;

/// The currency's balance.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// A validator of this runtime.
pub type ValidatorOf<T> = Validator<BalanceOf<T>, <T as Config>::MaxUnlocking>;

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
}

/// Voters and what they weigh.
pub(crate) type Voters = Vec<(sp_consensus_grandpa::AuthorityId, u64)>;
