//! What issuers call themselves.

use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::BadOrigin, TokenError};

use crate::{mock::*, text::is_name, Error, Event, HoldReason, IssuerRecord, Issuers};

fn publish(who: u64, words: &str, address: &str) -> sp_runtime::DispatchResult {
	Credentials::publish(signed(who), name(words), url(address))
}

#[test]
fn issuer_should_have_a_name_when_it_publishes_one() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(publish(ISSUER, "Grüne Prüfstelle", "https://example.org/credentials"));
		let (name, url) = (name("Grüne Prüfstelle"), url("https://example.org/credentials"));
		System::assert_last_event(
			Event::Published { issuer: ISSUER, name: name.clone(), url: url.clone() }.into(),
		);
		let record = IssuerRecord { name, url, deposit: ISSUER_DEPOSIT };
		assert_eq!(Credentials::issuer(ISSUER), Some(record));
		assert_eq!(held(HoldReason::Issuer, ISSUER), ISSUER_DEPOSIT);
	});
}

#[test]
fn issuer_should_pay_one_deposit_when_it_changes_its_name() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(publish(ISSUER, "Old", ""));
		assert_ok!(publish(ISSUER, "New", "ipfs://bafy"));
		assert_eq!(held(HoldReason::Issuer, ISSUER), ISSUER_DEPOSIT);
		assert_eq!(Issuers::<Test>::get(ISSUER).unwrap().name, name("New"));
	});
}

#[test]
fn issuer_should_have_its_deposit_back_when_it_takes_its_name_back() {
	new_test_ext().build_and_execute(|| {
		grant(FOR_EVER);
		assert_noop!(Credentials::unpublish(signed(ISSUER)), Error::<Test>::NotPublished);
		assert_ok!(publish(ISSUER, "Issuer", ""));
		assert_ok!(Credentials::unpublish(signed(ISSUER)));
		System::assert_last_event(Event::Unpublished { issuer: ISSUER }.into());
		assert_eq!(held(HoldReason::Issuer, ISSUER), 0);
		assert!(stands(), "what it said stands without its name");
	});
}

#[test]
fn publish_should_be_refused_when_unsigned_or_unpaid() {
	new_test_ext().build_and_execute(|| {
		let (name, url) = (name("Issuer"), url(""));
		assert_noop!(
			Credentials::publish(RuntimeOrigin::root(), name.clone(), url.clone()),
			BadOrigin
		);
		assert_noop!(Credentials::unpublish(RuntimeOrigin::none()), BadOrigin);
		assert_ok!(Balances::transfer_allow_death(signed(POOR), STRANGER, 50));
		assert_noop!(Credentials::publish(signed(POOR), name, url), TokenError::FundsUnavailable);
	});
}

#[test]
fn publish_should_be_refused_when_the_name_leads_astray() {
	new_test_ext().build_and_execute(|| {
		for bad in [
			"",
			" ",
			" Bank",
			"Bank\u{a0}",
			"Ba\nnk",
			"Ba\0nk",
			"Ba\u{200b}nk",
			"\u{202e}knaB",
			"Bank\u{2066}",
			"Bank\u{fe0f}",
			"\u{2800}",
			"Bank\u{e0041}",
		] {
			assert_noop!(publish(ISSUER, bad, ""), Error::<Test>::BadName);
			assert_noop!(describe(ISSUER, UNKNOWN, bad), Error::<Test>::BadName);
		}
		let broken = vec![b'B', 0xff].try_into().unwrap();
		let refused = Credentials::publish(signed(ISSUER), broken, url(""));
		assert_noop!(refused, Error::<Test>::BadName);
		for good in ["Bank", "銀行", "Банк №1", "بنك", "Crédit Vert & Cie."] {
			assert!(is_name(good.as_bytes()), "{good}");
		}
	});
}

#[test]
fn publish_should_be_refused_when_the_address_is_no_document() {
	new_test_ext().build_and_execute(|| {
		for bad in [
			"example.org",
			"http://example.org",
			"javascript:alert(1)",
			"https://",
			"https://a b",
			"https://exämple.org",
			"HTTPS://example.org",
			"https://example.org\n",
		] {
			assert_noop!(publish(ISSUER, "Issuer", bad), Error::<Test>::BadUrl);
		}
	});
}
