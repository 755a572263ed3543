//! Types of the pallet.

use core::marker::PhantomData;

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::Get, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use frame_system::pallet_prelude::{BlockNumberFor, HeaderFor};
use pallet_pogcs::{BalanceOf, SeatOf};
use pogcs_primitives::Interval;
use scale_info::TypeInfo;
use sp_consensus_grandpa::SetId;
use sp_runtime::Perbill;

use crate::Config;

/// Evidence of two blocks for one slot.
pub type BlockEquivocation<T> = sp_consensus_pogcs::EquivocationProof<HeaderFor<T>>;

/// Evidence of two votes in one round.
pub type VoteEquivocation<T> =
	sp_consensus_grandpa::EquivocationProof<<T as frame_system::Config>::Hash, BlockNumberFor<T>>;

/// A case of this runtime.
pub type CaseOf<T> = Case<
	<T as frame_system::Config>::AccountId,
	BalanceOf<T>,
	<T as pallet_pogcs::Config>::MaxValidators,
>;

/// What one punishment covers: a set that had the same members and weights throughout.
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
pub enum Period {
	/// The authors of an epoch: two blocks for one slot.
	#[codec(index = 0)]
	Epoch(Interval),
	/// The voters of a finality set: two votes in one round.
	#[codec(index = 1)]
	VoterSet(SetId),
}

/// Who was caught in a period.
#[derive(
	CloneNoBound,
	DebugNoBound,
	DefaultNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(Max))]
#[codec(mel_bound(AccountId: MaxEncodedLen, Balance: MaxEncodedLen))]
pub struct Case<
	AccountId: Clone + core::fmt::Debug + PartialEq + Eq,
	Balance: Clone + core::fmt::Debug + PartialEq + Eq,
	Max: Get<u32>,
> {
	/// The part of its stake that each of them loses.
	pub fraction: Perbill,
	/// Who, in the order in which they were reported.
	pub offenders: BoundedVec<Offender<AccountId, Balance>, Max>,
}

/// One of those who were caught.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offender<AccountId, Balance> {
	/// Who.
	pub account: AccountId,
	/// What it weighed in the period.
	pub weight: u64,
	/// The stake that it stood there with.
	pub stake: Balance,
	/// What of it was claimed so far. What was on hold may have been less.
	pub claimed: Balance,
}

/// What a checked piece of evidence comes to.
pub(crate) struct Charge<T: Config> {
	/// When.
	pub(crate) period: Period,
	/// Who, with weight and stake.
	pub(crate) seat: SeatOf<T>,
	/// What the whole set weighs.
	pub(crate) total: u64,
}

/// As many cases as there are recent epochs and recent finality sets.
pub struct MostCases<T>(PhantomData<T>);

impl<T: Config> Get<u32> for MostCases<T> {
	fn get() -> u32 {
		T::EvidenceEpochs::get().saturating_mul(2)
	}
}
