//! A pool asks for a credential, and whoever has it gets in (B3).

mod support;

use frame_support::{assert_noop, assert_ok};
use pallet_credentials::{Error as CredentialsError, Reason, Terms as Said};
use pallet_pools::{Condition, Error as PoolsError, Terms, Units};
use pogcs_primitives::{records::PoolKind, CredentialKind, Interval, PoolId};
use pogcs_runtime::{
	genesis_development::CLASS, token::UNIT, AccountId, Credentials, Pools, Runtime,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{DispatchResult, Permill};
use support::*;

const KIND: CredentialKind = CredentialKind(1);
const DOCUMENT: Option<[u8; 32]> = Some([7; 32]);

fn issuer() -> AccountId {
	Sr25519Keyring::Ferdie.to_account_id()
}

/// A pool whose members the issuer stands by.
fn found() -> PoolId {
	let pool = pallet_pools::NextPool::<Runtime>::get();
	let condition = Condition::Credential { issuer: issuer(), kind: KIND };
	let terms = Terms {
		leader_fee: Permill::zero(),
		penalty: UNIT,
		capacity: 8,
		guests: 0,
		notice: 2,
		reserve_price: 0,
	};
	assert_ok!(by(client()).does(pallet_pools::Call::create {
		kind: PoolKind::Green,
		class: CLASS,
		terms,
		conditions: vec![condition].try_into().unwrap(),
		leader: None,
	}));
	pool
}

fn describe() -> DispatchResult {
	let name = b"Certified installer".to_vec().try_into().unwrap();
	by(issuer()).does(pallet_credentials::Call::describe { kind: KIND, name, document: None })
}

fn issue(terms: Said) -> DispatchResult {
	by(issuer()).does(pallet_credentials::Call::issue { subject: owner(), kind: KIND, terms })
}

fn accept(terms: Said) -> DispatchResult {
	by(owner()).does(pallet_credentials::Call::accept { issuer: issuer(), kind: KIND, terms })
}

#[test]
fn owner_should_get_into_the_pool_when_its_issuer_stands_by_him() {
	on_chain(|| {
		let device = Device::registered(0);
		pass(1);
		let pool = found();
		let join = || by(owner()).does(pallet_pools::Call::join { pool, device: device.id });
		let promise = |ahead| {
			let from = Interval(now().0 + ahead);
			by(owner()).does(pallet_pools::Call::promise {
				device: device.id,
				from,
				until: from,
				amount: Units(1_000),
			})
		};
		let terms = Said { until: Some(Interval(now().0 + 2)), document: DOCUMENT };

		assert_noop!(join(), PoolsError::<Runtime>::NoCredential);
		assert_noop!(issue(terms), CredentialsError::<Runtime>::UnknownKind);
		assert_ok!(describe());
		assert_ok!(issue(terms));
		// Being offered it is not having it.
		assert_noop!(join(), PoolsError::<Runtime>::NoCredential);
		assert_eq!(Pools::unmet(pool, device.id).len(), 1);
		assert_ok!(accept(terms));
		assert!(Pools::unmet(pool, device.id).is_empty());
		assert_ok!(join());
		assert_ok!(promise(3));

		// It is asked again with every promise.
		pass(3);
		assert_noop!(promise(3), PoolsError::<Runtime>::NoCredential);
		let terms = Said { until: None, document: DOCUMENT };
		assert_ok!(issue(terms));
		assert_ok!(accept(terms));
		assert_ok!(promise(3));
		let reason = Reason::Withdrawn;
		assert_ok!(by(issuer()).does(pallet_credentials::Call::revoke {
			subject: owner(),
			kind: KIND,
			reason,
		}));
		assert_noop!(promise(4), PoolsError::<Runtime>::NoCredential);

		Credentials::do_try_state().unwrap();
		Pools::do_try_state().unwrap();
	});
}
