//! Devices whose keys are known, and their reports.

use pogcs_primitives::{
	batch::Node,
	records::{ClassRecord, DeviceState},
	units::GramsPerKwh,
	wire::{ChainId, EnergyReport, Signature},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};

use crate::{
	batch::{Batch, BatchState},
	crypto::DeviceKey,
	energy::sign_report,
	tasks::Device,
	AccountId,
};

/// The key of device `id`.
pub fn key(id: u32) -> DeviceKey {
	let mut seed = [0xd0; 32];
	seed[..4].copy_from_slice(&id.to_le_bytes());
	DeviceKey::from_seed(seed)
}

/// A class that can do what [`report`] says.
pub fn class() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(10_000_000),
		storage: MilliWattHours(2_000_000),
		storage_efficiency: 900_000,
		throughput: 1_000,
		max_draw: MilliWattHours(1_000_000),
	}
}

/// The record of device `id`, which was registered in interval 0 and stands in Almería.
pub fn device(id: u32) -> Device {
	Device {
		owner: [1; 32],
		manager: None,
		key: key(id).public(),
		maker: [3; 32],
		certified_until: None,
		class: ClassId(1),
		cell: CellId(0x8f38246162120ab),
		validator: [4; 32],
		commitment: Commitment::default(),
		state: DeviceState::Online,
		deposit: 1,
		since: Interval(0),
	}
}

/// A modest report of that device: `1_000 * id` mWh from the panel.
pub fn report(id: u32, interval: u32) -> EnergyReport {
	let generation = MilliWattHours(u64::from(id).saturating_mul(1_000).min(9_000_000));
	EnergyReport {
		device: DeviceId(id),
		interval: Interval(interval),
		generation,
		storage_in: MilliWattHours(0),
		storage_out: MilliWattHours(0),
		grid_import: MilliWattHours(0),
		grid_export: MilliWattHours(0),
		compute_draw: MilliWattHours(100),
		green_supply: generation,
		green_draw: MilliWattHours(100),
		root: Commitment([0; 32]),
	}
}

/// The same with the device's signature.
pub fn signed(chain: &ChainId, id: u32, interval: u32) -> (EnergyReport, Signature) {
	let report = report(id, interval);
	(report, sign_report(&key(id), chain, &report))
}

/// A batch of `leader`, submitted in the interval after `interval`.
pub fn batch(leader: AccountId, interval: u32, root: Node) -> Batch {
	Batch {
		leader,
		interval: Interval(interval),
		root,
		drawn_by: Interval(interval.saturating_add(2)),
		due: 1_000,
		deposit: 7,
		state: BatchState::Pending,
	}
}
