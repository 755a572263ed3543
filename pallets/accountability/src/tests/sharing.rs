//! Several offenders of one period, and who is paid for telling.

use frame_support::assert_ok;
use pogcs_primitives::Interval;
use sp_runtime::Perbill;

use crate::{mock::*, Cases, Event, Period};

const SLOT: u64 = START + 3;

fn reporters() -> Vec<Option<AccountId>> {
	let events = System::events().into_iter();
	events
		.filter_map(|record| match record.event {
			RuntimeEvent::Accountability(Event::Equivocated { reporter, .. }) => Some(reporter),
			_ => None,
		})
		.collect()
}

#[test]
fn a_later_offender_should_raise_what_the_earlier_ones_pay() {
	on_chain(|| {
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(lost(4), 90);
		// Two tenths: (6 / 10)^2.
		assert_ok!(report_blocks(blocks(5, SLOT + 1)));
		assert_eq!((lost(4), lost(5)), (360, 360));
		// Three: (9 / 10)^2; four are more than a third.
		assert_ok!(report_blocks(blocks(6, SLOT)));
		assert_eq!((lost(4), lost(5), lost(6)), (810, 810, 810));
		assert_ok!(report_blocks(blocks(7, SLOT)));
		assert_eq!([4, 5, 6, 7].map(lost), [STAKE; 4]);
		let case = Cases::<Test>::get(Period::Epoch(Interval(0))).unwrap();
		assert_eq!((case.fraction, case.offenders.len()), (Perbill::one(), 4));
		// A fifth one finds nothing more to take from them.
		assert_ok!(report_blocks(blocks(8, SLOT)));
		assert_eq!([4, 8].map(lost), [STAKE; 2]);
	});
}

#[test]
fn offenders_of_other_epochs_should_not_raise_each_other() {
	on_chain(|| {
		assert_ok!(report_blocks(blocks(4, SLOT)));
		open_epoch(1);
		assert_ok!(report_blocks(blocks(5, START + EPOCH)));
		assert_eq!((lost(4), lost(5)), (90, 90));
	});
}

#[test]
fn a_light_offender_should_lose_the_least_part() {
	on_chain(|| {
		pallet_pogcs::History::<Test>::mutate(Interval(0), |seats| {
			let seats = seats.as_mut().unwrap();
			let seat = seats.iter_mut().find(|seat| seat.account == 4).unwrap();
			seat.weight = 1;
		});
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(lost(4), 50);
		// Put back what was changed, as the invariants want it.
		pallet_pogcs::History::<Test>::mutate(Interval(0), |seats| {
			let seats = seats.as_mut().unwrap();
			seats.iter_mut().for_each(|seat| seat.weight = 6_553);
		});
	});
}

#[test]
fn the_author_of_the_block_should_get_its_share_of_all_that_is_taken() {
	on_chain(|| {
		Author::set(Some(REPORTER));
		let (free, issuance) = (Balances::free_balance(REPORTER), Balances::total_issuance());
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(Balances::free_balance(REPORTER), free + 9);
		assert_ok!(report_blocks(blocks(5, SLOT)));
		// A tenth of 360 from 5 and of the 270 that 4 had still to pay.
		assert_eq!(Balances::free_balance(REPORTER), free + 9 + 36 + 27);
		assert_eq!(Balances::total_issuance(), issuance - (81 + 324 + 243));
		assert_eq!(reporters(), [Some(REPORTER); 2]);
	});
}

#[test]
fn an_offender_should_not_be_paid_for_its_own_period() {
	on_chain(|| {
		Author::set(Some(4));
		let free = Balances::free_balance(4);
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_ok!(report_blocks(blocks(5, SLOT)));
		assert_eq!(Balances::free_balance(4), free);
		assert_eq!(reporters(), [None; 2]);
	});
}

#[test]
fn the_slash_should_be_burnt_when_the_author_has_no_account() {
	on_chain(|| {
		// Nine are less than an account must hold.
		Author::set(Some(999));
		let issuance = Balances::total_issuance();
		assert_ok!(report_blocks(blocks(4, SLOT)));
		assert_eq!(Balances::free_balance(999), 0);
		assert_eq!(Balances::total_issuance(), issuance - 90);
	});
}

#[test]
fn what_waits_to_be_withdrawn_should_be_taken_too() {
	on_chain(|| {
		assert_ok!(Pogcs::unbond(RuntimeOrigin::signed(4), STAKE));
		for who in [4, 5, 6, 7] {
			assert_ok!(report_blocks(blocks(who, SLOT)));
		}
		assert_eq!(held(4), 0);
	});
}
