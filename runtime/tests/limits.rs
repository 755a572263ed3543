//! What one pallet's parameters take for granted of another's, which no pallet can see by itself.

mod support;

use codec::{Encode, MaxEncodedLen};
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{Get, StorageInfo, StorageInfoTrait},
	weights::Weight,
};
use pallet_credentials::Config as Credentials;
use pallet_devices::Config as Devices;
use pallet_energy::Config as Energy;
use pallet_hours::Config as Hours;
use pallet_market::{Config as Market, WeightInfo as _};
use pallet_oracle::Config as Oracle;
use pallet_pogcs::Config as Pogcs;
use pallet_pools::Config as Pools;
use pallet_tasks::{Config as Tasks, Requirement, Work};
use pogcs_primitives::{
	contracts::Pace,
	records::{ClassRecord, PoolKind},
	traits::Places,
	units::GramsPerKwh,
	wire::READINGS,
	CellId, ClassId, DeviceId, Interval, MicroGpuHours, MilliWattHours,
};
use pogcs_runtime::{configs, genesis, token, Balances, Runtime, RuntimeCall, TransactionPayment};
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
	support::from_patch(serde_json::json!({})).execute_with(|| {
		let least = MicroGpuHours(<Runtime as Pools>::MinPromise::get().0);
		assert!(least >= <Runtime as Hours>::MinimumHolding::get());
	});
	let final_after =
		of::<<Runtime as Pools>::DeliveryLag>() + of::<<Runtime as Pools>::Retention>();
	assert!(of::<<Runtime as Hours>::Grace>() >= final_after);
}

#[test]
fn owner_should_have_room_for_every_credential_that_a_pool_asks_for() {
	let room = of::<<Runtime as Credentials>::MaxCredentials>();
	assert!(room >= of::<<Runtime as Pools>::MaxConditions>());
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

/// As far ahead as a book is open, at the beginning of a day: the rest of this one and all that follow.
fn reach() -> u32 {
	of::<<Runtime as Market>::IntervalsPerDay>() * (of::<<Runtime as Market>::Days>() + 1)
}

#[test]
fn hours_should_be_sold_and_bought_as_far_ahead_as_they_are_promised() {
	assert!(reach() <= of::<<Runtime as Hours>::Horizon>());
	assert!(of::<<Runtime as Pools>::Horizon>() <= reach());
	assert!(of::<<Runtime as Tasks>::MaxAhead>() <= reach());
	// A search covers any contract.
	let days = of::<<Runtime as Market>::Days>() * of::<<Runtime as Market>::IntervalsPerDay>();
	assert!(of::<<Runtime as Tasks>::MaxSpan>() <= days);
	// A book is as many items of a buyer's holdings as it has days.
	assert_eq!(of::<<Runtime as Market>::IntervalsPerDay>(), pallet_hours::SPAN);
}

#[test]
fn every_hour_that_is_sold_should_fit_a_member_whatever_the_length_of_an_interval() {
	let holds = || {
		let chunk = <<Runtime as Tasks>::MaxChunkWork as Get<MicroGpuHours>>::get();
		let promise = MicroGpuHours(<Runtime as Pools>::MinPromise::get().0);
		assert!(chunk <= promise, "{chunk:?} is asked for of who promised {promise:?}");
		let least = <<Runtime as Market>::LeastHours as Get<MicroGpuHours>>::get();
		// Or the largest chunk could not be bought, or its hours not be held.
		assert!(least <= chunk);
		assert_eq!(least, <Runtime as Hours>::MinimumHolding::get());
	};
	support::from_patch(serde_json::json!({})).execute_with(holds);
	support::state(genesis::LOCAL).execute_with(|| {
		holds();
		// The model that a development chain begins with can be asked for.
		let work = pallet_tasks::Models::<Runtime>::get(0).unwrap().work;
		assert!(work <= <<Runtime as Tasks>::MaxChunkWork as Get<MicroGpuHours>>::get());
	});
}

#[test]
fn work_should_be_counted_by_the_pool_as_long_as_a_contract_takes_it() {
	let taken = of::<<Runtime as Tasks>::ResultTime>();
	assert!(taken < of::<<Runtime as Pools>::DeliveryLag>());
	assert!(taken < of::<<Runtime as Energy>::Lock>());
	assert!(taken < kept());
	assert!(of::<<Runtime as Tasks>::OpenTime>() < taken);
}

#[test]
fn what_was_sold_and_asked_for_should_be_known_when_the_last_promise_is_settled() {
	let ledger = of::<<Runtime as Pools>::DeliveryLag>() + of::<<Runtime as Pools>::Retention>();
	let sold = of::<<Runtime as Market>::Retention>();
	assert!(sold >= ledger);
	// What is forgotten of what was asked for counts as not asked for.
	assert!(of::<<Runtime as Tasks>::RefundTime>() > sold);
	assert!(of::<<Runtime as Tasks>::RefundTime>() >= ledger);
}

#[test]
fn claims_should_have_room_for_the_locks_of_every_pallet_that_locks() {
	// Contracts and resting orders.
	assert!(of::<<Runtime as Hours>::MaxLocks>() >= 2);
}

#[test]
fn bond_should_cost_no_less_than_a_missed_hour() {
	let bond: u128 = <<Runtime as Tasks>::BondPerGpuHour as Get<u128>>::get();
	assert!(bond >= <<Runtime as Pools>::MaxPenalty as Get<u128>>::get());
	assert!(<<Runtime as Market>::OrderDeposit as Get<u128>>::get() >= token::MILLI);
}

#[test]
fn market_should_take_the_smallest_payment_when_the_chain_is_new() {
	let exists = || assert!(Balances::free_balance(configs::MarketAccount::get()) > 0);
	support::state(genesis::LOCAL).execute_with(exists);
	// A pool's least price can be met under the terms of a development chain.
	support::state(genesis::LOCAL).execute_with(|| {
		let most = <<Runtime as Pools>::MaxReservePrice as Get<u128>>::get();
		assert!(pallet_market::Classes::<Runtime>::iter().count() > 0);
		for (_, record) in pallet_market::Classes::<Runtime>::iter() {
			assert!(record.terms.max_price >= most);
		}
	});
}

/// The bytes of an entry of a storage item, its key included.
fn entry(infos: Vec<StorageInfo>, name: &str) -> u32 {
	let info = infos.into_iter().find(|info| info.storage_name == name.as_bytes());
	info.expect("a storage item of that name").max_size.expect("it is bounded")
}

#[test]
fn deposits_should_cover_what_is_stored() {
	let market = pallet_market::Pallet::<Runtime>::storage_info;
	let tasks = pallet_tasks::Pallet::<Runtime>::storage_info;
	let covers = |what: &str, deposit: u128, items: u32, bytes: u32| {
		let cost = token::deposit(items, bytes);
		assert!(deposit >= cost, "{what} costs {cost}, on hold are {deposit}");
		assert!(deposit <= 3 * cost, "{what} costs {cost}, on hold are {deposit}");
	};
	let order = entry(market(), "Orders");
	covers("an order", <<Runtime as Market>::OrderDeposit as Get<u128>>::get(), 1, order);

	// Each portion of a plan is paid for with its booking.
	let portion = u32::try_from(pogcs_primitives::contracts::Portion::max_encoded_len()).unwrap();
	let plan = portion * of::<<Runtime as Tasks>::MaxSpan>();
	let contract = entry(tasks(), "Contracts") - plan;
	let deposit = <<Runtime as Tasks>::DepositPerContract as Get<u128>>::get();
	covers("a contract", deposit, 1, contract);
	let booking = entry(tasks(), "Bookings") + portion;
	let deposit = <<Runtime as Tasks>::DepositPerBooking as Get<u128>>::get();
	covers("a booking", deposit, 1, booking);
	// Each of those who do a chunk at once has its hours counted.
	let copies = of::<<Runtime as Tasks>::MaxCopies>();
	let replica = entry(tasks(), "Replicated") + copies * entry(tasks(), "Underway");
	let deposit = <<Runtime as Tasks>::DepositPerReplica as Get<u128>>::get();
	covers("a chunk that several do", deposit, 1 + copies, replica);
	let chunk = entry(tasks(), "Chunks");
	let deposit = <<Runtime as Tasks>::DepositPerChunk as Get<u128>>::get();
	covers("a chunk", deposit, 1, chunk);
}

#[test]
fn a_week_of_hours_should_be_bought_in_one_transaction() {
	let class = ClassId(1);
	let (from, until) = (Interval(1), Interval(of::<<Runtime as Tasks>::MaxSpan>()));
	let (amount, deadline) = (MicroGpuHours(1), 1);
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let most = limits.get(DispatchClass::Normal).max_extrinsic.unwrap();
	let inputs = (0..of::<<Runtime as Tasks>::MaxChunks>()).map(|_| support::images(0));
	let work = Work::Proven { model: 0, inputs: inputs.collect::<Vec<_>>().try_into().unwrap() };
	let requirement = Requirement {
		work,
		class,
		green: true,
		earliest: from,
		deadline: until,
		pace: Pace::Flexible,
		carbon: None,
		max_price: 1,
		tip: 1,
	};
	let calls: [RuntimeCall; 4] = [
		pallet_market::Call::buy_flexible { class, from, until, amount, max_cost: 1, deadline }
			.into(),
		pallet_market::Call::buy_each {
			class,
			from,
			until,
			amount_each: amount,
			max_cost: 1,
			deadline,
		}
		.into(),
		pallet_market::Call::sell_each {
			class,
			from,
			until,
			amount_each: amount,
			min_received: 1,
			deadline,
		}
		.into(),
		pallet_tasks::Call::open_contract { requirement: Box::new(requirement) }.into(),
	];
	let length = <Runtime as frame_system::Config>::BlockLength::get();
	for call in calls {
		let weight = call.get_dispatch_info().call_weight;
		assert!(weight.all_lte(most), "{call:?} weighs {weight}, {most} at most");
		let bytes = u32::try_from(call.encoded_size()).unwrap() + 200;
		assert!(bytes <= *length.max.get(DispatchClass::Normal));
	}
}

#[test]
fn every_lane_should_roll_in_a_block_that_has_a_quarter_left() {
	type Weights = <Runtime as Market>::WeightInfo;
	let limits = <Runtime as frame_system::Config>::BlockWeights::get();
	let left = limits.max_block - limits.get(DispatchClass::Normal).max_total.unwrap();
	let classes = of::<<Runtime as Market>::MaxClasses>();
	let looks = Weights::work_look() + Weights::class_look() * u64::from(2 * classes);
	let all: Weight = looks + Weights::roll() * u64::from(classes);
	assert!(all.all_lte(left), "{all} of {left}");
}
