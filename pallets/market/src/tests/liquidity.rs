//! Money behind lanes: asked for now, priced when a lane rolls, claimed after that.

use frame_support::{assert_noop, assert_ok, traits::fungibles::Inspect};
use pogcs_primitives::ClassId;
use sp_runtime::{DispatchResult, Permill};

use crate::mock::*;

/// Shares of each lane that are nobody's.
const DEAD_SHARES: Balance = LEAST_DEPOSIT / 1_000;

const LP: AccountId = LPS[0];
const OTHER: AccountId = LPS[1];

fn deposit(who: AccountId, amount: Balance) -> DispatchResult {
	Market::deposit(RuntimeOrigin::signed(who), CLASS, amount)
}

fn withdraw(who: AccountId, part: Permill) -> DispatchResult {
	Market::withdraw(RuntimeOrigin::signed(who), CLASS, part)
}

fn withdraw_lane(who: AccountId, lane: u8, shares: Balance) -> DispatchResult {
	Market::withdraw_lane(RuntimeOrigin::signed(who), CLASS, LaneId(lane), shares)
}

fn claim(who: AccountId) -> DispatchResult {
	Market::claim(RuntimeOrigin::signed(ALICE), who, CLASS)
}

fn lane(of: u8) -> Lane {
	Lanes::<Test>::get(CLASS)[usize::from(of)]
}

#[test]
fn deposit_should_spread_over_all_lanes_and_become_shares_when_they_roll() {
	empty_ext().build_and_execute(|| {
		let amount = 700 * UNIT + 3;
		let before = money_of(LP);
		assert_ok!(deposit(LP, amount));
		System::assert_last_event(Event::Deposited { who: LP, class: CLASS, amount }.into());
		// The market's account had nothing yet: the first to deposit gives it what it must have.
		assert_eq!(before - money_of(LP), amount + LEAST_MONEY);
		let waiting: Vec<_> = Market::shares_of(CLASS, LP).iter().map(|v| v.deposit).collect();
		assert_eq!(waiting[0], 100 * UNIT + 3);
		assert_eq!(waiting[6], 100 * UNIT);
		assert_noop!(claim(LP), Error::<Test>::NothingToClaim);

		// Lanes without a book roll with the next block's work.
		idle();
		let views = Market::shares_of(CLASS, LP);
		assert_eq!(views[6].claimable_shares, 100 * UNIT - DEAD_SHARES);
		assert_eq!(views[6].deposit, 0);
		assert_ok!(claim(LP));
		assert_noop!(claim(LP), Error::<Test>::NothingToClaim);
		for lane in 0..7 {
			let extra = if lane == 0 { 3 } else { 0 };
			assert_eq!(shares_of(LP, lane), 100 * UNIT + extra - DEAD_SHARES);
		}
		assert!(Requests::<Test>::iter().next().is_none());
		assert!(Rolls::<Test>::iter().next().is_none());
	});
}

#[test]
fn deposit_should_be_refused_when_too_small_unaffordable_or_to_no_market() {
	empty_ext().build_and_execute(|| {
		let least = LEAST_DEPOSIT * u128::from(DAYS);
		assert_noop!(deposit(LP, 0), Error::<Test>::TooSmall);
		assert_noop!(deposit(LP, least - 1), Error::<Test>::TooSmall);
		assert_noop!(deposit(NOBODY, least), Error::<Test>::Funds);
		assert_noop!(
			Market::deposit(RuntimeOrigin::signed(LP), ClassId(9), least),
			Error::<Test>::UnknownClass
		);
		assert_ok!(Market::set_open(RuntimeOrigin::root(), CLASS, false));
		assert_noop!(deposit(LP, least), Error::<Test>::NotOpen);
		assert_ok!(Market::set_open(RuntimeOrigin::root(), CLASS, true));
		assert_ok!(deposit(LP, least));
		// All of what somebody has, down to what lets the account live.
		Balances::force_set_balance(RuntimeOrigin::root(), OTHER, least + LEAST_MONEY - 1).unwrap();
		assert_noop!(deposit(OTHER, least), Error::<Test>::Funds);
	});
}

#[test]
fn deposits_should_wait_for_the_end_of_the_day_when_a_book_is_open() {
	open_ext().build_and_execute(|| {
		// Lane 4's book is that of day 11, which begins with interval 264.
		assert_eq!(lane(4).day, Some(Day(11)));
		assert_ok!(deposit(OTHER, 7 * LANE));
		go_to(Interval(FIRST.0 + HOURS - 1));
		assert_eq!(Market::shares_of(CLASS, OTHER)[4].deposit, LANE);
		assert_eq!(lane(4).deposits, LANE);
		go_to(Interval(FIRST.0 + HOURS));
		let views = Market::shares_of(CLASS, OTHER);
		assert_eq!(views[4].deposit, 0);
		assert_eq!(views[4].claimable_shares, LANE, "nothing was traded: a share is a planck");
		// The others wait on; the next day's lane is day 12's.
		assert_eq!(views[5].deposit, LANE);
		assert_eq!(lane(4).day, Some(Day(18)), "it opened the book of seven days later");
		go_to(Interval(FIRST.0 + 7 * HOURS));
		assert!(Market::shares_of(CLASS, OTHER).iter().all(|view| view.deposit == 0));
		assert_ok!(claim(OTHER));
		assert!((0..7).all(|lane| shares_of(OTHER, lane) == LANE));
	});
}

use pogcs_primitives::Interval;

#[test]
fn withdrawal_should_be_paid_at_the_lanes_exact_worth_when_it_rolls() {
	open_ext().build_and_execute(|| {
		assert_ok!(claim(LP));
		let shares = shares_of(LP, 4);
		let before = money_of(LP);
		// Somebody trades back and forth: the fees are the lane's.
		let depth = bucket(FIRST).depth;
		for at in 0..HOURS {
			stock_up(Interval(FIRST.0 + at), depth / 4);
			buy(BOB, Interval(FIRST.0 + at), depth / 4).unwrap();
		}
		assert_ok!(withdraw_lane(LP, 4, shares / 2));
		assert_eq!(shares_of(LP, 4), shares - shares / 2);
		// A second time adds to it.
		assert_ok!(withdraw_lane(LP, 4, shares / 4));
		let asked = shares / 2 + shares / 4;
		assert_eq!(Market::shares_of(CLASS, LP)[4].withdrawal, asked);
		let worth = Market::lane_value(CLASS, LaneId(4));
		assert!(worth > LANE);
		go_to(Interval(FIRST.0 + HOURS));
		let due = Market::shares_of(CLASS, LP)[4].claimable_money;
		assert_eq!(due, asked * worth / (shares + DEAD_SHARES));
		assert!(due > asked, "it was worth more than was put in");
		assert_ok!(claim(LP));
		assert_eq!(money_of(LP) - before, due);
		// What a share is worth has not fallen for who stays.
		let now = lane(4);
		let (value, all) = (Market::lane_value(CLASS, LaneId(4)), now.shares);
		assert!(value * (shares + DEAD_SHARES) >= worth * all);
		assert_eq!(Assets::total_issuance(SHARES + 4), now.shares);
	});
}

#[test]
fn withdraw_should_ask_for_a_part_of_every_lane() {
	open_ext().build_and_execute(|| {
		assert_ok!(claim(LP));
		assert_noop!(withdraw(OTHER, Permill::one()), Error::<Test>::NoShares);
		assert_noop!(withdraw(LP, Permill::zero()), Error::<Test>::NoShares);
		assert_noop!(withdraw_lane(LP, 4, 0), Error::<Test>::NoShares);
		assert_noop!(withdraw_lane(LP, 4, RICH), Error::<Test>::NoShares);
		assert_noop!(withdraw_lane(LP, 7, 100), Error::<Test>::UnknownLane);
		assert_noop!(
			Market::withdraw(RuntimeOrigin::signed(LP), OTHER_CLASS, Permill::one()),
			Error::<Test>::UnknownClass
		);
		assert_ok!(withdraw(LP, Permill::from_percent(50)));
		assert!((0..7).all(|lane| shares_of(LP, lane).abs_diff(LANE / 2) < DEAD_SHARES));
		assert_ok!(withdraw(LP, Permill::one()));
		assert!((0..7).all(|lane| shares_of(LP, lane) == 0));
		go_to(Interval(FIRST.0 + 7 * HOURS));
		let before = money_of(LP);
		assert_ok!(claim(LP));
		// All but what the dead shares are worth.
		let out = money_of(LP) - before;
		assert_eq!(out, 7 * (LANE - DEAD_SHARES));
		assert_eq!(lane(4).shares, DEAD_SHARES);
		assert_eq!(lane(4).day, None, "nobody's money opens no book");
	});
}

#[test]
fn deposit_and_withdraw_should_claim_first_what_an_earlier_roll_gave() {
	open_ext().build_and_execute(|| {
		assert_ok!(deposit(LP, 7 * LANE));
		// The shares of the first deposit came with it.
		assert_eq!(shares_of(LP, 4), LANE - DEAD_SHARES);
		go_to(Interval(FIRST.0 + HOURS));
		assert_ok!(withdraw_lane(LP, 4, 2 * LANE - DEAD_SHARES));
		assert_eq!(shares_of(LP, 4), 0);
	});
}

#[test]
fn requests_should_share_a_roll_in_proportion_whoever_claims_first() {
	empty_ext().build_and_execute(|| {
		for (who, part) in LPS.into_iter().zip([3, 5, 8]) {
			assert_ok!(deposit(who, part * UNIT * 7 + part));
		}
		idle();
		for who in [LPS[2], LPS[0], LPS[1]] {
			assert_ok!(claim(who));
		}
		let shares: Vec<_> = LPS.iter().map(|who| shares_of(*who, 3)).collect();
		let all = lane(3).shares;
		assert_eq!(all, Assets::total_issuance(SHARES + 3));
		for (shares, part) in shares.iter().zip([3, 5, 8]) {
			let exact = (16 * UNIT - DEAD_SHARES) * part / 16;
			assert!(exact.abs_diff(*shares) <= 1, "{exact} {shares}");
		}
		// What rounding left was burnt with the last claim.
		assert_eq!(all, shares.iter().sum::<u128>() + DEAD_SHARES);
	});
}

#[test]
fn gifts_to_the_market_should_not_change_what_a_share_is_worth() {
	// Who deposits first cannot round later deposits away by sending money: it is not counted.
	let mut ext = empty_ext();
	ext.execute_with(|| {
		let least = LEAST_DEPOSIT * u128::from(DAYS);
		deposit(LP, least).unwrap();
		idle();
		claim(LP).unwrap();
		withdraw(LP, Permill::from_parts(999_999)).unwrap();
		idle();
		next_block();
		Now::set(Interval(START.0 + 1));
		idle();
		let market = Market::account_of_market();
		Balances::transfer_allow_death(RuntimeOrigin::signed(LP), market, 1_000_000 * UNIT)
			.unwrap();
		deposit(OTHER, 1_000 * least).unwrap();
		Now::set(Interval(START.0 + 2));
		idle();
		go_to(Interval(FIRST.0 + 7 * HOURS));
		claim(OTHER).unwrap();
		for lane in 0..7 {
			assert!(shares_of(OTHER, lane) >= 999 * LEAST_DEPOSIT);
		}
		Market::do_try_state().unwrap();
	});
}

#[test]
fn deposit_should_be_given_back_when_a_share_is_worth_more_than_the_least_deposit() {
	empty_ext().build_and_execute(|| {
		// As though a lane had earned a fortune on a handful of shares.
		assert_ok!(deposit(LP, 7 * UNIT));
		idle();
		assert_ok!(claim(LP));
		let fortune = 2_000 * UNIT * UNIT;
		Balances::force_set_balance(RuntimeOrigin::root(), ALICE, 2 * fortune).unwrap();
		Lanes::<Test>::mutate(CLASS, |lanes| lanes[0].cash += fortune);
		let market = Market::account_of_market();
		Balances::transfer_allow_death(RuntimeOrigin::signed(ALICE), market, fortune).unwrap();
		Market::set_terms(
			RuntimeOrigin::root(),
			CLASS,
			Terms { min_book: RICH * 1_000_000, ..TERMS },
		)
		.unwrap();
		// All but the dead shares are withdrawn.
		assert_ok!(withdraw(LP, Permill::one()));
		go_to(Interval(FIRST.0 + 7 * HOURS));
		assert_eq!(lane(0).shares, DEAD_SHARES);
		assert!(lane(0).cash / lane(0).shares >= 1_000);
		let before = money_of(OTHER);
		assert_ok!(deposit(OTHER, 7 * UNIT));
		go_to(Interval(FIRST.0 + 7 * HOURS + 1));
		let view = Market::shares_of(CLASS, OTHER)[0];
		assert_eq!((view.claimable_shares, view.claimable_money), (0, UNIT));
		assert_ok!(claim(OTHER));
		assert_eq!(before - money_of(OTHER), 6 * UNIT);
		assert_ok!(claim(LP));
	});
}
