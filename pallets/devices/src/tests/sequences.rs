//! Whatever is called in whatever order: the books are right after every step, and nobody loses
//! money without a decision.

use pogcs_primitives::{
	records::DeviceState,
	traits::{Devices as _, Lifecycle},
	Commitment, DeviceId, Interval,
};
use proptest::prelude::*;
use sp_core::Pair;

use crate::{mock::*, MakerReason, SuspensionReason, Voucher};

#[derive(Clone, Debug)]
enum Step {
	Register { owner: u64, key: u8, cell: u64 },
	SetState(u32, DeviceState),
	Deregister(u32),
	Work(u32, bool),
	Earn(u32),
	Bench(u32, bool),
	Suspend(u32, bool),
	Reinstate(u32),
	Appeal(u32),
	Decide(u32, bool),
	Close(u32),
	Expel(u32),
	Rescue(u32),
	Contest(u32),
	DecideRescue(u32, bool),
	CompleteRescue(u32),
	CancelRescue(u32),
	RevokeMaker(u32),
	RegisterMaker,
	Revoke(u8),
	Restore(u8),
	Renew(u32, bool, u32),
	Rotate(u32, u8, bool),
	Offer(u32),
	Accept(u32),
	Move(u32, u64),
	Reprice(u32),
	Maintain(u32, bool),
	Check(u32),
	Pass(u32),
	Idle,
}

const KEYS: u8 = 6;

fn step() -> impl Strategy<Value = Step> {
	use Step::*;
	let device = || 0..5u32;
	let key = || 1..=KEYS;
	let state = prop::sample::select(vec![
		DeviceState::Online,
		DeviceState::Leaving,
		DeviceState::Suspended,
	]);
	let coming = prop_oneof![
		8 => (1..3u64, key(), 0..12u64).prop_map(|(owner, key, cell)| Register { owner, key, cell }),
		4 => (device(), state).prop_map(|(device, state)| SetState(device, state)),
		3 => device().prop_map(Deregister),
		3 => (device(), any::<bool>()).prop_map(|(device, begins)| Work(device, begins)),
		2 => device().prop_map(Earn),
		3 => (device(), any::<bool>()).prop_map(|(device, passes)| Bench(device, passes)),
		3 => (device(), 0..12u64).prop_map(|(device, cell)| Move(device, cell)),
		2 => device().prop_map(Reprice),
		2 => (device(), any::<bool>()).prop_map(|(device, off)| Maintain(device, off)),
		3 => device().prop_map(Offer),
		3 => device().prop_map(Accept),
		6 => (1..12u32).prop_map(Pass),
		2 => Just(Idle),
	];
	let judging = prop_oneof![
		4 => (device(), any::<bool>()).prop_map(|(device, key)| Suspend(device, key)),
		1 => device().prop_map(Reinstate),
		4 => device().prop_map(Appeal),
		3 => (device(), any::<bool>()).prop_map(|(device, upheld)| Decide(device, upheld)),
		2 => device().prop_map(Close),
		2 => device().prop_map(Expel),
	];
	let vouching = prop_oneof![
		4 => device().prop_map(Rescue),
		2 => device().prop_map(Contest),
		2 => (device(), any::<bool>()).prop_map(|(device, granted)| DecideRescue(device, granted)),
		3 => device().prop_map(CompleteRescue),
		1 => device().prop_map(CancelRescue),
		2 => (0..5u32).prop_map(RevokeMaker),
		1 => Just(RegisterMaker),
		2 => key().prop_map(Revoke),
		1 => key().prop_map(Restore),
		3 => (device(), any::<bool>(), 1..60u32)
			.prop_map(|(device, other, term)| Renew(device, other, term)),
		3 => (device(), key(), any::<bool>())
			.prop_map(|(device, key, old)| Rotate(device, key, old)),
		2 => device().prop_map(Check),
	];
	prop_oneof![4 => coming, 2 => judging, 3 => vouching]
}

/// Does a step. It may be refused: the property is about whatever state follows.
fn take(step: Step) {
	use Step::*;
	let id = DeviceId;
	let owner_of = |device| Devices::device(DeviceId(device)).map_or(OWNER, |device| device.owner);
	let owner = |device| RuntimeOrigin::signed(owner_of(device));
	let key_now = |device: u32| {
		let key = Devices::device(DeviceId(device)).map(|device| device.key);
		(1..=KEYS).find(|seed| Some(key_of(*seed)) == key).unwrap_or(1)
	};
	let committee = || RuntimeOrigin::signed(COMMITTEE);
	let speaker = || RuntimeOrigin::signed(MAKER);
	let maker_key = maker().public().0;
	let now = Now::get().0;
	let _ = match step {
		Register { owner, key, cell } => {
			let mut registration = Registration::of(owner, key, site(cell));
			let expires = Interval(now + 20);
			registration.certificate = certificate_until(&maker(), &device_key(key), expires);
			registration.send()
		}
		SetState(device, state) => Devices::set_state(owner(device), id(device), state),
		Deregister(device) => Devices::deregister(owner(device), id(device)),
		Work(device, true) => {
			// As the tasks do: only who can take work begins it.
			if matches!(state_of(id(device)), Some(DeviceState::Online | DeviceState::Running)) {
				Devices::begin(id(device));
			}
			Ok(())
		}
		Work(device, false) => {
			Devices::finish(id(device));
			Ok(())
		}
		Earn(device) => {
			Devices::earned(id(device));
			Ok(())
		}
		Bench(device, true) => {
			if Devices::device(id(device)).is_some() {
				bench(id(device));
			}
			Ok(())
		}
		Bench(device, false) => Devices::demand_benchmark(committee(), id(device)),
		Suspend(device, key) => {
			let reason = if key {
				SuspensionReason::CompromisedKey
			} else {
				SuspensionReason::FalseLocation
			};
			Devices::suspend(committee(), id(device), reason)
		}
		Reinstate(device) => Devices::reinstate(committee(), id(device)),
		Appeal(device) => Devices::appeal(owner(device), id(device), [1; 32]),
		Decide(device, upheld) => Devices::decide_appeal(committee(), id(device), upheld),
		Close(device) => {
			Devices::close_appeal(committee(), id(device)).map(|_| ()).map_err(|e| e.error)
		}
		Expel(device) => Devices::expel(committee(), id(device)),
		Rescue(device) => {
			let signature = rescue_signature(id(device), key_now(device), owner_of(device));
			Devices::request_rescue(owner(device), id(device), signature)
		}
		Contest(device) => Devices::contest_rescue(speaker(), id(device)),
		DecideRescue(device, granted) => Devices::decide_rescue(committee(), id(device), granted),
		CompleteRescue(device) => {
			Devices::complete_rescue(committee(), id(device)).map(|_| ()).map_err(|e| e.error)
		}
		CancelRescue(device) => Devices::cancel_rescue(owner(device), id(device)),
		RevokeMaker(grace) => {
			let reason = MakerReason::Lapsed;
			Devices::revoke_maker(RuntimeOrigin::root(), maker_key, reason, grace)
		}
		RegisterMaker => {
			Devices::register_maker(RuntimeOrigin::root(), maker_key, Default::default(), MAKER)
		}
		Revoke(key) => Devices::revoke_certificate(speaker(), maker_key, key_of(key)),
		Restore(key) => Devices::restore_certificate(speaker(), maker_key, key_of(key)),
		Renew(device, other, term) => {
			let maker = if other { other_maker() } else { maker() };
			let key = device_key(key_now(device));
			let certificate = certificate_until(&maker, &key, Interval(now + term));
			Devices::renew(owner(device), id(device), certificate)
		}
		Rotate(device, key, old) => {
			let voucher = if old {
				hand_over(id(device), key_now(device), key)
			} else {
				let expires = Interval(now + 20);
				Voucher::Maker(certificate_until(&maker(), &device_key(key), expires))
			};
			let commitment = Commitment([key + 6; 32]);
			let consent = consent(&device_key(key), owner_of(device), commitment);
			Devices::rotate_key(owner(device), id(device), voucher, commitment, consent)
		}
		Offer(device) => {
			let to = if owner_of(device) == OWNER { OTHER } else { OWNER };
			Devices::offer_transfer(owner(device), id(device), to)
		}
		Accept(device) => {
			let to = if owner_of(device) == OWNER { OTHER } else { OWNER };
			Devices::accept_transfer(RuntimeOrigin::signed(to), id(device), BALANCE)
		}
		Move(device, cell) => Devices::move_device(owner(device), id(device), site(cell), BALANCE),
		Reprice(device) => Devices::reprice(owner(device), id(device), BALANCE),
		Maintain(device, false) => {
			Devices::declare_maintenance(owner(device), id(device), Interval(now + 3), 2)
		}
		Maintain(device, true) => Devices::cancel_maintenance(owner(device), id(device)),
		Check(device) => {
			Devices::check_certificate(speaker(), id(device)).map(|_| ()).map_err(|e| e.error)
		}
		Pass(intervals) => {
			pass(intervals);
			Ok(())
		}
		Idle => {
			idle();
			Ok(())
		}
	};
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn books_should_be_right_whatever_is_called(
		steps in prop::collection::vec(step(), 1..120),
	) {
		new_test_ext().execute_with(|| {
			for step in steps {
				let before = insured();
				let judged = matches!(
					step,
					Step::Decide(_, _)
						| Step::Expel(_) | Step::DecideRescue(_, false)
						| Step::DecideRescue(_, true)
						| Step::Rotate(..) | Step::Deregister(_)
				);
				let told = format!("{step:?}");
				take(step);
				check();
				// Only a decision takes money, or a key that is barred.
				assert!(judged || insured() == before, "{told}");
			}
		});
	}
}
