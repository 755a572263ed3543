//! The asset oracle: carbon intensity and price of grid electricity.

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32},
};
use frame_system::EnsureRoot;
use sp_runtime::Perbill;

use super::insurance::InsuranceAccount;
use crate::{token::UNIT, AccountId, Balances, Pogcs, Runtime, RuntimeHoldReason};

parameter_types! {
	/// A feeder that was wrong by mistake keeps half of its bond.
	pub const MaxSlash: Perbill = Perbill::from_percent(50);
}

impl pallet_oracle::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Clock = Pogcs;
	type Insurance = InsuranceAccount;
	type Bond = ConstU128<{ 5_000 * UNIT }>;
	type MaxSlash = MaxSlash;
	type MaxNameLength = ConstU32<64>;
	type MaxZones = ConstU32<256>;
	type MaxFeeders = ConstU32<128>;
	type MaxSeats = ConstU32<15>;
	type MaxFeeds = ConstU32<64>;
	// One that lies is outvoted by two that do not. A development chain has few feeders; who sets
	// up a feed asks for as many as there are.
	type MinQuorum = ConstU32<1>;
	type MaxStaleness = ConstU32<24>;
	// A week, as long as readings can be reported late.
	type HistoryLength = ConstU32<168>;
	// A day without a value costs the seat.
	type StrikePenalty = ConstU32<4>;
	type StrikeLimit = ConstU32<24>;
	type DecisionPeriod = ConstU32<168>;
	type Notice = ConstU32<168>;
	type WeightInfo = crate::weights::pallet_oracle::WeightInfo<Runtime>;
}
