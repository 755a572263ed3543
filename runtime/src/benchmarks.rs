//! The pallets that `scripts/weights` measures.

frame_benchmarking::define_benchmarks!(
	[pallet_devices, crate::Devices]
	[pallet_energy, crate::Energy]
	[pallet_pogcs, crate::Pogcs]
	[pallet_proofs, crate::Proofs]
	[pallet_tasks, crate::Tasks]
);
