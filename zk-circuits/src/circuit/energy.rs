//! The interval's readings.

use ark_bn254::Fr;
use pogcs_primitives::wire::READINGS;
use pogcs_proof::{device::ENERGY_DOMAIN, pack::READING_BITS};

use super::{
	builder::{pack, Builder, Lc},
	poseidon::hash_many,
};

/// Bits that 32 readings of 32 bits add up to, at most.
const SUM_BITS: usize = 37;

/// What the readings commit to and add up to.
pub struct Energy {
	/// Commitment to all readings.
	pub root: Lc,
	/// Sum of the supply readings, mWh.
	pub green_supply: Lc,
	/// Sum of the draw readings, mWh.
	pub green_draw: Lc,
	/// Green energy that the statement claims, mWh.
	pub green: Lc,
}

/// Proves that `green <= green_draw <= green_supply`.
///
/// Each side is below 2^37, so a difference that is below 2^37 in the field cannot have wrapped
/// around its order.
pub fn prove(
	cs: &mut Builder,
	green_supply: &[u32; READINGS],
	green_draw: &[u32; READINGS],
	green: u64,
) -> Energy {
	cs.section("each reading is below 2^32 mWh");
	let mut readings = |values: &[u32; READINGS]| -> Vec<Lc> {
		values.iter().map(|value| cs.number(Fr::from(*value), READING_BITS)).collect()
	};
	let green_supply = readings(green_supply);
	let green_draw = readings(green_draw);
	let root = {
		let all = [&green_supply[..], &green_draw[..]].concat();
		hash_many(cs, ENERGY_DOMAIN, &pack(READING_BITS, &all))
	};
	let green_supply = total(&green_supply);
	let green_draw = total(&green_draw);

	cs.section("compute drew no more than the renewable energy supplied");
	cs.enforce_range(&green_supply.minus(&green_draw), SUM_BITS);
	cs.section("the green energy claimed is no more than compute drew");
	let green = cs.number(Fr::from(green), SUM_BITS);
	cs.enforce_range(&green_draw.minus(&green), SUM_BITS);

	Energy { root, green_supply, green_draw, green }
}

fn total(readings: &[Lc]) -> Lc {
	Lc::sum(readings.iter().map(|reading| (Fr::from(1u64), reading)))
}
