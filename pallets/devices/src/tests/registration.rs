//! Registering a device, and every way of registering one wrongly.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::DeviceState,
	traits::Devices as _,
	wire::{consent_payload, MakerCertificate},
	CellId, ClassId, Commitment, DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::TokenError;

use crate::{mock::*, Error, Event};

#[test]
fn register_should_hold_the_deposit_and_index_when_valid() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let device = DeviceId(0);
		let key = device_key(1).public().0;
		System::assert_last_event(
			Event::Registered {
				device,
				owner: OWNER,
				key,
				class: CLASS,
				cell: CELL,
				validator: VALIDATOR,
				deposit: DEPOSIT,
			}
			.into(),
		);
		assert_eq!(on_hold(OWNER), DEPOSIT);
		assert_eq!(Devices::devices_of(OWNER), vec![device]);
		assert_eq!(Devices::device_by_key(key), Some(device));
		assert_eq!(Devices::occupant(CELL), Some(device));

		let seen = Devices::device(device).expect("other pallets see it");
		assert_eq!(seen.owner, OWNER);
		assert_eq!(seen.commitment, COMMITMENT);
		assert_eq!(seen.state, DeviceState::Online);
		assert_eq!(seen.since, Interval(5));
		assert_eq!(seen.carbon, class_record().carbon);
		assert_eq!(seen.max_generation, class_record().max_generation);
	});
}

#[test]
fn register_should_give_a_new_id_when_another_device_follows() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		assert_ok!(Registration::second().send());
		assert_eq!(Devices::devices_of(OTHER), vec![DeviceId(1)]);
	});
}

#[test]
fn register_should_be_refused_when_the_maker_is_unknown() {
	new_test_ext().build_and_execute(|| {
		let stranger = device_key(66);
		let registration = Registration {
			certificate: certificate(&stranger, &device_key(1)),
			..Registration::valid()
		};
		assert_noop!(registration.send(), Error::<Test>::UnknownMaker);
	});
}

#[test]
fn register_should_be_refused_when_the_maker_is_revoked() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), maker().public().0));
		assert_noop!(Registration::valid().send(), Error::<Test>::RevokedMaker);
	});
}

#[test]
fn register_should_be_refused_when_the_maker_did_not_sign() {
	new_test_ext().build_and_execute(|| {
		// The maker's name on a stranger's signature.
		let mut forged = certificate(&device_key(66), &device_key(1));
		forged.maker = maker().public().0;
		let registration = Registration { certificate: forged, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::BadCertificate);

		// A certificate for another key.
		let mut moved = certificate(&maker(), &device_key(2));
		moved.device_key = device_key(1).public().0;
		let registration = Registration { certificate: moved, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::BadCertificate);
	});
}

#[test]
fn register_should_be_refused_when_the_class_is_not_the_certified_one() {
	new_test_ext().build_and_execute(|| {
		let better = ClassId(2);
		assert_ok!(Devices::set_class(RuntimeOrigin::root(), better, class_record()));
		let certificate =
			MakerCertificate { class: better, ..certificate(&maker(), &device_key(1)) };
		let registration = Registration { certificate, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::BadCertificate);
	});
}

#[test]
fn register_should_be_refused_when_the_class_is_unknown() {
	new_test_ext().build_and_execute(|| {
		let certificate =
			MakerCertificate { class: ClassId(9), ..certificate(&maker(), &device_key(1)) };
		let registration = Registration { certificate, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::UnknownClass);
	});
}

#[test]
fn register_should_be_refused_when_the_device_did_not_consent() {
	new_test_ext().build_and_execute(|| {
		let valid = Registration::valid();
		// Somebody else registers a device whose consent names its owner.
		let stolen = Registration { owner: OTHER, ..valid.clone() };
		assert_noop!(stolen.send(), Error::<Test>::BadConsent);

		// The owner puts a secret of its own in the device's place.
		let swapped = Registration { commitment: OTHER_COMMITMENT, ..valid.clone() };
		assert_noop!(swapped.send(), Error::<Test>::BadConsent);

		// Another device's word.
		let consent = consent(&device_key(2), OWNER, COMMITMENT);
		assert_noop!(Registration { consent, ..valid.clone() }.send(), Error::<Test>::BadConsent);

		// Given for another chain.
		let payload = consent_payload(&[9; 32], &OWNER, &COMMITMENT);
		let consent = device_key(1).sign(&payload).0;
		assert_noop!(Registration { consent, ..valid }.send(), Error::<Test>::BadConsent);
	});
}

#[test]
fn register_should_be_refused_when_the_key_is_registered() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		// The same key in every other respect a new device, for the same and for another owner.
		for owner in [OWNER, OTHER] {
			let again = Registration {
				owner,
				certificate: certificate(&maker(), &device_key(1)),
				consent: consent(&device_key(1), owner, OTHER_COMMITMENT),
				..Registration::second()
			};
			assert_noop!(again.send(), Error::<Test>::KeyTaken);
		}
	});
}

#[test]
fn register_should_be_refused_when_the_cell_is_occupied() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let registration = Registration { cell: CELL, ..Registration::second() };
		assert_noop!(registration.send(), Error::<Test>::CellTaken);
	});
}

#[test]
fn register_should_be_refused_when_the_commitment_is_taken() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let registration = Registration {
			commitment: COMMITMENT,
			consent: consent(&device_key(2), OTHER, COMMITMENT),
			..Registration::second()
		};
		assert_noop!(registration.send(), Error::<Test>::CommitmentTaken);
	});
}

#[test]
fn register_should_be_refused_when_the_cell_does_not_exist() {
	new_test_ext().build_and_execute(|| {
		for cell in [CellId(0), CellId(0x8e65_2636_d876_627), CellId(u64::MAX)] {
			let registration = Registration { cell, ..Registration::valid() };
			assert_noop!(registration.send(), Error::<Test>::BadCell);
		}
	});
}

#[test]
fn register_should_be_refused_when_the_commitment_is_not_canonical() {
	new_test_ext().build_and_execute(|| {
		let commitment = Commitment([0xff; 32]);
		let consent = consent(&device_key(1), OWNER, commitment);
		let registration = Registration { commitment, consent, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::NonCanonical);
	});
}

#[test]
fn register_should_be_refused_when_bound_to_no_validator() {
	new_test_ext().build_and_execute(|| {
		let registration = Registration { validator: OTHER, ..Registration::valid() };
		assert_noop!(registration.send(), Error::<Test>::NotValidator);
	});
}

#[test]
fn register_should_be_refused_when_the_owner_cannot_pay_the_deposit() {
	new_test_ext().build_and_execute(|| {
		let registration = Registration {
			owner: POOR,
			consent: consent(&device_key(1), POOR, COMMITMENT),
			..Registration::valid()
		};
		assert_noop!(registration.send(), TokenError::FundsUnavailable);
	});
}

#[test]
fn register_should_be_refused_when_there_are_no_more_ids() {
	new_test_ext().execute_with(|| {
		crate::NextDevice::<Test>::put(DeviceId(u32::MAX));
		assert_noop!(
			frame_support::storage::with_storage_layer(|| Registration::valid().send()),
			Error::<Test>::Exhausted
		);
	});
}
