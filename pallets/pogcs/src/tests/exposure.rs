//! What stands for a set stays on hold until nobody can be accused of what the set did.

use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use pogcs_primitives::Interval;
use proptest::prelude::*;
use sp_runtime::Perbill;

use crate::{mock::*, *};

fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Stake.into(), &who)
}

/// The most that `who` can be made to lose for anything done in a set that is still remembered.
fn exposed(who: AccountId) -> Balance {
	let authors = HistoryKept::<Test>::get()
		.into_iter()
		.filter(|interval| Pogcs::is_recent(*interval))
		.filter_map(History::<Test>::get);
	let voters = VotersKept::<Test>::get()
		.into_iter()
		.filter(|(set, _)| Pogcs::is_recent_set(*set))
		.filter_map(|(set, _)| VoterHistory::<Test>::get(set));
	authors
		.chain(voters)
		.flatten()
		.filter(|seat| seat.account == who)
		.map(|seat| seat.stake)
		.max()
		.unwrap_or(0)
}

#[test]
fn what_was_unbonded_should_stay_on_hold_while_a_set_that_it_stands_for_goes_on() {
	on_chain(|| {
		// All leave, so the set of three stays for want of others.
		for who in [1, 2, 3] {
			assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(who), 1_000));
		}
		(1..=30).for_each(open_epoch);
		assert!(Authors::<Test>::get().contains(&1));
		assert_noop!(Pogcs::withdraw(RuntimeOrigin::signed(1)), Error::<Test>::Locked);
		// Others come; what was unbonded is free once nobody can be accused any more.
		for who in [4, 5] {
			assert_ok!(Pogcs::bond(RuntimeOrigin::signed(who), 1_000));
			pallet_session::NextKeys::<Test>::insert(who, keys(who));
			Validators::<Test>::mutate(who, |v| v.as_mut().unwrap().average = 1 << 40);
		}
		let free = (31..60).find(|epoch| {
			open_epoch(*epoch);
			Pogcs::withdraw(RuntimeOrigin::signed(1)).is_ok()
		});
		// The old set's last epoch is 31, in the lottery and in the era that ends there.
		assert_eq!(free, Some(31 + u64::from(EVIDENCE)));
		assert_eq!(exposed(1), 0);
	});
}

#[test]
fn what_was_unbonded_should_stay_on_hold_when_the_chain_was_down_longer_than_unbonding_takes() {
	on_chain(|| {
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(1), 1_000));
		open_epoch(100);
		assert_eq!(exposed(1), 1_000, "the set of epoch 100 was planned with it");
		assert_noop!(Pogcs::withdraw(RuntimeOrigin::signed(1)), Error::<Test>::Locked);
		let unlocking = Validators::<Test>::get(1).unwrap().unlocking;
		assert_eq!(unlocking.into_inner(), [(Interval(100 + EVIDENCE), 1_000)]);
	});
}

#[test]
fn only_what_stood_for_the_set_should_stay_on_hold() {
	on_chain(|| {
		assert_ok!(Pogcs::bond(RuntimeOrigin::signed(1), 500));
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(1), 400));
		open_epoch(1);
		open_epoch(2);
		// 1,100 stand for the set of epoch 3, and of them 600 go.
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(1), 600));
		open_epoch(100);
		let unlocking = Validators::<Test>::get(1).unwrap().unlocking;
		assert_eq!(
			unlocking.into_inner(),
			[(Interval(UNBONDING), 400), (Interval(100 + EVIDENCE), 600)]
		);
	});
}

#[derive(Clone, Debug)]
enum Step {
	Bond(AccountId, Balance),
	Unbond(AccountId, Balance),
	Withdraw(AccountId),
	Slash(AccountId, Balance),
	Pass(u64),
	Refuse(bool),
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 1..4u64;
	prop_oneof![
		3 => (who(), 1..2_000u128).prop_map(|(who, amount)| Step::Bond(who, amount)),
		4 => (who(), 1..1_500u128).prop_map(|(who, amount)| Step::Unbond(who, amount)),
		3 => who().prop_map(Step::Withdraw),
		1 => (who(), 1..800u128).prop_map(|(who, amount)| Step::Slash(who, amount)),
		6 => Just(Step::Pass(1)),
		1 => (2..20u64).prop_map(Step::Pass),
		1 => any::<bool>().prop_map(Step::Refuse),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	/// Whatever validators do with their stake, and whatever else goes wrong, what they can be made
	/// to lose is on hold, but for what was taken of it before.
	#[test]
	fn what_can_be_lost_should_be_on_hold_unless_it_was_taken(
		steps in prop::collection::vec(step(), 1..80),
	) {
		on_chain(|| {
			let mut epoch = 0;
			let mut taken = [0u128; 4];
			let issuance = Balances::total_issuance();
			for step in steps {
				// Calls may be refused: the property is about whatever state follows.
				match step {
					Step::Bond(who, amount) => {
						let _ = Pogcs::bond(RuntimeOrigin::signed(who), amount);
					},
					Step::Unbond(who, amount) => {
						let _ = Pogcs::unbond(RuntimeOrigin::signed(who), amount);
					},
					Step::Withdraw(who) => {
						let _ = Pogcs::withdraw(RuntimeOrigin::signed(who));
					},
					Step::Slash(who, amount) => {
						let before = held(who);
						let slashed = Pogcs::slash(&who, amount, None, Perbill::zero()).unwrap();
						assert_eq!(slashed.taken, amount.min(before));
						taken[who as usize] += slashed.taken;
					},
					Step::Pass(epochs) => {
						epoch += epochs;
						open_epoch(epoch);
					},
					Step::Refuse(refuse) => REFUSE.set(refuse),
				}
				for who in 1..4u64 {
					assert!(
						held(who) + taken[who as usize] >= exposed(who),
						"{who} has {} on hold and lost {}, and stands for {}",
						held(who), taken[who as usize], exposed(who)
					);
				}
				Pogcs::do_try_state().unwrap();
			}
			assert_eq!(Balances::total_issuance() + taken.iter().sum::<u128>(), issuance);
		});
	}
}
