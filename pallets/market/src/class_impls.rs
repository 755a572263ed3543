//! What governance does.

use alloc::vec;
use frame_support::{
	ensure,
	traits::{
		fungibles::{Create, Inspect},
		Get,
	},
	BoundedVec,
};
use pogcs_primitives::ClassId;
use sp_runtime::{traits::AccountIdConversion, DispatchResult};

use crate::{math::shares::LEAST_PART, pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The account that holds the market's money and hours.
	pub(crate) fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// The fewest shares that anybody holds of a lane, if any; as many are nobody's.
	pub(crate) fn least_shares() -> Balance {
		T::LeastDeposit::get() / LEAST_PART
	}

	/// The asset of a lane's shares.
	pub(crate) fn asset_of(record: &ClassRecord, lane: LaneId) -> Option<u32> {
		record.shares.checked_add(lane.0.into())
	}

	/// All lanes of a class, by number.
	pub(crate) fn lane_ids() -> impl Iterator<Item = LaneId> {
		(0..T::Days::get()).filter_map(|lane| u8::try_from(lane).ok()).map(LaneId)
	}

	pub(crate) fn do_make_class(
		class: ClassId,
		shares: u32,
		price: Balance,
		terms: Terms,
	) -> DispatchResult {
		ensure!(!Classes::<T>::contains_key(class), Error::<T>::KnownClass);
		ensure!(terms.are_sound(), Error::<T>::Unsound);
		let within = price >= terms.min_price && price <= terms.max_price;
		ensure!(within, Error::<T>::Unsound);
		ClassList::<T>::try_mutate(|list| list.try_push(class))
			.map_err(|_| Error::<T>::TooManyClasses)?;

		let record = ClassRecord { terms, open: true, shares };
		let account = Self::account();
		for lane in Self::lane_ids() {
			let asset = Self::asset_of(&record, lane).ok_or(Error::<T>::BadAsset)?;
			ensure!(!T::Shares::asset_exists(asset), Error::<T>::BadAsset);
			// An account can live on shares: they are worth what it must have otherwise. So the market's
			// and a provider's can hold those of any number of lanes.
			T::Shares::create(asset, account.clone(), true, Self::least_shares())
				.map_err(|_| Error::<T>::BadAsset)?;
		}
		let hour = HourProfile { price, risk: 0, weight: 0 };
		let hours = usize::try_from(T::IntervalsPerDay::get()).unwrap_or_default();
		let lanes = usize::try_from(T::Days::get()).unwrap_or_default();
		let hours = BoundedVec::try_from(vec![hour; hours]).map_err(|_| Error::<T>::Overflow)?;
		let lanes = BoundedVec::try_from(vec![Lane::default(); lanes]);
		Profiles::<T>::insert(class, hours);
		Lanes::<T>::insert(class, lanes.map_err(|_| Error::<T>::Overflow)?);
		Classes::<T>::insert(class, record);
		Self::deposit_event(Event::ClassMade { class, shares, price, terms });
		Ok(())
	}

	pub(crate) fn do_set_terms(class: ClassId, terms: Terms) -> DispatchResult {
		ensure!(terms.are_sound(), Error::<T>::Unsound);
		Classes::<T>::try_mutate(class, |record| {
			record.as_mut().ok_or(Error::<T>::UnknownClass)?.terms = terms;
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::TermsSet { class, terms });
		Ok(())
	}

	pub(crate) fn do_set_open(class: ClassId, open: bool) -> DispatchResult {
		Classes::<T>::try_mutate(class, |record| {
			record.as_mut().ok_or(Error::<T>::UnknownClass)?.open = open;
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::OpenSet { class, open });
		Ok(())
	}

	pub(crate) fn do_set_halted(class: ClassId, day: Day, halted: bool) -> DispatchResult {
		Books::<T>::try_mutate(class, day, |book| {
			book.as_mut().ok_or(Error::<T>::NotOpen)?.head.halted = halted;
			Ok::<_, Error<T>>(())
		})?;
		Self::deposit_event(Event::HaltSet { class, day, halted });
		Ok(())
	}
}
