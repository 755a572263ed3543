//! What the committee may do by a vote of more than half, and a member alone may not.

mod support;

use codec::Encode;
use frame_support::{assert_noop, assert_ok, weights::Weight};
use pogcs_primitives::{records::DeviceState, DeviceId};
use pogcs_runtime::{AccountId, Committee, Runtime, RuntimeCall};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchError,
};
use support::{by, on_chain, Device, Does};

fn member(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

fn suspension(device: DeviceId) -> RuntimeCall {
	let reason = pallet_devices::SuspensionReason::FalseLocation;
	pallet_devices::Call::suspend { device, reason }.into()
}

fn state(device: DeviceId) -> DeviceState {
	pallet_devices::Devices::<Runtime>::get(device).expect("it is registered").state
}

/// Has `ayes` of the three members agree to `call`, and closes the motion.
fn decide(call: RuntimeCall, ayes: &[Sr25519Keyring], noes: &[Sr25519Keyring]) {
	let length = u32::try_from(call.encoded_size()).unwrap();
	let hash = BlakeTwo256::hash_of(&call);
	let proposer = by(member(Sr25519Keyring::Alice));
	let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
	assert_ok!(Committee::propose(proposer.clone(), 2, Box::new(call), length));
	for (votes, aye) in [(ayes, true), (noes, false)] {
		for who in votes {
			assert_ok!(Committee::vote(by(member(*who)), hash, index, aye));
		}
	}
	assert_ok!(Committee::close(
		proposer,
		hash,
		index,
		Weight::from_parts(1 << 38, 1 << 20),
		length
	));
}

#[test]
fn device_should_be_stopped_when_more_than_half_of_the_committee_want_it() {
	on_chain(|| {
		let device = Device::registered(0).id;
		decide(
			suspension(device),
			&[Sr25519Keyring::Alice, Sr25519Keyring::Bob],
			&[Sr25519Keyring::Charlie],
		);
		assert_eq!(state(device), DeviceState::Suspended);
	});
}

#[test]
fn device_should_go_on_when_the_motion_fails() {
	on_chain(|| {
		let device = Device::registered(0).id;
		decide(
			suspension(device),
			&[Sr25519Keyring::Alice],
			&[Sr25519Keyring::Bob, Sr25519Keyring::Charlie],
		);
		assert_eq!(state(device), DeviceState::Online);
	});
}

#[test]
fn member_should_be_refused_when_it_acts_alone() {
	on_chain(|| {
		let device = Device::registered(0).id;
		let alone = by(member(Sr25519Keyring::Alice));
		assert_eq!(alone.clone().does(suspension(device)), Err(DispatchError::BadOrigin));
		let call = suspension(device);
		let length = u32::try_from(call.encoded_size()).unwrap();
		// A motion of one vote is executed at once, and has no more weight than its vote.
		assert_ok!(Committee::propose(alone, 1, Box::new(call), length));
		assert_eq!(state(device), DeviceState::Online);
		let stranger = by(member(Sr25519Keyring::Dave));
		assert_noop!(
			Committee::propose(stranger, 2, Box::new(suspension(device)), length),
			pallet_collective::Error::<Runtime, pallet_collective::Instance1>::NotMember
		);
	});
}
