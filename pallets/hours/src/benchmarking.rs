//! What the call and the sweep cost.

use frame_benchmarking::v2::*;
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::RawOrigin;
use pogcs_primitives::{
	traits::{HourClaims, HourLedger, IntervalClock},
	ClassId, Interval, MicroGpuHours,
};

use crate::*;

const CLASS: ClassId = ClassId(0);
/// The last interval of a span, and the first of the next.
const NOW: Interval = Interval(2 * SPAN - 1);
const NEXT: Interval = Interval(2 * SPAN);

/// Twice the least holding, so that half of it can be sent on.
fn amount<T: Config>() -> MicroGpuHours {
	let least = T::MinimumHolding::get();
	least.saturating_add(least)
}

fn mint<T: Config>(to: &T::AccountId) -> Result<(), BenchmarkError> {
	<Pallet<T> as HourClaims<T::AccountId>>::mint(CLASS, NEXT, to, amount::<T>())
		.map_err(|_| BenchmarkError::Stop("claims of the next interval can be made"))
}

/// The first interval in which claims of `NEXT` may be swept, and their totals closed.
fn much_later<T: Config>() -> Interval {
	let kept = T::Grace::get().saturating_add(T::TotalsKept::get());
	Interval(NEXT.0.saturating_add(kept).saturating_add(SPAN))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn transfer() -> Result<(), BenchmarkError> {
		let from: T::AccountId = whitelisted_caller();
		let to: T::AccountId = account("to", 0, 0);
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		mint::<T>(&from)?;
		mint::<T>(&to)?;
		let half = T::MinimumHolding::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(from.clone()), to, CLASS, NEXT, half);
		assert_eq!(<Pallet<T> as HourLedger<_>>::held(CLASS, NEXT, &from), half);
		Ok(())
	}

	#[benchmark]
	fn sweep_look() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(much_later::<T>(), [1; 32]);
		SweptUntil::<T>::put(Pallet::<T>::sweep_horizon());
		ClosedUntil::<T>::put(Pallet::<T>::totals_horizon());
		#[block]
		{
			Pallet::<T>::sweep_due(&mut WeightMeter::new());
		}
		assert_eq!(SweptUntil::<T>::get(), Pallet::<T>::sweep_horizon());
		Ok(())
	}

	/// Somebody holds claims of every interval of a span, as far ahead as claims are made.
	#[benchmark]
	fn sweep_step() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		for n in 0..100 {
			let holder = account("holder", n, 0);
			mint::<T>(&holder)?;
			for place in 1..SPAN.min(T::Horizon::get()) {
				let interval = Interval(NEXT.0.saturating_add(place));
				<Pallet<T> as HourClaims<T::AccountId>>::mint(
					CLASS,
					interval,
					&holder,
					amount::<T>(),
				)
				.map_err(|_| BenchmarkError::Stop("claims of this span can be made"))?;
			}
		}
		T::Clock::set_for_benchmark(much_later::<T>(), [1; 32]);
		#[block]
		{
			Pallet::<T>::sweep_span(NEXT);
		}
		assert_eq!(Holdings::<T>::iter_key_prefix((NEXT.0 / SPAN,)).count(), 99);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
