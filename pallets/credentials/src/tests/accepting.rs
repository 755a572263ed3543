//! Offers become credentials.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;
use sp_runtime::{traits::BadOrigin, TokenError};

use crate::{mock::*, Counts, Credential, Error, Event, HoldReason, Offers, Reason, Terms};

#[test]
fn credential_should_stand_and_be_the_subjects_to_pay_for_when_accepted() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		pass(2);
		assert_ok!(accept(terms(30)));
		System::assert_last_event(
			Event::Accepted {
				issuer: ISSUER,
				subject: SUBJECT,
				kind: KIND,
				terms: terms(30),
				replaced: false,
			}
			.into(),
		);
		let credential =
			Credential { terms: terms(30), issued: START, revoked: None, deposit: DEPOSIT };
		assert_eq!(Credentials::credential(SUBJECT, ISSUER, KIND), Some(credential));
		assert!(stands());
		assert_eq!(held(HoldReason::Offer, ISSUER), 0, "the issuer has its deposit back");
		assert_eq!(held(HoldReason::Credential, SUBJECT), DEPOSIT);
		assert_eq!(Offers::<Test>::iter().count(), 0);
		assert_noop!(accept(terms(30)), Error::<Test>::NoOffer);
	});
}

#[test]
fn accept_should_be_refused_when_it_is_not_the_subjects() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		let accept = |who, issuer, kind| Credentials::accept(signed(who), issuer, kind, terms(30));
		for who in [ISSUER, OTHER_SUBJECT, STRANGER] {
			assert_noop!(accept(who, ISSUER, KIND), Error::<Test>::NoOffer);
		}
		assert_noop!(accept(SUBJECT, OTHER_ISSUER, KIND), Error::<Test>::NoOffer);
		assert_noop!(accept(SUBJECT, ISSUER, OTHER_KIND), Error::<Test>::NoOffer);
		assert_noop!(
			Credentials::accept(RuntimeOrigin::root(), ISSUER, KIND, terms(30)),
			BadOrigin
		);
	});
}

#[test]
fn accept_should_be_refused_when_the_offer_is_another_or_lapsed() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		for other in [
			terms(29),
			FOR_EVER,
			Terms { document: None, ..terms(30) },
			Terms { document: Some([2; 32]), ..terms(30) },
		] {
			assert_noop!(accept(other), Error::<Test>::OtherTerms);
		}
		pass(TERM + 1);
		assert_noop!(accept(terms(30)), Error::<Test>::Lapsed);
		// The last interval in which it counts is one of those in which it can be accepted.
		Now::set(Interval(START.0 + TERM));
		assert_ok!(accept(terms(30)));
	});
}

#[test]
fn accept_should_be_refused_when_the_subject_cannot_pay() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Credentials::issue(signed(ISSUER), POOR, KIND, FOR_EVER));
		assert_noop!(
			Credentials::accept(signed(POOR), ISSUER, KIND, FOR_EVER),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn accept_should_be_refused_when_the_subject_has_too_many() {
	new_test_ext().build_and_execute(|| {
		let kinds = [KIND, OTHER_KIND, MORE_KINDS[0], MORE_KINDS[1]];
		for kind in kinds {
			assert_ok!(Credentials::issue(signed(ISSUER), SUBJECT, kind, FOR_EVER));
		}
		let accept = |kind| Credentials::accept(signed(SUBJECT), ISSUER, kind, FOR_EVER);
		for kind in &kinds[..3] {
			assert_ok!(accept(*kind));
		}
		assert_eq!(Counts::<Test>::get(SUBJECT), MOST);
		assert_noop!(accept(kinds[3]), Error::<Test>::TooMany);
		// What takes the place of another takes none of its own.
		assert_ok!(issue(terms(30)));
		assert_ok!(Credentials::accept(signed(SUBJECT), ISSUER, KIND, terms(30)));
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		assert_ok!(accept(kinds[3]));
	});
}

#[test]
fn credential_should_have_no_gap_when_it_is_renewed() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		pass(5);
		assert_ok!(issue(terms(40)));
		assert!(stands(), "the old one stands until the new one is accepted");
		assert_ok!(accept(terms(40)));
		System::assert_last_event(
			Event::Accepted {
				issuer: ISSUER,
				subject: SUBJECT,
				kind: KIND,
				terms: terms(40),
				replaced: true,
			}
			.into(),
		);
		pass(1);
		assert!(stands());
		assert_eq!(held(HoldReason::Credential, SUBJECT), DEPOSIT);
		assert_eq!(Counts::<Test>::get(SUBJECT), 1);
	});
}

#[test]
fn credential_should_stand_again_when_it_is_issued_after_a_revocation() {
	new_test_ext().build_and_execute(|| {
		grant(terms(30));
		assert_ok!(revoke(Reason::Mistaken));
		assert!(!stands());
		grant(terms(30));
		assert!(stands());
		assert_eq!(held(HoldReason::Credential, SUBJECT), DEPOSIT);
	});
}

#[test]
fn subject_should_pay_todays_deposit_when_it_renews_after_an_upgrade() {
	new_test_ext().build_and_execute(|| {
		grant(terms(30));
		for deposit in [DEPOSIT + 50, DEPOSIT - 50] {
			Room::set(deposit);
			assert_eq!(held(HoldReason::Offer, ISSUER), 0);
			grant(terms(30));
			assert_eq!(held(HoldReason::Credential, SUBJECT), deposit);
		}
		Room::set(DEPOSIT);
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
	});
}

#[test]
fn account_should_speak_of_itself_when_it_likes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Credentials::issue(signed(ISSUER), ISSUER, KIND, FOR_EVER));
		assert_ok!(Credentials::accept(signed(ISSUER), ISSUER, KIND, FOR_EVER));
		assert!(Credentials::has(ISSUER, ISSUER, KIND));
		assert_eq!(held(HoldReason::Offer, ISSUER), 0);
		assert_eq!(held(HoldReason::Credential, ISSUER), DEPOSIT);
		assert_ok!(Credentials::revoke(signed(ISSUER), ISSUER, KIND, Reason::Mistaken));
		assert_ok!(Credentials::give_up(signed(ISSUER), ISSUER, KIND));
		assert_eq!(held(HoldReason::Credential, ISSUER), 0);
	});
}
