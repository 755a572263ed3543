//! The pallet against plain maps: any sequence of calls is accepted and refused alike, for the same
//! reasons, and leaves the same answers and the same money on hold.

use std::collections::BTreeMap;

use pogcs_primitives::{CredentialKind, Interval};
use proptest::prelude::*;
use sp_runtime::DispatchError;

use crate::{mock::*, Error, HoldReason, Reason, Standing, Terms};

const PEOPLE: [u64; 4] = [ISSUER, OTHER_ISSUER, SUBJECT, OTHER_SUBJECT];
const KINDS: [CredentialKind; 5] = [KIND, OTHER_KIND, MORE_KINDS[0], MORE_KINDS[1], UNKNOWN];

#[derive(Clone, Debug)]
enum Act {
	Describe,
	/// Until so many intervals before or after now.
	Issue(Option<i32>),
	Withdraw,
	Revoke,
	/// The terms that are offered, or others.
	Accept(bool),
	Decline,
	GiveUp,
	Remove,
}

#[derive(Clone, Debug)]
enum Step {
	Act { act: Act, issuer: u64, subject: u64, kind: CredentialKind },
	Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
	let act = prop_oneof![
		1 => Just(Act::Describe),
		6 => prop::option::of(-1i32..15).prop_map(Act::Issue),
		1 => Just(Act::Withdraw),
		2 => Just(Act::Revoke),
		6 => prop::bool::weighted(0.9).prop_map(Act::Accept),
		1 => Just(Act::Decline),
		2 => Just(Act::GiveUp),
		3 => Just(Act::Remove),
	];
	// A few pairs that meet often.
	let issuer = prop::sample::select(vec![ISSUER, OTHER_ISSUER, SUBJECT]);
	let subject = prop::sample::select(vec![SUBJECT, OTHER_SUBJECT, ISSUER]);
	let kind = prop::sample::select(KINDS.to_vec());
	let act = (act, issuer, subject, kind).prop_map(|(act, issuer, subject, kind)| Step::Act {
		act,
		issuer,
		subject,
		kind,
	});
	prop_oneof![8 => act, 1 => (1u32..6).prop_map(Step::Pass)]
}

type Key = (u64, u64, CredentialKind);

#[derive(Clone, Copy, PartialEq)]
struct Offer {
	terms: Terms,
	made: u32,
}

#[derive(Clone, Copy, PartialEq)]
struct Given {
	terms: Terms,
	revoked: Option<u32>,
}

/// What anybody would write down who watches.
#[derive(Default)]
struct Model {
	kinds: Vec<(u64, CredentialKind)>,
	offers: BTreeMap<Key, Offer>,
	given: BTreeMap<Key, Given>,
	paid: BTreeMap<u64, u64>,
}

fn ends(terms: Terms) -> u32 {
	terms.until.map_or(u32::MAX, |until| until.0)
}

impl Model {
	fn open(&self, key: &Key, now: u32) -> Option<Offer> {
		self.offers
			.get(key)
			.copied()
			.filter(|offer| now <= offer.made + TERM && now <= ends(offer.terms))
	}

	fn stands(&self, key: &Key, now: u32) -> bool {
		self.given.get(key).is_some_and(|it| it.revoked.is_none() && now <= ends(it.terms))
	}

	fn act(&mut self, act: &Act, key: Key, terms: Terms, now: u32) -> Result<(), Error<Test>> {
		let (subject, issuer, kind) = key;
		match act {
			Act::Describe => {
				if self.kinds.contains(&(issuer, kind)) {
					return Err(Error::KindExists);
				}
				self.kinds.push((issuer, kind));
				*self.paid.entry(issuer).or_default() += PRICE;
			}
			Act::Issue(_) => {
				if !self.kinds.contains(&(issuer, kind)) {
					return Err(Error::UnknownKind);
				}
				if ends(terms) < now {
					return Err(Error::Past);
				}
				self.offers.insert(key, Offer { terms, made: now });
			}
			Act::Withdraw | Act::Decline => {
				self.offers.remove(&key).ok_or(Error::NoOffer)?;
			}
			Act::Revoke => {
				let stands = self.stands(&key, now);
				if self.offers.remove(&key).is_none() && !stands {
					return Err(Error::NothingToRevoke);
				}
				if stands {
					self.given.get_mut(&key).unwrap().revoked = Some(now);
				}
			}
			Act::Accept(_) => {
				let offer = self.offers.get(&key).copied().ok_or(Error::NoOffer)?;
				self.open(&key, now).ok_or(Error::Lapsed)?;
				if offer.terms != terms {
					return Err(Error::OtherTerms);
				}
				let has = self.given.keys().filter(|other| other.0 == subject).count();
				if has >= MOST as usize && !self.given.contains_key(&key) {
					return Err(Error::TooMany);
				}
				self.offers.remove(&key);
				self.given.insert(key, Given { terms, revoked: None });
			}
			Act::GiveUp => {
				self.given.remove(&key).ok_or(Error::NoCredential)?;
			}
			Act::Remove => {
				if !self.offers.contains_key(&key) && !self.given.contains_key(&key) {
					return Err(Error::NotFound);
				}
				let lapsed = self.offers.contains_key(&key) && self.open(&key, now).is_none();
				let over = self.given.get(&key).is_some_and(|it| match it.revoked {
					Some(since) => now >= since + RETENTION,
					None => now > ends(it.terms),
				});
				if !lapsed && !over {
					return Err(Error::NotOver);
				}
				if lapsed {
					self.offers.remove(&key);
				}
				if over {
					self.given.remove(&key);
				}
			}
		}
		Ok(())
	}

	/// What the pallet says of one credential is what this says.
	fn compare(&self, key: Key, now: u32) {
		let (subject, issuer, kind) = key;
		let stands = self.stands(&key, now);
		assert_eq!(Credentials::has(subject, issuer, kind), stands, "{key:?}");
		let standing = Credentials::standing(subject, issuer, kind);
		let expected = match self.given.get(&key) {
			_ if stands => standing == Standing::Stands,
			_ if self.open(&key, now).is_some() => standing == Standing::Offered,
			Some(Given { revoked: Some(at), .. }) => {
				matches!(standing, Standing::Revoked(it) if it.since.0 == *at)
			}
			Some(_) => standing == Standing::Expired,
			None => standing == Standing::Unknown,
		};
		assert!(expected, "{key:?} is {standing:?}");
	}

	/// The same of all credentials, and of all money.
	fn compare_all(&self, now: u32) {
		for issuer in PEOPLE {
			for subject in PEOPLE {
				for kind in KINDS {
					self.compare((subject, issuer, kind), now);
				}
			}
		}
		for who in PEOPLE {
			let has = self.given.keys().filter(|key| key.0 == who).count();
			let offers = self.offers.keys().filter(|key| key.1 == who).count();
			assert_eq!(held(HoldReason::Credential, who), has as u64 * DEPOSIT);
			assert_eq!(held(HoldReason::Offer, who), offers as u64 * DEPOSIT);
			assert_eq!(Credentials::credentials_of(who).len(), has);
			let all = Balances::free_balance(who) + (has + offers) as u64 * DEPOSIT;
			assert_eq!(all + self.paid.get(&who).copied().unwrap_or(0), BALANCE);
		}
	}
}

fn call(act: &Act, key: Key, terms: Terms) -> Result<(), DispatchError> {
	let (subject, issuer, kind) = key;
	match act {
		Act::Describe => describe(issuer, kind, "Anything"),
		Act::Issue(_) => Credentials::issue(signed(issuer), subject, kind, terms),
		Act::Withdraw => Credentials::withdraw(signed(issuer), subject, kind),
		Act::Revoke => Credentials::revoke(signed(issuer), subject, kind, Reason::Unspecified),
		Act::Accept(_) => Credentials::accept(signed(subject), issuer, kind, terms),
		Act::Decline => Credentials::decline(signed(subject), issuer, kind),
		Act::GiveUp => Credentials::give_up(signed(subject), issuer, kind),
		Act::Remove => {
			let removed = Credentials::remove(signed(STRANGER), subject, issuer, kind);
			removed.map(|_| ()).map_err(|refused| refused.error)
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn pallet_should_agree_with_the_model_when_anything_is_done(
		steps in prop::collection::vec(step(), 1..150),
	) {
		new_test_ext().build_and_execute(|| {
			let mut model = Model::default();
			for issuer in [ISSUER, OTHER_ISSUER] {
				for kind in &KINDS[..4] {
					model.kinds.push((issuer, *kind));
				}
				model.paid.insert(issuer, 4 * PRICE);
			}
			for step in steps {
				let now = Now::get().0;
				match step {
					Step::Pass(intervals) => {
						pass(intervals);
						model.compare_all(Now::get().0);
					}
					Step::Act { act, issuer, subject, kind } => {
						let key = (subject, issuer, kind);
						let terms = match act {
							Act::Issue(ahead) => Terms {
								until: ahead.map(|n| Interval(now.checked_add_signed(n).unwrap())),
								document: Some([kind.0 as u8; 32]),
							},
							Act::Accept(true) => {
								model.offers.get(&key).map_or(FOR_EVER, |offer| offer.terms)
							}
							_ => Terms { until: None, document: Some([200; 32]) },
						};
						let expected = model.act(&act, key, terms, now).map_err(DispatchError::from);
						let found = call(&act, key, terms);
						assert_eq!(found, expected, "{act:?} {key:?} at {now}");
						model.compare(key, now);
					}
				}
			}
			model.compare_all(Now::get().0);
		});
	}
}
