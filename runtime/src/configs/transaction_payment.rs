//! Fees: linear in weight and length, raised while blocks are fuller than half. Fees are burnt until
//! there is a treasury to take them.

use frame_support::{
	parameter_types,
	traits::ConstU8,
	weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight, WeightToFee},
};
use pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment};
use sp_runtime::{
	traits::{Bounded, SaturatedConversion},
	FixedPointNumber, Perquintill,
};

use crate::{token::MICRO, Balance, Balances, Runtime, RuntimeEvent};

/// A millisecond of the reference machine costs a thousandth of a token.
pub struct ByTime;

impl WeightToFee for ByTime {
	type Balance = Balance;

	fn weight_to_fee(weight: &Weight) -> Balance {
		let time: Balance = weight.ref_time().into();
		let millis: Balance = WEIGHT_REF_TIME_PER_MILLIS.into();
		time.saturating_mul(1_000 * MICRO) / millis
	}
}

/// A byte costs a millionth of a token.
pub struct ByLength;

impl WeightToFee for ByLength {
	type Balance = Balance;

	fn weight_to_fee(weight: &Weight) -> Balance {
		Balance::saturated_from(weight.ref_time()).saturating_mul(MICRO)
	}
}

parameter_types! {
	/// Half full is neither too much nor too little.
	pub const Target: Perquintill = Perquintill::from_percent(50);
	pub Speed: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub Least: Multiplier = Multiplier::saturating_from_rational(1, 10);
	pub Most: Multiplier = Bounded::max_value();
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, ()>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightToFee = ByTime;
	type LengthToFee = ByLength;
	type FeeMultiplierUpdate = TargetedFeeAdjustment<Self, Target, Speed, Least, Most>;
	type WeightInfo = crate::weights::pallet_transaction_payment::WeightInfo<Runtime>;
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}
