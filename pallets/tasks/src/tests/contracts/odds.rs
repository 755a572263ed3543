//! How often one hand does a whole chunk: what the README says of it, counted.

use pogcs_primitives::{
	contracts::{drawn, ticket, Entrant},
	PoolId,
};
use sp_io::hashing::blake2_256;

use super::*;

const DEVICES: u32 = 100;
const DRAWS: u32 = 1_500;

/// In what part of all draws `copies` of 100 devices, each of another owner, are among the first `bad`.
/// `entering` of the others take part.
fn caught_none(bad: u32, copies: usize, honest: u32, pool: impl Fn(u32) -> Option<u32>) -> f64 {
	let mut all_bad = 0u32;
	for draw in 0..DRAWS {
		let seed = blake2_256(&draw.to_le_bytes());
		let mut entrants: Vec<_> = (0..bad + honest)
			.map(|id| Entrant {
				ticket: ticket(&seed, TaskId(1), 0, 0, DeviceId(id)),
				device: DeviceId(id),
				owner: id,
				pool: pool(id).map(PoolId),
			})
			.collect();
		entrants.sort_by_key(|entrant| entrant.ticket);
		// As the list does.
		entrants.truncate(MAX_ENTRANTS as usize);
		let devices = drawn(&entrants, copies);
		all_bad += u32::from(devices.iter().all(|device| device.0 < bad));
	}
	f64::from(all_bad) / f64::from(DRAWS)
}

/// Without pools, or with all in one: the product of `bad / all`, without putting back.
fn expected(bad: u32, copies: u32) -> f64 {
	(0..copies).map(|n| f64::from(bad - n) / f64::from(DEVICES - n)).product()
}

#[test]
fn one_hand_should_do_a_whole_chunk_as_seldom_as_chance_says() {
	for (bad, copies) in [(20, 2), (33, 3), (50, 3)] {
		let found = caught_none(bad, copies as usize, DEVICES - bad, |_| None);
		let expected = expected(bad, copies);
		// Four standard deviations.
		let deviation = (expected * (1.0 - expected) / f64::from(DRAWS)).sqrt();
		assert!(
			(found - expected).abs() < 4.0 * deviation,
			"{bad} of {DEVICES}, {copies} copies: {found} for {expected}"
		);
	}
}

#[test]
fn one_hand_should_do_a_whole_chunk_less_often_when_it_has_but_one_pool() {
	// All of the twenty are in one pool of five.
	let found = caught_none(20, 2, 80, |id| Some(id / 20));
	assert_eq!(found, 0.0);
	// With sybils in every pool it is as without pools, or nearly.
	let spread = caught_none(20, 2, 80, |id| Some(id % 5));
	assert!(spread < expected(20, 2) * 1.3, "{spread}");
}

#[test]
fn one_hand_should_rule_when_few_others_enter() {
	// What the README warns of: not who is there counts, but who enters.
	let found = caught_none(20, 2, 5, |_| None);
	assert!(found > 0.5, "{found}");
}
