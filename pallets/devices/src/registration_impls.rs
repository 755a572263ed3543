//! Coming into the registry, binding, and leaving it.

use frame_support::ensure;
use pogcs_primitives::{
	records::{DeviceState, StateReason},
	traits::{IntervalClock, Validators},
	wire::{consent_payload, Consent, MakerCertificate, PublicKey},
	CellId, Commitment, DeviceId,
};
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

use crate::{certificate_impls::signed_by, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// Refuses a key that another device has, or that was barred.
	pub(crate) fn ensure_new_key(key: &PublicKey) -> Result<(), Error<T>> {
		ensure!(!ByKey::<T>::contains_key(key), Error::<T>::KeyTaken);
		ensure!(!BarredKeys::<T>::contains_key(key), Error::<T>::KeyBarred);
		Ok(())
	}

	/// Refuses a commitment that is none, or that another device has.
	pub(crate) fn ensure_new_commitment(commitment: &Commitment) -> Result<(), Error<T>> {
		ensure!(commitment.is_canonical(), Error::<T>::NonCanonical);
		ensure!(!ByCommitment::<T>::contains_key(commitment), Error::<T>::CommitmentTaken);
		Ok(())
	}

	/// Refuses what the device with this key did not consent to.
	pub(crate) fn check_consent(
		key: PublicKey,
		owner: &T::AccountId,
		commitment: &Commitment,
		consent: &Consent,
	) -> Result<(), Error<T>> {
		let now = T::Clock::current();
		let longest = Self::after(now, Parameters::<T>::get().terms.consent)?;
		ensure!(now <= consent.until && consent.until <= longest, Error::<T>::StaleConsent);
		let payload = consent_payload(&Self::chain_id(), owner, commitment, consent.until);
		ensure!(signed_by(key, &payload, consent.signature), Error::<T>::BadConsent);
		Ok(())
	}

	pub(crate) fn do_register(
		owner: T::AccountId,
		certificate: MakerCertificate,
		cell: CellId,
		validator: T::AccountId,
		commitment: Commitment,
		consent: Consent,
		max_deposit: BalanceOf<T>,
	) -> DispatchResult {
		let MakerCertificate { maker, device_key: key, class, .. } = certificate;
		// What costs little to look at comes before signatures.
		Self::active_maker(&maker)?;
		ensure!(Classes::<T>::contains_key(class), Error::<T>::UnknownClass);
		Self::ensure_new_key(&key)?;
		Self::ensure_new_commitment(&commitment)?;
		ensure!(T::Validators::is_validator(&validator), Error::<T>::NotValidator);
		let deposit = Self::price(cell)?;
		ensure!(deposit <= max_deposit, Error::<T>::Dearer);
		let certified_until = Self::check(&certificate)?;
		Self::check_consent(key, &owner, &commitment, &consent)?;

		Self::hold(HoldReason::Registration, &owner, deposit)?;
		let since = T::Clock::current();
		let record = DeviceRecordOf::<T> {
			owner: owner.clone(),
			manager: None,
			key,
			maker,
			certified_until: Some(certified_until),
			class,
			cell,
			validator: validator.clone(),
			commitment,
			state: DeviceState::Pending,
			deposit,
			since,
		};
		let device = Self::insert(record, Standing::fresh(since))?;
		Self::deposit_event(Event::Registered {
			device,
			owner,
			key,
			class,
			cell,
			validator,
			deposit,
			certified_until,
		});
		Self::deposit_event(Event::StateChanged {
			device,
			from: DeviceState::Retired,
			to: DeviceState::Pending,
			reason: StateReason::Registered,
		});
		Ok(())
	}

	pub(crate) fn do_bind(
		owner: T::AccountId,
		device: DeviceId,
		validator: T::AccountId,
	) -> DispatchResult {
		let mut entry = Self::owned(&owner, device)?;
		ensure!(entry.record.validator != validator, Error::<T>::Unchanged);
		ensure!(T::Validators::is_validator(&validator), Error::<T>::NotValidator);
		entry.record.validator = validator.clone();
		Devices::<T>::insert(device, entry.record);
		Self::deposit_event(Event::Bound { device, validator });
		Ok(())
	}

	pub(crate) fn do_deregister(owner: T::AccountId, device: DeviceId) -> DispatchResult {
		let entry = Self::owned(&owner, device)?;
		Self::ensure_free(&entry)?;
		let now = T::Clock::current();
		let parameters = Parameters::<T>::get();
		let stopped = Suspensions::<T>::get(device);
		match (&stopped, entry.standing.intent) {
			(Some(suspension), _) => {
				let decided = suspension.final_since(now).ok_or(Error::<T>::Stopped)?;
				let over = now.since(decided) > parameters.terms.expulsion;
				ensure!(over, Error::<T>::Stopped);
			}
			(None, Intent::Leave { since }) => {
				ensure!(now.since(since) >= parameters.terms.notice, Error::<T>::InNotice);
			}
			(None, _) => return Err(Error::<T>::NotLeaving.into()),
		}
		let barred = stopped.is_some();
		let fee = if barred { parameters.deposits.barred_key } else { Zero::zero() };
		let rescue = match (Rescues::<T>::get(device), barred) {
			(Some(Rescue { stage: RescueStage::Contested { .. }, .. }), false) => {
				return Err(Error::<T>::RescueRuns.into())
			}
			(None, _) | (_, false) => {
				Self::end_rescue(&entry)?;
				Zero::zero()
			}
			(_, true) => Self::forfeit_rescue(&entry)?,
		};
		Self::retire(entry, fee, rescue, StateReason::Deregistered, barred)
	}

	/// Takes a device out of the registry: `loss` of its deposit is lost, the rest is free. `lost` is
	/// what was lost besides.
	pub(crate) fn retire(
		entry: Entry<T>,
		loss: BalanceOf<T>,
		lost: BalanceOf<T>,
		reason: StateReason,
		barred: bool,
	) -> DispatchResult {
		Self::remove(&entry)?;
		let Entry { id: device, record, .. } = entry;
		let DeviceRecordOf::<T> { owner, key, state: from, deposit, .. } = record;
		let slashed = Self::slash(HoldReason::Registration, &owner, loss.min(deposit));
		let deposit = deposit.saturating_sub(slashed);
		Self::release(HoldReason::Registration, &owner, deposit)?;
		if barred {
			BarredKeys::<T>::insert(key, device);
		}
		let to = DeviceState::Retired;
		Self::deposit_event(Event::StateChanged { device, from, to, reason });
		let slashed = slashed.saturating_add(lost);
		Self::deposit_event(Event::Deregistered { device, owner, deposit, slashed, barred });
		Ok(())
	}
}
