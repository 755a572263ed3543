//! The pallets that `scripts/weights` measures. Session and GRANDPA are not among them: their
//! benchmarks want pallets that this chain does not have, and the SDK's weights stand.

frame_benchmarking::define_benchmarks!(
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensionsBench::<Runtime>]
	[pallet_accountability, crate::Accountability]
	[pallet_assets, crate::Assets]
	[pallet_balances, crate::Balances]
	[pallet_collective, crate::Committee]
	[pallet_devices, crate::Devices]
	[pallet_energy, crate::Energy]
	[pallet_hours, crate::Hours]
	[pallet_multisig, crate::Multisig]
	[pallet_nfts, crate::Nfts]
	[pallet_oracle, crate::Oracle]
	[pallet_pogcs, crate::Pogcs]
	[pallet_pools, crate::Pools]
	[pallet_preimage, crate::Preimage]
	[pallet_proofs, crate::Proofs]
	[pallet_proxy, crate::Proxy]
	[pallet_scheduler, crate::Scheduler]
	[pallet_sudo, crate::Sudo]
	[pallet_tasks, crate::Tasks]
	[pallet_timestamp, crate::Timestamp]
	[pallet_transaction_payment, crate::TransactionPayment]
	[pallet_utility, crate::Utility]
);
