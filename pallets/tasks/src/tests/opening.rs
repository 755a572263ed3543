//! Models and opening.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pogcs_primitives::{records::ModelRecord, workload::Images, Commitment, Interval, TaskId};
use sp_runtime::{DispatchError::BadOrigin, DispatchResult, TokenError};

use crate::{
	mock::{Tasks, *},
	*,
};

fn try_open(inputs: Vec<Images>, reward: u128, deadline: u32) -> DispatchResult {
	let inputs = inputs.try_into().unwrap();
	Tasks::open(RuntimeOrigin::signed(CLIENT), 0, CLASS, inputs, reward, Interval(deadline))
}

#[test]
fn open_should_hold_reward_and_deposit() {
	on_chain(|| {
		let task = open(3);
		assert_eq!(task, TaskId(0));
		let held = |reason: HoldReason| Balances::balance_on_hold(&reason.into(), &CLIENT);
		assert_eq!(held(HoldReason::Reward), 3 * REWARD);
		assert_eq!(held(HoldReason::Storage), 15);
		System::assert_last_event(
			Event::Opened {
				task,
				client: CLIENT,
				model: 0,
				chunks: 3,
				reward_per_chunk: REWARD,
				deadline: Interval(20),
			}
			.into(),
		);
		assert_eq!(open(1), TaskId(1));
	});
}

#[test]
fn open_should_refuse_when_there_is_no_reward_or_too_little() {
	on_chain(|| {
		assert_noop!(try_open(vec![images()], 0, 20), Error::<Test>::NoReward);
		assert_noop!(try_open(vec![images()], 9, 20), Error::<Test>::LowReward);
		assert_noop!(try_open(vec![images()], 5_000, 20), TokenError::FundsUnavailable);
		assert_noop!(try_open(vec![images(); 2], u128::MAX, 20), Error::<Test>::Overflow);
	});
}

#[test]
fn open_should_refuse_when_the_input_is_none() {
	on_chain(|| {
		assert_noop!(try_open(vec![], REWARD, 20), Error::<Test>::Empty);
		let mut bright = images();
		bright[200] = 17;
		assert_noop!(try_open(vec![images(), bright], REWARD, 20), Error::<Test>::BadPixel);
	});
}

#[test]
fn open_should_refuse_when_the_deadline_is_past_or_far() {
	on_chain(|| {
		for deadline in [0, 9, 10, 31] {
			assert_noop!(try_open(vec![images()], REWARD, deadline), Error::<Test>::BadDeadline);
		}
		assert_ok!(try_open(vec![images()], REWARD, 30));
	});
}

#[test]
fn open_should_refuse_when_the_model_is_unknown_or_its_key_not_in_use() {
	on_chain(|| {
		let inputs: Inputs<Test> = vec![images()].try_into().unwrap();
		assert_noop!(
			Tasks::open(RuntimeOrigin::signed(CLIENT), 1, CLASS, inputs, REWARD, Interval(20)),
			Error::<Test>::UnknownModel
		);
		let inputs: Inputs<Test> = vec![images()].try_into().unwrap();
		let nobody = pogcs_primitives::ClassId(9);
		assert_noop!(
			Tasks::open(RuntimeOrigin::signed(CLIENT), 0, nobody, inputs, REWARD, Interval(20)),
			Error::<Test>::UnknownClass
		);
		KeyUsable::set(false);
		assert_noop!(try_open(vec![images()], REWARD, 20), Error::<Test>::KeyNotInUse);
	});
}

#[test]
fn register_model_should_refuse_when_not_canonical_or_not_by_governance() {
	on_chain(|| {
		let beyond = ModelRecord { commitment: Commitment([0xff; 32]), ..model() };
		let root = RuntimeOrigin::root();
		assert_noop!(Tasks::register_model(root.clone(), beyond), Error::<Test>::BadModel);
		let anyone = RuntimeOrigin::signed(CLIENT);
		assert_noop!(Tasks::register_model(anyone, model()), BadOrigin);
		assert_ok!(Tasks::register_model(root, model()));
		assert_eq!(Models::<Test>::get(1), Some(model()));
	});
}

#[test]
fn open_and_register_should_refuse_when_all_ids_are_taken() {
	on_chain(|| {
		NextTask::<Test>::put(TaskId(u64::MAX));
		assert_noop!(try_open(vec![images()], REWARD, 20), Error::<Test>::Exhausted);
		NextModel::<Test>::put(u32::MAX);
		let root = RuntimeOrigin::root();
		assert_noop!(Tasks::register_model(root, model()), Error::<Test>::Exhausted);
	});
}

#[test]
fn carbon_should_be_known_for_a_device_and_a_model() {
	on_chain(|| {
		// 100 mWh at 41 g/kWh are 4.1 mg, rounded up to 5; over 1,000 µGPU-h: 5 g per GPU-h.
		assert_eq!(Tasks::grams_per_gpu_hour(DEVICE, 0), Some(5));
		assert_eq!(Tasks::grams_per_gpu_hour(DEVICE, 9), None);
	});
}
