//! What the calls and the steps of the sweep cost.

use alloc::{boxed::Box, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Balanced, Inspect},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use pogcs_geo::{Cell, Resolution};
use pogcs_primitives::{
	batch::{climb, Node, Step, MAX_DEPTH},
	ledger::Stored,
	records::{BatteryRecord, EnergyRecord},
	traits::{Devices, GridOracle, IntervalClock},
	units::GramsPerKwh,
	wire::EnergyReport,
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours, MilligramsCo2, WattHours,
	ZoneId,
};
use sp_core::{crypto::KeyTypeId, ed25519};
use sp_io::hashing::blake2_256;
use sp_runtime::{
	traits::{Convert, One, Saturating},
	SaturatedConversion,
};

use crate::*;

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
const ROOT: Commitment = Commitment([1; 32]);
const NOW: Interval = Interval(10);
const AT: Interval = Interval(9);

fn mwh(value: u64) -> MilliWattHours {
	MilliWattHours(value)
}

/// An account with enough for everything here.
fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	// A deposit for the largest batch and for all the rest, and as much again to stay alive.
	let deposits = [
		T::HoldingDeposit::get(),
		T::RetirementDeposit::get(),
		T::QuotaDeposit::get(),
		T::BatchDeposit::get(),
		T::Currency::minimum_balance(),
	];
	let each = deposits.into_iter().fold(
		T::DepositPerReport::get().saturating_mul(T::MaxBatch::get().saturated_into()),
		|sum, part| sum.saturating_add(part),
	);
	let quota = T::QuotaPrice::get().saturating_mul(T::MaxQuota::get().saturated_into());
	let all = each.saturating_add(quota).saturating_mul(4u32.into());
	let paid = T::Currency::issue(all);
	assert!(T::Currency::resolve(&who, paid).is_ok(), "the account is new");
	who
}

/// A device whose key is in the keystore, in the last interval that is over.
fn device<T: Config>(owner: &T::AccountId) -> (DeviceId, ed25519::Public) {
	let key = sp_io::crypto::ed25519_generate(KEY_TYPE, None);
	let device = T::Devices::create_for_benchmark(owner, key.0, ROOT);
	T::Clock::set_for_benchmark(NOW, [1; 32]);
	(device, key)
}

/// The dearest report: its battery gives and takes, and compute draws from everything. It generates
/// nothing, since it may be night where the device stands.
fn metered<T: Config>(device: DeviceId) -> EnergyReport {
	// Of the cells about it, the largest is in a zone: it is looked for last.
	let about = T::Devices::device(device)
		.and_then(|info| Cell::new(info.cell)?.parent(Resolution::COARSEST));
	if let Some(about) = about {
		Zones::<T>::insert(about.id(), ZoneId(8));
		T::Grid::set_for_benchmark(ZoneId(8), AT, GramsPerKwh(500));
	}
	Batteries::<T>::insert(
		device,
		BatteryRecord {
			stored: Stored { level: mwh(90), green: mwh(50), carbon: MilligramsCo2(10) },
			through: Interval(8),
		},
	);
	EnergyReport {
		device,
		interval: AT,
		generation: mwh(0),
		storage_in: mwh(0),
		storage_out: mwh(40),
		grid_import: mwh(100),
		grid_export: mwh(0),
		compute_draw: mwh(60),
		green_supply: mwh(20),
		green_draw: mwh(10),
		root: ROOT,
	}
}

fn sign<T: Config>(
	report: &EnergyReport,
	key: &ed25519::Public,
) -> Result<[u8; 64], BenchmarkError> {
	let payload = report.signing_payload(&Pallet::<T>::chain_id());
	let signature = sp_io::crypto::ed25519_sign(KEY_TYPE, key, &payload)
		.ok_or(BenchmarkError::Stop("the key was just generated"))?;
	Ok(signature.0)
}

/// The longest path to a report. Everything to its right is made up and fills no place, so that every
/// draw falls on this report.
fn opening<T: Config>(
	report: EnergyReport,
	key: &ed25519::Public,
) -> Result<(Opening, Node), BenchmarkError> {
	let signature = sign::<T>(&report, key)?;
	let leaf = Node::leaf(&report, &signature, blake2_256);
	let mut path = Path::default();
	for step in 1..=MAX_DEPTH {
		let id = DeviceId(report.device.0.saturating_add(step));
		let node = Node { first: id, last: id, count: 0, generation: mwh(0), ..leaf };
		path.try_push(Step { left: false, node })
			.map_err(|_| BenchmarkError::Stop("as long as may be"))?;
	}
	let shown = climb(leaf, &path, blake2_256).ok_or(BenchmarkError::Stop("in order"))?;
	Ok((Opening { report, signature, path }, shown.root))
}

fn record(green_draw: u64) -> EnergyRecord {
	EnergyRecord {
		generation: mwh(4_000),
		compute_draw: mwh(10_000),
		green_supply: mwh(green_draw),
		green_draw: mwh(green_draw),
		root: ROOT,
		available: mwh(green_draw),
		carbon: MilligramsCo2(1),
		cell: CellId(0),
	}
}

/// Puts a report on record of which panel, battery and compute each leave something.
fn insert<T: Config>(device: DeviceId, at: Interval) -> Result<(), BenchmarkError> {
	let surplus = Surplus { production: mwh(2_500), storage: mwh(3_500) };
	let sums = Totals {
		reports: 1,
		generation: mwh(4_000),
		compute_draw: mwh(10_000),
		green: mwh(8_000),
		surplus: mwh(6_000),
		released: mwh(10_000),
		kept: mwh(0),
		carbon: MilligramsCo2(1),
		..Totals::default()
	};
	Pallet::<T>::insert(device, at, record(8_000), surplus, &sums)?;
	Ok(())
}

/// Makes certificates for `owner` without a report.
fn certified<T: Config>(
	owner: &T::AccountId,
	amount: u64,
) -> Result<CertificateId, BenchmarkError> {
	let id = CertificateId { device: DeviceId(1), interval: AT, source: Source::Production };
	T::Clock::set_for_benchmark(NOW, [1; 32]);
	let certificate = CertificateRecord {
		class: ClassId(0),
		cell: CellId(0),
		carbon: GramsPerKwh(1),
		expires: Interval(20),
		issued: WattHours(amount),
		held: WattHours(amount),
		retired: WattHours(0),
		expired: WattHours(0),
	};
	Certificates::<T>::insert(id, certificate);
	AllCertificates::<T>::mutate(|all| {
		all.issued = all.issued.saturating_add(WattHours(amount));
		all.held = all.held.saturating_add(WattHours(amount));
	});
	Pallet::<T>::give(id, owner, owner, WattHours(amount))?;
	Ok(id)
}

/// When the search for randomness is longest: only the last interval that can draw has some.
fn last_to_draw() -> Interval {
	Interval(NOW.0.saturating_add(1).saturating_add(batch_impls::MOST_SKIPPED))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn report() -> Result<(), BenchmarkError> {
		let payer: T::AccountId = whitelisted_caller();
		let (device, key) = device::<T>(&payer);
		let metered = metered::<T>(device);
		let signature = sign::<T>(&metered, &key)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(payer), metered, signature);
		assert!(Reports::<T>::contains_key(device, AT));
		Ok(())
	}

	#[benchmark]
	fn report_prepaid() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (device, key) = device::<T>(&owner);
		Pallet::<T>::do_buy_quota(owner, device, 1)?;
		let metered = metered::<T>(device);
		let own = T::DeviceAccount::convert(key.0);
		#[extrinsic_call]
		_(RawOrigin::Signed(own), metered);
		assert!(Reports::<T>::contains_key(device, AT));
		Ok(())
	}

	#[benchmark]
	fn buy_quota() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (device, _) = device::<T>(&owner);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device, 1);
		assert!(Quotas::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn close_quota() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (device, _) = device::<T>(&owner);
		Pallet::<T>::do_buy_quota(owner.clone(), device, 1)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), device);
		assert!(!Quotas::<T>::contains_key(device));
		Ok(())
	}

	#[benchmark]
	fn forget() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (registered, _) = device::<T>(&owner);
		Pallet::<T>::do_buy_quota(owner.clone(), registered, 1)?;
		metered::<T>(registered);
		// As though it had left: a device that the registry does not know.
		let gone = DeviceId(u32::MAX);
		Batteries::<T>::insert(gone, Batteries::<T>::take(registered).unwrap_or_default());
		if let Some(quota) = Quotas::<T>::take(registered) {
			Quotas::<T>::insert(gone, quota);
		}
		// What is in the battery went into it.
		SweptTotals::<T>::mutate(|all| all.kept = mwh(50));
		SweptTotals::<T>::mutate(|all| {
			(all.generation, all.charged) = (mwh(50), mwh(50));
		});
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), gone);
		assert!(!Quotas::<T>::contains_key(gone));
		Ok(())
	}

	#[benchmark]
	fn submit_batch() -> Result<(), BenchmarkError> {
		let leader = rich::<T>("leader");
		let (device, key) = device::<T>(&leader);
		let (_, root) = opening::<T>(metered::<T>(device), &key)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(leader), AT, root);
		assert_eq!(Batches::<T>::iter().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn show_batch() -> Result<(), BenchmarkError> {
		let leader = rich::<T>("leader");
		let (device, key) = device::<T>(&leader);
		let (opening, root) = opening::<T>(metered::<T>(device), &key)?;
		Pallet::<T>::do_submit_batch(leader.clone(), AT, root)?;
		let openings: Vec<_> = (0..T::Checks::get()).map(|_| opening.clone()).collect();
		let openings =
			openings.try_into().map_err(|_| BenchmarkError::Stop("as many as are drawn"))?;
		T::Clock::set_for_benchmark(last_to_draw(), [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(leader), 0, openings);
		let state = Batches::<T>::get(0).map(|batch| batch.state);
		assert_eq!(state, Some(BatchState::Sound));
		Ok(())
	}

	#[benchmark]
	fn open_report() -> Result<(), BenchmarkError> {
		let leader = rich::<T>("leader");
		let (device, key) = device::<T>(&leader);
		let (opening, root) = opening::<T>(metered::<T>(device), &key)?;
		Pallet::<T>::do_submit_batch(leader.clone(), AT, root)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(leader), 0, Box::new(opening));
		assert!(Reports::<T>::contains_key(device, AT));
		Ok(())
	}

	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (device, _) = device::<T>(&owner);
		insert::<T>(device, AT)?;
		let after = AT.0.saturating_add(T::Lock::get()).saturating_add(1);
		T::Clock::set_for_benchmark(Interval(after), [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), device, AT);
		assert_eq!(Holdings::<T>::iter_prefix(owner).count(), 2);
		Ok(())
	}

	#[benchmark]
	fn transfer() -> Result<(), BenchmarkError> {
		let (owner, buyer) = (rich::<T>("owner"), rich::<T>("buyer"));
		let id = certified::<T>(&owner, 10)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id, buyer.clone(), WattHours(10));
		assert!(Holdings::<T>::contains_key(buyer, id));
		Ok(())
	}

	#[benchmark]
	fn retire() -> Result<(), BenchmarkError> {
		let (owner, buyer) = (rich::<T>("owner"), rich::<T>("buyer"));
		let id = certified::<T>(&owner, 10)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id, WattHours(10), buyer.clone(), [1; 32]);
		assert_eq!(Retirements::<T>::iter_prefix(buyer).count(), 1);
		Ok(())
	}

	#[benchmark]
	fn forget_retirement() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let id = certified::<T>(&owner, 10)?;
		Pallet::<T>::do_retire(owner.clone(), id, WattHours(10), owner.clone(), [1; 32])?;
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), owner.clone(), 0);
		assert_eq!(Retirements::<T>::iter_prefix(owner).count(), 0);
		Ok(())
	}

	#[benchmark]
	fn expire() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let id = certified::<T>(&owner, 10)?;
		T::Clock::set_for_benchmark(Interval(21), [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), id, owner.clone());
		assert!(!Holdings::<T>::contains_key(owner, id));
		Ok(())
	}

	#[benchmark]
	fn set_zone() -> Result<(), BenchmarkError> {
		let origin =
			T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let cell = CellId(0x801ffffffffffff);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, cell, Some(ZoneId(8)));
		assert_eq!(Zones::<T>::get(cell), Some(ZoneId(8)));
		Ok(())
	}

	#[benchmark]
	fn sweep_look() -> Result<(), BenchmarkError> {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		SweptUntil::<T>::put(NOW);
		#[block]
		{
			Pallet::<T>::sweep(&mut WeightMeter::new());
		}
		assert_eq!(SweptUntil::<T>::get(), NOW);
		Ok(())
	}

	#[benchmark]
	fn sweep_step() -> Result<(), BenchmarkError> {
		let at = Interval(1);
		T::Clock::set_for_benchmark(Interval(T::Retention::get().saturating_add(2)), [1; 32]);
		SweptUntil::<T>::put(at);
		for device in 0..100 {
			insert::<T>(DeviceId(device), at)?;
		}
		let mut one = WeightMeter::with_limit(T::WeightInfo::sweep_step());
		#[block]
		{
			Pallet::<T>::sweep_interval(at, &mut one);
		}
		assert_eq!(Reporters::<T>::iter_key_prefix(at).count(), 99);
		Ok(())
	}

	/// Voiding, which is dearer than removing.
	#[benchmark]
	fn sweep_batch() -> Result<(), BenchmarkError> {
		let leader = rich::<T>("leader");
		let (device, key) = device::<T>(&leader);
		let (_, root) = opening::<T>(metered::<T>(device), &key)?;
		Pallet::<T>::do_submit_batch(leader, AT, root)?;
		let due = Batches::<T>::get(0).map(|batch| batch.due).unwrap_or_default();
		frame_system::Pallet::<T>::set_block_number(due.saturating_add(One::one()));
		T::Clock::set_for_benchmark(last_to_draw(), [1; 32]);
		#[block]
		{
			Pallet::<T>::sweep_batches(&mut WeightMeter::new());
		}
		assert_eq!(Batches::<T>::iter().count(), 0);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
