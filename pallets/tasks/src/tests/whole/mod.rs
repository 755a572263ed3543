//! Contracts on real pools: members are paid and punished, and clients refunded, from what there is.

mod mock;

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	contracts::{answer, commitment, Pace},
	jobs::{Hash, Receipt},
	traits::{HourContracts, PromisedHours, Shortfalls},
	Commitment, DeviceId, Interval, MicroGpuHours, PoolId, TaskId,
};
use proptest::prelude::*;
use sp_runtime::Permill;

use self::mock::*;
use super::contracts::{job, WORK};
use crate::{
	mock::{at, fleet, images, submission, Available, Elapsed, Now},
	Inputs, Requirement, Work,
};

const HOUR: u32 = 14;

/// Two pools, one dear to miss in and one cheap, with three members each.
fn pools() -> [PoolId; 2] {
	let pools = [found(3), found(1)];
	for n in 0..6 {
		let pool = pools[usize::try_from(n / 3).unwrap()];
		assert_ok!(Pools::join(signed(owner(fleet(n))), pool, fleet(n)));
	}
	pools
}

fn promise(device: DeviceId, interval: u32, hours: u64) -> bool {
	let at = Interval(interval);
	let units = pallet_pools::Units(hours);
	Pools::promise(signed(owner(device)), device, at, at, units).is_ok()
}

fn ask(work: Work<Inputs<Whole>>, interval: u32) -> Option<TaskId> {
	let task = crate::NextTask::<Whole>::get();
	let requirement = Requirement {
		work,
		class: CLASS,
		green: true,
		earliest: Interval(interval),
		deadline: Interval(interval),
		pace: Pace::Flexible,
		carbon: None,
		max_price: 10_000_000,
		tip: 0,
	};
	Tasks::open_contract(signed(BUYER), Box::new(requirement)).ok().map(|()| task)
}

fn proven(chunks: usize) -> Work<Inputs<Whole>> {
	Work::Proven { model: 0, inputs: vec![images(); chunks].try_into().unwrap() }
}

fn replicated(chunks: u32) -> Work<Inputs<Whole>> {
	Work::Replicated { job: job(), first: 0, chunks, copies: 2 }
}

fn owes(device: DeviceId) -> u64 {
	<Pools as PromisedHours>::owes(device, CLASS, Interval(HOUR)).0
}

/// Accepts, commits and proves.
fn deliver(device: DeviceId, task: TaskId, chunk: u32) -> bool {
	if Tasks::accept(signed(owner(device)), device, task, chunk).is_err() {
		return false;
	}
	let work = Commitment([5; 32]);
	assert_ok!(Tasks::commit(signed(owner(device)), task, chunk, work));
	let late = Elapsed::get();
	at(HOUR + 1);
	Available::set(Some(100_000));
	assert_ok!(Tasks::prove(signed(STRANGER), task, chunk, Box::new(submission())));
	at(HOUR);
	Elapsed::set(late);
	true
}

fn settle_all(interval: u32) {
	for device in (0..6).map(fleet) {
		let intervals = vec![Interval(interval)].try_into().unwrap();
		let _ = Pools::settle(signed(STRANGER), device, intervals);
	}
}

fn truth() -> Hash {
	Receipt::new(b"output", 7).result(&job(), 0)
}

#[test]
fn members_should_be_paid_and_punished_and_the_client_refunded() {
	on_whole_chain(|| {
		pools();
		// One member of each pool promises as much as two chunks.
		assert!(promise(fleet(0), HOUR, 2_000) && promise(fleet(3), HOUR, 2_000));
		let task = ask(proven(4), HOUR).unwrap();
		at(HOUR);
		assert_eq!((owes(fleet(0)), owes(fleet(3))), (2_000, 2_000));
		// The first keeps its word; the other delivers one of two.
		let before = [0, 3].map(|n| free(owner(fleet(n))));
		assert!(deliver(fleet(0), task, 0) && deliver(fleet(0), task, 1));
		assert!(deliver(fleet(3), task, 2));
		assert_eq!((owes(fleet(0)), owes(fleet(3))), (0, 1_000));
		assert_eq!(<Tasks as HourContracts>::asked(CLASS, Interval(HOUR)).0, 4_000);

		at(HOUR + LAG + 1);
		let interval = Interval(HOUR);
		assert_noop!(
			Tasks::refund(signed(STRANGER), task, interval),
			crate::Error::<Whole>::NotSettled
		);
		settle_all(HOUR);
		let after = [0, 3].map(|n| free(owner(fleet(n))));
		// Its whole income and its deposit of 3 for each; half of the income, and a planck for each of
		// the 1,000 that it missed less.
		assert_eq!(after[0] - before[0], 2_000 * (PRICE + 3));
		assert_eq!(after[1] - before[1], 1_000 * PRICE + 1_000);
		let shortfall = <Pools as Shortfalls<_>>::shortfall(CLASS, interval).unwrap();
		assert_eq!((shortfall.missed, shortfall.covered), (MicroGpuHours(1_000), 1_000));
		let (client, insurance) = (free(BUYER), free(INSURANCE));
		assert_ok!(Tasks::refund(signed(STRANGER), task, interval));
		assert_eq!((free(BUYER), free(INSURANCE)), (client + 1_000, insurance - 1_000));
	});
}

#[test]
fn agreed_work_should_be_paid_by_the_pools_and_the_odd_one_punished_there_too() {
	on_whole_chain(|| {
		pools();
		for n in 0..6 {
			assert!(promise(fleet(n), HOUR, WORK));
		}
		let task = ask(replicated(3), HOUR).unwrap();
		at(HOUR - 1);
		let enter = |device, chunk| {
			assert_ok!(Tasks::enter(signed(owner(device)), device, task, chunk));
		};
		// One of each pool for each chunk.
		for chunk in 0..3 {
			enter(fleet(chunk), chunk);
			enter(fleet(chunk + 3), chunk);
		}
		at(HOUR);
		let bind = |device: DeviceId, chunk, result: &Hash| {
			let bound = commitment(task, chunk, device, &answer(result, 0), &[1; 32]);
			Tasks::commit_answer(signed(owner(device)), device, task, chunk, bound)
		};
		for chunk in 0..3 {
			assert_ok!(bind(fleet(chunk), chunk, &truth()));
			if chunk < 2 {
				assert_ok!(bind(fleet(chunk + 3), chunk, &truth()));
			}
		}
		at(HOUR + 1);
		Available::set(Some(100_000));
		for chunk in 0..2 {
			for device in [fleet(chunk), fleet(chunk + 3)] {
				let answer = answer(&truth(), 0);
				assert_ok!(Tasks::open_answer(
					signed(STRANGER),
					device,
					task,
					chunk,
					answer,
					[1; 32]
				));
			}
			assert_ok!(Tasks::conclude(signed(STRANGER), task, chunk));
		}
		// Four of six hours are delivered. Of chunk 2 one was done, which nobody could check, and one
		// was not.
		assert_eq!((0..6).map(|n| owes(fleet(n))).sum::<u64>(), 2 * WORK);
		at(HOUR + LAG + 1);
		settle_all(HOUR);
		let client = free(BUYER);
		assert_ok!(Tasks::refund(signed(STRANGER), task, Interval(HOUR)));
		// A planck for each hour missed: what every pool takes at least.
		assert_eq!(free(BUYER), client + 2 * u128::from(WORK));
	});
}

#[derive(Clone, Debug)]
struct Plan {
	/// What each of six members promises, in hundreds.
	promises: Vec<u64>,
	/// Contracts: chunks, and whether they are proven.
	contracts: Vec<(u32, bool)>,
	/// Who tries to deliver which chunk of which contract, whether it is late.
	tries: Vec<(u32, usize, u32, bool)>,
	/// Who takes part in what is compared.
	part: u16,
}

fn plans() -> impl Strategy<Value = Plan> {
	(
		prop::collection::vec(0u64..40, 6),
		prop::collection::vec((1u32..5, any::<bool>()), 1..5),
		prop::collection::vec((0u32..8, 0usize..4, 0u32..4, prop::bool::weighted(0.3)), 0..24),
		any::<u16>(),
	)
		.prop_map(|(promises, contracts, tries, part)| Plan { promises, contracts, tries, part })
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn refunds_should_never_be_more_than_is_covered_whoever_delivers_what(plan in plans()) {
		on_whole_chain(|| {
			pools();
			for (n, hundreds) in (0u32..).zip(&plan.promises) {
				promise(fleet(n), HOUR, hundreds * 100);
			}
			let contracts: Vec<_> = plan
				.contracts
				.iter()
				.filter_map(|(chunks, is_proven)| {
					let work =
						if *is_proven { proven(*chunks as usize) } else { replicated(*chunks) };
					ask(work, HOUR)
				})
				.collect();
			at(HOUR - 1);
			let in_part = |device: DeviceId| plan.part >> (device.0 % 16) & 1 == 1;
			for task in &contracts {
				for chunk in 0..4 {
					for device in (0..6).map(fleet).filter(|device| in_part(*device)) {
						let _ = Tasks::enter(signed(owner(device)), device, *task, chunk);
					}
				}
			}
			at(HOUR);
			for (n, contract, chunk, late) in &plan.tries {
				let Some(task) = contracts.get(*contract) else { continue };
				Elapsed::set(if *late { Permill::one() } else { Permill::zero() });
				let device = fleet(*n);
				deliver(device, *task, *chunk);
				let bound = commitment(*task, *chunk, device, &answer(&truth(), 0), &[1; 32]);
				let who = signed(owner(device));
				let _ = Tasks::commit_answer(who, device, *task, *chunk, bound);
			}
			at(HOUR + 1);
			Available::set(Some(100_000));
			for task in &contracts {
				for chunk in 0..4 {
					for device in (0..8).map(fleet) {
						let answer = answer(&truth(), 0);
						let by = signed(STRANGER);
						let _ = Tasks::open_answer(by, device, *task, chunk, answer, [1; 32]);
					}
					let _ = Tasks::conclude(signed(STRANGER), *task, chunk);
				}
			}
			check_all();

			// What contracts missed is no more than pools did.
			let interval = Interval(HOUR);
			let missed: u64 = contracts
				.iter()
				.filter_map(|task| Tasks::booking(*task, interval))
				.map(|booking| booking.asked.0 - booking.delivered.0)
				.sum();
			at(HOUR + LAG + 1);
			settle_all(HOUR);
			let shortfall = <Pools as Shortfalls<_>>::shortfall(CLASS, interval);
			let (all, covered) =
				shortfall.map_or((0, 0), |shortfall| (shortfall.missed.0, shortfall.covered));
			assert!(missed <= all, "{missed} of {all}");
			let insurance = free(INSURANCE);
			for task in &contracts {
				if Tasks::booking(*task, interval).is_some() {
					assert_ok!(Tasks::refund(signed(STRANGER), *task, interval));
				}
			}
			let refunded = insurance - free(INSURANCE);
			assert!(refunded <= covered, "{refunded} of {covered}");
			// And if pools settled as the contracts did, next to all of it: a planck is lost to
			// rounding for each contract.
			if missed == all {
				assert!(refunded + contracts.len() as u128 >= covered);
			}
			assert!(Now::get() == Interval(HOUR + LAG + 1));
		});
	}
}
