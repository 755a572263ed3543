//! Benchmarks of the pallet's calls.

use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Mutate, Get};
use frame_system::RawOrigin;
use pogcs_primitives::Interval;
use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_runtime::{
	traits::{One, Saturating},
	Digest, DigestItem,
};

use super::*;

fn funded<T: Config>() -> T::AccountId {
	let who = whitelisted_caller();
	let amount = T::MinStake::get().saturating_mul(100u32.into());
	T::Currency::set_balance(&who, amount.saturating_add(BalanceOf::<T>::one()));
	who
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn bond() {
		let who = funded::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), T::MinStake::get());
		assert!(Validators::<T>::contains_key(&who));
	}

	#[benchmark]
	fn unbond() -> Result<(), BenchmarkError> {
		let who = funded::<T>();
		Pallet::<T>::do_bond(who.clone(), T::MinStake::get().saturating_mul(2u32.into()))?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), T::MinStake::get());
		assert_eq!(Validators::<T>::get(&who).map(|v| v.unlocking.len()), Some(1));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let who = funded::<T>();
		Pallet::<T>::do_bond(who.clone(), T::MinStake::get())?;
		Pallet::<T>::do_unbond(who.clone(), T::MinStake::get())?;
		CurrentInterval::<T>::put(Interval(T::UnbondingEpochs::get()));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Validators::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn return_to_duty() -> Result<(), BenchmarkError> {
		let who = funded::<T>();
		Pallet::<T>::do_bond(who.clone(), T::MinStake::get())?;
		Validators::<T>::mutate(&who, |entry| {
			if let Some(validator) = entry {
				validator.duty = Duty::Absent;
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		let duty = Validators::<T>::get(&who).map(|validator| validator.duty);
		assert_eq!(duty, Some(Duty::Back(CurrentInterval::<T>::get())));
		Ok(())
	}

	#[benchmark]
	fn declare_maintenance() -> Result<(), BenchmarkError> {
		let who = funded::<T>();
		Pallet::<T>::do_bond(who.clone(), T::MinStake::get())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Interval(2), 1);
		assert!(Validators::<T>::get(&who).is_some_and(|v| v.is_in_maintenance(Interval(2))));
		Ok(())
	}

	#[benchmark]
	fn cancel_maintenance() -> Result<(), BenchmarkError> {
		let who = funded::<T>();
		Pallet::<T>::do_bond(who.clone(), T::MinStake::get())?;
		Pallet::<T>::do_declare_maintenance(who.clone(), Interval(2), 1)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(Validators::<T>::get(&who).is_some_and(|v| v.maintenance.is_none()));
		Ok(())
	}

	#[benchmark]
	fn on_block() {
		let claim =
			Claim { authority: 0, slot: 1, vrf: VrfOutput { pre_output: [1; 32], proof: [0; 64] } };
		let item =
			DigestItem::PreRuntime(ENGINE_ID, codec::Encode::encode(&PreDigest::Fallback(claim)));
		frame_system::Pallet::<T>::initialize(
			&One::one(),
			&Default::default(),
			&Digest { logs: alloc::vec![item] },
		);
		#[block]
		{
			Pallet::<T>::open_block();
			Pallet::<T>::close_block();
		}
		assert_eq!(CurrentSlot::<T>::get(), 1);
	}
}
