//! What an owner's helper may do with a proxy of each kind.

use frame_support::traits::InstanceFilter;
use pallet_market::Side;
use pallet_tasks::{Requirement, Work};
use pogcs_primitives::{
	contracts::Pace, records::DeviceState, ClassId, CredentialKind, DeviceId, Interval,
	MicroGpuHours, PoolId, TaskId,
};
use pogcs_runtime::{configs::ProxyType, RuntimeCall};
use sp_keyring::Sr25519Keyring;

#[test]
fn helper_should_run_devices_and_sell_nothing_when_it_is_a_proxy() {
	let device = DeviceId(0);
	let to = Sr25519Keyring::Eve.to_account_id();
	let sale: RuntimeCall = pallet_devices::Call::offer_transfer { device, to }.into();
	let state = DeviceState::Suspended;
	let pause: RuntimeCall = pallet_devices::Call::set_state { device, state }.into();
	for (kind, call, allowed) in [
		(ProxyType::Devices, &sale, false),
		(ProxyType::NonTransfer, &sale, false),
		(ProxyType::Any, &sale, true),
		(ProxyType::Devices, &pause, true),
		(ProxyType::NonTransfer, &pause, true),
	] {
		assert_eq!(kind.filter(call), allowed, "{kind:?} {call:?}");
	}
}

#[test]
fn helper_should_issue_credentials_and_pay_no_price_when_it_is_a_proxy() {
	let (subject, kind) = (Sr25519Keyring::Eve.to_account_id(), CredentialKind(1));
	let terms = pallet_credentials::Terms { until: None, document: None };
	let issue: RuntimeCall = pallet_credentials::Call::issue { subject, kind, terms }.into();
	let (name, document) = (b"Kind".to_vec().try_into().unwrap(), None);
	let describe: RuntimeCall = pallet_credentials::Call::describe { kind, name, document }.into();
	for (kind, call, allowed) in [
		(ProxyType::Devices, &issue, false),
		(ProxyType::NonTransfer, &issue, true),
		(ProxyType::NonTransfer, &describe, false),
		(ProxyType::Any, &describe, true),
	] {
		assert_eq!(kind.filter(call), allowed, "{kind:?} {call:?}");
	}
}

/// What each kind of proxy may make of `calls`.
fn expect(calls: Vec<RuntimeCall>, non_transfer: bool, devices: bool) {
	for call in calls {
		for (kind, allowed) in [
			(ProxyType::Any, true),
			(ProxyType::NonTransfer, non_transfer),
			(ProxyType::Devices, devices),
		] {
			assert_eq!(kind.filter(&call), allowed, "{kind:?} {call:?}");
		}
	}
}

#[test]
fn helper_should_take_money_out_of_the_market_and_put_none_in_when_it_is_a_proxy() {
	use pallet_market::Call;
	let (class, from, until) = (ClassId(1), Interval(2), Interval(3));
	let (interval, amount, limit, deadline) = (from, MicroGpuHours(100), 7, 9);
	let owner = Sr25519Keyring::Eve.to_account_id();
	let order = pallet_market::OrderId(0);
	let trades = [
		Call::buy { class, interval, amount, max_cost: limit, deadline },
		Call::sell { class, interval, amount, min_received: limit, deadline },
		Call::buy_flexible { class, from, until, amount, max_cost: limit, deadline },
		Call::buy_each { class, from, until, amount_each: amount, max_cost: limit, deadline },
		Call::sell_each { class, from, until, amount_each: amount, min_received: limit, deadline },
		Call::place_order { side: Side::Buy, class, interval, amount, limit },
		Call::deposit { class, amount: limit },
	];
	expect(trades.map(RuntimeCall::from).to_vec(), false, false);
	let pool = PoolId(0);
	let harmless = [
		Call::withdraw { class, part: sp_runtime::Permill::one() },
		Call::withdraw_lane { class, lane: pallet_market::LaneId(0), shares: limit },
		Call::claim { who: owner.clone(), class },
		Call::cancel_order { owner: owner.clone(), order },
		Call::fill_order { owner, order },
		Call::sell_pool { pool, interval, amount, min_received: limit, deadline },
		Call::advance { limit: 1 },
	];
	expect(harmless.map(RuntimeCall::from).to_vec(), true, false);
	let to = Sr25519Keyring::Eve.to_account_id();
	let gift = pallet_hours::Call::transfer { to, class, interval, amount };
	expect(vec![gift.into()], false, false);
}

#[test]
fn helper_should_do_the_work_of_contracts_and_ask_for_none_when_it_is_a_proxy() {
	use pallet_tasks::Call;
	let (device, task, chunk, interval) = (DeviceId(0), TaskId(1), 2, Interval(3));
	let work = Work::Proven { model: 0, inputs: Default::default() };
	let requirement = Requirement {
		work,
		class: ClassId(1),
		green: true,
		earliest: interval,
		deadline: interval,
		pace: Pace::Flexible,
		carbon: None,
		max_price: 0,
		tip: 0,
	};
	let asking = [
		Call::open_contract { requirement: Box::new(requirement) },
		Call::resell { task, interval, chunks: 1, min_received: 0 },
		Call::open {
			model: 0,
			class: ClassId(1),
			inputs: Default::default(),
			reward_per_chunk: 1,
			deadline: interval,
		},
	];
	expect(asking.map(RuntimeCall::from).to_vec(), false, false);
	let hash = [4; 32];
	let working = [
		Call::enter { device, task, chunk },
		Call::commit_answer { device, task, chunk, commitment: hash },
		Call::open_answer { device, task, chunk, answer: hash, salt: hash },
		Call::conclude { task, chunk },
	];
	expect(working.map(RuntimeCall::from).to_vec(), true, true);
	expect(vec![Call::refund { task, interval }.into()], true, false);
}
