//! The end of a day, and what it costs.

use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{ClassId, Interval};

use crate::{mock::*, WeightInfo};

#[test]
fn seven_books_should_be_open_whatever_the_day() {
	open_ext().build_and_execute(|| {
		for day in 0..16 {
			go_to(Interval(FIRST.0 + day * HOURS));
			let now = FIRST.0 / HOURS + day;
			let mut open: Vec<_> = Books::<Test>::iter_key_prefix(CLASS).map(|day| day.0).collect();
			open.sort_unstable();
			assert_eq!(open, (now..now + DAYS).collect::<Vec<_>>());
			check();
		}
	});
}

#[test]
fn book_should_open_with_the_forecast_and_the_headroom_when_nothing_was_learnt() {
	open_ext().build_and_execute(|| {
		let book = Market::book(CLASS, Day(FIRST.0 / HOURS)).unwrap();
		for bucket in &book.buckets {
			assert!(bucket.y.abs_diff(RESERVE) <= RESERVE / 1_000_000, "{}", bucket.y);
			let price = bucket.price();
			let off = OPENING.checked_sub(price).expect("the pool buys at no more");
			assert!(off <= OPENING / 10_000_000, "{price}");
			assert_eq!((bucket.stock, bucket.fees, bucket.paid), (0, 0, 0));
		}
		let lane = Lanes::<Test>::get(CLASS)[4];
		assert_eq!(lane.cash + book.head.total, LANE);
	});
}

#[test]
fn lane_should_lose_no_more_than_its_book_when_nobody_buys() {
	open_ext().build_and_execute(|| {
		// Sold down as far as the breaker lets, interval by interval.
		for step in 0..24 {
			for at in 0..HOURS {
				let interval = Interval(FIRST.0 + at);
				let depth = bucket(interval).depth;
				give_hours(ALICE, interval, depth / 2);
				let _ = sell(ALICE, interval, depth / 2);
			}
			go_to(Interval(START.0 + step));
		}
		let worth = Market::lane_value(CLASS, LaneId(4));
		go_to(Interval(FIRST.0 + HOURS));
		let lane = Lanes::<Test>::get(CLASS)[4];
		let book = Market::book(CLASS, lane.day.unwrap()).unwrap();
		assert_eq!(lane.cash + book.head.total, worth);
		assert!(worth >= LANE / 2, "half of the cash was never in the book");
		assert!(worth < LANE * 6 / 10);
	});
}

#[test]
fn lanes_should_catch_up_when_the_chain_stood_still() {
	open_ext().build_and_execute(|| {
		// Nine days pass at once.
		let now = Interval(FIRST.0 + 9 * HOURS + 5);
		Now::set(now);
		next_block();
		idle();
		let today = now.0 / HOURS;
		let mut open: Vec<_> = Books::<Test>::iter_key_prefix(CLASS).map(|day| day.0).collect();
		open.sort_unstable();
		assert_eq!(open, (today + 1..=today + DAYS).collect::<Vec<_>>());
	});
}

#[test]
fn closed_class_should_open_no_books_until_it_is_opened_again() {
	open_ext().build_and_execute(|| {
		assert_ok!(Market::set_open(RuntimeOrigin::root(), CLASS, false));
		go_to(Interval(FIRST.0 + 7 * HOURS));
		assert_eq!(Books::<Test>::iter().count(), 0);
		assert_eq!(Market::lane_value(CLASS, LaneId(0)), LANE);
		assert_ok!(Market::claim(RuntimeOrigin::signed(ALICE), LPS[0], CLASS));
		// Money can still leave.
		assert_ok!(Market::withdraw_lane(
			RuntimeOrigin::signed(LPS[0]),
			CLASS,
			LaneId(0),
			LANE / 2
		));
		go_to(Interval(FIRST.0 + 7 * HOURS + 1));
		assert_ok!(Market::claim(RuntimeOrigin::signed(ALICE), LPS[0], CLASS));
		assert_ok!(Market::set_open(RuntimeOrigin::root(), CLASS, true));
		go_to(Interval(FIRST.0 + 7 * HOURS + 2));
		assert_eq!(Books::<Test>::iter().count(), 7);
	});
}

#[test]
fn advance_should_do_what_full_blocks_did_not() {
	open_ext().build_and_execute(|| {
		let advance = |limit| Market::advance(RuntimeOrigin::signed(ALICE), limit);
		assert_noop!(advance(10), Error::<Test>::NothingDue);
		// Blocks without any weight left.
		Now::set(Interval(FIRST.0 + HOURS));
		next_block();
		Market::on_idle(System::block_number(), Weight::zero());
		assert_eq!(Lanes::<Test>::get(CLASS)[4].day, Some(Day(11)));
		let post = advance(1).unwrap();
		assert!(post.actual_weight.unwrap().all_lte(Market::advance_weight(1)));
		assert_eq!(Lanes::<Test>::get(CLASS)[4].day, Some(Day(18)));
		// A class is not due twice in a day, but what came due since is seen.
		Now::set(Interval(FIRST.0 + 3 * HOURS));
		let post = advance(9).unwrap();
		let steps = <() as WeightInfo>::roll().saturating_mul(2);
		assert!(post.actual_weight.unwrap().all_gte(steps));
		assert_eq!(Lanes::<Test>::get(CLASS)[6].day, Some(Day(20)));
	});
}

#[test]
fn roll_should_stop_where_the_meter_does_and_go_on_in_the_next_block() {
	open_ext().build_and_execute(|| {
		make_class(OTHER_CLASS, SHARES + 10, TERMS).unwrap();
		let lp = RuntimeOrigin::signed(LPS[1]);
		Market::deposit(lp, OTHER_CLASS, LANE * u128::from(DAYS)).unwrap();
		// Weight for one roll a block: two lanes of the new class have a book after two.
		let look = <() as WeightInfo>::work_look()
			+ <() as WeightInfo>::class_look().saturating_mul(3)
			+ <() as WeightInfo>::roll();
		Now::set(Interval(START.0 + 1));
		for rolled in 1..=7 {
			next_block();
			let used = Market::on_idle(System::block_number(), look);
			assert!(used.all_lte(look));
			assert_eq!(Books::<Test>::iter_key_prefix(OTHER_CLASS).count(), rolled);
		}
	});
}

/// Ten classes of 168 intervals: the work of a new day is ten rolls, and fits into a tenth of a block of
/// two seconds with what is charged for it by hand.
#[test]
fn new_day_should_fit_into_a_block_when_ten_classes_are_traded() {
	new_test_ext().build_and_execute(|| {
		for class in 0..10u16 {
			let shares = u32::from(class) * 10;
			make_class(ClassId(class), shares, TERMS).unwrap();
			let lp = RuntimeOrigin::signed(LPS[0]);
			Market::deposit(lp, ClassId(class), LANE * u128::from(DAYS)).unwrap();
		}
		idle();
		assert_eq!(Books::<Test>::iter().count(), 70);
		go_to(Interval(FIRST.0 + HOURS - 1));
		Now::set(Interval(FIRST.0 + HOURS));
		next_block();
		// A block of two seconds of which three quarters are for calls.
		let spare = Weight::from_parts(500_000_000_000, 1_000_000);
		let used = Market::on_idle(System::block_number(), spare);
		assert!(used.all_lte(spare), "{used}");
		let new = Day(FIRST.0 / HOURS + DAYS);
		let opened = (0..10u16).filter(|class| Books::<Test>::contains_key(ClassId(*class), new));
		assert_eq!(opened.count(), 10, "every class has its new day after one block");
		// A block in which nothing is due costs next to nothing.
		next_block();
		let quiet = Market::on_idle(System::block_number(), spare);
		assert!(quiet.ref_time() < used.ref_time() / 20, "{quiet}");
	});
}
