//! What the calls, the hook of delivery and the sweep cost.

use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		Get,
	},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::RawOrigin;
use pogcs_primitives::{
	records::PoolKind,
	traits::{
		Benchmarks, Credentials, DeliveredWork, Delivery, DeviceInfo, Devices, Dispatch,
		HourClaims, IntervalClock, Places,
	},
	units::GramsPerKwh,
	ClassId, Commitment, CredentialKind, DeviceId, Interval, MicroGpuHours, MilliWattHours,
	MilligramsCo2, PoolId,
};
use sp_runtime::traits::Convert;

use crate::*;

const CLASS: ClassId = ClassId(0);
/// Late enough for periods and votes before it.
const START: Interval = Interval(1_000);

fn now<T: Config>(interval: u32) {
	T::Clock::set_for_benchmark(Interval(interval), [1; 32]);
}

fn rich<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let who: T::AccountId = account(name, index, 0);
	// Enough for every deposit and every promise.
	let amount = T::Currency::minimum_balance()
		.saturating_mul(1_000_000)
		.saturating_add(T::PoolDeposit::get().saturating_mul(1_000))
		.saturating_add(T::ApplicationDeposit::get().saturating_mul(1_000))
		.saturating_add(T::MaxPenalty::get().saturating_mul(1_000));
	T::Currency::set_balance(&who, amount);
	who
}

fn device<T: Config>(owner: &T::AccountId, seed: u8) -> DeviceId {
	T::Devices::create_for_benchmark(owner, [seed; 32], Commitment([seed; 32]))
}

fn info<T: Config>(device: DeviceId) -> Result<DeviceInfo<T::AccountId>, BenchmarkError> {
	T::Devices::device(device).ok_or(BenchmarkError::Stop("the device was just made"))
}

fn terms<T: Config>(guests: u32) -> Terms {
	Terms {
		leader_fee: T::MaxLeaderFee::get(),
		penalty: T::MinPenalty::get(),
		capacity: T::MaxMembers::get(),
		guests,
		notice: 1,
		reserve_price: T::MaxReservePrice::get(),
	}
}

/// As many conditions as a pool may have, all of which `device` meets, the dearest first; the runtime
/// may know no credentials or benchmarks.
fn all_conditions<T: Config>(
	device: DeviceId,
	lottery: bool,
) -> Result<ConditionsOf<T>, BenchmarkError> {
	let info = info::<T>(device)?;
	T::Benchmarks::set_for_benchmark(device, START);
	let mut list = ConditionsOf::<T>::new();
	let mut add = |condition| {
		// What there is no room for is left out.
		let _ = list.try_push(condition);
	};
	if lottery {
		add(Condition::Lottery { places: T::MaxPlaces::get(), applications: 1 });
	}
	add(Condition::Stake(T::Currency::minimum_balance()));
	if let Some(region) = T::Places::ancestor(info.cell, 0) {
		add(Condition::Region(region));
	}
	// Each is a read of its own.
	for kind in (0..T::MaxConditions::get()).map(CredentialKind) {
		let issuer = info.owner.clone();
		T::Credentials::create_for_benchmark(&info.owner, &issuer, kind);
		if T::Credentials::has(&info.owner, &issuer, kind) {
			add(Condition::Credential { issuer, kind });
		}
	}
	if T::Benchmarks::last_passed(device).is_some() {
		add(Condition::BenchmarkSince(START));
	}
	add(Condition::CarbonPerKwh(GramsPerKwh(u32::MAX)));
	add(Condition::CarbonPerGpuHour(GramsPerGpuHour(u64::MAX)));
	Ok(list)
}

fn found<T: Config>(
	kind: PoolKind,
	conditions: ConditionsOf<T>,
) -> Result<(T::AccountId, PoolId), BenchmarkError> {
	let creator = rich::<T>("creator", 0);
	let pool = NextPool::<T>::get();
	let terms = terms::<T>(if kind == PoolKind::Compute { 1 } else { 0 });
	Pallet::<T>::do_create(creator.clone(), kind, CLASS, terms, conditions, None)?;
	Ok((creator, pool))
}

/// A pool with one member.
fn joined<T: Config>() -> Result<(T::AccountId, PoolId, DeviceId), BenchmarkError> {
	now::<T>(START.0);
	let owner = rich::<T>("owner", 0);
	let device = device::<T>(&owner, 1);
	let conditions = all_conditions::<T>(device, false)?;
	let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
	Pallet::<T>::do_join(owner.clone(), pool, device)?;
	Ok((owner, pool, device))
}

fn most<T: Config>(device: DeviceId) -> Result<Units, BenchmarkError> {
	Ok(Pallet::<T>::most(PoolKind::Green, info::<T>(device)?.record))
}

/// A lottery that `count` devices applied for, drawn and claimed; who won can join.
fn won<T: Config>(count: u32) -> Result<(PoolId, Vec<(T::AccountId, DeviceId)>), BenchmarkError> {
	now::<T>(START.0);
	let mut applicants = Vec::new();
	let first = rich::<T>("owner", 0);
	let model = device::<T>(&first, 255);
	let conditions = all_conditions::<T>(model, true)?;
	let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
	Pallet::<T>::do_apply(first.clone(), pool, model)?;
	applicants.push((first.clone(), model));
	for index in 1..count {
		let one = device::<T>(&first, u8::try_from(index).unwrap_or(254));
		T::Benchmarks::set_for_benchmark(one, START);
		Pallet::<T>::do_apply(first.clone(), pool, one)?;
		applicants.push((first.clone(), one));
	}
	drawn::<T>(pool)?;
	for (_, one) in &applicants {
		Pallet::<T>::do_claim(*one)?;
	}
	Ok((pool, applicants))
}

/// Draws the round of a pool at the first moment.
fn drawn<T: Config>(pool: PoolId) -> Result<Draw, BenchmarkError> {
	let round = Rounds::<T>::get(pool).ok_or(BenchmarkError::Stop("a round runs"))?;
	let of = round.closes.0.saturating_add(T::DrawDelay::get());
	now::<T>(of.saturating_add(1));
	Pallet::<T>::do_draw(pool)?;
	let round = Rounds::<T>::get(pool).ok_or(BenchmarkError::Stop("a round runs"))?;
	round.draw.ok_or(BenchmarkError::Stop("the round is drawn"))
}

/// Lets `device` owe `hours` of claims of `class` in `interval`, whenever that is: as a member of a pool
/// that it joins if it is in none. No claims are made.
pub(crate) fn owe<T: Config>(
	device: DeviceId,
	class: ClassId,
	interval: Interval,
	hours: Units,
) -> Result<(), BenchmarkError> {
	let info = info::<T>(device)?;
	let pool = match PoolOf::<T>::get(device) {
		Some(pool) => pool,
		None => {
			let kind = [PoolKind::Green, PoolKind::Compute]
				.into_iter()
				.find(|kind| T::ClaimClass::convert((*kind, info.class)) == Some(class))
				.ok_or(BenchmarkError::Stop("the claims are of the device's class"))?;
			let (_, pool) = found::<T>(kind, ConditionsOf::<T>::new())?;
			Pallet::<T>::do_join(info.owner.clone(), pool, device)?;
			pool
		}
	};
	let unknown = || BenchmarkError::Stop("the pool was just made");
	let mut record = crate::pallet::Pools::<T>::get(pool).ok_or_else(unknown)?;
	let deposit = crate::math::deposit(hours, record.terms.penalty)
		.ok_or(BenchmarkError::Stop("a benchmark promises little"))?;
	Pallet::<T>::hold(HoldReason::Promise, &info.owner, deposit)?;
	Pallet::<T>::open_promise(pool, &mut record, interval)?;
	crate::pallet::Pools::<T>::insert(pool, record);
	Books::<T>::mutate(pool, interval, |book| {
		if let Some(book) = book {
			book.promised = book.promised.saturating_add(hours);
		}
	});
	Ledger::<T>::mutate(interval, class, |entry| {
		if let Some(entry) = entry {
			entry.promised = entry.promised.saturating_add(hours);
		}
	});
	Members::<T>::mutate(pool, device, |member| {
		if let Some(member) = member {
			member.promises = member.promises.saturating_add(1);
		}
	});
	Promises::<T>::insert(
		device,
		interval,
		PromiseOf::<T> {
			by: info.owner,
			deposit,
			promised: hours,
			delivered: Units::ZERO,
			led: Units::ZERO,
			done: Units::ZERO,
			floor: Units::ZERO,
			earned: 0,
			rate: 0,
		},
	);
	Ok(())
}

/// A pool that holds `amount` of claims for a future interval and sells them at any price.
pub(crate) fn stocked<T: Config>(
	class: ClassId,
	interval: Interval,
	amount: MicroGpuHours,
) -> Result<PoolId, BenchmarkError> {
	let owner = rich::<T>("seller", 0);
	let device = device::<T>(&owner, 200);
	owe::<T>(device, class, interval, Units(amount.0))?;
	let pool = PoolOf::<T>::get(device).ok_or(BenchmarkError::Stop("who owes is a member"))?;
	crate::pallet::Pools::<T>::mutate(pool, |record| {
		if let Some(record) = record {
			record.terms.reserve_price = 0;
		}
	});
	T::Claims::mint(class, interval, &Pallet::<T>::account(pool), amount)
		.map_err(|_| BenchmarkError::Stop("the interval is one that claims are made for"))?;
	Ok(pool)
}

/// Lets a member have worked in the last whole period.
fn worked<T: Config>(pool: PoolId, device: DeviceId) {
	let last = Pallet::<T>::period().saturating_sub(1);
	Members::<T>::mutate(pool, device, |member| {
		if let Some(member) = member {
			member.work.add(last, 1_000);
		}
	});
	crate::pallet::Pools::<T>::mutate(pool, |record| {
		if let Some(record) = record {
			record.votes.add(last, 1_000);
		}
	});
}

/// A pool with a member that worked, and a proposal of its for other conditions.
fn proposed<T: Config>() -> Result<(T::AccountId, PoolId, DeviceId), BenchmarkError> {
	let (owner, pool, device) = joined::<T>()?;
	worked::<T>(pool, device);
	let change = Change::Conditions(all_conditions::<T>(device, true)?);
	Pallet::<T>::do_propose(owner.clone(), device, change)?;
	Ok((owner, pool, device))
}

fn stood<T: Config>() -> Result<(T::AccountId, PoolId, DeviceId), BenchmarkError> {
	now::<T>(START.0);
	let owner = rich::<T>("owner", 0);
	let device = device::<T>(&owner, 1);
	let conditions = all_conditions::<T>(device, false)?;
	let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
	Ok((owner, pool, device))
}

fn lead<T: Config>(pool: PoolId, leader: DeviceId) {
	crate::pallet::Pools::<T>::mutate(pool, |record| {
		if let Some(record) = record {
			record.leader = Some(leader);
		}
	});
}

fn last<T: Config>(event: Event<T>) {
	let event: <T as frame_system::Config>::RuntimeEvent = event.into();
	frame_system::Pallet::<T>::assert_last_event(event);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let creator = rich::<T>("creator", 0);
		let leader = device::<T>(&creator, 1);
		let conditions = all_conditions::<T>(leader, true)?;
		let pool = NextPool::<T>::get();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(creator),
			PoolKind::Green,
			CLASS,
			terms::<T>(0),
			conditions,
			Some(leader),
		);
		assert_eq!(Pallet::<T>::pool(pool).and_then(|pool| pool.leader), Some(leader));
		Ok(())
	}

	#[benchmark]
	fn dissolve() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let owner = rich::<T>("owner", 0);
		let device = device::<T>(&owner, 1);
		let conditions = all_conditions::<T>(device, true)?;
		let (creator, pool) = found::<T>(PoolKind::Green, conditions.clone())?;
		let least = T::Currency::minimum_balance();
		let account = Pallet::<T>::account(pool);
		T::Currency::set_balance(&account, least.saturating_mul(3));
		let change = Change::Conditions(conditions);
		Pending::<T>::insert(pool, PendingChange { change, from: START });
		#[extrinsic_call]
		_(RawOrigin::Signed(creator), pool);
		assert_eq!(Pallet::<T>::pool(pool), None);
		Ok(())
	}

	#[benchmark]
	fn apply() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let owner = rich::<T>("owner", 0);
		let device = device::<T>(&owner, 1);
		let conditions = all_conditions::<T>(device, true)?;
		let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, device);
		assert!(Pallet::<T>::application(device).is_some());
		Ok(())
	}

	#[benchmark]
	fn retract() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let owner = rich::<T>("owner", 0);
		let device = device::<T>(&owner, 1);
		let conditions = all_conditions::<T>(device, true)?;
		let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
		Pallet::<T>::do_apply(owner.clone(), pool, device)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		assert!(Pallet::<T>::application(device).is_none());
		Ok(())
	}

	#[benchmark]
	fn draw(
		n: Linear<0, { T::DrawWindow::get().saturating_sub(1) }>,
	) -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let owner = rich::<T>("owner", 0);
		let device = device::<T>(&owner, 1);
		let conditions = all_conditions::<T>(device, true)?;
		let (_, pool) = found::<T>(PoolKind::Green, conditions)?;
		Pallet::<T>::do_apply(owner.clone(), pool, device)?;
		let round = Rounds::<T>::get(pool).ok_or(BenchmarkError::Stop("a round runs"))?;
		let first = round.closes.0.saturating_add(T::DrawDelay::get());
		now::<T>(first.saturating_add(n).saturating_add(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool);
		assert!(Pallet::<T>::round(pool).is_some_and(|round| round.draw.is_some()));
		Ok(())
	}

	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let (pool, applicants) = won::<T>(T::MaxPlaces::get())?;
		let (owner, device) = applicants[0].clone();
		Applications::<T>::mutate(device, |application| {
			if let Some(application) = application {
				application.claimed = false;
			}
		});
		// The list is full of tickets above this one.
		Lowest::<T>::mutate(pool, |lowest| {
			for ticket in lowest.iter_mut() {
				ticket.number = [255; 32];
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		assert_eq!(Lowest::<T>::get(pool)[0].device, device);
		Ok(())
	}

	#[benchmark]
	fn end_round(n: Linear<1, { T::MaxPlaces::get() }>) -> Result<(), BenchmarkError> {
		let (pool, applicants) = won::<T>(n)?;
		let round = Rounds::<T>::get(pool).ok_or(BenchmarkError::Stop("a round runs"))?;
		let fixed = round.draw.ok_or(BenchmarkError::Stop("the round is drawn"))?;
		now::<T>(fixed.take_until.0.saturating_add(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(applicants[0].0.clone()), pool);
		last::<T>(Event::RoundEnded { pool, round: 0, drawn: true, forfeited: n });
		Ok(())
	}

	#[benchmark]
	fn join() -> Result<(), BenchmarkError> {
		let (pool, applicants) = won::<T>(T::MaxPlaces::get())?;
		let round = Rounds::<T>::get(pool).ok_or(BenchmarkError::Stop("a round runs"))?;
		let fixed = round.draw.ok_or(BenchmarkError::Stop("the round is drawn"))?;
		now::<T>(fixed.claims_until.0.saturating_add(1));
		let (owner, device) = applicants[0].clone();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, device);
		assert!(PoolOf::<T>::contains_key(device));
		Ok(())
	}

	/// The call but for looking at who owns the device, which costs nothing: benchmarks have no
	/// devices without a panel.
	#[benchmark]
	fn join_by_hour() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		let owner = rich::<T>("owner", 0);
		let device = device::<T>(&owner, 1);
		let conditions = all_conditions::<T>(device, false)?;
		let (_, pool) = found::<T>(PoolKind::Compute, conditions)?;
		let first = Interval(START.0.saturating_add(1));
		let hours = Hours { from: first, until: first };
		#[block]
		{
			let mut central = Pallet::<T>::run_by(&owner, device)?;
			central.record.max_generation = MilliWattHours::ZERO;
			Pallet::<T>::welcome(owner, pool, device, central, hours)?;
		}
		assert!(PoolOf::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		let until = Interval(START.0.saturating_add(1));
		last::<T>(Event::LeaveBegun { pool, device, until });
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		Members::<T>::mutate(pool, device, |member| {
			if let Some(member) = member {
				member.state = MemberState::Suspended { until: Interval(0) };
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		last::<T>(Event::Resumed { pool, device });
		Ok(())
	}

	#[benchmark]
	fn exit() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		Pallet::<T>::do_leave(owner.clone(), device)?;
		now::<T>(START.0.saturating_add(2));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		assert!(!Members::<T>::contains_key(pool, device));
		Ok(())
	}

	#[benchmark]
	fn promise(n: Linear<1, { T::MaxSpan::get() }>) -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let (from, until) = (START.0.saturating_add(1), START.0.saturating_add(n));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, Interval(from), Interval(until), T::MinPromise::get());
		assert!(Books::<T>::contains_key(pool, Interval(until)));
		Ok(())
	}

	#[benchmark]
	fn take_back() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let interval = Interval(START.0.saturating_add(1));
		let amount = T::MinPromise::get();
		Pallet::<T>::do_promise(owner.clone(), device, interval, interval, amount)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, interval, amount);
		assert!(!Books::<T>::contains_key(pool, interval));
		Ok(())
	}

	/// Half of each promise is missed, and all of what is kept was led.
	#[benchmark]
	fn settle(n: Linear<1, { T::MaxSettle::get() }>) -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let leader = rich::<T>("leader", 0);
		lead::<T>(pool, self::device::<T>(&leader, 2));
		let amount = most::<T>(device)?;
		let mut intervals = BoundedVec::<Interval, T::MaxSettle>::new();
		for interval in (1..=n).map(|ahead| Interval(START.0.saturating_add(ahead))) {
			Pallet::<T>::do_promise(owner.clone(), device, interval, interval, amount)?;
			let pay = T::Currency::minimum_balance().saturating_mul(100);
			for shares in [Shares::ByWork, Shares::Equal] {
				Pallet::<T>::do_pay_in(leader.clone(), pool, interval, pay, shares)?;
			}
			let half = Units(amount.0 / 2);
			Promises::<T>::mutate(device, interval, |entry| {
				if let Some(made) = entry {
					made.delivered = half;
					made.led = half;
					made.done = half;
				}
			});
			Books::<T>::mutate(pool, interval, |book| {
				if let Some(book) = book {
					book.delivered = half;
				}
			});
			let _ = intervals.try_push(interval);
		}
		let end = START.0.saturating_add(n).saturating_add(T::DeliveryLag::get());
		now::<T>(end.saturating_add(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, intervals);
		assert_eq!(Pallet::<T>::member(device).map(|(_, member)| member.promises), Some(0));
		Ok(())
	}

	#[benchmark]
	fn close_book() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let interval = Interval(START.0.saturating_add(1));
		let amount = T::MinPromise::get();
		Pallet::<T>::do_promise(owner.clone(), device, interval, interval, amount)?;
		let pay = T::Currency::minimum_balance();
		for shares in [Shares::ByWork, Shares::Equal] {
			Pallet::<T>::do_pay_in(owner.clone(), pool, interval, pay, shares)?;
		}
		Pallet::<T>::do_take_back(owner.clone(), device, interval, amount)?;
		now::<T>(interval.0.saturating_add(T::DeliveryLag::get()).saturating_add(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, interval);
		assert!(!Books::<T>::contains_key(pool, interval));
		Ok(())
	}

	#[benchmark]
	fn pay_in() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let interval = Interval(START.0.saturating_add(1));
		let amount = T::MinPromise::get();
		Pallet::<T>::do_promise(owner.clone(), device, interval, interval, amount)?;
		let pay = T::Currency::minimum_balance();
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, interval, pay, Shares::ByWork);
		assert_eq!(Books::<T>::get(pool, interval).map(|book| book.left), Some(pay));
		Ok(())
	}

	#[benchmark]
	fn propose() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		worked::<T>(pool, device);
		// All but one of the places are taken.
		let change = Change::Conditions(all_conditions::<T>(device, true)?);
		for number in 1..T::MaxProposals::get() {
			Proposals::<T>::insert(
				pool,
				u32::MAX.saturating_sub(number),
				ProposalOf::<T> {
					device: DeviceId(u32::MAX),
					by: owner.clone(),
					deposit: 0,
					change: change.clone(),
					period: 0,
					total: Units::ZERO,
					ayes: Units::ZERO,
					nays: Units::ZERO,
					ends: START,
				},
			);
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, change);
		assert!(Proposals::<T>::contains_key(pool, 0));
		Ok(())
	}

	#[benchmark]
	fn vote() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = proposed::<T>()?;
		Members::<T>::mutate(pool, device, |member| {
			if let Some(member) = member {
				for closed in 1..=T::MaxProposals::get() {
					let _ = member.voted.try_push(closed);
				}
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, 0, true);
		let weight = Units(1_000);
		last::<T>(Event::Voted { pool, proposal: 0, device, aye: true, weight });
		Ok(())
	}

	#[benchmark]
	fn close_proposal() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = proposed::<T>()?;
		Pallet::<T>::do_vote(owner.clone(), device, 0, true)?;
		now::<T>(START.0.saturating_add(T::VotingTime::get()).saturating_add(1));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, 0);
		last::<T>(Event::ProposalClosed { pool, proposal: 0, passed: true, quorum: true });
		Ok(())
	}

	#[benchmark]
	fn enact() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let change = Change::Conditions(all_conditions::<T>(device, true)?);
		Pending::<T>::insert(pool, PendingChange { change: change.clone(), from: START });
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool);
		last::<T>(Event::Enacted { pool, change });
		Ok(())
	}

	#[benchmark]
	fn stand() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = stood::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, device);
		assert!(Candidates::<T>::contains_key(pool, device));
		Ok(())
	}

	#[benchmark]
	fn stand_down() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = stood::<T>()?;
		Pallet::<T>::do_stand(owner.clone(), pool, device)?;
		lead::<T>(pool, device);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, device);
		assert!(!Candidates::<T>::contains_key(pool, device));
		Ok(())
	}

	#[benchmark]
	fn split(n: Linear<1, { T::MaxParts::get() }>) -> Result<(), BenchmarkError> {
		let (owner, pool, leader) = stood::<T>()?;
		Pallet::<T>::do_stand(owner.clone(), pool, leader)?;
		lead::<T>(pool, leader);
		let interval = Interval(START.0.saturating_add(1));
		let mut parts = BoundedVec::<(u32, DeviceId), T::MaxParts>::new();
		for chunk in 0..n {
			let member = device::<T>(&owner, u8::try_from(chunk).unwrap_or(200).saturating_add(2));
			T::Benchmarks::set_for_benchmark(member, START);
			Pallet::<T>::do_join(owner.clone(), pool, member)?;
			let amount = most::<T>(member)?;
			Pallet::<T>::do_promise(owner.clone(), member, interval, interval, amount)?;
			let _ = parts.try_push((chunk, member));
		}
		now::<T>(interval.0);
		let task = T::Dispatch::create_for_benchmark(CLASS, n);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pool, leader, task, parts.clone());
		for (_, member) in parts {
			assert!(Promises::<T>::get(member, interval).is_some_and(|p| p.led > Units::ZERO));
		}
		Ok(())
	}

	#[benchmark]
	fn delivered() -> Result<(), BenchmarkError> {
		let (owner, pool, device) = joined::<T>()?;
		let interval = Interval(START.0.saturating_add(1));
		let amount = most::<T>(device)?;
		Pallet::<T>::do_promise(owner, device, interval, interval, amount)?;
		let client = rich::<T>("client", 0);
		now::<T>(interval.0.saturating_add(1));
		#[block]
		{
			<Pallet<T> as DeliveredWork<T::AccountId>>::delivered(Delivery {
				device,
				client: &client,
				interval,
				work: MicroGpuHours(amount.0),
				carbon: MilligramsCo2(1_000),
				green: true,
				assigned: true,
			});
		}
		assert_eq!(Books::<T>::get(pool, interval).map(|book| book.delivered), Some(amount));
		Ok(())
	}

	#[benchmark]
	fn sweep_look() -> Result<(), BenchmarkError> {
		now::<T>(START.0);
		SweptUntil::<T>::put(START);
		#[block]
		{
			Pallet::<T>::sweep(&mut WeightMeter::new());
		}
		assert_eq!(SweptUntil::<T>::get(), START);
		Ok(())
	}

	#[benchmark]
	fn sweep_step() -> Result<(), BenchmarkError> {
		let at = Interval(1);
		for class in (0..100).map(ClassId) {
			Ledger::<T>::insert(at, class, LedgerEntry::default());
		}
		#[block]
		{
			Pallet::<T>::sweep_step(at, &mut WeightMeter::new());
		}
		assert_eq!(Ledger::<T>::iter_key_prefix(at).count(), 99);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
