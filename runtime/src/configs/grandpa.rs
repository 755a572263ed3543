//! Finality. Its set is changed by the engine's pallet, with weights, where an era opens.

use frame_support::traits::{ConstU32, ConstU64};

use crate::{Runtime, RuntimeEvent};

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<100>;
	type MaxNominators = ConstU32<0>;
	// Sets of a week: as long as unbonding takes.
	type MaxSetIdSessionEntries = ConstU64<168>;
	// `pallet_accountability` takes reports of equivocation: this pallet would prove keys by history
	// roots, and give each voter the weight 1.
	type KeyOwnerProof = sp_core::Void;
	type EquivocationReportSystem = ();
}
