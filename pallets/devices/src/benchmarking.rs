//! What the calls cost.

use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate, MutateHold},
	EnsureOrigin, Get,
};
use frame_system::RawOrigin;
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::{IntervalClock, Validators},
	units::GramsPerKwh,
	wire::{consent_payload, MakerCertificate, PublicKey},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::{crypto::KeyTypeId, ed25519};
use sp_runtime::{traits::Zero, Saturating};

use crate::*;

const CLASS: ClassId = ClassId(0);
const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
/// A cell of resolution 15; its neighbours differ in the low digits.
const CELL: u64 = 0x8f65_2636_d876_620;

fn class() -> ClassRecord {
	ClassRecord { carbon: GramsPerKwh(41), max_generation: MilliWattHours(1_000_000_000) }
}

/// The `n`th cell around [`CELL`]: its last 12 digits are those of `n` in base 6.
fn nth_cell(mut n: u32) -> CellId {
	let mut digits = 0u64;
	for place in 0..12u32 {
		digits |= u64::from(n % 6) << (place * 3);
		n /= 6;
	}
	CellId((CELL & !0xf_ffff_ffff) | digits)
}

/// Makes an online device of class 0 without a deposit.
pub(crate) fn create<T: Config>(
	owner: &T::AccountId,
	key: PublicKey,
	commitment: Commitment,
) -> DeviceId {
	Classes::<T>::insert(CLASS, class());
	let maker = [1; 32];
	let name = NameOf::<T>::default();
	Makers::<T>::insert(maker, MakerRecord { name, active: true });
	T::Validators::create_for_benchmark(owner);
	Pallet::<T>::insert(DeviceRecordOf::<T> {
		owner: owner.clone(),
		key,
		maker,
		class: CLASS,
		cell: nth_cell(NextDevice::<T>::get().0),
		validator: owner.clone(),
		commitment,
		state: DeviceState::Online,
		deposit: Zero::zero(),
		since: Interval(0),
	})
	.expect("a benchmark makes few devices")
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	let amount = T::Deposit::get().saturating_mul(10u32.into());
	let amount = amount.saturating_add(T::Currency::minimum_balance());
	T::Currency::set_balance(&who, amount);
	who
}

fn sign(key: &ed25519::Public, message: &[u8]) -> [u8; 64] {
	sp_io::crypto::ed25519_sign(KEY_TYPE, key, message).expect("the key was just generated").0
}

fn last<T: Config>(event: Event<T>) {
	let event: <T as frame_system::Config>::RuntimeEvent = event.into();
	frame_system::Pallet::<T>::assert_last_event(event);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	fn force<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
		T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
	}

	#[benchmark]
	fn register_maker() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let name = NameOf::<T>::truncate_from(alloc::vec![b'm'; 1_024]);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, [7; 32], name.clone());
		last::<T>(Event::MakerRegistered { maker: [7; 32], name });
		Ok(())
	}

	#[benchmark]
	fn revoke_maker() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let name = NameOf::<T>::truncate_from(alloc::vec![b'm'; 1_024]);
		Makers::<T>::insert([7; 32], MakerRecord { name, active: true });
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, [7; 32]);
		last::<T>(Event::MakerRevoked { maker: [7; 32] });
		Ok(())
	}

	#[benchmark]
	fn set_class() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CLASS, class());
		assert_eq!(Classes::<T>::get(CLASS), Some(class()));
		Ok(())
	}

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let maker = sp_io::crypto::ed25519_generate(KEY_TYPE, None);
		let key = sp_io::crypto::ed25519_generate(KEY_TYPE, None);
		let name = NameOf::<T>::truncate_from(alloc::vec![b'm'; 1_024]);
		Makers::<T>::insert(maker.0, MakerRecord { name, active: true });
		Classes::<T>::insert(CLASS, class());
		T::Validators::create_for_benchmark(&owner);
		T::Clock::set_for_benchmark(Interval(10), [1; 32]);
		let commitment = Commitment([1; 32]);
		let certificate = MakerCertificate {
			maker: maker.0,
			device_key: key.0,
			class: CLASS,
			signature: sign(&maker, &MakerCertificate::signing_payload(&maker.0, &key.0, CLASS)),
		};
		let consent = sign(&key, &consent_payload(&Pallet::<T>::chain_id(), &owner, &commitment));
		#[extrinsic_call]
		_(
			RawOrigin::Signed(owner.clone()),
			certificate,
			CellId(CELL),
			owner.clone(),
			commitment,
			consent,
		);
		assert!(ByKey::<T>::contains_key(key.0));
		Ok(())
	}

	#[benchmark]
	fn bind() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let validator = rich::<T>("validator");
		let device = create::<T>(&owner, [2; 32], Commitment([2; 32]));
		T::Validators::create_for_benchmark(&validator);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, validator.clone());
		last::<T>(Event::Bound { device, validator });
		Ok(())
	}

	#[benchmark]
	fn set_state() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = create::<T>(&owner, [2; 32], Commitment([2; 32]));
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, DeviceState::Leaving);
		assert_eq!(Devices::<T>::get(device).map(|d| d.state), Some(DeviceState::Leaving));
		Ok(())
	}

	#[benchmark]
	fn deregister() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let device = create::<T>(&owner, [2; 32], Commitment([2; 32]));
		let deposit = T::Deposit::get();
		let reason = HoldReason::Registration.into();
		T::Currency::hold(&reason, &owner, deposit)
			.map_err(|_| BenchmarkError::Stop("the owner is rich"))?;
		Devices::<T>::mutate(device, |record| {
			if let Some(record) = record {
				record.state = DeviceState::Leaving;
				record.deposit = deposit;
			}
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		assert!(!Devices::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn suspend() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let owner = rich::<T>("owner");
		let device = create::<T>(&owner, [2; 32], Commitment([2; 32]));
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, device, SuspensionReason::CompromisedKey);
		assert!(Suspensions::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn reinstate() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let owner = rich::<T>("owner");
		let device = create::<T>(&owner, [2; 32], Commitment([2; 32]));
		Pallet::<T>::do_suspend(device, SuspensionReason::CompromisedKey)
			.map_err(|_| BenchmarkError::Stop("the device exists"))?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, device);
		last::<T>(Event::Reinstated { device });
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
