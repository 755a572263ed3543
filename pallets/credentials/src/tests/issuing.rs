//! Offers.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;
use sp_runtime::{traits::BadOrigin, TokenError};

use crate::{mock::*, Error, Event, HoldReason, Issued, Offer, Offers, Terms};

const KEY: (u64, u64, pogcs_primitives::CredentialKind) = (SUBJECT, ISSUER, KIND);

#[test]
fn offer_should_be_the_issuers_to_pay_for_when_it_is_made() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		let lapses = Interval(START.0 + TERM);
		System::assert_last_event(
			Event::Offered {
				issuer: ISSUER,
				subject: SUBJECT,
				kind: KIND,
				terms: terms(30),
				lapses,
			}
			.into(),
		);
		let offer = Offer { terms: terms(30), issued: START, lapses, deposit: DEPOSIT };
		assert_eq!(Credentials::offer(SUBJECT, ISSUER, KIND), Some(offer));
		assert_eq!(held(HoldReason::Offer, ISSUER), DEPOSIT);
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE, "it costs its subject nothing");
		assert!(!stands(), "nobody is what others say before he agrees");
	});
}

#[test]
fn offer_should_lapse_with_what_it_offers_when_that_ends_sooner() {
	new_test_ext().build_and_execute(|| {
		for (terms, lapses) in
			[(terms(0), START), (terms(3), Interval(START.0 + 3)), (FOR_EVER, Interval(60))]
		{
			assert_ok!(issue(terms));
			assert_eq!(Offers::<Test>::get(KEY).unwrap().lapses, lapses);
		}
	});
}

#[test]
fn offer_should_take_the_place_of_the_last_when_it_is_made_again() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		pass(1);
		assert_ok!(issue(terms(40)));
		assert_eq!(held(HoldReason::Offer, ISSUER), DEPOSIT);
		let offer = Offers::<Test>::get(KEY).unwrap();
		assert_eq!((offer.terms, offer.issued), (terms(40), Interval(START.0 + 1)));
		assert_eq!(Offers::<Test>::iter().count(), 1);
	});
}

#[test]
fn offer_should_have_todays_deposit_when_an_upgrade_changed_it() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		for deposit in [DEPOSIT + 50, DEPOSIT - 50] {
			Room::set(deposit);
			assert_ok!(issue(terms(30)));
			assert_eq!(held(HoldReason::Offer, ISSUER), deposit);
		}
		Room::set(DEPOSIT);
		assert_ok!(Credentials::withdraw(signed(ISSUER), SUBJECT, KIND));
		assert_eq!(held(HoldReason::Offer, ISSUER), 0);
	});
}

#[test]
fn issue_should_be_refused_when_it_could_not_count() {
	new_test_ext().build_and_execute(|| {
		let issue = |who, kind, terms| Credentials::issue(signed(who), SUBJECT, kind, terms);
		assert_noop!(issue(ISSUER, UNKNOWN, FOR_EVER), Error::<Test>::UnknownKind);
		// Another's description is no description.
		assert_noop!(issue(STRANGER, KIND, FOR_EVER), Error::<Test>::UnknownKind);
		let over = Terms { until: Some(Interval(START.0 - 1)), document: None };
		assert_noop!(issue(ISSUER, KIND, over), Error::<Test>::Past);
		assert_noop!(Credentials::issue(RuntimeOrigin::root(), SUBJECT, KIND, FOR_EVER), BadOrigin);
		Now::set(Interval(u32::MAX - TERM + 1));
		assert_noop!(issue(ISSUER, KIND, FOR_EVER), Error::<Test>::Overflow);
		Now::set(START);
	});
}

#[test]
fn issue_should_be_refused_when_the_issuer_cannot_pay() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(describe(POOR, KIND, "Anything"));
		assert_noop!(
			Credentials::issue(signed(POOR), SUBJECT, KIND, FOR_EVER),
			TokenError::FundsUnavailable
		);
	});
}

#[test]
fn issuer_should_have_its_deposit_back_when_it_withdraws() {
	new_test_ext().build_and_execute(|| {
		let withdraw = |who| Credentials::withdraw(signed(who), SUBJECT, KIND);
		assert_noop!(withdraw(ISSUER), Error::<Test>::NoOffer);
		assert_ok!(issue(terms(30)));
		for other in [OTHER_ISSUER, SUBJECT, STRANGER] {
			assert_noop!(withdraw(other), Error::<Test>::NoOffer);
		}
		assert_noop!(Credentials::withdraw(RuntimeOrigin::none(), SUBJECT, KIND), BadOrigin);
		assert_ok!(withdraw(ISSUER));
		System::assert_last_event(
			Event::Withdrawn { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert_eq!(held(HoldReason::Offer, ISSUER), 0);
		assert_eq!(Issued::<Test>::iter().count(), 0);
		assert_noop!(accept(terms(30)), Error::<Test>::NoOffer);
	});
}

#[test]
fn credential_should_stand_when_an_offer_to_renew_it_is_withdrawn() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		assert_ok!(issue(terms(50)));
		assert_ok!(Credentials::withdraw(signed(ISSUER), SUBJECT, KIND));
		assert!(stands());
		assert!(Issued::<Test>::contains_key((ISSUER, SUBJECT, KIND)));
	});
}
