//! What the calls and the hook cost.

use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity, Reading},
	traits::IntervalClock,
	units::GramsPerKwh,
	Interval, ZoneId,
};
use sp_runtime::{DispatchError, Saturating};

use crate::*;

const ZONE: ZoneId = ZoneId(9);
const FEED: FeedId = FeedId { zone: ZONE, quantity: Quantity::Carbon };
const EUR: CurrencyCode = CurrencyCode(*b"EUR");
const NOW: Interval = Interval(1_000);

/// A call that a benchmark prepares with may not fail.
fn sure<R>(result: Result<R, impl Into<DispatchError>>) -> Result<R, BenchmarkError> {
	result.map_err(|_| BenchmarkError::Stop("what a benchmark prepares is sound"))
}

fn force<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

/// The longest name.
fn name<T: Config>() -> NameOf<T> {
	NameOf::<T>::truncate_from(alloc::vec![b'n'; 1_024])
}

fn policy<T: Config>() -> Policy {
	Policy {
		least: Level(0),
		most: Level(1_000),
		max_step: Distance(50),
		tolerance: Distance(20),
		quorum: T::MinQuorum::get(),
		jump_quorum: T::MinQuorum::get().saturating_add(1),
		staleness: T::MaxStaleness::get(),
	}
}

fn reading(grams: u32) -> Reading {
	Reading::Carbon(GramsPerKwh(grams))
}

/// A zone with one feed, in an interval before which everything is settled.
fn zone<T: Config>() -> Result<(), BenchmarkError> {
	T::Clock::set_for_benchmark(NOW, [1; 32]);
	SettledUntil::<T>::put(NOW);
	sure(Pallet::<T>::do_set_zone(ZONE, name::<T>(), EUR))?;
	sure(Pallet::<T>::do_set_feed(FEED, policy::<T>()))
}

/// A bonded feeder.
fn feeder<T: Config>(n: u32) -> Result<T::AccountId, BenchmarkError> {
	let who: T::AccountId = account("feeder", n, 0);
	let amount = T::Bond::get().saturating_mul(10u32.into());
	T::Currency::set_balance(&who, amount.saturating_add(T::Currency::minimum_balance()));
	sure(Pallet::<T>::do_admit(who.clone(), name::<T>()))?;
	sure(Pallet::<T>::do_bond(who.clone()))?;
	Ok(who)
}

/// A bonded feeder with a seat.
fn seated<T: Config>(n: u32) -> Result<T::AccountId, BenchmarkError> {
	let who = feeder::<T>(n)?;
	sure(Pallet::<T>::do_assign(FEED, who.clone()))?;
	Ok(who)
}

/// `n` feeders with seats, each with a score that the next submission changes, who have submitted
/// this interval.
fn submitted<T: Config>(n: u32) -> Result<(), BenchmarkError> {
	for k in 0..n {
		let who = seated::<T>(k)?;
		Seats::<T>::insert(FEED, &who, Seat { score: 1, suspicion: None });
		let post = Pallet::<T>::do_submit(who, ZONE, T::Clock::current(), reading(100));
		post.map_err(|_| BenchmarkError::Stop("a feeder may submit"))?;
	}
	Ok(())
}

fn suspend<T: Config>(who: &T::AccountId) {
	let suspicion = Some(Suspicion { since: Interval(0), cause: Cause::Accused });
	Seats::<T>::insert(FEED, who, Seat { score: 0, suspicion });
}

fn last<T: Config>(event: Event<T>) {
	let event: <T as frame_system::Config>::RuntimeEvent = event.into();
	frame_system::Pallet::<T>::assert_last_event(event);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn set_zone() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, ZONE, name::<T>(), EUR);
		assert!(Zones::<T>::contains_key(ZONE));
		Ok(())
	}

	#[benchmark]
	fn remove_zone() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		sure(Pallet::<T>::do_set_zone(ZONE, name::<T>(), EUR))?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, ZONE);
		last::<T>(Event::ZoneRemoved { zone: ZONE });
		Ok(())
	}

	#[benchmark]
	fn set_feed() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		sure(Pallet::<T>::do_set_zone(ZONE, name::<T>(), EUR))?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED, policy::<T>());
		last::<T>(Event::FeedSet { feed: FEED, policy: policy::<T>() });
		Ok(())
	}

	#[benchmark]
	fn close_feed() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		zone::<T>()?;
		submitted::<T>(T::MaxSeats::get())?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED);
		last::<T>(Event::FeedClosed { feed: FEED });
		Ok(())
	}

	#[benchmark]
	fn admit() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let who: T::AccountId = account("feeder", 0, 0);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, who.clone(), name::<T>());
		last::<T>(Event::Admitted { feeder: who, name: name::<T>() });
		Ok(())
	}

	#[benchmark]
	fn assign() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		zone::<T>()?;
		let who = feeder::<T>(0)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED, who.clone());
		last::<T>(Event::Assigned { feed: FEED, feeder: who });
		Ok(())
	}

	#[benchmark]
	fn unassign() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		zone::<T>()?;
		submitted::<T>(T::MaxSeats::get())?;
		let who: T::AccountId = account("feeder", 0, 0);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED, who.clone());
		last::<T>(Event::Unassigned { feed: FEED, feeder: who });
		Ok(())
	}

	#[benchmark]
	fn accuse() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		zone::<T>()?;
		submitted::<T>(T::MaxSeats::get())?;
		let who: T::AccountId = account("feeder", 0, 0);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED, who.clone());
		last::<T>(Event::Suspended { feed: FEED, feeder: who, cause: Cause::Accused });
		Ok(())
	}

	#[benchmark]
	fn judge() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		zone::<T>()?;
		let who = seated::<T>(0)?;
		suspend::<T>(&who);
		let insurance = T::Insurance::get();
		T::Currency::set_balance(&insurance, T::Currency::minimum_balance());
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, FEED, who.clone(), T::MaxSlash::get());
		let amount = T::MaxSlash::get().mul_ceil(T::Bond::get());
		last::<T>(Event::Slashed { feed: FEED, feeder: who, amount });
		Ok(())
	}

	#[benchmark]
	fn bond() -> Result<(), BenchmarkError> {
		let who: T::AccountId = account("feeder", 0, 0);
		let amount = T::Bond::get().saturating_mul(10u32.into());
		T::Currency::set_balance(&who, amount.saturating_add(T::Currency::minimum_balance()));
		sure(Pallet::<T>::do_admit(who.clone(), name::<T>()))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		last::<T>(Event::Bonded { feeder: who, amount: T::Bond::get(), bond: T::Bond::get() });
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		let who = feeder::<T>(0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		let standing = Feeders::<T>::get(who).map(|feeder| feeder.standing);
		assert!(matches!(standing, Some(Standing::Leaving { .. })));
		Ok(())
	}

	#[benchmark]
	fn withdraw(n: Linear<0, { T::MaxFeeds::get() }>) -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		let who = feeder::<T>(0)?;
		for k in 0..n {
			// One zone is enough for two feeds; the limit on zones may be low.
			let id =
				u16::try_from(k / 2).map_err(|_| BenchmarkError::Stop("a feeder has few feeds"))?;
			let quantity = if k % 2 == 0 { Quantity::Carbon } else { Quantity::Price };
			let feed = FeedId { zone: ZoneId(id.saturating_add(1_000)), quantity };
			sure(Pallet::<T>::do_set_zone(feed.zone, name::<T>(), EUR))?;
			sure(Pallet::<T>::do_set_feed(feed, policy::<T>()))?;
			sure(Pallet::<T>::do_assign(feed, who.clone()))?;
		}
		sure(Pallet::<T>::do_leave(who.clone()))?;
		let then = Interval(NOW.0.saturating_add(T::Notice::get()));
		T::Clock::set_for_benchmark(then, [1; 32]);
		SettledUntil::<T>::put(then);
		let caller: T::AccountId = whitelisted_caller();
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), who.clone());
		last::<T>(Event::Withdrawn { feeder: who, amount: T::Bond::get() });
		Ok(())
	}

	#[benchmark]
	fn submit() -> Result<(), BenchmarkError> {
		zone::<T>()?;
		submitted::<T>(T::MaxSeats::get().saturating_sub(1))?;
		let who = seated::<T>(T::MaxSeats::get())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who), ZONE, NOW, reading(100));
		let round = Rounds::<T>::get(NOW, FEED);
		assert_eq!(u32::try_from(round.len()), Ok(T::MaxSeats::get()));
		Ok(())
	}

	#[benchmark]
	fn resume() -> Result<(), BenchmarkError> {
		zone::<T>()?;
		let who = seated::<T>(0)?;
		suspend::<T>(&who);
		let late = Interval(NOW.0.saturating_add(T::DecisionPeriod::get()));
		T::Clock::set_for_benchmark(late, [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), FEED);
		last::<T>(Event::Reinstated { feed: FEED, feeder: who });
		Ok(())
	}

	#[benchmark]
	fn settle_look() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		SettledUntil::<T>::put(Interval(NOW.0.saturating_sub(1)));
		#[block]
		{
			Pallet::<T>::settle_due(&mut WeightMeter::new());
		}
		assert_eq!(SettledUntil::<T>::get(), NOW);
		Ok(())
	}

	#[benchmark]
	fn settle_round(n: Linear<1, { T::MaxSeats::get() }>) -> Result<(), BenchmarkError> {
		zone::<T>()?;
		submitted::<T>(n)?;
		T::Clock::set_for_benchmark(Interval(NOW.0.saturating_add(1)), [1; 32]);
		#[block]
		{
			Pallet::<T>::settle_round(NOW, FEED);
		}
		assert!(!Rounds::<T>::contains_key(NOW, FEED));
		Ok(())
	}

	#[benchmark]
	fn sweep_step() -> Result<(), BenchmarkError> {
		zone::<T>()?;
		submitted::<T>(T::MaxSeats::get())?;
		sure(Pallet::<T>::do_close_feed(FEED))?;
		#[block]
		{
			assert!(Pallet::<T>::sweep_step(FEED));
		}
		let seats = Seats::<T>::iter_key_prefix(FEED).count();
		assert_eq!(u32::try_from(seats), Ok(T::MaxSeats::get().saturating_sub(1)));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
