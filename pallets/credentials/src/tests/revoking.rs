//! Issuers change their minds.

use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::Interval;
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Error, Event, HoldReason, Reason, Revocation, Standing};

#[test]
fn credential_should_not_stand_when_it_is_revoked() {
	new_test_ext().build_and_execute(|| {
		grant(FOR_EVER);
		pass(3);
		assert_ok!(revoke(Reason::Changed));
		let reason = Reason::Changed;
		System::assert_last_event(
			Event::Revoked { issuer: ISSUER, subject: SUBJECT, kind: KIND, reason }.into(),
		);
		assert!(!stands());
		let since = Interval(START.0 + 3);
		assert_eq!(
			Credentials::standing(SUBJECT, ISSUER, KIND),
			Standing::Revoked(Revocation { reason, since })
		);
	});
}

#[test]
fn revoke_should_be_refused_when_nothing_stands_that_is_the_issuers() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(revoke(Reason::Changed), Error::<Test>::NothingToRevoke);
		grant(terms(5));
		for who in [OTHER_ISSUER, SUBJECT, STRANGER] {
			let refused = Credentials::revoke(signed(who), SUBJECT, KIND, Reason::Changed);
			assert_noop!(refused, Error::<Test>::NothingToRevoke);
		}
		let unsigned = RuntimeOrigin::root();
		assert_noop!(Credentials::revoke(unsigned, SUBJECT, KIND, Reason::Changed), BadOrigin);
		let other = Credentials::revoke(signed(ISSUER), SUBJECT, OTHER_KIND, Reason::Changed);
		assert_noop!(other, Error::<Test>::NothingToRevoke);
		pass(6);
		assert_noop!(revoke(Reason::Changed), Error::<Test>::NothingToRevoke);
		Now::set(START);
		assert_ok!(revoke(Reason::Changed));
		// What was said then stays said.
		assert_noop!(revoke(Reason::Deceived), Error::<Test>::NothingToRevoke);
	});
}

#[test]
fn offer_should_be_taken_back_when_the_issuer_revokes() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(issue(terms(30)));
		assert_ok!(revoke(Reason::Mistaken));
		System::assert_last_event(
			Event::Withdrawn { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert_eq!(held(HoldReason::Offer, ISSUER), 0);
		assert_noop!(accept(terms(30)), Error::<Test>::NoOffer);
		// Beside a credential that has run out, too.
		grant(terms(1));
		pass(2);
		assert_ok!(issue(terms(30)));
		assert_ok!(revoke(Reason::Mistaken));
		assert_eq!(Credentials::standing(SUBJECT, ISSUER, KIND), Standing::Expired);
	});
}

#[test]
fn reason_should_have_its_number_when_it_is_encoded() {
	let numbers = [
		Reason::Unspecified,
		Reason::KeyCompromised,
		Reason::IssuerCompromised,
		Reason::Changed,
		Reason::Superseded,
		Reason::Ceased,
		Reason::Withdrawn,
		Reason::Mistaken,
		Reason::Deceived,
	];
	for (number, reason) in (0u8..).zip(numbers) {
		assert_eq!(reason.encode(), [number], "{reason:?}");
	}
}
