//! Makers, classes and parameters.

use frame_support::ensure;
use pogcs_primitives::{
	records::ClassRecord, traits::IntervalClock, wire::PublicKey, ClassId, MilliWattHours,
};
use sp_runtime::DispatchResult;

use crate::{
	pallet::*,
	parameters::{LARGEST_THROUGHPUT, WHOLE},
	types::*,
};

impl<T: Config> Pallet<T> {
	/// A maker that can certify.
	pub(crate) fn active_maker(maker: &PublicKey) -> Result<MakerRecord<T>, Error<T>> {
		let record = Makers::<T>::get(maker).ok_or(Error::<T>::UnknownMaker)?;
		ensure!(record.revoked.is_none(), Error::<T>::RevokedMaker);
		Ok(record)
	}

	pub(crate) fn do_register_maker(
		maker: PublicKey,
		name: NameOf<T>,
		account: T::AccountId,
	) -> DispatchResult {
		let active = Makers::<T>::get(maker).is_some_and(|record| record.revoked.is_none());
		ensure!(!active, Error::<T>::MakerExists);
		let record = MakerRecord { name: name.clone(), account: account.clone(), revoked: None };
		Makers::<T>::insert(maker, record);
		Self::deposit_event(Event::MakerRegistered { maker, name, account });
		Ok(())
	}

	pub(crate) fn do_revoke_maker(
		maker: PublicKey,
		reason: MakerReason,
		grace: u32,
	) -> DispatchResult {
		let mut record = Self::active_maker(&maker)?;
		let since = T::Clock::current();
		let honoured_until = Self::after(since, grace)?;
		record.revoked = Some(MakerRevocation { reason, since, honoured_until });
		Makers::<T>::insert(maker, record);
		Self::deposit_event(Event::MakerRevoked { maker, reason, honoured_until });
		Ok(())
	}

	/// Refuses a class that no device can have.
	pub(crate) fn check_class(record: &ClassRecord) -> Result<(), Error<T>> {
		let sound = record.max_generation > MilliWattHours::ZERO
			&& (1..=LARGEST_THROUGHPUT).contains(&record.throughput)
			&& record.storage_efficiency <= WHOLE;
		ensure!(sound, Error::<T>::BadClass);
		Ok(())
	}

	pub(crate) fn do_set_class(class: ClassId, record: ClassRecord) -> DispatchResult {
		Self::check_class(&record)?;
		Classes::<T>::insert(class, record);
		Self::deposit_event(Event::ClassSet { class, record });
		Ok(())
	}

	pub(crate) fn do_set_parameters(parameters: ParametersOf<T>) -> DispatchResult {
		parameters.check().map_err(Error::<T>::from)?;
		Parameters::<T>::put(parameters);
		Self::deposit_event(Event::ParametersSet { parameters });
		Ok(())
	}
}
