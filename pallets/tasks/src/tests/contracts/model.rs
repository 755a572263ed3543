//! Any sequence of calls: hours and money are somewhere, and nowhere twice.

use std::{cell::RefCell, collections::BTreeMap};

use frame_support::traits::Hooks;
use pogcs_primitives::{
	contracts::{hour_of, Booking, Method},
	records::ChunkState,
	traits::{HourContracts, HourLedger},
};
use proptest::{prelude::*, test_runner::TestRunner};
use sp_runtime::Permill;

use super::*;

#[derive(Clone, Debug)]
enum Step {
	Ask {
		work: u8,
		chunks: u32,
		copies: u8,
		ahead: u32,
		span: u32,
		tip: u128,
	},
	Resell {
		task: usize,
		portion: usize,
		chunks: u32,
	},
	/// Whatever comes next for a chunk, with the devices of a mask: who takes part, who lies, who does
	/// not come or does not open.
	Play {
		task: usize,
		chunk: u32,
		part: u16,
		lies: u16,
		away: u16,
		late: bool,
		stages: u32,
	},
	/// Something for a chunk, whether it is time for it or not.
	Try {
		call: u8,
		device: u32,
		task: u64,
		chunk: u32,
	},
	Settle {
		behind: u32,
	},
	Refund {
		task: usize,
		portion: usize,
	},
	Close {
		task: usize,
	},
	Pass {
		intervals: u32,
	},
}

fn steps() -> impl Strategy<Value = Step> {
	let (task, chunk) = (|| 0usize..6, || 0u32..3);
	// One in four: of all combinations most have too many liars for anything to be agreed upon.
	let few = || (any::<u16>(), any::<u16>()).prop_map(|(one, other)| one & other);
	prop_oneof![
		3 => (0u8..3, 1u32..4, 2u8..4, 1u32..5, 0u32..3, 0u128..2).prop_map(
			|(work, chunks, copies, ahead, span, tip)| {
				Step::Ask { work, chunks, copies, ahead, span, tip: tip * 15 }
			}
		),
		1 => (task(), 0usize..3, 1u32..3)
			.prop_map(|(task, portion, chunks)| Step::Resell { task, portion, chunks }),
		20 => (task(), chunk(), any::<u16>(), few(), few(), any::<bool>(), 1u32..8).prop_map(
			|(task, chunk, part, lies, away, late, stages)| {
				Step::Play { task, chunk, part, lies, away, late, stages }
			}
		),
		3 => (0u8..8, 0..FLEET_SIZE, 0u64..6, chunk())
			.prop_map(|(call, device, task, chunk)| Step::Try { call, device, task, chunk }),
		2 => (RESULT_TIME + 1..REFUND_TIME + 4).prop_map(|behind| Step::Settle { behind }),
		3 => (task(), 0usize..3).prop_map(|(task, portion)| Step::Refund { task, portion }),
		1 => task().prop_map(|task| Step::Close { task }),
		1 => prop_oneof![4 => 1u32..3, 1 => 15u32..30]
			.prop_map(|intervals| Step::Pass { intervals }),
	]
}

/// What a device found, by task and chunk: so that it opens what it is bound to.
type Found = BTreeMap<(DeviceId, TaskId, u32), Hash>;

/// Sums over all settled intervals of all contracts.
#[derive(Default)]
struct Sums {
	/// Of each product: asked for, delivered.
	settled: BTreeMap<Interval, (u64, u64)>,
	/// Paid by the insurance, of each product.
	refunded: BTreeMap<Interval, u128>,
}

/// Hours that are promised for every interval that somebody may ask for.
fn stock(interval: u32) {
	for device in (0..FLEET_SIZE).map(fleet) {
		promise(device, CLASS, interval, 1_200, u128::from(interval % 5) + 1);
	}
}

#[derive(Default)]
struct World {
	found: Found,
	sums: Sums,
	asked: BTreeMap<Interval, u64>,
	/// How often each outcome came.
	outcomes: BTreeMap<String, u32>,
}

fn is_in(mask: u16, device: DeviceId) -> bool {
	mask >> (device.0 - FLEET) & 1 == 1
}

fn pass(intervals: u32) {
	for _ in 0..intervals {
		at(Now::get().0 + 1);
		stock(Now::get().0 + 8);
		Tasks::on_idle(1, frame_support::weights::Weight::MAX);
		Hours::on_idle(1, frame_support::weights::Weight::MAX);
	}
}

/// The contract of this number, of those that there are.
fn nth(task: usize) -> Option<(TaskId, ContractOf<Test>)> {
	let mut all: Vec<_> = Contracts::<Test>::iter().collect();
	all.sort_by_key(|(task, _)| *task);
	let index = task.checked_rem(all.len())?;
	Some(all.swap_remove(index))
}

impl World {
	fn run(&mut self, step: Step) {
		let now = Now::get();
		match step {
			Step::Ask { work, chunks, copies, ahead, span, tip } => {
				let job = |job| Work::Replicated { job, first: 0, chunks, copies };
				let (work, ahead) = match work {
					0 => (proven(chunks as usize), ahead),
					1 => (job(job_with_content()), ahead.max(3)),
					_ => (job(super::job()), ahead.max(3)),
				};
				let first = requirement(work, now.0 + ahead);
				let deadline = Interval(now.0 + ahead + span);
				let _ = try_ask(Requirement { deadline, tip, ..first });
			}
			Step::Resell { task, portion, chunks } => {
				let Some((task, contract)) = nth(task) else { return };
				let Some(portion) = contract.plan.get(portion) else { return };
				let _ = Tasks::resell(signed(BUYER), task, portion.interval, chunks, 0);
			}
			Step::Play { task, chunk, part, lies, away, late, stages } => {
				let Some((task, contract)) = nth(task) else { return };
				let chunk = chunk % contract.chunks;
				for _ in 0..stages {
					if matches!(contract.method, Method::Proof { .. }) {
						self.play_proven(task, &contract, chunk, part, late);
						pass(stages % 2);
					} else {
						self.play_replicated(task, chunk, part, lies, away, late);
					}
				}
			}
			Step::Try { call, device, task, chunk } => {
				self.attempt(call, fleet(device), TaskId(task), chunk);
			}
			Step::Settle { behind } => settle(CLASS, now.0.saturating_sub(behind)),
			Step::Refund { task, portion } => {
				let Some((task, contract)) = nth(task) else { return };
				let Some(portion) = contract.plan.get(portion) else { return };
				self.refund(task, portion.interval);
			}
			Step::Close { task } => {
				let Some((task, _)) = nth(task) else { return };
				let _ = Tasks::close(signed(BUYER), task);
				let _ = Tasks::expire(signed(STRANGER), task);
			}
			Step::Pass { intervals } => pass(intervals),
		}
	}

	fn play_proven(
		&mut self,
		task: TaskId,
		contract: &ContractOf<Test>,
		chunk: u32,
		part: u16,
		late: bool,
	) {
		let Some(hour) = hour_of(&contract.plan, chunk) else { return };
		pass(hour.since(Now::get()));
		let Some(entry) = Tasks::chunk(task, chunk) else { return };
		if late {
			Elapsed::set(Permill::from_percent(70));
		}
		match entry.state {
			ChunkState::Open => {
				for device in (0..FLEET_SIZE).map(fleet).filter(|device| is_in(part, *device)) {
					let _ = Tasks::accept(signed(KEY), device, task, chunk);
				}
			}
			ChunkState::Assigned { .. } => {
				let _ = Tasks::commit(signed(KEY), task, chunk, Commitment([5; 32]));
			}
			ChunkState::Committed { .. } => {
				Available::set(Some(1_000));
				let proof = Box::new(submission());
				if Tasks::prove(signed(STRANGER), task, chunk, proof).is_ok() {
					*self.outcomes.entry("Proven".into()).or_default() += 1;
				}
			}
			ChunkState::Paid { .. } => {}
		}
	}

	fn play_replicated(
		&mut self,
		task: TaskId,
		chunk: u32,
		part: u16,
		lies: u16,
		away: u16,
		late: bool,
	) {
		let Some((interval, drawn)) = Tasks::round(task, chunk) else { return };
		let record = Tasks::replicated_chunk(task, chunk);
		let round = record.as_ref().map_or(0, |record| record.round);
		if record.as_ref().is_some_and(|record| record.outcome.is_some()) {
			return;
		}
		let all = || (0..FLEET_SIZE).map(fleet);
		let now = Now::get();
		if now < interval {
			pass(interval.since(now) - 1);
			for device in all().filter(|device| is_in(part, *device)) {
				let _ = enter(device, task, chunk);
			}
			pass(1);
		} else if now == interval {
			let mut come: Vec<_> =
				drawn.into_iter().filter(|device| !is_in(away, *device)).collect();
			if late {
				Elapsed::set(Permill::from_percent(70));
				come.extend(all().filter(|device| is_in(part, *device)));
			}
			for device in come {
				let result = if is_in(lies, device) { lie(device.0 as u8 % 2) } else { truth() };
				if bind(device, task, chunk, &result, round).is_ok() {
					self.found.insert((device, task, chunk), result);
				}
			}
			pass(1);
		} else {
			Available::set(Some(10_000));
			for run in record.into_iter().flat_map(|record| record.runs) {
				if !is_in(away, run.device) {
					let result = self.found[&(run.device, task, chunk)];
					let _ = open(run.device, task, chunk, &result, round);
				}
			}
			if conclude(task, chunk).is_err() {
				pass(OPEN_TIME);
			}
			let judged = Tasks::replicated_chunk(task, chunk).and_then(|record| record.outcome);
			if let Some(outcome) = judged {
				let name = format!("{outcome:?}").split(' ').next().unwrap().to_owned();
				*self.outcomes.entry(name).or_default() += 1;
			}
		}
	}

	/// Refusals are part of it.
	fn attempt(&mut self, call: u8, device: DeviceId, task: TaskId, chunk: u32) {
		match call {
			0 => {
				let _ = Tasks::accept(signed(KEY), device, task, chunk);
			}
			1 => {
				let _ = Tasks::release(signed(KEY), task, chunk);
			}
			2 => {
				let _ = Tasks::commit(signed(KEY), task, chunk, Commitment([5; 32]));
			}
			3 => {
				let _ = Tasks::prove(signed(STRANGER), task, chunk, Box::new(submission()));
			}
			4 => {
				let _ = enter(device, task, chunk);
			}
			5 => {
				let round = Tasks::replicated_chunk(task, chunk).map_or(0, |of| of.round);
				if bind(device, task, chunk, &truth(), round).is_ok() {
					self.found.insert((device, task, chunk), truth());
				}
			}
			6 => {
				let _ = open(device, task, chunk, &truth(), 0);
			}
			_ => {
				let _ = conclude(task, chunk);
			}
		}
	}

	fn refund(&mut self, task: TaskId, interval: Interval) {
		let booking = Tasks::booking(task, interval);
		let before = free(BUYER) + on_hold(HoldReason::Storage, BUYER);
		if super::refund(task, interval.0).is_err() {
			return;
		}
		let booking: Booking<u128> = booking.expect("what is settled was booked");
		let paid = free(BUYER) + on_hold(HoldReason::Storage, BUYER) - before;
		let (asked, delivered) = self.sums.settled.entry(interval).or_default();
		*asked += booking.asked.0;
		*delivered += booking.delivered.0;
		*self.sums.refunded.entry(interval).or_default() += paid;
		let missed = booking.asked.0 - booking.delivered.0;
		assert!(paid <= u128::from(missed) * COVERED, "no more than is covered for each hour");
		if paid > 0 {
			*self.outcomes.entry("Refunded".into()).or_default() += 1;
		}
	}

	/// What the insurance paid so far.
	fn refunded(&self) -> u128 {
		self.sums.refunded.values().sum()
	}

	/// What must hold after each step, beside the pallet's own.
	fn check(&mut self) {
		super::check();
		let now = Now::get();
		// What was asked for of an interval that is over stands.
		for interval in (now.0.saturating_sub(REFUND_TIME)..now.0).map(Interval) {
			let asked = <Tasks as HourContracts>::asked(CLASS, interval).0;
			let first = *self.asked.entry(interval).or_insert(asked);
			assert_eq!(asked, first, "what was asked for is final");
		}
		// Hours bought are with contracts, or were redeemed for them, or lapsed: all of them.
		for interval in (now.0..now.0 + 10).map(Interval) {
			let totals = <Hours as HourLedger<u64>>::totals(CLASS, interval);
			let (mut kept, mut redeemed) = (0, 0);
			for (_, of, booking) in Bookings::<Test>::iter() {
				if of == interval {
					kept += booking.bought.0 - booking.resold.0 - booking.redeemed.0;
					redeemed += booking.redeemed.0;
				}
			}
			assert_eq!(totals.redeemed.0, redeemed, "only contracts redeem");
			assert_eq!(locked(CLASS, interval.0, BUYER), kept);
			let free = <Hours as HourLedger<u64>>::held(CLASS, interval, &BUYER).0 - kept;
			assert_eq!(free, 0, "a client has no hours but its contracts'");
			let market = <Hours as HourLedger<u64>>::held(CLASS, interval, &MARKET).0;
			assert_eq!(totals.minted.0, market + kept + redeemed);
		}
		// What was paid out for a product is no more than is covered of what all missed in it.
		for (interval, (asked, delivered)) in &self.sums.settled {
			let refunded = self.sums.refunded[interval];
			assert!(refunded <= u128::from(asked - delivered) * COVERED);
		}
	}
}

/// Runs `steps` on a new chain and brings everything to its end. How often each outcome came.
fn play(steps: Vec<Step>, salt: u32) -> BTreeMap<String, u32> {
	let mut outcomes = BTreeMap::new();
	on_chain(|| {
		Salt::set(salt);
		for interval in 11..18 {
			stock(interval);
		}
		let issued = Balances::total_issuance();
		let mut world = World::default();
		for step in steps {
			world.run(step);
			world.check();
			System::reset_events();
		}
		// In the end everything comes to an end, and everybody has what is his.
		let last = Now::get().0 + 10;
		if salt % 2 == 0 {
			// Pools settle in time: all of it is refunded. Otherwise what is left is written off.
			at(last + RESULT_TIME + 1);
			(10..=last).for_each(|interval| settle(CLASS, interval));
		} else {
			at(last + REFUND_TIME + 1);
		}
		let missed = |of: &Booking<u128>| u128::from(of.asked.0 - of.delivered.0);
		// Of what was asked for longer ago nobody knows any more: that is written off.
		let known = |of: &(TaskId, Interval, Booking<u128>)| of.1 >= AskedSince::<Test>::get();
		let owed: u128 = Bookings::<Test>::iter().filter(known).map(|of| missed(&of.2)).sum();
		let before = world.refunded();
		let contracts: Vec<_> = Contracts::<Test>::iter_keys().collect();
		for task in &contracts {
			let contract = Tasks::contract(*task).unwrap();
			if !contract.cleared {
				for chunk in 0..contract.chunks {
					// Judged, given up, or proven.
					let _ = conclude(*task, chunk);
				}
				Tasks::expire(signed(STRANGER), *task).unwrap();
			}
			for portion in contract.plan {
				world.refund(*task, portion.interval);
			}
		}
		// Not what the insurance has less: bonds that are lost in the end come to it.
		let refunded = world.refunded() - before;
		if salt % 2 == 0 {
			// Rounded down once for each interval of each contract, which here is exact.
			assert_eq!(refunded, owed * COVERED);
		} else {
			assert!(refunded <= owed * COVERED);
		}
		world.check();
		assert_eq!(Contracts::<Test>::iter().count(), 0);
		assert_eq!(Bookings::<Test>::iter().count(), 0);
		assert_eq!(Replicated::<Test>::iter().count(), 0);
		assert_eq!(Engagements::<Test>::iter().count(), 0);
		assert_eq!(Underway::<Test>::iter().count(), 0);
		for who in [BUYER, OWNER].into_iter().chain((0..FLEET_SIZE).map(|n| owner(fleet(n)))) {
			for reason in [HoldReason::Reward, HoldReason::Storage, HoldReason::Bond] {
				assert_eq!(on_hold(reason, who), 0);
			}
		}
		assert_eq!(Balances::total_issuance(), issued, "no money is made or lost");
		outcomes = world.outcomes;
	});
	outcomes
}

#[test]
fn hours_and_money_should_be_conserved_whatever_happens() {
	let config = ProptestConfig {
		failure_persistence: None,
		max_shrink_iters: 300,
		..ProptestConfig::with_cases(64)
	};
	let all = RefCell::new(BTreeMap::<String, u32>::new());
	let cases = (prop::collection::vec(steps(), 1..60), 1u32..1_000_000);
	TestRunner::new(config)
		.run(&cases, |(steps, salt)| {
			for (name, count) in play(steps, salt) {
				*all.borrow_mut().entry(name).or_default() += count;
			}
			Ok(())
		})
		.unwrap();
	// It came to everything that a contract can come to.
	for name in ["Agreed", "Unchecked", "Void", "Missed", "Proven", "Refunded"] {
		assert!(all.borrow().contains_key(name), "{name} of {all:?}");
	}
}
