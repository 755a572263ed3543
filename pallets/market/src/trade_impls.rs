//! Buying and selling: read the books, work everything out on them, then move money and hours and
//! write the books.

use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation, Get},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	traits::{ClaimsError, HourClaims, HourFill, HourLedger, IntervalClock, MarketError},
	ClassId, Interval, MicroGpuHours,
};
use sp_runtime::DispatchResult;

use crate::{
	math::{self, search::Vessel},
	pallet::*,
	types::*,
	WeightInfo,
};

/// The books of a range of days, in order and as they are used in this block, and the clock.
pub(crate) struct Desk<T: Config> {
	class: ClassId,
	now: Interval,
	shelf: Vec<Entry<T>>,
}

/// A day of the range.
struct Entry<T: Config> {
	day: Day,
	book: Option<Book<T>>,
	/// Whether anything was traded in it.
	used: bool,
}

impl<T: Config> Desk<T> {
	/// Reads the books of `from` to `until`.
	pub(crate) fn open(
		class: ClassId,
		from: Interval,
		until: Interval,
	) -> Result<Self, MarketError> {
		ensure!(from <= until, MarketError::BadRange);
		let longest = T::IntervalsPerDay::get().saturating_mul(T::Days::get());
		ensure!(until.since(from) < longest, MarketError::BadRange);
		let (first, last) = (Pallet::<T>::day_of(from), Pallet::<T>::day_of(until));
		let now = T::Clock::current();
		let block = frame_system::Pallet::<T>::block_number();
		let shelf = (first.0..=last.0)
			.map(Day)
			.map(|day| {
				let mut book = Books::<T>::get(class, day);
				if let Some(book) = book.as_mut() {
					book.touch(block, now);
				}
				Entry { day, book, used: false }
			})
			.collect();
		Ok(Self { class, now, shelf })
	}

	/// Whether an interval can still be bought.
	fn ensure_buyable(&self, interval: Interval) -> Result<(), MarketError> {
		ensure!(interval.since(self.now) > T::BuyGate::get(), MarketError::GateClosed);
		Ok(())
	}

	/// The book of an interval, to trade in.
	fn book_mut(&mut self, interval: Interval) -> Option<&mut Book<T>> {
		let day = Pallet::<T>::day_of(interval);
		let first = self.shelf.first()?.day;
		let at = usize::try_from(day.0.checked_sub(first.0)?).ok()?;
		let entry = self.shelf.get_mut(at)?;
		entry.used = true;
		entry.book.as_mut()
	}

	/// The bucket of an interval, if it is open, and what it has in common with the others.
	pub(crate) fn bucket(&self, interval: Interval) -> Option<(&Head<BlockNumberFor<T>>, &Bucket)> {
		let day = Pallet::<T>::day_of(interval);
		let book = self.shelf.iter().find(|entry| entry.day == day)?.book.as_ref()?;
		let bucket = book.bucket(interval).filter(|bucket| bucket.is_open())?;
		Some((&book.head, bucket))
	}

	/// What a GPU-hour cost when the previous block ended.
	pub(crate) fn before(&self, interval: Interval) -> Option<Balance> {
		let (_, bucket) = self.bucket(interval)?;
		math::price(bucket.before, bucket.depth)
	}

	/// Takes `amount` out of a bucket. What the buyer pays, with the fee.
	pub(crate) fn buy(
		&mut self,
		interval: Interval,
		amount: MicroGpuHours,
	) -> Result<HourFill<Balance>, MarketError> {
		let least = T::LeastHours::get().0;
		ensure!(amount.0 > 0, MarketError::Zero);
		self.ensure_buyable(interval)?;
		let book = self.book_mut(interval).ok_or(MarketError::NotOpen)?;
		ensure!(!book.head.halted, MarketError::Halted);
		let rate = book.head.fee;
		let bucket = book.bucket_mut(interval).filter(|bucket| bucket.is_open());
		let bucket = bucket.ok_or(MarketError::NotOpen)?;
		ensure!(amount.0 >= least, MarketError::Dust);
		let left = bucket.stock.checked_sub(amount.0).ok_or(MarketError::OutOfStock)?;
		ensure!(left == 0 || left >= least, MarketError::Dust);

		let price = math::buy_cost(bucket.y, bucket.depth, amount.0);
		let price = price.ok_or(MarketError::Overflow)?;
		let fee = math::fee(price, rate).ok_or(MarketError::Overflow)?;
		let cost = price.checked_add(fee).ok_or(MarketError::Overflow)?;
		bucket.y = bucket.y.checked_add(price).ok_or(MarketError::Overflow)?;
		bucket.fees = bucket.fees.checked_add(fee).ok_or(MarketError::Overflow)?;
		bucket.stock = left;
		book.head.total = book.head.total.checked_add(price).ok_or(MarketError::Overflow)?;
		Ok(HourFill { interval, amount, cost })
	}

	/// Puts `amount` into a bucket. What the seller receives, without the fee.
	pub(crate) fn sell(
		&mut self,
		interval: Interval,
		amount: MicroGpuHours,
	) -> Result<HourFill<Balance>, MarketError> {
		ensure!(amount.0 > 0, MarketError::Zero);
		ensure!(interval.since(self.now) > T::SellGate::get(), MarketError::GateClosed);
		let book = self.book_mut(interval).ok_or(MarketError::NotOpen)?;
		ensure!(!book.head.halted, MarketError::Halted);
		let head = book.head;
		let bucket = book.bucket_mut(interval).filter(|bucket| bucket.is_open());
		let bucket = bucket.ok_or(MarketError::NotOpen)?;
		ensure!(amount.0 >= T::LeastHours::get().0, MarketError::Dust);
		let stock = bucket.stock.checked_add(amount.0).ok_or(MarketError::Overflow)?;
		let most = bucket.depth.saturating_mul(math::MAX_FALL);
		ensure!(stock <= most, MarketError::Saturated);

		let price = math::sell_proceeds(bucket.y, bucket.depth, amount.0);
		let price = price.ok_or(MarketError::Overflow)?;
		let rate = head.sell_fee(bucket.risk);
		let fee = math::fee(price, rate).ok_or(MarketError::Overflow)?;
		let received = price.checked_sub(fee).ok_or(MarketError::Overflow)?;
		ensure!(received > 0, MarketError::Saturated);
		bucket.y = bucket.y.checked_sub(price).ok_or(MarketError::Overflow)?;
		bucket.fees = bucket.fees.checked_add(fee).ok_or(MarketError::Overflow)?;
		bucket.paid = bucket.paid.checked_add(price).ok_or(MarketError::Overflow)?;
		bucket.sold = bucket.sold.checked_add(amount.0).ok_or(MarketError::Overflow)?;
		bucket.stock = stock;
		let total = head.total.checked_sub(price).ok_or(MarketError::Overflow)?;
		ensure!(total >= head.floor, MarketError::Tripped);
		book.head.total = total;
		Ok(HourFill { interval, amount, cost: received })
	}

	/// Where `amount` is bought at the least cost.
	fn search(
		&self,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<Vec<(Interval, MicroGpuHours)>, MarketError> {
		ensure!(amount.0 > 0, MarketError::Zero);
		ensure!(amount.0 >= T::LeastHours::get().0, MarketError::Dust);
		self.ensure_buyable(from)?;
		ensure!(self.shelf.iter().any(|entry| entry.book.is_some()), MarketError::NotOpen);
		let mut places = Vec::new();
		let mut vessels = Vec::new();
		let mut stock = 0u128;
		for Entry { day, book, .. } in &self.shelf {
			let Some(book) = book.as_ref().filter(|book| !book.head.halted) else { continue };
			for (at, bucket) in (Pallet::<T>::first_of(*day).0..).zip(&book.buckets) {
				let interval = Interval(at);
				if interval < from || interval > until || bucket.stock == 0 {
					continue;
				}
				stock = stock.saturating_add(bucket.stock.into());
				places.push(interval);
				vessels.push(Vessel {
					level: bucket.margin().saturating_add(book.head.lift),
					depth: bucket.depth,
					stock: bucket.stock,
				});
			}
		}
		ensure!(stock >= amount.0.into(), MarketError::OutOfStock);
		let parts = math::search::fill(&vessels, amount.0, T::LeastHours::get().0);
		let parts = parts.ok_or(MarketError::Dust)?;
		let parts = places.into_iter().zip(parts.into_iter().map(MicroGpuHours));
		Ok(parts.filter(|(_, part)| part.0 > 0).collect())
	}

	/// Writes back the books that were traded in.
	fn close(self) {
		for entry in self.shelf {
			if let (Some(book), true) = (entry.book, entry.used) {
				Books::<T>::insert(self.class, entry.day, book);
			}
		}
	}
}

/// What all fills come to.
fn sum(fills: &[HourFill<Balance>]) -> Result<Balance, MarketError> {
	let mut all = fills.iter().map(|fill| fill.cost);
	all.try_fold(0, |sum: Balance, cost| sum.checked_add(cost)).ok_or(MarketError::Overflow)
}

fn no_claims(error: ClaimsError) -> MarketError {
	match error {
		ClaimsError::Dust => MarketError::Dust,
		ClaimsError::Closed => MarketError::GateClosed,
		ClaimsError::Overflow => MarketError::Overflow,
		_ => MarketError::Claims,
	}
}

/// How much of which interval.
fn parts_of(fills: &[HourFill<Balance>]) -> Vec<(Interval, MicroGpuHours)> {
	fills.iter().map(|fill| (fill.interval, fill.amount)).collect()
}

/// Every interval of a range, with the same amount.
fn each(
	from: Interval,
	until: Interval,
	amount: MicroGpuHours,
) -> impl Iterator<Item = (Interval, MicroGpuHours)> {
	(from.0..=until.0).map(move |at| (Interval(at), amount))
}

impl<T: Config> Pallet<T> {
	pub(crate) fn ensure_in_time(deadline: BlockNumberFor<T>) -> DispatchResult {
		ensure!(frame_system::Pallet::<T>::block_number() <= deadline, Error::<T>::Expired);
		Ok(())
	}

	pub(crate) fn do_buy_flexible(
		who: &T::AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let parts = desk.search(from, until, amount)?;
		let fills = Self::buy_parts(&mut desk, parts)?;
		Self::settle_buy(who, desk, &fills, max_cost)?;
		Ok(fills)
	}

	pub(crate) fn do_buy_each(
		who: &T::AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		max_cost: Balance,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let fills = Self::buy_parts(&mut desk, each(from, until, amount))?;
		Self::settle_buy(who, desk, &fills, max_cost)?;
		Ok(fills)
	}

	pub(crate) fn do_sell_each(
		who: &T::AccountId,
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
		min_received: Balance,
	) -> Result<Balance, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let fills = Self::sell_parts(&mut desk, each(from, until, amount))?;
		let received = sum(&fills)?;
		ensure!(received >= min_received, MarketError::Underpriced);
		let market = Self::account();
		T::Hours::transfer_each(class, who, &market, &parts_of(&fills)).map_err(no_claims)?;
		Self::settle_sell(who, desk, fills, received)?;
		Ok(received)
	}

	fn buy_parts(
		desk: &mut Desk<T>,
		parts: impl IntoIterator<Item = (Interval, MicroGpuHours)>,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		parts.into_iter().map(|(interval, amount)| desk.buy(interval, amount)).collect()
	}

	fn sell_parts(
		desk: &mut Desk<T>,
		parts: impl IntoIterator<Item = (Interval, MicroGpuHours)>,
	) -> Result<Vec<HourFill<Balance>>, MarketError> {
		parts.into_iter().map(|(interval, amount)| desk.sell(interval, amount)).collect()
	}

	fn settle_buy(
		who: &T::AccountId,
		desk: Desk<T>,
		fills: &[HourFill<Balance>],
		max_cost: Balance,
	) -> Result<(), MarketError> {
		let cost = sum(fills)?;
		ensure!(cost <= max_cost, MarketError::Overpriced);
		let market = Self::account();
		T::Money::transfer(who, &market, cost, Preservation::Preserve)
			.map_err(|_| MarketError::Funds)?;
		Self::hand_over(who, desk, fills, cost)
	}

	/// Gives hours that are paid for to their buyer, and writes the books.
	pub(crate) fn hand_over(
		who: &T::AccountId,
		desk: Desk<T>,
		fills: &[HourFill<Balance>],
		cost: Balance,
	) -> Result<(), MarketError> {
		let (class, market) = (desk.class, Self::account());
		let result = T::Hours::transfer_each(class, &market, who, &parts_of(fills));
		match result {
			Err(ClaimsError::Dust) => Self::hand_out(class, &market, who, fills),
			result => result,
		}
		.map_err(no_claims)?;
		desk.close();
		let fills = fills.to_vec();
		Self::deposit_event(Event::Bought { who: who.clone(), class, fills, cost });
		Ok(())
	}

	/// Moves hours out of the market's stock where dust would be left of it: anybody can give the market
	/// a few hours. Then they go with the last that is bought.
	fn hand_out(
		class: ClassId,
		market: &T::AccountId,
		who: &T::AccountId,
		fills: &[HourFill<Balance>],
	) -> Result<(), ClaimsError> {
		for (at, amount) in parts_of(fills) {
			let all = T::Hours::balance(class, at, market);
			let left = all.checked_sub(amount).ok_or(ClaimsError::Insufficient)?;
			let amount = if left < T::LeastHours::get() { all } else { amount };
			T::Hours::transfer(class, at, market, who, amount)?;
		}
		Ok(())
	}

	/// Pays for hours that the market was given, and writes the books.
	pub(crate) fn settle_sell(
		who: &T::AccountId,
		desk: Desk<T>,
		fills: Vec<HourFill<Balance>>,
		received: Balance,
	) -> Result<(), MarketError> {
		// The market's account has the least that an account must have beside what it owes.
		T::Money::transfer(&Self::account(), who, received, Preservation::Preserve)
			.map_err(|_| MarketError::Funds)?;
		let class = desk.class;
		desk.close();
		Self::deposit_event(Event::Sold { who: who.clone(), class, fills, received });
		Ok(())
	}

	/// Writes the books, for whoever pays a seller otherwise.
	pub(crate) fn close_desk(desk: Desk<T>) {
		desk.close();
	}

	pub(crate) fn quote_flexible_of(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<Quote, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let parts = desk.search(from, until, amount)?;
		let fills = Self::buy_parts(&mut desk, parts)?;
		let cost = sum(&fills)?;
		Ok((fills, cost))
	}

	pub(crate) fn quote_each_of(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<Quote, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let fills = Self::buy_parts(&mut desk, each(from, until, amount))?;
		let cost = sum(&fills)?;
		Ok((fills, cost))
	}

	pub(crate) fn quote_sell_of(
		class: ClassId,
		from: Interval,
		until: Interval,
		amount: MicroGpuHours,
	) -> Result<Quote, MarketError> {
		let mut desk = Desk::<T>::open(class, from, until)?;
		let fills = Self::sell_parts(&mut desk, each(from, until, amount))?;
		let received = sum(&fills)?;
		Ok((fills, received))
	}

	/// How many intervals a range has, at most as many as are traded.
	pub(crate) fn length(from: Interval, until: Interval) -> u32 {
		let longest = T::IntervalsPerDay::get().saturating_mul(T::Days::get());
		until.since(from).saturating_add(1).min(longest)
	}

	/// What a flexible fill over a range costs at most: something is bought of each interval.
	pub(crate) fn weight_of_search(from: Interval, until: Interval) -> Weight {
		T::WeightInfo::buy_flexible(Self::books_of(from, until), Self::length(from, until))
	}

	/// How many books a range of intervals is over.
	fn books_of(from: Interval, until: Interval) -> u32 {
		let books = Self::day_of(until).0.saturating_sub(Self::day_of(from).0).saturating_add(1);
		books.min(T::Days::get().saturating_add(1))
	}

	/// What a flexible fill did cost, with so many fills.
	pub(crate) fn weight_of_fills(from: Interval, until: Interval, fills: usize) -> Weight {
		let fills = u32::try_from(fills).unwrap_or(u32::MAX);
		T::WeightInfo::buy_flexible(Self::books_of(from, until), fills)
	}
}

impl<T> From<MarketError> for Error<T> {
	fn from(error: MarketError) -> Self {
		match error {
			MarketError::Zero => Self::Zero,
			MarketError::BadRange => Self::BadRange,
			MarketError::GateClosed => Self::GateClosed,
			MarketError::NotOpen => Self::NotOpen,
			MarketError::Halted => Self::Halted,
			MarketError::OutOfStock => Self::OutOfStock,
			MarketError::Overpriced => Self::Overpriced,
			MarketError::Underpriced => Self::Underpriced,
			MarketError::Saturated => Self::Saturated,
			MarketError::Tripped => Self::Tripped,
			MarketError::Dust => Self::Dust,
			MarketError::Funds => Self::Funds,
			MarketError::Claims => Self::Claims,
			MarketError::Overflow => Self::Overflow,
		}
	}
}
