//! What subjects do not want, or not any more.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Counts, Error, Event, HoldReason, Issued, Reason};

#[test]
fn issuer_should_have_its_deposit_back_when_the_subject_declines() {
	new_test_ext().build_and_execute(|| {
		let decline = |who| Credentials::decline(signed(who), ISSUER, KIND);
		assert_noop!(decline(SUBJECT), Error::<Test>::NoOffer);
		assert_ok!(issue(terms(30)));
		for other in [ISSUER, OTHER_SUBJECT, STRANGER] {
			assert_noop!(decline(other), Error::<Test>::NoOffer);
		}
		assert_noop!(Credentials::decline(RuntimeOrigin::root(), ISSUER, KIND), BadOrigin);
		assert_ok!(decline(SUBJECT));
		System::assert_last_event(
			Event::Declined { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert_eq!(held(HoldReason::Offer, ISSUER), 0);
		assert_eq!(Issued::<Test>::iter().count(), 0);
	});
}

#[test]
fn credential_should_stand_when_an_offer_to_renew_it_is_declined() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		assert_ok!(issue(terms(50)));
		assert_ok!(Credentials::decline(signed(SUBJECT), ISSUER, KIND));
		assert!(stands());
	});
}

#[test]
fn subject_should_have_its_deposit_back_when_it_gives_up() {
	new_test_ext().build_and_execute(|| {
		let give_up = |who| Credentials::give_up(signed(who), ISSUER, KIND);
		assert_ok!(issue(terms(30)));
		assert_noop!(give_up(SUBJECT), Error::<Test>::NoCredential);
		assert_ok!(accept(terms(30)));
		for other in [ISSUER, OTHER_SUBJECT, STRANGER] {
			assert_noop!(give_up(other), Error::<Test>::NoCredential);
		}
		assert_noop!(Credentials::give_up(RuntimeOrigin::root(), ISSUER, KIND), BadOrigin);
		assert_ok!(give_up(SUBJECT));
		System::assert_last_event(
			Event::GivenUp { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert!(!stands());
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
		assert!(!Counts::<Test>::contains_key(SUBJECT));
		assert_eq!(Issued::<Test>::iter().count(), 0);
	});
}

#[test]
fn subject_should_give_up_whatever_it_has_when_that_stands_no_more() {
	new_test_ext().build_and_execute(|| {
		grant(terms(1));
		pass(2);
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		grant(FOR_EVER);
		assert_ok!(revoke(Reason::Deceived));
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
	});
}

#[test]
fn offer_should_stay_when_the_credential_that_it_renews_is_given_up() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		assert_ok!(issue(terms(50)));
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		assert_eq!(held(HoldReason::Offer, ISSUER), DEPOSIT);
		assert!(Issued::<Test>::contains_key((ISSUER, SUBJECT, KIND)));
		assert_ok!(accept(terms(50)));
	});
}
