//! Deposits and withdrawals: asked for now, priced when a lane rolls, claimed after that. A roll costs
//! the same however many wait for it.

use frame_support::{
	defensive, ensure,
	traits::{
		fungible::{Inspect, Mutate},
		fungibles::{Inspect as InspectShares, Mutate as MutateShares},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
	BoundedVec,
};
use pogcs_primitives::ClassId;
use sp_runtime::{DispatchError, DispatchResult, Permill};

use crate::{
	math::shares::{self, Rate},
	pallet::*,
	types::*,
};

type LanesOf<T> = BoundedVec<Lane, <T as Config>::Days>;
type RequestsOf<T> = BoundedVec<Request, <T as Config>::Days>;

impl Request {
	fn is_empty(&self) -> bool {
		self.deposit == 0 && self.withdrawal == 0
	}
}

impl Roll {
	/// The shares and the money that a request gets: rounded down.
	pub(crate) fn due(&self, request: &Request) -> Option<(Balance, Balance)> {
		let (tokens, back) = match self.minted {
			Some((shares, value)) => (Rate { shares, value }.minted(request.deposit)?, 0),
			None => (0, request.deposit),
		};
		let paid = match request.withdrawal {
			0 => 0,
			shares => shares::paid(shares, self.shares, self.value)?,
		};
		Some((tokens, paid.checked_add(back)?))
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_deposit(who: T::AccountId, class: ClassId, amount: Balance) -> DispatchResult {
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		ensure!(record.open, Error::<T>::NotOpen);
		let days = Balance::from(T::Days::get());
		let part = amount.checked_div(days).unwrap_or_default();
		ensure!(part >= T::LeastDeposit::get(), Error::<T>::TooSmall);
		let rest = amount.checked_rem(days).unwrap_or_default();

		let market = Self::account();
		let least = T::Money::minimum_balance();
		if T::Money::balance(&market) < least {
			T::Money::transfer(&who, &market, least, Preservation::Preserve)
				.map_err(|_| Error::<T>::Funds)?;
		}
		T::Money::transfer(&who, &market, amount, Preservation::Preserve)
			.map_err(|_| Error::<T>::Funds)?;

		Self::with_requests(&who, class, &record, |_, lanes, requests| {
			// What does not divide goes into the first lane.
			let mut parts =
				core::iter::once(part.saturating_add(rest)).chain(core::iter::repeat(part));
			for (lane, request) in lanes.iter_mut().zip(requests) {
				let part = parts.next().unwrap_or_default();
				Self::await_roll(lane, request);
				lane.deposits = lane.deposits.checked_add(part).ok_or(Error::<T>::Overflow)?;
				request.deposit = request.deposit.checked_add(part).ok_or(Error::<T>::Overflow)?;
			}
			Ok(())
		})?;
		Self::deposit_event(Event::Deposited { who, class, amount });
		Ok(())
	}

	/// Counts a request with its lane, if it is new.
	fn await_roll(lane: &mut Lane, request: &mut Request) {
		if request.is_empty() {
			request.roll = lane.roll;
			lane.requests = lane.requests.saturating_add(1);
		}
	}

	/// Claims what is final, then lets `change` add to what is not.
	fn with_requests(
		who: &T::AccountId,
		class: ClassId,
		record: &ClassRecord,
		change: impl FnOnce(
			&T::AccountId,
			&mut LanesOf<T>,
			&mut RequestsOf<T>,
		) -> Result<(), DispatchError>,
	) -> DispatchResult {
		let mut lanes = Lanes::<T>::get(class);
		let mut requests = Requests::<T>::get(class, who);
		while requests.len() < lanes.len() {
			requests.try_push(Request::default()).map_err(|_| Error::<T>::Overflow)?;
		}
		Self::settle_requests(who, class, record, &mut lanes, &mut requests)?;
		change(who, &mut lanes, &mut requests)?;
		Lanes::<T>::insert(class, lanes);
		if requests.iter().all(Request::is_empty) {
			Requests::<T>::remove(class, who);
		} else {
			Requests::<T>::insert(class, who, requests);
		}
		Ok(())
	}

	pub(crate) fn do_withdraw(who: T::AccountId, class: ClassId, part: Permill) -> DispatchResult {
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		Self::with_requests(&who, class, &record, |who, lanes, requests| {
			let mut any = false;
			let ids = Self::lane_ids();
			for ((lane, request), id) in lanes.iter_mut().zip(requests).zip(ids) {
				let asset = Self::asset_of(&record, id).ok_or(Error::<T>::UnknownLane)?;
				let shares = part.mul_floor(T::Shares::balance(asset, who));
				if shares > 0 {
					Self::ask_back(who, (class, id), asset, shares, lane, request)?;
					any = true;
				}
			}
			ensure!(any, Error::<T>::NoShares);
			Ok(())
		})
	}

	pub(crate) fn do_withdraw_lane(
		who: T::AccountId,
		class: ClassId,
		id: LaneId,
		shares: Balance,
	) -> DispatchResult {
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		ensure!(shares > 0, Error::<T>::NoShares);
		Self::with_requests(&who, class, &record, |who, lanes, requests| {
			let lane = lanes.get_mut(usize::from(id.0)).ok_or(Error::<T>::UnknownLane)?;
			let request = requests.get_mut(usize::from(id.0)).ok_or(Error::<T>::UnknownLane)?;
			let asset = Self::asset_of(&record, id).ok_or(Error::<T>::UnknownLane)?;
			Self::ask_back(who, (class, id), asset, shares, lane, request)
		})
	}

	/// Takes shares back from somebody; all of them if fewer would be left than can be held.
	fn ask_back(
		who: &T::AccountId,
		(class, id): (ClassId, LaneId),
		asset: u32,
		shares: Balance,
		lane: &mut Lane,
		request: &mut Request,
	) -> DispatchResult {
		let all = T::Shares::balance(asset, who);
		let left = all.checked_sub(shares).ok_or(Error::<T>::NoShares)?;
		let shares = if left < Self::least_shares() { all } else { shares };
		T::Shares::transfer(asset, who, &Self::account(), shares, Preservation::Expendable)
			.map_err(|_| Error::<T>::NoShares)?;
		Self::await_roll(lane, request);
		lane.withdrawals = lane.withdrawals.checked_add(shares).ok_or(Error::<T>::Overflow)?;
		request.withdrawal = request.withdrawal.checked_add(shares).ok_or(Error::<T>::Overflow)?;
		let who = who.clone();
		Self::deposit_event(Event::WithdrawalAsked { who, class, lane: id, shares });
		Ok(())
	}

	pub(crate) fn do_claim(who: T::AccountId, class: ClassId) -> DispatchResult {
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		let mut lanes = Lanes::<T>::get(class);
		let mut requests = Requests::<T>::get(class, &who);
		let any = Self::settle_requests(&who, class, &record, &mut lanes, &mut requests)?;
		ensure!(any, Error::<T>::NothingToClaim);
		Lanes::<T>::insert(class, lanes);
		if requests.iter().all(Request::is_empty) {
			Requests::<T>::remove(class, who);
		} else {
			Requests::<T>::insert(class, who, requests);
		}
		Ok(())
	}

	/// Hands out what rolls gave for requests that waited for them. Whether there was any.
	fn settle_requests(
		who: &T::AccountId,
		class: ClassId,
		record: &ClassRecord,
		lanes: &mut LanesOf<T>,
		requests: &mut RequestsOf<T>,
	) -> Result<bool, DispatchError> {
		let mut any = false;
		for ((lane, request), id) in lanes.iter_mut().zip(requests).zip(Self::lane_ids()) {
			if request.is_empty() || request.roll == lane.roll {
				continue;
			}
			let Some(mut roll) = Rolls::<T>::get(class, (id, request.roll)) else {
				defensive!("a roll stays until its last request is claimed");
				continue;
			};
			let (tokens, money) = roll.due(request).ok_or(Error::<T>::Overflow)?;
			let asset = Self::asset_of(record, id).ok_or(Error::<T>::UnknownLane)?;
			let market = Self::account();
			if tokens > 0 {
				T::Shares::transfer(asset, &market, who, tokens, Preservation::Expendable)?;
			}
			if money > 0 {
				T::Money::transfer(&market, who, money, Preservation::Preserve)?;
			}
			roll.requests = roll.requests.saturating_sub(1);
			roll.tokens = roll.tokens.checked_sub(tokens).ok_or(Error::<T>::Overflow)?;
			roll.money = roll.money.checked_sub(money).ok_or(Error::<T>::Overflow)?;
			if roll.requests == 0 {
				// What rounding left is the lane's.
				Rolls::<T>::remove(class, (id, request.roll));
				lane.cash = lane.cash.checked_add(roll.money).ok_or(Error::<T>::Overflow)?;
				lane.shares = lane.shares.checked_sub(roll.tokens).ok_or(Error::<T>::Overflow)?;
				Self::burn_shares(asset, roll.tokens)?;
			} else {
				Rolls::<T>::insert(class, (id, request.roll), roll);
			}
			*request = Request::default();
			any = true;
			let who = who.clone();
			let shares = tokens;
			Self::deposit_event(Event::Claimed { who, class, lane: id, shares, money });
		}
		Ok(any)
	}

	/// Burns shares that lie with the market.
	pub(crate) fn burn_shares(asset: u32, shares: Balance) -> DispatchResult {
		if shares > 0 {
			T::Shares::burn_from(
				asset,
				&Self::account(),
				shares,
				Preservation::Expendable,
				Precision::Exact,
				Fortitude::Force,
			)?;
		}
		Ok(())
	}
}
