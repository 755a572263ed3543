//! Sessions are epochs; the engine's pallet plans them.

use frame_support::traits::ConstU128;
use sp_runtime::traits::ConvertInto;

use crate::{token::MILLI, AccountId, Balances, Pogcs, Runtime, RuntimeEvent, SessionKeys};

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Pogcs;
	type NextSessionRotation = Pogcs;
	type SessionManager = Pogcs;
	type SessionHandler = Pogcs;
	type Keys = SessionKeys;
	// Offences come to the engine's pallet, which bars their authors itself.
	type DisablingStrategy = ();
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = ConstU128<{ 100 * MILLI }>;
}
