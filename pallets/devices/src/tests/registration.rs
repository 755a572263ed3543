//! Registering a device, and every way of registering one wrongly.

use frame_support::{assert_noop, assert_ok};
use pogcs_primitives::{
	records::{DeviceState, StateReason},
	traits::Devices as _,
	wire::{consent_payload, Consent, MakerCertificate},
	CellId, ClassId, Commitment, DeviceId, Interval,
};
use sp_core::Pair;
use sp_runtime::TokenError;

use crate::{mock::*, Error, Event};

#[test]
fn register_should_hold_the_deposit_and_index_when_valid() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let key = key_of(1);
		System::assert_has_event(
			Event::Registered {
				device: DEVICE,
				owner: OWNER,
				key,
				class: CLASS,
				cell: CELL,
				validator: VALIDATOR,
				deposit: DEPOSIT,
				certified_until: EXPIRES,
			}
			.into(),
		);
		System::assert_last_event(
			Event::StateChanged {
				device: DEVICE,
				from: DeviceState::Retired,
				to: DeviceState::Pending,
				reason: StateReason::Registered,
			}
			.into(),
		);
		assert_eq!(on_hold(OWNER), DEPOSIT);
		assert_eq!(Devices::devices_of(OWNER), vec![DEVICE]);
		assert_eq!(Devices::device_by_key(key), Some(DEVICE));
		assert_eq!(Devices::occupant(CELL), Some(DEVICE));
		assert_eq!(Devices::certified_until(DEVICE), Some(EXPIRES));

		let seen = Devices::device(DEVICE).expect("other pallets see it");
		assert_eq!((seen.owner, seen.manager), (OWNER, None));
		assert_eq!(seen.commitment, COMMITMENT);
		assert_eq!(seen.state, DeviceState::Pending);
		assert_eq!(seen.since, START);
		assert_eq!(seen.record, class_record());
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
		let reason = crate::MakerReason::Requested;
		// Whatever grace its registered devices have: it certifies nothing more.
		assert_ok!(Devices::revoke_maker(RuntimeOrigin::root(), maker().public().0, reason, 50));
		assert_noop!(Registration::valid().send(), Error::<Test>::RevokedMaker);
	});
}

#[test]
fn register_should_be_refused_when_the_certificate_was_taken_back() {
	new_test_ext().build_and_execute(|| {
		let origin = RuntimeOrigin::signed(MAKER);
		assert_ok!(Devices::revoke_certificate(origin, maker().public().0, key_of(1)));
		assert_noop!(Registration::valid().send(), Error::<Test>::RevokedCertificate);
	});
}

#[test]
fn register_should_be_refused_when_the_certificate_has_run_out() {
	new_test_ext().build_and_execute(|| {
		let past = Registration {
			certificate: certificate_until(&maker(), &device_key(1), Interval(4)),
			..Registration::valid()
		};
		assert_noop!(past.send(), Error::<Test>::ExpiredCertificate);
		// The last interval counts.
		let last = certificate_until(&maker(), &device_key(1), START);
		assert_ok!(Registration { certificate: last, ..Registration::valid() }.send());
	});
}

#[test]
fn certificate_should_count_no_longer_than_the_term_when_it_never_runs_out() {
	new_test_ext().build_and_execute(|| {
		let eternal = certificate_until(&maker(), &device_key(1), Interval(u32::MAX));
		assert_ok!(Registration { certificate: eternal, ..Registration::valid() }.send());
		assert_eq!(Devices::certified_until(DEVICE), Some(Interval(5 + 1_000)));
	});
}

#[test]
fn register_should_be_refused_when_the_maker_did_not_sign() {
	new_test_ext().build_and_execute(|| {
		// The maker's name on a stranger's signature.
		let mut forged = certificate(&device_key(66), &device_key(1));
		forged.maker = maker().public().0;
		// A certificate for another key.
		let mut moved = certificate(&maker(), &device_key(2));
		moved.device_key = key_of(1);
		// One that the owner has prolonged.
		let valid = certificate(&maker(), &device_key(1));
		let prolonged = MakerCertificate { expires: Interval(EXPIRES.0 + 1), ..valid };
		for certificate in [forged, moved, prolonged] {
			let registration = Registration { certificate, ..Registration::valid() };
			assert_noop!(registration.send(), Error::<Test>::BadCertificate);
		}
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
		let others = consent(&device_key(2), OWNER, COMMITMENT);
		assert_noop!(
			Registration { consent: others, ..valid.clone() }.send(),
			Error::<Test>::BadConsent
		);

		// Given for another chain.
		let payload = consent_payload(&[9; 32], &OWNER, &COMMITMENT, START);
		let foreign = Consent { until: START, signature: device_key(1).sign(&payload).0 };
		assert_noop!(
			Registration { consent: foreign, ..valid.clone() }.send(),
			Error::<Test>::BadConsent
		);

		// Prolonged by who wants to use it later.
		let prolonged = Consent { until: Interval(6), ..valid.consent };
		assert_noop!(
			Registration { consent: prolonged, ..valid }.send(),
			Error::<Test>::BadConsent
		);
	});
}

#[test]
fn register_should_be_refused_when_the_consent_is_old_or_counts_for_too_long() {
	new_test_ext().build_and_execute(|| {
		let with = |until| Registration {
			consent: consent_until(&device_key(1), OWNER, COMMITMENT, Interval(until)),
			..Registration::valid()
		};
		assert_noop!(with(4).send(), Error::<Test>::StaleConsent);
		let last = START.0 + PARAMETERS.terms.consent;
		assert_noop!(with(last + 1).send(), Error::<Test>::StaleConsent);
		assert_ok!(with(last).send());
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
		for cell in [CellId(0), CellId(0x08e6_5263_6d87_6627), CellId(u64::MAX)] {
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
		assert_noop!(Registration::valid().send(), Error::<Test>::Exhausted);
	});
}
