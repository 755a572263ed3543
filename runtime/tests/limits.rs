//! What one pallet's parameters take for granted of another's, which no pallet can see by itself.

mod support;

use codec::Encode;
use frame_support::{dispatch::GetDispatchInfo, traits::Get};
use pallet_devices::Config as Devices;
use pallet_energy::Config as Energy;
use pallet_hours::Config as Hours;
use pallet_oracle::Config as Oracle;
use pallet_pogcs::Config as Pogcs;
use pallet_pools::Config as Pools;
use pallet_tasks::Config as Tasks;
use pogcs_primitives::{
	records::{ClassRecord, PoolKind},
	traits::Places,
	units::GramsPerKwh,
	wire::READINGS,
	CellId, ClassId, DeviceId, Interval, MicroGpuHours, MilliWattHours,
};
use pogcs_runtime::{configs, genesis, Balances, Runtime, RuntimeCall, TransactionPayment};
use sp_core::{ed25519, Pair};
use sp_runtime::traits::Convert;

/// A constant counts in `u32`.
fn of<G: Get<u32>>() -> u32 {
	G::get()
}

fn kept() -> u32 {
	of::<<Runtime as Pogcs>::RandomnessHistory>()
}

#[test]
fn proof_should_find_its_energy_when_it_comes_at_the_last_moment() {
	let horizon = of::<<Runtime as Tasks>::MaxHorizon>();
	assert!(horizon < kept());
	assert!(of::<<Runtime as Energy>::Lock>() > horizon);
	assert!(of::<<Runtime as Pools>::DeliveryLag>() > horizon);
	assert!(of::<<Runtime as Energy>::Retention>() > of::<<Runtime as Energy>::Lock>());
	assert!(of::<<Runtime as Oracle>::HistoryLength>() >= of::<<Runtime as Energy>::Retention>());
}

#[test]
fn draw_should_find_its_randomness_when_it_comes_at_the_last_moment() {
	assert!(
		of::<<Runtime as Pools>::DrawWindow>() + of::<<Runtime as Pools>::DrawDelay>() < kept()
	);
}

#[test]
fn owner_should_still_be_there_when_a_spot_check_ends() {
	support::state(genesis::LOCAL).execute_with(|| {
		let blocks = u64::from(of::<<Runtime as Energy>::CheckBlocks>());
		let interval = pallet_pogcs::Parameters::<Runtime>::get().epoch_length;
		let notice = pallet_devices::Pallet::<Runtime>::parameters().terms.notice;
		assert!(u64::from(notice) * interval > blocks);
	});
	let notice = <Runtime as Devices>::DefaultParameters::get().terms.notice;
	assert!(notice > 4);
}

#[test]
fn promise_should_have_its_claims_when_it_is_as_far_ahead_as_can_be() {
	assert!(of::<<Runtime as Pools>::Horizon>() <= of::<<Runtime as Hours>::Horizon>());
	let least = MicroGpuHours(<Runtime as Pools>::MinPromise::get().0);
	assert!(least >= <Runtime as Hours>::MinimumHolding::get());
	let final_after =
		of::<<Runtime as Pools>::DeliveryLag>() + of::<<Runtime as Pools>::Retention>();
	assert!(of::<<Runtime as Hours>::Grace>() >= final_after);
}

#[test]
fn insurance_should_take_the_smallest_slash_when_the_chain_is_new() {
	support::state(genesis::LOCAL).execute_with(|| {
		assert!(Balances::free_balance(configs::InsuranceAccount::get()) > 0);
	});
}

#[test]
fn claims_should_differ_when_green_and_any_compute_of_a_class_are_sold() {
	let class = |kind, class| <Runtime as Pools>::ClaimClass::convert((kind, ClassId(class)));
	assert_eq!(class(PoolKind::Green, 7), Some(ClassId(7)));
	assert_eq!(class(PoolKind::Compute, 7), Some(ClassId(0x8007)));
	assert_eq!(class(PoolKind::Energy, 7), None);
	// No class of devices can be taken for another's claims.
	assert_eq!(class(PoolKind::Green, 0x8007), None);
	assert_eq!(class(PoolKind::Compute, 0x8007), None);
}

#[test]
fn capability_should_be_what_the_challenge_shows_when_an_interval_is_an_hour() {
	let record = |throughput| ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(0),
		storage: MilliWattHours(0),
		storage_efficiency: 0,
		throughput,
		max_draw: MilliWattHours(0),
	};
	let most = |throughput| <Runtime as Pools>::Capability::convert(record(throughput));
	// A class that does what the reference card does, 624 * 10^12 operations a second, delivers a
	// whole GPU-hour in an hour: 262,144 operations a leaf.
	support::from_patch(serde_json::json!({})).execute_with(|| {
		assert_eq!(most(2_380_371_093).0, 999_999);
		assert_eq!(most(2_380_371_094).0, 1_000_000);
		assert_eq!(most(0).0, 0);
	});
	support::state(genesis::LOCAL).execute_with(|| assert_eq!(most(50).0, 3_000));
}

#[test]
fn place_should_lie_in_its_ancestors_when_the_cell_is_real() {
	type H3 = <Runtime as Pools>::Places;
	let cell = CellId(0x08f3_8246_1621_20ab);
	assert_eq!(H3::resolution(cell), Some(15));
	let above = H3::ancestor(cell, 5).unwrap();
	assert_eq!(H3::resolution(above), Some(5));
	assert_eq!(H3::ancestor(above, 6), None);
	assert_eq!(H3::ancestor(cell, 16), None);
	assert_eq!(H3::resolution(CellId(1)), None);
}

#[test]
fn prepaid_report_should_not_be_cheaper_than_a_report_that_pays_its_fee() {
	support::state(genesis::LOCAL).execute_with(|| {
		let device = support::Device {
			pair: ed25519::Pair::from_seed(&[1; 32]),
			secret: pogcs_proof::Secret::from_entropy(&[1; 32]),
			id: DeviceId(u32::MAX),
			generation: [u32::MAX; READINGS],
			compute_draw: [u32::MAX; READINGS],
		};
		let report = device.report(Interval(u32::MAX));
		let signature = device.sign(&report);
		let call = RuntimeCall::from(pallet_energy::Call::report { report, signature });
		// An account, a signature and the extensions' data lie beside the call: 200 bytes at most.
		let length = u32::try_from(call.encoded_size()).unwrap() + 200;
		let fee = TransactionPayment::compute_fee(length, &call.get_dispatch_info(), 0);
		let prepaid = <<Runtime as Energy>::QuotaPrice as Get<u128>>::get();
		assert!(fee <= prepaid, "a report pays {fee}, a prepaid one {prepaid}");
		// Nor many times as dear: the quota is there to be used.
		assert!(prepaid <= 10 * fee, "a report pays {fee}, a prepaid one {prepaid}");
	});
}
