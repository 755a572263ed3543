//! What a wallet is shown.

use std::collections::BTreeSet;

use frame_support::assert_ok;

use crate::{mock::*, Entry, Issue, Reason, Standing};

#[test]
fn credentials_of_should_show_words_and_standing() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Credentials::publish(signed(ISSUER), name("Issuer"), url("")));
		grant(terms(5));
		let grant = |issuer, kind| {
			assert_ok!(Credentials::issue(signed(issuer), SUBJECT, kind, FOR_EVER));
			assert_ok!(Credentials::accept(signed(SUBJECT), issuer, kind, FOR_EVER));
		};
		grant(ISSUER, OTHER_KIND);
		grant(OTHER_ISSUER, KIND);
		let reason = Reason::Ceased;
		assert_ok!(Credentials::revoke(signed(ISSUER), SUBJECT, OTHER_KIND, reason));
		pass(6);
		let shown = Credentials::credentials_of(SUBJECT);
		assert_eq!(shown.len(), 3);
		let of = |issuer, kind| {
			let found = shown.iter().find(|entry| (entry.issuer, entry.kind) == (issuer, kind));
			let Entry { issuer_name, kind_name, record, .. } = found.unwrap();
			assert_eq!(*kind_name, Some(name("Installer")));
			let stored = Credentials::credential(SUBJECT, issuer, kind);
			assert_eq!(Some(record.0.clone()), stored);
			(issuer_name.clone(), record.1)
		};
		assert_eq!(of(ISSUER, KIND), (Some(name("Issuer")), Standing::Expired));
		assert!(matches!(of(ISSUER, OTHER_KIND).1, Standing::Revoked(at) if at.reason == reason));
		assert_eq!(of(OTHER_ISSUER, KIND), (None, Standing::Stands));
		assert!(Credentials::credentials_of(OTHER_SUBJECT).is_empty());
	});
}

#[test]
fn offers_to_should_show_every_offer_once_when_read_page_by_page() {
	new_test_ext().build_and_execute(|| {
		let mut made = BTreeSet::new();
		for issuer in [ISSUER, OTHER_ISSUER] {
			for kind in [KIND, OTHER_KIND, MORE_KINDS[0]] {
				assert_ok!(Credentials::issue(signed(issuer), SUBJECT, kind, terms(30)));
				made.insert((issuer, kind));
			}
		}
		assert_ok!(Credentials::issue(signed(ISSUER), OTHER_SUBJECT, KIND, terms(30)));
		let (mut seen, mut pages, mut after) = (BTreeSet::new(), 0, None);
		loop {
			let page = Credentials::offers_to(SUBJECT, after);
			assert!(page.items.len() <= PAGE as usize);
			for entry in page.items {
				assert_eq!(entry.record.terms, terms(30));
				assert_eq!(entry.kind_name, Some(name("Installer")));
				assert!(seen.insert((entry.issuer, entry.kind)), "shown twice");
			}
			pages += 1;
			after = page.next;
			if after.is_none() {
				break;
			}
		}
		assert_eq!((seen, pages), (made, 3), "six in pages of two, and no empty page after them");
		assert!(Credentials::offers_to(STRANGER, None).items.is_empty());
	});
}

#[test]
fn issued_by_should_show_offers_and_credentials_when_read_page_by_page() {
	new_test_ext().build_and_execute(|| {
		grant(terms(30));
		assert_ok!(issue(terms(40)));
		assert_ok!(Credentials::issue(signed(ISSUER), OTHER_SUBJECT, KIND, terms(30)));
		assert_ok!(Credentials::issue(signed(ISSUER), STRANGER, OTHER_KIND, terms(30)));
		assert_ok!(Credentials::issue(signed(OTHER_ISSUER), STRANGER, KIND, terms(30)));
		let first = Credentials::issued_by(ISSUER, None);
		let second = Credentials::issued_by(ISSUER, first.next);
		assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
		let all = [first.items, second.items].concat();
		let subjects: BTreeSet<_> = all.iter().map(|issue| issue.subject).collect();
		assert_eq!(subjects, [SUBJECT, OTHER_SUBJECT, STRANGER].into());
		for Issue { subject, kind, offer, credential } in all {
			assert_eq!(offer, Credentials::offer(subject, ISSUER, kind));
			assert_eq!(credential, Credentials::credential(subject, ISSUER, kind));
			assert_eq!(credential.is_some(), subject == SUBJECT);
			assert!(offer.is_some());
		}
	});
}

#[test]
fn kinds_of_should_show_every_kind_when_read_page_by_page() {
	new_test_ext().build_and_execute(|| {
		let first = Credentials::kinds_of(ISSUER, None);
		let second = Credentials::kinds_of(ISSUER, first.next);
		assert_eq!((first.items.len(), second.items.len(), second.next), (2, 2, None));
		let kinds: BTreeSet<_> =
			[first.items, second.items].concat().into_iter().map(|(kind, _)| kind).collect();
		assert_eq!(kinds, [KIND, OTHER_KIND, MORE_KINDS[0], MORE_KINDS[1]].into());
		assert!(Credentials::kinds_of(STRANGER, None).items.is_empty());
	});
}
