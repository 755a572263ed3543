//! What accounts say of each other.

use frame_support::traits::{ConstU128, ConstU32};

use super::insurance::Insurance;
use crate::{
	token::{deposit, UNIT},
	Balances, Pogcs, Runtime, RuntimeHoldReason,
};

/// The longest name and the longest address.
const NAME: u32 = 64;
const URL: u32 = 128;

impl pallet_credentials::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Income = Insurance;
	type Clock = Pogcs;
	// The record, the issuer's list and the subject's count.
	type Deposit = ConstU128<{ deposit(3, 400) }>;
	type IssuerDeposit = ConstU128<{ deposit(1, 100 + NAME + URL) }>;
	// Many times the deposit for as much room: it is never given back.
	type KindPrice = ConstU128<{ UNIT }>;
	type MaxNameLength = ConstU32<NAME>;
	type MaxUrlLength = ConstU32<URL>;
	type MaxCredentials = ConstU32<64>;
	// A month of hours, in which somebody looks at his wallet.
	type OfferTerm = ConstU32<720>;
	type Retention = ConstU32<720>;
	type MaxPage = ConstU32<64>;
	type WeightInfo = crate::weights::pallet_credentials::WeightInfo<Runtime>;
}
