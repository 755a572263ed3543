//! Consensus weight.

use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, Get},
};
use pallet_pogcs::{FinalitySet, HasSessionKeys};
use pogcs_primitives::units::GramsPerKwh;
use sp_consensus_grandpa::{AuthorityList, SetId};

use crate::{
	token::UNIT, AccountId, Balance, Balances, Grandpa, Runtime, RuntimeHoldReason, Session,
	SLOT_DURATION,
};

parameter_types! {
	pub const PrimaryShare: (u64, u64) = (1, 4);
	/// Rooftop solar over its life: IPCC AR5 WG III, annex III, table A.III.2, median 41 g/kWh.
	pub const CarbonReference: GramsPerKwh = GramsPerKwh(41);
	pub const MinStake: Balance = 1_000 * UNIT;
}

/// Milliseconds of an hour.
const HOUR: u64 = 3_600_000;

/// An interval's length in milliseconds.
fn interval() -> u64 {
	pallet_pogcs::Parameters::<Runtime>::get().epoch_length.saturating_mul(SLOT_DURATION)
}

/// Whether an interval lasts an hour, as everywhere but on a development chain.
pub fn is_hourly() -> bool {
	interval() == HOUR
}

/// Session keys, as the session pallet has them.
pub struct SessionKeysOf;

impl HasSessionKeys<AccountId> for SessionKeysOf {
	fn has_keys(account: &AccountId) -> bool {
		Session::load_keys(account).is_some()
	}
}

/// The voters of GRANDPA. `pallet_grandpa` as a session handler would give each the weight 1.
pub struct GrandpaSet;

impl FinalitySet for GrandpaSet {
	fn change(voters: AuthorityList, session: u32) -> Result<(), ()> {
		Grandpa::schedule_change(voters, 0, None).map_err(|_| ())?;
		let id = Grandpa::current_set_id().saturating_add(1);
		pallet_grandpa::CurrentSetId::<Runtime>::put(id);
		pallet_grandpa::SetIdSession::<Runtime>::insert(id, session);
		let kept = <Runtime as pallet_grandpa::Config>::MaxSetIdSessionEntries::get();
		if let Some(old) = id.checked_sub(kept) {
			pallet_grandpa::SetIdSession::<Runtime>::remove(old);
		}
		Ok(())
	}

	fn extend(session: u32) {
		let id = Grandpa::current_set_id();
		pallet_grandpa::SetIdSession::<Runtime>::insert(id, session);
	}

	fn session() -> u32 {
		pallet_session::CurrentIndex::<Runtime>::get()
	}

	fn set_id() -> SetId {
		Grandpa::current_set_id()
	}
}

impl pallet_pogcs::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type SessionKeys = SessionKeysOf;
	type Finality = GrandpaSet;
	type SlotDuration = ConstU64<SLOT_DURATION>;
	type PrimaryShare = PrimaryShare;
	type CarbonReference = CarbonReference;
	type MaxValidators = ConstU32<100>;
	type MinStake = MinStake;
	// A week of hours: longer than any evidence is accepted.
	type UnbondingEpochs = ConstU32<168>;
	type MaxUnlocking = ConstU32<16>;
	type RandomnessHistory = ConstU32<48>;
	// Two steps of a device's challenge, and half as much again.
	type BlockRandomnessHistory = ConstU32<768>;
	// Three and a half days of hours. Long enough that finality resumes and operators look before
	// it is over; half of unbonding, so that the last epoch of what was unbonded is covered with an
	// era of 24 to spare.
	type EvidenceEpochs = ConstU32<84>;
	// A day of hours in a month of them: an upgrade of the machine and of its house.
	type MaintenanceEpochs = ConstU32<24>;
	type MaintenancePeriod = ConstU32<720>;
	type WeightInfo = crate::weights::pallet_pogcs::WeightInfo<Runtime>;
}
