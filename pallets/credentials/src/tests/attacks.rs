//! What somebody could try, to another's cost.

use frame_support::{assert_noop, assert_ok};

use crate::{mock::*, Error, HoldReason, Reason, Standing, Terms};

#[test]
fn subject_should_accept_nothing_else_when_the_issuer_swaps_the_offer() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		// The subject has read this offer, signs, and the issuer is faster.
		assert_ok!(issue(Terms { document: Some([66; 32]), ..terms(30) }));
		assert_noop!(accept(terms(30)), Error::<Test>::OtherTerms);
		assert!(!stands());
	});
}

#[test]
fn subject_should_not_undo_a_revocation_with_an_offer_that_it_kept() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		assert_ok!(issue(terms(50)));
		assert_ok!(revoke(Reason::Deceived));
		assert_noop!(accept(terms(50)), Error::<Test>::NoOffer);
		assert!(!stands());
	});
}

#[test]
fn subject_should_lose_nothing_when_strangers_offer_what_they_like() {
	new_test_ext().build_and_execute(|| {
		let kinds = [KIND, OTHER_KIND, MORE_KINDS[0], MORE_KINDS[1]];
		for kind in kinds {
			assert_ok!(Credentials::issue(signed(OTHER_ISSUER), SUBJECT, kind, FOR_EVER));
		}
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
		assert_eq!(held(HoldReason::Offer, OTHER_ISSUER), 4 * DEPOSIT);
		assert!(Credentials::credentials_of(SUBJECT).is_empty(), "no label without its will");
		// They take none of its places.
		grant(FOR_EVER);
		assert!(stands());
	});
}

#[test]
fn issuer_should_not_pay_for_what_a_subject_keeps() {
	new_test_ext().build_and_execute(|| {
		let before = Balances::free_balance(ISSUER);
		grant(FOR_EVER);
		pass(10_000);
		assert_eq!(Balances::free_balance(ISSUER), before);
		// And takes nothing from the subject when it revokes.
		assert_ok!(revoke(Reason::Ceased));
		assert_ok!(Credentials::give_up(signed(SUBJECT), ISSUER, KIND));
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
	});
}

#[test]
fn credential_should_stand_when_others_revoke_or_remove_it() {
	new_test_ext().build_and_execute(|| {
		grant(terms(30));
		assert_ok!(Credentials::issue(signed(OTHER_ISSUER), SUBJECT, KIND, terms(0)));
		let reason = Reason::Deceived;
		assert_ok!(Credentials::revoke(signed(OTHER_ISSUER), SUBJECT, KIND, reason));
		let removed = Credentials::remove(signed(STRANGER), SUBJECT, ISSUER, KIND);
		assert_noop!(removed, Error::<Test>::NotOver);
		assert_eq!(Credentials::standing(SUBJECT, ISSUER, KIND), Standing::Stands);
	});
}

#[test]
fn credential_should_mean_what_it_meant_when_its_issuer_would_like_otherwise() {
	new_test_ext().build_and_execute(|| {
		// A kind means nothing until it is described, and then that for good: there is no order of
		// calls in which a subject accepts other words than stand there later.
		assert_noop!(
			Credentials::issue(signed(ISSUER), SUBJECT, UNKNOWN, FOR_EVER),
			Error::<Test>::UnknownKind
		);
		assert_ok!(describe(ISSUER, UNKNOWN, "Friend"));
		assert_ok!(Credentials::issue(signed(ISSUER), SUBJECT, UNKNOWN, FOR_EVER));
		assert_noop!(describe(ISSUER, UNKNOWN, "Foe"), Error::<Test>::KindExists);
		assert_ok!(Credentials::accept(signed(SUBJECT), ISSUER, UNKNOWN, FOR_EVER));
		let shown = Credentials::credentials_of(SUBJECT);
		assert_eq!(shown[0].kind_name, Some(name("Friend")));
	});
}
