//! Registering keys and taking them out of use.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::KeyId;
use sp_runtime::DispatchError::BadOrigin;

use crate::{mock::*, *};

fn key(bytes: &[u8]) -> KeyBytes {
	bytes.to_vec().try_into().unwrap()
}

fn register(bytes: &[u8]) -> sp_runtime::DispatchResult {
	Proofs::register_key(RuntimeOrigin::root(), key(bytes))
}

#[test]
fn register_key_should_put_a_good_key_into_use() {
	on_chain(true, || {
		assert_ok!(register(KEY));
		let hash = sp_io::hashing::blake2_256(KEY).into();
		System::assert_last_event(Event::KeyRegistered { key: KeyId(0), hash }.into());
		assert!(Keys::<Test>::get(KeyId(0)).unwrap().active);
		assert_noop!(register(KEY), Error::<Test>::Duplicate);
	});
}

#[test]
fn register_key_should_refuse_when_the_chain_is_no_development_chain() {
	on_chain(false, || {
		assert_noop!(register(KEY), Error::<Test>::DevelopmentKey);
	});
}

#[test]
fn register_key_should_refuse_when_the_bytes_are_no_key() {
	on_chain(true, || {
		assert_noop!(register(&[]), Error::<Test>::MalformedKey);
		assert_noop!(register(&KEY[..KEY.len() - 1]), Error::<Test>::MalformedKey);
		let trailing: Vec<_> = KEY.iter().copied().chain([0]).collect();
		assert_noop!(register(&trailing), Error::<Test>::MalformedKey);
		let mut off_curve = KEY.to_vec();
		off_curve[3] ^= 1;
		assert_noop!(register(&off_curve), Error::<Test>::MalformedKey);
	});
}

#[test]
fn register_key_should_refuse_when_gamma_is_delta() {
	on_chain(true, || {
		// alpha (32 bytes), beta, gamma, delta (64 each).
		let mut same = KEY.to_vec();
		same.copy_within(96..160, 160);
		assert_noop!(register(&same), Error::<Test>::DegenerateKey);
	});
}

#[test]
fn set_active_should_switch_a_key() {
	on_chain(true, || {
		assert_ok!(register(KEY));
		assert_ok!(Proofs::set_active(RuntimeOrigin::root(), KeyId(0), false));
		System::assert_last_event(Event::KeySwitched { key: KeyId(0), active: false }.into());
		assert!(!Keys::<Test>::get(KeyId(0)).unwrap().active);
		assert_noop!(
			Proofs::set_active(RuntimeOrigin::root(), KeyId(7), true),
			Error::<Test>::UnknownKey
		);
	});
}

#[test]
fn calls_should_refuse_when_not_by_governance() {
	on_chain(true, || {
		let anyone = RuntimeOrigin::signed(1);
		assert_noop!(Proofs::register_key(anyone.clone(), key(KEY)), BadOrigin);
		assert_noop!(Proofs::set_active(anyone, KeyId(0), false), BadOrigin);
	});
}
