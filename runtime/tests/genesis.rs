//! Genesis presets, and what the device and the tests take for granted of the runtime.

mod support;

use codec::Encode;
use frame_support::{traits::GetCallMetadata, BoundedVec};
use pogcs_primitives::{
	batch::{Node, Step},
	wire::{EnergyReport, Submission},
	ClassId, Commitment, DeviceId, Interval, MilliWattHours, TaskId,
};
use pogcs_runtime::{genesis, genesis_development, Runtime, RuntimeCall};
use sp_core::{ed25519, Pair};
use sp_genesis_builder::DEV_RUNTIME_PRESET;
use support::{from_patch, state};

#[test]
fn presets_should_have_their_validators_with_equal_weights() {
	for (preset, count) in [(DEV_RUNTIME_PRESET, 1), (genesis::LOCAL, 3)] {
		state(preset).execute_with(|| {
			let authorities = pallet_pogcs::Authorities::<Runtime>::get();
			assert_eq!(authorities.len(), count);
			let voters = pallet_grandpa::Pallet::<Runtime>::grandpa_authorities();
			assert!(voters
				.iter()
				.map(|(_, weight)| weight)
				.eq(authorities.iter().map(|(_, weight)| weight)));
			assert!(pallet_sudo::Key::<Runtime>::get().is_some());
		});
	}
}

#[test]
fn development_preset_should_trade_hours_from_its_first_day_on() {
	for preset in [DEV_RUNTIME_PRESET, genesis::LOCAL] {
		state(preset).execute_with(|| {
			support::begin();
			support::next_block();
			let classes = pogcs_runtime::Market::classes();
			assert_eq!(classes, [genesis_development::CLASS, ClassId(0x8001)]);
			for class in classes {
				for interval in [2, 24 * 7 - 1] {
					let price = pogcs_runtime::Market::price(class, Interval(interval)).unwrap();
					assert!(price.sellable && price.opening > 0);
				}
			}
			pogcs_runtime::Market::do_try_state().unwrap();
		});
	}
}

#[test]
fn a_preset_of_another_name_should_not_be_found() {
	assert_eq!(genesis::preset(&"production".into()), None);
	assert_eq!(genesis::preset_names().len(), 2);
}

/// A production genesis whose keys are made from `seed`.
fn production(seed: u8) -> serde_json::Value {
	let account = |n: u8| sp_runtime::AccountId32::new([seed.wrapping_add(n); 32]);
	let key = |n: u8| [seed.wrapping_add(n); 32];
	let validators: Vec<_> = (0..4)
		.map(|n| {
			serde_json::json!({
				"account": account(n),
				"pogcs": sp_consensus_pogcs::AuthorityId::from(sp_core::sr25519::Public::from_raw(key(n))),
				"grandpa": sp_consensus_grandpa::AuthorityId::from(ed25519::Public::from_raw(key(n))),
				"stake": 1_000_000_000_000_000u64,
			})
		})
		.collect();
	let balances: Vec<_> = (0..4).map(|n| (account(n), 2_000_000_000_000_000u64)).collect();
	serde_json::json!({ "validators": validators, "balances": balances })
}

#[test]
fn production_should_have_no_root_no_maker_and_no_key() {
	from_patch(genesis::production(production(50)).unwrap()).execute_with(|| {
		assert_eq!(pallet_sudo::Key::<Runtime>::get(), None);
		assert!(!pallet_proofs::AllowDevelopmentKeys::<Runtime>::get());
		assert_eq!(pallet_proofs::Keys::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_devices::Makers::<Runtime>::iter().count(), 0);
		// The committee makes classes of hours.
		assert_eq!(pallet_market::Classes::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_pogcs::Parameters::<Runtime>::get().epoch_length, 1_200);
		assert_eq!(pallet_pogcs::Authorities::<Runtime>::get().len(), 4);
	});
}

#[test]
fn production_should_refuse_a_development_key_by_its_name() {
	let alice = sp_keyring::Sr25519Keyring::Alice.to_account_id();
	let mut value = production(50);
	value["validators"][1]["account"] = serde_json::json!(alice);
	let refused = genesis::production(value).unwrap_err();
	assert!(refused.contains("Alice") && refused.contains("key generate"), "{refused}");

	let mut value = production(50);
	let bob = sp_keyring::Ed25519Keyring::Bob.public();
	value["validators"][0]["grandpa"] =
		serde_json::json!(sp_consensus_grandpa::AuthorityId::from(bob));
	assert!(genesis::production(value).unwrap_err().contains("Bob"));
}

#[test]
fn production_should_refuse_too_few_validators_and_what_it_does_not_know() {
	let mut value = production(50);
	value["validators"].as_array_mut().unwrap().pop();
	assert!(genesis::production(value).unwrap_err().contains("at least 4"));
	let mut value = production(50);
	value["surprise"] = serde_json::json!(1);
	assert!(genesis::production(value).unwrap_err().contains("surprise"));
	let mut value = production(50);
	value["parameters"] = serde_json::json!({
		"epochLength": 0, "epochsPerEra": 24, "halfLife": 24, "minAuthorities": 4,
		"weightFloor": 1, "kappa": [1, 1],
	});
	assert!(genesis::production(value).unwrap_err().contains("length"));
}

#[test]
fn development_constants_should_be_what_they_say() {
	let maker = ed25519::Pair::from_seed(&[0x4d; 32]).public();
	assert_eq!(maker.0, genesis_development::MAKER);
	assert_eq!(pogcs_zk::Model::digits().commitment(), genesis_development::DIGITS);
	assert_eq!(pogcs_zk::DEVELOPMENT_KEY, genesis_development::VERIFYING_KEY);
}

#[test]
fn the_devices_calls_should_be_where_the_device_thinks() {
	use pogcs_light_core::{
		batch::Opening,
		calls::{Call, CallIndices},
	};
	let report = EnergyReport {
		device: DeviceId(1),
		interval: Interval(2),
		generation: MilliWattHours(3),
		storage_in: MilliWattHours(4),
		storage_out: MilliWattHours(5),
		grid_import: MilliWattHours(6),
		grid_export: MilliWattHours(7),
		compute_draw: MilliWattHours(8),
		green_supply: MilliWattHours(9),
		green_draw: MilliWattHours(10),
		root: Commitment([5; 32]),
	};
	let submission = Submission {
		proof: [1; 128],
		scores: [2; 40],
		green: MilliWattHours(3),
		nullifier: Commitment([4; 32]),
	};
	let (task, chunk, device) = (TaskId(6), 7, DeviceId(1));
	let work = Commitment([8; 32]);
	let root = [3; 32];
	let nodes: BoundedVec<[u8; 32], _> = vec![[1; 32], [2; 32]].try_into().unwrap();
	let opened = nodes.clone().into_inner();
	let interval = Interval(2);
	let node = Node {
		hash: [6; 32],
		first: DeviceId(1),
		last: DeviceId(4),
		count: 2,
		generation: MilliWattHours(3),
		green_draw: MilliWattHours(4),
	};
	let path = vec![Step { left: true, node }, Step { left: false, node }];
	let opening = Opening { report, signature: [9; 64], path: path.clone() };
	let shown = pallet_energy::Opening {
		report,
		signature: [9; 64],
		path: path.try_into().expect("two steps"),
	};
	type Openings = BoundedVec<pallet_energy::Opening, <Runtime as pallet_energy::Config>::Checks>;
	let openings: Openings = vec![shown.clone(), shown.clone()].try_into().unwrap();
	let pairs: [(RuntimeCall, Call); 11] = [
		(
			pallet_energy::Call::report { report, signature: [9; 64] }.into(),
			Call::Report { report, signature: [9; 64] },
		),
		(pallet_energy::Call::report_prepaid { report }.into(), Call::ReportPrepaid { report }),
		(
			pallet_energy::Call::submit_batch { interval, root: node }.into(),
			Call::SubmitBatch { interval, root: node },
		),
		(
			pallet_energy::Call::<Runtime>::show_batch { batch: 5, openings }.into(),
			Call::ShowBatch { batch: 5, openings: vec![opening.clone(), opening.clone()] },
		),
		(
			pallet_energy::Call::open_report { batch: 5, opening: Box::new(shown) }.into(),
			Call::OpenReport { batch: 5, opening: Box::new(opening) },
		),
		(
			pallet_tasks::Call::accept { device, task, chunk }.into(),
			Call::Accept { device, task, chunk },
		),
		(
			pallet_tasks::Call::commit { task, chunk, work }.into(),
			Call::Commit { task, chunk, work },
		),
		(
			pallet_tasks::Call::prove { task, chunk, submission: Box::new(submission.clone()) }
				.into(),
			Call::Prove { task, chunk, submission: Box::new(submission) },
		),
		(
			pallet_devices::Call::request_challenge { device }.into(),
			Call::RequestChallenge { device },
		),
		(
			pallet_devices::Call::commit_challenge { device, root }.into(),
			Call::CommitChallenge { device, root },
		),
		(
			pallet_devices::Call::open_challenge { device, nodes }.into(),
			Call::OpenChallenge { device, nodes: opened },
		),
	];
	for (ours, theirs) in pairs {
		let name = ours.get_call_metadata();
		assert_eq!(ours.encode(), theirs.encode(&CallIndices::POGCS), "{name:?}");
	}
}
