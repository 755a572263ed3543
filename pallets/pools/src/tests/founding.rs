//! Founding and dissolving pools.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::PoolKind, units::GramsPerKwh, CellId, ClassId, CredentialKind, Interval, PoolId,
};
use sp_runtime::Permill;

use crate::mock::*;

fn create(terms: Terms, list: Vec<Condition<AccountId>>) -> sp_runtime::DispatchResult {
	Pools::create(signed(LEAD), PoolKind::Green, HOME, terms, conditions(list), None)
}

#[test]
fn create_should_found_a_pool_when_everything_is_in_bounds() {
	on_chain(|| {
		let list = vec![Condition::Stake(5), Condition::CarbonPerKwh(GramsPerKwh(50))];
		assert_ok!(create(terms(), list.clone()));
		let record = Pools::pool(POOL).unwrap();
		assert_eq!((record.creator, record.kind, record.class), (LEAD, PoolKind::Green, HOME));
		assert_eq!((record.terms, record.members, record.leader), (terms(), 0, None));
		assert_eq!(Pools::conditions(POOL), conditions(list));
		assert_eq!(on_hold(HoldReason::Pool, LEAD), 1_000);
		// Its account lives, and was paid for by the founder.
		let account = Pools::account_of(POOL);
		assert_eq!(free(account), LEAST);
		assert_eq!(free(LEAD), RICH - 1_000 - LEAST);
		System::assert_last_event(
			Event::Created {
				pool: POOL,
				creator: LEAD,
				kind: PoolKind::Green,
				class: HOME,
				claims: Some(HOME),
				account,
				deposit: 1_000,
			}
			.into(),
		);
	});
}

#[test]
fn pools_should_have_accounts_and_claims_apart_when_they_differ() {
	on_chain(|| {
		let (green, compute, energy) =
			(found(PoolKind::Green), found(PoolKind::Compute), found(PoolKind::Energy));
		assert_ne!(Pools::account_of(green), Pools::account_of(compute));
		// Claims on compute never pass for claims on green compute, and energy has none.
		assert_eq!(<Pools as pogcs_primitives::traits::Pools<_, _>>::claims(green), Some(HOME));
		assert_eq!(
			<Pools as pogcs_primitives::traits::Pools<_, _>>::claims(compute),
			Some(ClassId(1_001))
		);
		assert_eq!(<Pools as pogcs_primitives::traits::Pools<_, _>>::claims(energy), None);
		assert_eq!(<Pools as pogcs_primitives::traits::Pools<_, _>>::claims(PoolId(9)), None);
	});
}

#[test]
fn create_should_be_refused_when_the_class_is_unknown() {
	on_chain(|| {
		for kind in [PoolKind::Green, PoolKind::Compute, PoolKind::Energy] {
			assert_noop!(
				Pools::create(signed(LEAD), kind, ClassId(9), terms(), conditions(vec![]), None),
				Error::<Test>::UnknownClass
			);
		}
	});
}

#[test]
fn create_should_be_refused_when_terms_are_out_of_bounds() {
	on_chain(|| {
		for (wrong, error) in [
			(Terms { penalty: 999, ..terms() }, Error::<Test>::BadPenalty),
			(Terms { penalty: 10_000_001, ..terms() }, Error::<Test>::BadPenalty),
			(Terms { leader_fee: Permill::from_percent(21), ..terms() }, Error::<Test>::BadFee),
			(Terms { reserve_price: 1_001, ..terms() }, Error::<Test>::BadReservePrice),
			(Terms { capacity: 0, ..terms() }, Error::<Test>::BadCapacity),
			(Terms { capacity: 101, ..terms() }, Error::<Test>::BadCapacity),
			(Terms { guests: 11, ..terms() }, Error::<Test>::BadCapacity),
			(Terms { guests: 1, ..terms() }, Error::<Test>::NoGuests),
			(Terms { notice: 0, ..terms() }, Error::<Test>::BadNotice),
			(Terms { notice: 11, ..terms() }, Error::<Test>::BadNotice),
		] {
			assert_noop!(create(wrong, vec![]), error);
		}
	});
}

#[test]
fn create_should_be_refused_when_a_condition_is_unsound() {
	on_chain(|| {
		let lottery = |places, applications| Condition::Lottery { places, applications };
		for condition in [
			Condition::Stake(0),
			Condition::Region(CellId(7)),
			lottery(0, 3),
			lottery(5, 3),
			lottery(2, 0),
			lottery(2, 7),
		] {
			assert_noop!(create(terms(), vec![condition]), Error::<Test>::BadCondition);
		}
		let credential = |kind| Condition::Credential { issuer: ALICE, kind: CredentialKind(kind) };
		for twice in [
			vec![Condition::Stake(1), Condition::Region(BERLIN), Condition::Stake(2)],
			vec![credential(1), credential(2), credential(1)],
		] {
			assert_noop!(create(terms(), twice), Error::<Test>::ConditionTwice);
		}
		assert_ok!(create(terms(), vec![credential(1), credential(2), lottery(4, 6)]));
	});
}

#[test]
fn create_should_be_refused_when_the_deposit_is_missing() {
	on_chain(|| {
		let poor =
			Pools::create(signed(NOBODY), PoolKind::Green, HOME, terms(), conditions(vec![]), None);
		assert!(poor.is_err());
		assert_eq!(NextPool::<Test>::get(), POOL);
	});
}

#[test]
fn create_should_appoint_a_leader_when_the_founder_has_one() {
	on_chain(|| {
		let pool = found_with(PoolKind::Green, terms(), vec![], Some(REGIONAL));
		assert_eq!(Pools::pool(pool).unwrap().leader, Some(REGIONAL));
		assert_eq!(on_hold(HoldReason::Lead, LEAD), 200);
		// Not somebody else's, and not a small one.
		let create = |leader| {
			Pools::create(
				signed(ALICE),
				PoolKind::Green,
				HOME,
				terms(),
				conditions(vec![]),
				Some(leader),
			)
		};
		assert_noop!(create(REGIONAL), Error::<Test>::NotYours);
		assert_noop!(create(A), Error::<Test>::TooSmall);
	});
}

#[test]
fn dissolve_should_give_everything_back_when_nobody_is_left() {
	on_chain(|| {
		let pool = found(PoolKind::Green);
		// Somebody's mistake.
		assert_ok!(Balances::transfer_keep_alive(signed(BOB), Pools::account_of(pool), 77));
		assert_ok!(Pools::dissolve(signed(LEAD), pool));
		assert_eq!(Pools::pool(pool), None);
		assert_eq!((free(LEAD), insured()), (RICH, 77));
		assert_eq!(free(Pools::account_of(pool)), 0);
		System::assert_last_event(Event::Dissolved { pool, deposit: 1_000, left: 77 }.into());
		assert_noop!(Pools::dissolve(signed(LEAD), pool), Error::<Test>::UnknownPool);
		// The id is not given out again.
		assert_eq!(found(PoolKind::Green), PoolId(1));
	});
}

#[test]
fn dissolve_should_be_refused_when_somebody_is_left() {
	on_chain(|| {
		let pool = found_with(PoolKind::Compute, Terms { guests: 1, ..terms() }, vec![], None);
		assert_noop!(Pools::dissolve(signed(ALICE), pool), Error::<Test>::NotCreator);
		let refused = || {
			assert_noop!(Pools::dissolve(signed(LEAD), pool), Error::<Test>::NotEmpty);
		};
		assert_ok!(Pools::stand(signed(LEAD), pool, REGIONAL));
		refused();
		assert_ok!(Pools::stand_down(signed(LEAD), pool, REGIONAL));
		assert_ok!(join(pool, A));
		refused();
		assert_ok!(Pools::leave(signed(ALICE), A));
		at(24);
		assert_ok!(Pools::exit(signed(ALICE), A));
		let (from, until) = (Interval(25), Interval(25));
		assert_ok!(Pools::join_by_hour(signed(CAROL), pool, CENTRAL, from, until));
		refused();
		at(26);
		assert_ok!(Pools::exit(signed(CAROL), CENTRAL));
		assert_ok!(Pools::dissolve(signed(LEAD), pool));
	});
}

#[test]
fn dissolve_should_be_refused_when_a_round_runs_or_money_waits() {
	on_chain(|| {
		let lottery = Condition::Lottery { places: 1, applications: 1 };
		let pool = found_with(PoolKind::Green, terms(), vec![lottery], None);
		assert_ok!(Pools::apply(signed(ALICE), pool, A));
		assert_noop!(Pools::dissolve(signed(LEAD), pool), Error::<Test>::NotEmpty);

		let other = found(PoolKind::Energy);
		assert_ok!(join(other, B));
		assert_ok!(promise(B, 25, 100));
		assert_ok!(pay_in(other, 25, 500));
		assert_ok!(Pools::take_back(signed(BOB), B, Interval(25), Units(100)));
		assert_ok!(Pools::leave(signed(BOB), B));
		at(29);
		assert_ok!(Pools::exit(signed(BOB), B));
		assert_noop!(Pools::dissolve(signed(LEAD), other), Error::<Test>::NotEmpty);
		assert_ok!(Pools::close_book(signed(STRANGER), other, Interval(25)));
		assert_eq!(insured(), 500);
		assert_ok!(Pools::dissolve(signed(LEAD), other));
	});
}

#[test]
fn create_should_be_refused_when_all_ids_are_taken() {
	on_chain(|| {
		NextPool::<Test>::put(PoolId(u32::MAX));
		let create =
			Pools::create(signed(LEAD), PoolKind::Green, HOME, terms(), conditions(vec![]), None);
		assert_noop!(create, Error::<Test>::Exhausted);
	});
}
