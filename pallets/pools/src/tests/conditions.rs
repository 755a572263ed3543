//! What pools ask of who enters (B3).

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::PoolKind, traits::Places, units::GramsPerKwh, CredentialKind, Interval, PoolId,
};

use crate::mock::*;

fn found_on(condition: Condition<AccountId>) -> PoolId {
	found_with(PoolKind::Green, terms(), vec![condition], None)
}

#[test]
fn join_should_hold_a_stake_when_asked_for() {
	on_chain(|| {
		let pool = found_on(Condition::Stake(700));
		assert_ok!(join(pool, A));
		assert_eq!(on_hold(HoldReason::Membership, ALICE), 800);
		let (_, member) = Pools::member(A).unwrap();
		assert_eq!((member.deposit, member.stake), (100, 700));
	});
}

#[test]
fn join_should_be_refused_when_the_stake_is_not_there() {
	on_chain(|| {
		let pool = found_on(Condition::Stake(RICH));
		assert!(join(pool, A).is_err());
		assert_eq!(Pools::member(A), None);
		assert_eq!(on_hold(HoldReason::Membership, ALICE), 0);
	});
}

#[test]
fn join_should_be_refused_when_the_class_emits_too_much() {
	on_chain(|| {
		// A home device emits 41 g/kWh, and 0.3 Wh for 0.001 GPU-h: 12.3 g, rounded up.
		assert_eq!(
			crate::Pallet::<Test>::class_carbon(&class_record(HOME)),
			Some(GramsPerGpuHour(13))
		);
		for (condition, meets) in [
			(Condition::CarbonPerKwh(GramsPerKwh(40)), false),
			(Condition::CarbonPerKwh(GramsPerKwh(41)), true),
		] {
			let pool = found_on(condition.clone());
			if meets {
				assert_eq!(Pools::unmet(pool, A), conditions(vec![]));
				assert_ok!(join(pool, A));
			} else {
				assert_eq!(Pools::unmet(pool, A), conditions(vec![condition]));
				assert_noop!(join(pool, A), Error::<Test>::TooMuchCarbonPerKwh);
			}
		}
		let pool = found_on(Condition::CarbonPerGpuHour(GramsPerGpuHour(12)));
		assert_noop!(join(pool, B), Error::<Test>::TooMuchCarbonPerGpuHour);
		let pool = found_on(Condition::CarbonPerGpuHour(GramsPerGpuHour(13)));
		assert_ok!(join(pool, B));
	});
}

#[test]
fn join_should_be_refused_when_the_benchmark_is_too_old() {
	on_chain(|| {
		let pool = found_on(Condition::BenchmarkSince(Interval(10)));
		assert_noop!(join(pool, A), Error::<Test>::BenchmarkTooOld);
		Passed::set(vec![(A, Interval(9)), (B, Interval(12))]);
		assert_noop!(join(pool, A), Error::<Test>::BenchmarkTooOld);
		Passed::mutate(|passed| passed.push((A, Interval(10))));
		assert_ok!(join(pool, A));
	});
}

#[test]
fn join_should_be_refused_when_the_owner_lacks_a_credential() {
	on_chain(|| {
		let (issuer, kind) = (CAROL, CredentialKind(7));
		let pool = found_on(Condition::Credential { issuer, kind });
		// Of another issuer, of another kind, of another owner.
		Given::set(vec![(ALICE, BOB, kind), (ALICE, CAROL, CredentialKind(8)), (BOB, CAROL, kind)]);
		assert_noop!(join(pool, A), Error::<Test>::NoCredential);
		Given::mutate(|given| given.push((ALICE, CAROL, kind)));
		assert_ok!(join(pool, A));
	});
}

#[test]
fn join_should_be_refused_when_the_device_stands_elsewhere() {
	on_chain(|| {
		let region = World::ancestor(BERLIN, 4).unwrap();
		let pool = found_on(Condition::Region(region));
		change(A, |info| info.cell = SYDNEY);
		assert_noop!(join(pool, A), Error::<Test>::WrongRegion);
		assert_ok!(join(pool, B));
		// The cell itself is a region, too.
		let pool = found_on(Condition::Region(SYDNEY));
		assert_ok!(join(pool, A));
		assert_noop!(join(pool, C), Error::<Test>::WrongRegion);
	});
}

#[test]
fn promise_should_be_refused_when_a_condition_is_no_longer_met() {
	on_chain(|| {
		let region = World::ancestor(BERLIN, 4).unwrap();
		let list = vec![
			Condition::Stake(5),
			Condition::CarbonPerKwh(GramsPerKwh(41)),
			Condition::Region(region),
		];
		let pool = found_with(PoolKind::Green, terms(), list, None);
		assert_ok!(join(pool, A));
		assert_ok!(promise(A, 25, 100));
		change(A, |info| info.record.carbon = GramsPerKwh(42));
		assert_noop!(promise(A, 26, 100), Error::<Test>::TooMuchCarbonPerKwh);
		change(A, |info| {
			info.record.carbon = GramsPerKwh(41);
			info.cell = SYDNEY;
		});
		assert_noop!(promise(A, 26, 100), Error::<Test>::WrongRegion);
		// What was promised stays.
		assert_eq!(Pools::promised(A, Interval(25)).map(|p| p.promised), Some(Units(100)));
	});
}

#[test]
fn join_should_ask_for_every_condition_when_there_are_several() {
	on_chain(|| {
		let list = vec![
			Condition::BenchmarkSince(Interval(10)),
			Condition::Credential { issuer: CAROL, kind: CredentialKind(1) },
		];
		let pool = found_with(PoolKind::Green, terms(), list.clone(), None);
		assert_eq!(Pools::unmet(pool, A), conditions(list.clone()));
		Passed::set(vec![(A, Interval(10))]);
		assert_eq!(Pools::unmet(pool, A), conditions(list[1..].to_vec()));
		assert_noop!(join(pool, A), Error::<Test>::NoCredential);
		Given::set(vec![(ALICE, CAROL, CredentialKind(1))]);
		assert_ok!(join(pool, A));
	});
}
