//! What kinds mean.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};

use crate::{mock::*, Error, Event, KindRecord};

#[test]
fn kind_should_mean_what_its_issuer_says_when_it_is_described() {
	new_test_ext().build_and_execute(|| {
		let (before, treasury) = (Balances::free_balance(ISSUER), Balances::free_balance(TREASURY));
		assert_ok!(describe(ISSUER, UNKNOWN, "Certified installer"));
		let (name, document) = (name("Certified installer"), Some([9; 32]));
		System::assert_last_event(
			Event::Described { issuer: ISSUER, kind: UNKNOWN, name: name.clone(), document }.into(),
		);
		assert_eq!(Credentials::kind(ISSUER, UNKNOWN), Some(KindRecord { name, document }));
		assert_eq!(Credentials::kind(OTHER_ISSUER, UNKNOWN), None);
		assert_eq!(before - Balances::free_balance(ISSUER), PRICE);
		assert_eq!(Balances::free_balance(TREASURY) - treasury, PRICE);
	});
}

#[test]
fn kind_should_keep_its_meaning_when_it_is_described_again() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(describe(ISSUER, KIND, "Fraudster"), Error::<Test>::KindExists);
		grant(FOR_EVER);
		assert_noop!(describe(ISSUER, KIND, "Fraudster"), Error::<Test>::KindExists);
		assert_eq!(Credentials::kind(ISSUER, KIND).unwrap().name, name("Installer"));
	});
}

#[test]
fn describe_should_be_refused_when_unsigned_or_unpaid() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(
			Credentials::describe(RuntimeOrigin::root(), UNKNOWN, name("Kind"), None),
			BadOrigin
		);
		assert_ok!(Balances::transfer_allow_death(signed(POOR), STRANGER, DEPOSIT - PRICE));
		// Not even if the account would be gone with it.
		assert_noop!(describe(POOR, UNKNOWN, "Kind"), TokenError::FundsUnavailable);
		assert_ok!(Balances::transfer_allow_death(signed(STRANGER), POOR, 1));
		assert_ok!(describe(POOR, UNKNOWN, "Kind"));
	});
}
