//! What is over is cleared away.

use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use sp_runtime::traits::BadOrigin;

use crate::{mock::*, Counts, Credentials as Accepted, Error, Event, Issued, Offers, Reason};

fn remove() -> sp_runtime::DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
	Credentials::remove(signed(STRANGER), SUBJECT, ISSUER, KIND)
}

#[test]
fn credential_should_be_anybodys_to_remove_when_it_ran_out() {
	new_test_ext().build_and_execute(|| {
		grant(terms(5));
		pass(5);
		assert_noop!(remove(), Error::<Test>::NotOver);
		pass(1);
		let outcome = remove().unwrap();
		assert_eq!(outcome.pays_fee, Pays::No);
		System::assert_last_event(
			Event::CredentialRemoved { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE, "the deposit is its subject's");
		assert!(!Counts::<Test>::contains_key(SUBJECT));
		assert_eq!(Issued::<Test>::iter().count(), 0);
		assert_noop!(remove(), Error::<Test>::NotFound);
	});
}

#[test]
fn credential_should_tell_why_for_a_while_when_it_is_revoked() {
	new_test_ext().build_and_execute(|| {
		grant(terms(2));
		assert_ok!(revoke(Reason::Withdrawn));
		// It would have run out by now.
		pass(RETENTION - 1);
		assert_noop!(remove(), Error::<Test>::NotOver);
		pass(1);
		assert_ok!(remove());
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
	});
}

#[test]
fn offer_should_be_anybodys_to_remove_when_it_lapsed() {
	new_test_ext().build_and_execute(|| {
		let before = Balances::free_balance(ISSUER);
		assert_ok!(issue(FOR_EVER));
		pass(TERM);
		assert_noop!(remove(), Error::<Test>::NotOver);
		pass(1);
		assert_ok!(remove());
		System::assert_last_event(
			Event::OfferRemoved { issuer: ISSUER, subject: SUBJECT, kind: KIND }.into(),
		);
		assert_eq!(Balances::free_balance(ISSUER), before, "the deposit is its issuer's");
		assert_eq!(Issued::<Test>::iter().count(), 0);
	});
}

#[test]
fn remove_should_leave_what_is_not_over_when_the_rest_is() {
	new_test_ext().build_and_execute(|| {
		grant(terms(1));
		pass(2);
		assert_ok!(issue(terms(30)));
		assert_ok!(remove());
		assert_eq!((Accepted::<Test>::iter().count(), Offers::<Test>::iter().count()), (0, 1));
		assert_ok!(accept(terms(30)));
		assert_ok!(issue(terms(12)));
		pass(11);
		assert_ok!(remove());
		assert_eq!((Accepted::<Test>::iter().count(), Offers::<Test>::iter().count()), (1, 0));
		assert!(stands());
	});
}

#[test]
fn remove_should_take_both_when_both_are_over() {
	new_test_ext().build_and_execute(|| {
		grant(terms(12));
		assert_ok!(issue(terms(12)));
		pass(13);
		assert_ok!(remove());
		assert_eq!(Issued::<Test>::iter().count(), 0);
		assert_eq!(Balances::free_balance(SUBJECT), BALANCE);
	});
}

#[test]
fn remove_should_be_refused_when_unsigned_or_unknown() {
	new_test_ext().build_and_execute(|| {
		let unsigned = Credentials::remove(RuntimeOrigin::none(), SUBJECT, ISSUER, KIND);
		assert_noop!(unsigned, BadOrigin);
		assert_noop!(remove(), Error::<Test>::NotFound);
		grant(FOR_EVER);
		pass(1_000);
		assert_noop!(remove(), Error::<Test>::NotOver);
	});
}
