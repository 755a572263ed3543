//! What only a development chain starts with: a maker whose key everybody knows, one class of
//! devices, the development verifying key and the digits model.

use alloc::vec;

use frame_support::build_struct_json_patch;
use pallet_devices::parameters::{BenchmarkRules, MaintenanceRules, Parameters, PlaceRules, Terms};
use pogcs_primitives::{
	records::{ClassRecord, ModelRecord},
	units::GramsPerKwh,
	wire::PublicKey,
	ClassId, Commitment, KeyId, MicroGpuHours, MilliWattHours,
};
use serde_json::Value;

use crate::{
	configs::DeviceParameters, AccountId, Balance, DevicesConfig, ProofsConfig,
	RuntimeGenesisConfig, TasksConfig,
};

/// The class of the development devices: a rooftop panel, a battery and a small computer.
pub const CLASS: ClassId = ClassId(1);

/// The ed25519 key of the development maker, whose seed is the byte 0x4d 32 times; a test computes it.
pub const MAKER: PublicKey =
	hex_literal::hex!("62a611b472d89b0e5fc93c069b9f700b4c552d55bc0e87b56008ef17b6b2bebe");

/// The verifying key of the task circuit for the development proving key.
pub const VERIFYING_KEY: &[u8] = include_bytes!("../../zk-circuits/keys/development.vk");

/// Commitment to the weights of `zk-circuits/model/digits.bin`; a test computes it again.
pub const DIGITS: Commitment = Commitment(hex_literal::hex!(
	"ecdac95523b6984514f28571bc0cf309dbc8e2e2a71fa59a2605cce289a3a107"
));

/// The digits model.
///
/// Reading a digit takes a reference card well below a microsecond, which would count for nothing.
/// A development chain counts a chunk as a thousand µGPU-h, so that one device's work is seen.
fn digits() -> ModelRecord {
	ModelRecord {
		commitment: DIGITS,
		key: KeyId(0),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(100),
	}
}

/// A panel of 10 kW under full sun for an hour, a battery of 10 kWh, a small computer.
///
/// The throughput is low enough for any computer, with as much else to do as it may have.
fn class() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(10_000_000),
		storage: MilliWattHours(10_000_000),
		storage_efficiency: 900_000,
		throughput: 50,
		max_draw: MilliWattHours(1_000_000),
	}
}

/// The registry's parameters for intervals of a minute, so that everything can be seen to end.
fn parameters() -> Parameters<Balance> {
	let production = DeviceParameters::get();
	Parameters {
		place: PlaceRules { cooldown: 2, ..production.place },
		terms: Terms {
			notice: 6,
			offer: 10,
			appeal: 5,
			decision: 5,
			expulsion: 5,
			rescue: 5,
			certificate: 1_440,
			consent: 5,
		},
		maintenance: MaintenanceRules { ahead: 2, quota: 4, period: 60 },
		benchmark: BenchmarkRules { seconds: 10, ..production.benchmark },
		..production
	}
}

/// The patch.
pub fn patch() -> Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		devices: DevicesConfig {
			// The maker's key is its account too.
			makers: vec![(MAKER, b"Development maker".to_vec(), AccountId::from(MAKER))],
			classes: vec![(CLASS, class())],
			parameters: Some(parameters()),
		},
		proofs: ProofsConfig { allow_development_keys: true, keys: vec![VERIFYING_KEY.to_vec()] },
		tasks: TasksConfig { models: vec![digits()] },
	})
}
