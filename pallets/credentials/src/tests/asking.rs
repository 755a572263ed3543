//! What other pallets are told.

use frame_support::assert_ok;
use pogcs_primitives::{traits::Credentials as CredentialsTrait, Interval};

use crate::{mock::*, Reason, Standing};

fn standing() -> Standing {
	Credentials::standing(SUBJECT, ISSUER, KIND)
}

#[test]
fn answer_should_be_of_that_subject_that_issuer_and_that_kind() {
	new_test_ext().build_and_execute(|| {
		grant(FOR_EVER);
		let has = <Credentials as CredentialsTrait<u64>>::has;
		assert!(has(&SUBJECT, &ISSUER, KIND));
		assert!(!has(&OTHER_SUBJECT, &ISSUER, KIND));
		assert!(!has(&SUBJECT, &OTHER_ISSUER, KIND));
		assert!(!has(&SUBJECT, &ISSUER, OTHER_KIND));
		assert!(!has(&ISSUER, &SUBJECT, KIND));
	});
}

#[test]
fn answer_should_change_with_time_when_nobody_calls_anything() {
	new_test_ext().build_and_execute(|| {
		assert_eq!(standing(), Standing::Unknown);
		assert_ok!(issue(terms(5)));
		assert_eq!(standing(), Standing::Offered);
		assert_ok!(accept(terms(5)));
		for _ in 0..=5 {
			assert!(stands());
			assert_eq!(standing(), Standing::Stands);
			pass(1);
		}
		assert!(!stands());
		assert_eq!(standing(), Standing::Expired);
		assert_ok!(issue(terms(40)));
		assert_eq!(standing(), Standing::Offered, "what could be done about it comes first");
		pass(TERM + 1);
		assert_eq!(standing(), Standing::Expired, "a lapsed offer is none");
	});
}

#[test]
fn answer_should_be_yes_for_ever_when_it_has_no_end() {
	new_test_ext().build_and_execute(|| {
		grant(FOR_EVER);
		Now::set(Interval(u32::MAX));
		assert!(stands());
		assert_ok!(revoke(Reason::Ceased));
		assert!(!stands());
	});
}
