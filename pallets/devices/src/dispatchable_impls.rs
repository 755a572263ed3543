//! The calls.

use frame_support::{
	ensure,
	traits::{fungible::MutateHold, tokens::Precision, Get},
};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState},
	traits::{IntervalClock, Obligations, Validators},
	wire::{consent_payload, ChainId, MakerCertificate, PublicKey, Signature},
	CellId, ClassId, Commitment, DeviceId, MilliWattHours,
};
use sp_core::ed25519;
use sp_runtime::{
	traits::{Verify, Zero},
	DispatchResult,
};

use crate::{is_finest, pallet::*, types::*};

/// Whether `signature` over `message` is `signer`'s.
fn signed_by(signer: PublicKey, message: &[u8], signature: Signature) -> bool {
	ed25519::Signature::from_raw(signature).verify(message, &ed25519::Public::from_raw(signer))
}

impl<T: Config> Pallet<T> {
	/// The genesis hash, which never leaves storage.
	pub(crate) fn chain_id() -> ChainId {
		frame_system::Pallet::<T>::block_hash(
			frame_system::pallet_prelude::BlockNumberFor::<T>::zero(),
		)
		.into()
	}

	pub(crate) fn do_register_maker(maker: PublicKey, name: NameOf<T>) -> DispatchResult {
		let active = Makers::<T>::get(maker).is_some_and(|record| record.active);
		ensure!(!active, Error::<T>::MakerExists);
		Makers::<T>::insert(maker, MakerRecord { name: name.clone(), active: true });
		Self::deposit_event(Event::MakerRegistered { maker, name });
		Ok(())
	}

	pub(crate) fn do_revoke_maker(maker: PublicKey) -> DispatchResult {
		Makers::<T>::try_mutate(maker, |record| -> DispatchResult {
			let record = record.as_mut().ok_or(Error::<T>::UnknownMaker)?;
			ensure!(record.active, Error::<T>::RevokedMaker);
			record.active = false;
			Ok(())
		})?;
		Self::deposit_event(Event::MakerRevoked { maker });
		Ok(())
	}

	pub(crate) fn do_set_class(class: ClassId, record: ClassRecord) -> DispatchResult {
		ensure!(record.max_generation > MilliWattHours::ZERO, Error::<T>::EmptyClass);
		Classes::<T>::insert(class, record);
		Self::deposit_event(Event::ClassSet {
			class,
			carbon: record.carbon,
			max_generation: record.max_generation,
		});
		Ok(())
	}

	pub(crate) fn do_register(
		owner: T::AccountId,
		certificate: MakerCertificate,
		cell: CellId,
		validator: T::AccountId,
		commitment: Commitment,
		consent: Signature,
	) -> DispatchResult {
		let MakerCertificate { maker, device_key: key, class, signature } = certificate;
		ensure!(is_finest(cell), Error::<T>::BadCell);
		ensure!(commitment.is_canonical(), Error::<T>::NonCanonical);
		let record = Makers::<T>::get(maker).ok_or(Error::<T>::UnknownMaker)?;
		ensure!(record.active, Error::<T>::RevokedMaker);
		ensure!(Classes::<T>::contains_key(class), Error::<T>::UnknownClass);
		ensure!(!ByKey::<T>::contains_key(key), Error::<T>::KeyTaken);
		ensure!(!ByCell::<T>::contains_key(cell), Error::<T>::CellTaken);
		ensure!(!ByCommitment::<T>::contains_key(commitment), Error::<T>::CommitmentTaken);
		ensure!(T::Validators::is_validator(&validator), Error::<T>::NotValidator);
		ensure!(
			signed_by(maker, &MakerCertificate::signing_payload(&maker, &key, class), signature),
			Error::<T>::BadCertificate
		);
		ensure!(
			signed_by(key, &consent_payload(&Self::chain_id(), &owner, &commitment), consent),
			Error::<T>::BadConsent
		);

		let deposit = T::Deposit::get();
		T::Currency::hold(&HoldReason::Registration.into(), &owner, deposit)?;
		let device = Self::insert(DeviceRecordOf::<T> {
			owner: owner.clone(),
			key,
			maker,
			class,
			cell,
			validator: validator.clone(),
			commitment,
			state: DeviceState::Online,
			deposit,
			since: T::Clock::current(),
		})?;
		Self::deposit_event(Event::Registered {
			device,
			owner,
			key,
			class,
			cell,
			validator,
			deposit,
		});
		Ok(())
	}

	pub(crate) fn do_bind(
		owner: T::AccountId,
		device: DeviceId,
		validator: T::AccountId,
	) -> DispatchResult {
		Devices::<T>::try_mutate(device, |record| -> DispatchResult {
			let record = record.as_mut().ok_or(Error::<T>::UnknownDevice)?;
			ensure!(record.owner == owner, Error::<T>::NotOwner);
			ensure!(record.validator != validator, Error::<T>::Unchanged);
			ensure!(T::Validators::is_validator(&validator), Error::<T>::NotValidator);
			record.validator = validator.clone();
			Ok(())
		})?;
		Self::deposit_event(Event::Bound { device, validator });
		Ok(())
	}

	pub(crate) fn do_set_state(
		owner: T::AccountId,
		device: DeviceId,
		to: DeviceState,
	) -> DispatchResult {
		let mut record = Devices::<T>::get(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(record.owner == owner, Error::<T>::NotOwner);
		ensure!(!Suspensions::<T>::contains_key(device), Error::<T>::Stopped);
		ensure!(record.state != to, Error::<T>::Unchanged);
		let from = core::mem::replace(&mut record.state, to);
		Devices::<T>::insert(device, record);
		Self::deposit_event(Event::StateSet { device, from, to });
		Ok(())
	}

	pub(crate) fn do_deregister(owner: T::AccountId, device: DeviceId) -> DispatchResult {
		let record = Devices::<T>::get(device).ok_or(Error::<T>::UnknownDevice)?;
		ensure!(record.owner == owner, Error::<T>::NotOwner);
		// Or a stopped device could come back at once under a new id.
		ensure!(!Suspensions::<T>::contains_key(device), Error::<T>::Stopped);
		ensure!(record.state != DeviceState::Online, Error::<T>::StillOnline);
		ensure!(!T::Obligations::has_obligations(device), Error::<T>::Obliged);

		// Benchmarks make devices without a deposit, and a hold of nothing does not exist.
		if !record.deposit.is_zero() {
			let reason = HoldReason::Registration.into();
			T::Currency::release(&reason, &owner, record.deposit, Precision::Exact)?;
		}
		let deposit = record.deposit;
		Self::remove(device, &record);
		Self::deposit_event(Event::Deregistered { device, owner, deposit });
		Ok(())
	}

	pub(crate) fn do_suspend(device: DeviceId, reason: SuspensionReason) -> DispatchResult {
		ensure!(!Suspensions::<T>::contains_key(device), Error::<T>::Stopped);
		Devices::<T>::try_mutate(device, |record| -> DispatchResult {
			record.as_mut().ok_or(Error::<T>::UnknownDevice)?.state = DeviceState::Suspended;
			Ok(())
		})?;
		Suspensions::<T>::insert(device, reason);
		Self::deposit_event(Event::Suspended { device, reason });
		Ok(())
	}

	pub(crate) fn do_reinstate(device: DeviceId) -> DispatchResult {
		Devices::<T>::try_mutate(device, |record| -> DispatchResult {
			let record = record.as_mut().ok_or(Error::<T>::UnknownDevice)?;
			ensure!(Suspensions::<T>::take(device).is_some(), Error::<T>::NotStopped);
			record.state = DeviceState::Leaving;
			Ok(())
		})?;
		Self::deposit_event(Event::Reinstated { device });
		Ok(())
	}
}
