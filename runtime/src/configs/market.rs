//! The hour market.

use frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32},
	PalletId,
};
use sp_runtime::traits::AccountIdConversion;

use super::{committee::CommitteeOrigin, hours::LeastHours};
use crate::{
	token::{deposit, MILLI},
	AccountId, Assets, Balances, Hours, Pogcs, Pools, Runtime, RuntimeHoldReason, Tasks,
};

parameter_types! {
	pub const MarketId: PalletId = PalletId(*b"pg/markt");
	/// It exists from genesis on, so that the smallest payment can reach it.
	pub MarketAccount: AccountId = MarketId::get().into_account_truncating();
}

impl pallet_market::Config for Runtime {
	type Money = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Shares = Assets;
	type Hours = Hours;
	type Pools = Pools;
	type Contracts = Tasks;
	type Clock = Pogcs;
	type AdminOrigin = CommitteeOrigin;
	type PalletId = MarketId;
	type IntervalsPerDay = ConstU32<24>;
	// Pools promise a week ahead.
	type Days = ConstU32<7>;
	type MaxClasses = ConstU32<32>;
	// Buyers until the hour begins; sellers until an hour before.
	type BuyGate = ConstU32<0>;
	type SellGate = ConstU32<1>;
	type LeastHours = LeastHours;
	// As much as an account must hold: shares of less are not worth a call.
	type LeastDeposit = ConstU128<{ 10 * MILLI }>;
	type OrderDeposit = ConstU128<{ deposit(2, 250) }>;
	type OrdersPerBlock = ConstU32<16>;
	// Until what pools owe is settled.
	type Retention = ConstU32<216>;
	// By hand until it is measured.
	type WeightInfo = ();
}
