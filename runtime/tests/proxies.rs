//! What an owner's helper may do with a proxy of each kind.

use frame_support::traits::InstanceFilter;
use pogcs_primitives::{records::DeviceState, DeviceId};
use pogcs_runtime::{configs::ProxyType, RuntimeCall};
use sp_keyring::Sr25519Keyring;

#[test]
fn helper_should_run_devices_and_sell_nothing_when_it_is_a_proxy() {
	let device = DeviceId(0);
	let to = Sr25519Keyring::Eve.to_account_id();
	let sale: RuntimeCall = pallet_devices::Call::offer_transfer { device, to }.into();
	let state = DeviceState::Suspended;
	let pause: RuntimeCall = pallet_devices::Call::set_state { device, state }.into();
	for (kind, call, allowed) in [
		(ProxyType::Devices, &sale, false),
		(ProxyType::NonTransfer, &sale, false),
		(ProxyType::Any, &sale, true),
		(ProxyType::Devices, &pause, true),
		(ProxyType::NonTransfer, &pause, true),
	] {
		assert_eq!(kind.filter(call), allowed, "{kind:?} {call:?}");
	}
}
