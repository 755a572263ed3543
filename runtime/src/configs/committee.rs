//! The committee that decides what no proof can: whether a device is stopped for cause, and whether its
//! owner's appeal is upheld. Members vote; more than half of all of them decide.

use frame_support::{
	parameter_types,
	traits::{fungible::HoldConsideration, ConstU128, ConstU32, EitherOf},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_collective::{deposit::Constant, EnsureProportionMoreThan, Instance1, PrimeDefaultVote};
use sp_runtime::Perbill;

use super::system::BlockWeights;
use crate::{
	token::deposit, AccountId, Balances, BlockNumber, Runtime, RuntimeCall, RuntimeEvent,
	RuntimeHoldReason, RuntimeOrigin,
};

/// The most members.
pub const MAX_MEMBERS: u32 = 15;

/// Blocks of three days, within which a motion is decided. A member that has not voted by then counts
/// as a no.
const MOTION: BlockNumber = 3 * 24 * 1_200;

parameter_types! {
	pub Heaviest: Weight = Perbill::from_percent(50) * BlockWeights::get().max_block;
	pub const Proposal: RuntimeHoldReason =
		RuntimeHoldReason::Committee(pallet_collective::HoldReason::ProposalSubmission);
}

/// More than half of the committee, or root where there is one.
pub type CommitteeOrigin =
	EitherOf<EnsureRoot<AccountId>, EnsureProportionMoreThan<AccountId, Instance1, 1, 2>>;

impl pallet_collective::Config<Instance1> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = ConstU32<MOTION>;
	type MaxProposals = ConstU32<32>;
	type MaxMembers = ConstU32<MAX_MEMBERS>;
	type DefaultVote = PrimeDefaultVote;
	type SetMembersOrigin = EnsureRoot<AccountId>;
	type MaxProposalWeight = Heaviest;
	type DisapproveOrigin = EnsureRoot<AccountId>;
	type KillOrigin = EnsureRoot<AccountId>;
	type Consideration = HoldConsideration<
		AccountId,
		Balances,
		Proposal,
		Constant<ConstU128<{ deposit(3, 2_048) }>>,
		u32,
	>;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
}
