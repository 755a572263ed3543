//! Sessions are epochs; the engine's pallet plans them.

use frame_support::traits::ConstU128;
use pallet_session::historical::NoteHistoricalRoot;
use sp_runtime::traits::{Convert, ConvertInto};

use crate::{token::MILLI, AccountId, Balances, Pogcs, Runtime, RuntimeEvent, SessionKeys};

/// What history knows of a validator: the stake it can lose.
pub struct StakeOf;

impl Convert<AccountId, Option<u128>> for StakeOf {
	fn convert(account: AccountId) -> Option<u128> {
		pallet_pogcs::Validators::<Runtime>::get(account).map(|validator| validator.stake)
	}
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Pogcs;
	type NextSessionRotation = Pogcs;
	type SessionManager = NoteHistoricalRoot<Self, Pogcs>;
	type SessionHandler = Pogcs;
	type Keys = SessionKeys;
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = ConstU128<{ 100 * MILLI }>;
}

impl pallet_session::historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = u128;
	type FullIdentificationOf = StakeOf;
}
