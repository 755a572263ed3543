//! What governance may set, and within what.

use frame_support::{assert_noop, assert_ok, traits::fungibles::Inspect};
use pogcs_primitives::{ClassId, Interval};
use sp_runtime::{DispatchError, Permill};

use crate::mock::*;

#[test]
fn class_should_be_made_with_shares_for_every_lane() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(make_class(CLASS, SHARES, TERMS));
		for lane in 0..DAYS {
			assert!(Assets::asset_exists(SHARES + lane));
		}
		assert_eq!(Market::classes(), vec![CLASS]);
		assert_eq!(Market::class(CLASS).unwrap().terms, TERMS);
		assert_eq!(Market::profile(CLASS).len(), 24);
		System::assert_last_event(
			Event::ClassMade { class: CLASS, shares: SHARES, price: PRICE, terms: TERMS }.into(),
		);
		// Nobody mints or burns lane shares but the market.
		assert!(Assets::mint(RuntimeOrigin::signed(ALICE), SHARES, ALICE, 100).is_err());
	});
}

#[test]
fn class_should_be_refused_when_known_taken_or_beyond_the_most() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(make_class(CLASS, SHARES, TERMS));
		assert_noop!(make_class(CLASS, 500, TERMS), Error::<Test>::KnownClass);
		// Somebody made one of the assets to be in the way.
		assert_noop!(make_class(OTHER_CLASS, SHARES + 6, TERMS), Error::<Test>::BadAsset);
		assert_noop!(make_class(OTHER_CLASS, u32::MAX - 3, TERMS), Error::<Test>::BadAsset);
		assert_noop!(
			Market::make_class(RuntimeOrigin::root(), OTHER_CLASS, 500, UNIT / 10_000, TERMS),
			Error::<Test>::Unsound
		);
		for class in 10..19 {
			assert_ok!(make_class(ClassId(class), u32::from(class) * 100, TERMS));
		}
		assert_noop!(make_class(OTHER_CLASS, 5_000, TERMS), Error::<Test>::TooManyClasses);
	});
}

#[test]
fn terms_should_be_refused_when_unsound() {
	empty_ext().build_and_execute(|| {
		let percent = Permill::from_percent;
		let bad = [
			Terms { min_price: 0, ..TERMS },
			Terms { min_price: 2 * UNIT, max_price: UNIT, ..TERMS },
			Terms { max_price: u128::MAX, ..TERMS },
			Terms { min_book: 0, ..TERMS },
			Terms { fee: percent(4), ..TERMS },
			Terms { max_fee: percent(50), max_risk: percent(41), ..TERMS },
			Terms { deployed: percent(0), ..TERMS },
			Terms { deployed: percent(100), ..TERMS },
			Terms { breaker: percent(0), ..TERMS },
			Terms { full_volume: percent(0), ..TERMS },
			Terms { range: percent(0), ..TERMS },
		];
		for terms in bad {
			assert_noop!(
				Market::set_terms(RuntimeOrigin::root(), CLASS, terms),
				Error::<Test>::Unsound
			);
			assert_noop!(make_class(OTHER_CLASS, 500, terms), Error::<Test>::Unsound);
		}
		let terms = Terms { fee: percent(1), ..TERMS };
		assert_noop!(
			Market::set_terms(RuntimeOrigin::root(), OTHER_CLASS, terms),
			Error::<Test>::UnknownClass
		);
		assert_ok!(Market::set_terms(RuntimeOrigin::root(), CLASS, terms));
		System::assert_last_event(Event::TermsSet { class: CLASS, terms }.into());
		assert_noop!(
			Market::set_open(RuntimeOrigin::root(), OTHER_CLASS, false),
			Error::<Test>::UnknownClass
		);
	});
}

#[test]
fn terms_should_hold_for_books_that_are_opened_later() {
	open_ext().build_and_execute(|| {
		let terms = Terms { fee: Permill::from_percent(1), ..TERMS };
		assert_ok!(Market::set_terms(RuntimeOrigin::root(), CLASS, terms));
		assert_eq!(Market::price(CLASS, FIRST).unwrap().buy_fee, 3_000);
		go_to(Interval(FIRST.0 + HOURS));
		let new = Interval(FIRST.0 + DAYS * HOURS);
		assert_eq!(Market::price(CLASS, new).unwrap().buy_fee, 10_000);
		assert_eq!(Market::price(CLASS, Interval(new.0 - 1)).unwrap().buy_fee, 3_000);
	});
}

#[test]
fn governing_should_be_refused_when_signed_by_an_account() {
	empty_ext().build_and_execute(|| {
		let alice = || RuntimeOrigin::signed(ALICE);
		let bad = DispatchError::BadOrigin;
		assert_noop!(Market::make_class(alice(), OTHER_CLASS, 500, PRICE, TERMS), bad);
		assert_noop!(Market::set_terms(alice(), CLASS, TERMS), bad);
		assert_noop!(Market::set_open(alice(), CLASS, false), bad);
		assert_noop!(Market::set_halted(alice(), CLASS, Day(0), true), bad);
	});
}
