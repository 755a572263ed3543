//! The end of a day: its book is closed and is cash again, the lane mints and burns shares, and a book
//! is opened for the lane's next day. One lane is one step, charged to a meter.

use alloc::vec::Vec;
use frame_support::{
	dispatch::DispatchResultWithPostInfo,
	ensure,
	storage::with_storage_layer,
	traits::{fungibles::Mutate as MutateShares, Get},
	weights::{Weight, WeightMeter},
	BoundedVec,
};
use pogcs_primitives::{traits::IntervalClock, ClassId, Interval};
use sp_runtime::{DispatchError, DispatchResult};

use crate::{
	math::{
		self, learning,
		shares::{self, Rate},
	},
	pallet::*,
	types::*,
	WeightInfo,
};

type ProfileOf<T> = BoundedVec<HourProfile, <T as Config>::IntervalsPerDay>;

impl<T: Config> Pallet<T> {
	/// Does what is due, until nothing is or `meter` is used up. How many steps that took.
	pub(crate) fn work(meter: &mut WeightMeter) -> u32 {
		if meter.try_consume(T::WeightInfo::work_look()).is_err() {
			return 0;
		}
		let before = Progress::<T>::get();
		let mut agenda = before;
		let now = T::Clock::current();
		if agenda.interval != now {
			agenda.interval = now;
			agenda.next = 0;
		}
		let mut steps = Self::roll_due(&mut agenda, meter);
		steps = steps.saturating_add(Self::forget_due(&mut agenda, meter));
		if agenda != before {
			Progress::<T>::put(agenda);
		}
		steps
	}

	/// Rolls the lanes whose day is over, once in an interval, class by class.
	fn roll_due(agenda: &mut Agenda, meter: &mut WeightMeter) -> u32 {
		let mut steps = 0u32;
		let classes = ClassList::<T>::get();
		loop {
			let at = usize::try_from(agenda.next).unwrap_or(usize::MAX);
			let Some(class) = classes.get(at) else { return steps };
			if meter.try_consume(T::WeightInfo::class_look()).is_err() {
				return steps;
			}
			match Self::due_lane(*class, agenda.interval) {
				None => agenda.next = agenda.next.saturating_add(1),
				Some(_) if meter.try_consume(T::WeightInfo::roll()).is_err() => return steps,
				Some(lane) => {
					let rolled = with_storage_layer(|| Self::roll(*class, lane, agenda.interval));
					steps = steps.saturating_add(1);
					if rolled.is_err() {
						frame_support::defensive!("a lane can always roll");
						agenda.next = agenda.next.saturating_add(1);
					}
				}
			}
		}
	}

	/// The first lane of a class that is due: its day is over, or it has no book and could have one, or
	/// has requests.
	pub(crate) fn due_lane(class: ClassId, now: Interval) -> Option<LaneId> {
		let record = Classes::<T>::get(class)?;
		let lanes = Lanes::<T>::get(class);
		let due = |lane: &Lane| match lane.day {
			Some(day) => now >= Self::end_of(day),
			None => {
				lane.requests > 0
					|| (record.open && Self::budget(&record.terms, lane.cash).is_some())
			}
		};
		lanes.iter().zip(Self::lane_ids()).find(|(lane, _)| due(lane)).map(|(_, id)| id)
	}

	/// What a book is opened with, if a lane has enough for one.
	fn budget(terms: &Terms, cash: Balance) -> Option<Balance> {
		let budget = terms.deployed.mul_floor(cash);
		(budget >= terms.min_book).then_some(budget)
	}

	/// Closes a lane's book, mints and burns its shares, and opens its next book.
	pub(crate) fn roll(class: ClassId, id: LaneId, now: Interval) -> DispatchResult {
		let record = Classes::<T>::get(class).ok_or(Error::<T>::UnknownClass)?;
		let mut profile = Profiles::<T>::get(class);
		Lanes::<T>::try_mutate(class, |lanes| {
			let lane = lanes.get_mut(usize::from(id.0)).ok_or(Error::<T>::UnknownLane)?;
			Self::close_book(class, &record.terms, lane, &mut profile)?;
			Self::settle_lane(class, &record, id, lane)?;
			if record.open {
				Self::open_book(class, &record.terms, id, lane, &profile, now)?;
			}
			Ok::<_, DispatchError>(())
		})?;
		Profiles::<T>::insert(class, profile);
		Ok(())
	}

	/// Turns a lane's book into cash, and learns from it.
	fn close_book(
		class: ClassId,
		terms: &Terms,
		lane: &mut Lane,
		profile: &mut ProfileOf<T>,
	) -> DispatchResult {
		let Some(day) = lane.day.take() else { return Ok(()) };
		let Some(book) = Books::<T>::take(class, day) else { return Ok(()) };
		let (mut base, mut reserves, mut fees): (Balance, Balance, Balance) = (0, 0, 0);
		for bucket in &book.buckets {
			base = base.saturating_add(bucket.base);
			reserves = reserves.checked_add(bucket.y).ok_or(Error::<T>::Overflow)?;
			fees = fees.checked_add(bucket.fees).ok_or(Error::<T>::Overflow)?;
		}
		lane.cash = lane
			.cash
			.checked_add(reserves)
			.and_then(|cash| cash.checked_add(fees))
			.ok_or(Error::<T>::Overflow)?;
		Self::learn(terms, &book, profile);
		Self::deposit_event(Event::BookClosed { class, day, base, reserves, fees });
		Ok(())
	}

	/// What each hour of a day that is over says about that hour of the days to come.
	fn learn(terms: &Terms, book: &Book<T>, profile: &mut ProfileOf<T>) {
		let rate = terms.learning.deconstruct();
		let range = terms.range.deconstruct();
		let mut gains = Vec::with_capacity(profile.len());
		for (hour, bucket) in profile.iter_mut().zip(&book.buckets) {
			gains.push(learning::gain(bucket.base, bucket.value(), range));
			// Bought back out of what was paid: at most all of it, but for what was rounded up.
			let back = bucket.y.saturating_add(bucket.paid).saturating_sub(bucket.base);
			let full = terms.full_volume.mul_floor(bucket.base);
			let units = bucket.sold.saturating_sub(bucket.stock);
			let seen = if units > 0 { math::price(back, units) } else { Some(bucket.price()) };
			let volume = if units > 0 { back } else { bucket.paid };
			if let Some(seen) = seen.filter(|_| volume > 0) {
				let rate = learning::by_volume(rate, volume, full);
				let seen = seen.clamp(terms.min_price, terms.max_price);
				let most = learning::most(hour.price, bucket.fees, bucket.base, terms.rise);
				hour.price = learning::blend(hour.price, seen, rate).min(most);
			}
			if bucket.paid > 0 {
				let lost = math::millionths(bucket.paid.saturating_sub(back), bucket.paid);
				let rate = learning::by_volume(rate, bucket.paid, full);
				let risk = learning::blend(hour.risk.into(), lost.into(), rate);
				hour.risk = u32::try_from(risk).unwrap_or(hour.risk);
			}
		}
		let mut weights: Vec<_> = profile.iter().map(|hour| hour.weight).collect();
		learning::hedge(&mut weights, &gains, terms.hedge.deconstruct());
		for (hour, weight) in profile.iter_mut().zip(weights) {
			hour.weight = weight;
		}
	}

	/// Mints and burns a lane's shares, all at what the lane is worth now that it is cash.
	fn settle_lane(
		class: ClassId,
		record: &ClassRecord,
		id: LaneId,
		lane: &mut Lane,
	) -> DispatchResult {
		let asset = Self::asset_of(record, id).ok_or(Error::<T>::UnknownLane)?;
		let (value, shares) = (lane.cash, lane.shares);
		let (deposits, burnt) = (lane.deposits, lane.withdrawals);
		let paid = match burnt {
			0 => 0,
			// Down, so that who stays has no less for each share.
			burnt => shares::paid(burnt, shares, value).ok_or(Error::<T>::Overflow)?,
		};
		lane.cash = lane.cash.checked_sub(paid).ok_or(Error::<T>::Overflow)?;
		lane.shares = lane.shares.checked_sub(burnt).ok_or(Error::<T>::Overflow)?;
		Self::burn_shares(asset, burnt)?;

		let rate = match deposits {
			0 => None,
			_ => Rate::of(lane.shares, lane.cash, deposits, T::LeastDeposit::get()),
		};
		let (mut minted, mut back) = (0, deposits);
		if let Some(rate) = &rate {
			minted = rate.minted(deposits).ok_or(Error::<T>::Overflow)?;
			let dead = if lane.shares == 0 { Self::least_shares() } else { 0 };
			let all = minted.checked_add(dead).ok_or(Error::<T>::Overflow)?;
			T::Shares::mint_into(asset, &Self::account(), all)?;
			lane.shares = lane.shares.checked_add(all).ok_or(Error::<T>::Overflow)?;
			lane.cash = lane.cash.checked_add(deposits).ok_or(Error::<T>::Overflow)?;
			back = 0;
		}
		let roll = lane.roll;
		if lane.requests > 0 {
			let entry = Roll {
				value,
				shares,
				minted: rate.map(|rate| (rate.shares, rate.value)),
				requests: lane.requests,
				money: paid.checked_add(back).ok_or(Error::<T>::Overflow)?,
				tokens: minted,
			};
			Rolls::<T>::insert(class, (id, roll), entry);
		}
		(lane.deposits, lane.withdrawals, lane.requests) = (0, 0, 0);
		lane.roll = roll.checked_add(1).ok_or(Error::<T>::Overflow)?;
		let event = Event::Rolled { class, lane: id, roll, value, shares, minted, burnt, paid };
		Self::deposit_event(event);
		Ok(())
	}

	/// The next day of a lane that has not begun, or a chain's first day in its first interval: books that
	/// stand from genesis leave no day without a market.
	pub(crate) fn next_day(id: LaneId, now: Interval) -> Day {
		let days = T::Days::get();
		let begun = u32::from(now > Interval(0));
		let first = Self::day_of(now).0.saturating_add(begun);
		let ahead = u32::from(id.0).saturating_add(days);
		let ahead = ahead.saturating_sub(first.checked_rem(days).unwrap_or_default());
		Day(first.saturating_add(ahead.checked_rem(days).unwrap_or_default()))
	}

	/// Opens a lane's next book, if it has money for one.
	fn open_book(
		class: ClassId,
		terms: &Terms,
		id: LaneId,
		lane: &mut Lane,
		profile: &ProfileOf<T>,
		now: Interval,
	) -> DispatchResult {
		let Some(budget) = Self::budget(terms, lane.cash) else { return Ok(()) };
		let weights: Vec<_> = profile.iter().map(|hour| hour.weight).collect();
		let parts = learning::split(&weights, terms.explore.deconstruct());
		let mut total: Balance = 0;
		let mut buckets = BoundedVec::new();
		for (hour, part) in profile.iter().zip(parts) {
			let bucket = Self::open_bucket(terms, hour, budget, part).unwrap_or_default();
			total = total.checked_add(bucket.y).ok_or(Error::<T>::Overflow)?;
			buckets.try_push(bucket).map_err(|_| Error::<T>::Overflow)?;
		}
		if total == 0 {
			return Ok(());
		}
		lane.cash = lane.cash.checked_sub(total).ok_or(Error::<T>::Overflow)?;
		let outflow = terms.breaker.mul_floor(total);
		let mut head = Head {
			block: frame_system::Pallet::<T>::block_number(),
			interval: now,
			total,
			floor: total.saturating_sub(outflow),
			outflow,
			fee: 0,
			lift: 0,
			moved: 0,
			volatility: 0,
			base_fee: terms.fee.deconstruct(),
			fee_slope: terms.fee_slope.deconstruct(),
			max_fee: terms.max_fee.deconstruct(),
			halted: false,
		};
		Self::set_fee(&mut head);
		let day = Self::next_day(id, now);
		lane.day = Some(day);
		let opened = buckets.iter().map(|bucket: &Bucket| (bucket.y, bucket.depth)).collect();
		Books::<T>::insert(class, day, Book { head, buckets });
		Self::deposit_event(Event::BookOpened { class, day, buckets: opened });
		Ok(())
	}

	/// A bucket with `part` of the budget. `None` if that is too little to trade with.
	fn open_bucket(
		terms: &Terms,
		hour: &HourProfile,
		budget: Balance,
		part: u64,
	) -> Option<Bucket> {
		let found = pogcs_math::mul_div(budget, part.into(), learning::PARTS.into())?;
		let mut y = found.down;
		let above = hour.price.saturating_add(terms.headroom.mul_floor(hour.price));
		let price = above.clamp(terms.min_price, terms.max_price);
		// Deeper is cheaper: the pool buys at no more than that price.
		let mut depth = pogcs_math::mul_div(y, math::MILLION, price)?.up;
		if depth > u128::from(math::MAX_DEPTH) {
			depth = math::MAX_DEPTH.into();
			y = math::value(price, math::MAX_DEPTH)?.down;
		}
		let depth = u64::try_from(depth).ok()?;
		let level = math::level(y, depth.into())?;
		let tradable = depth >= T::LeastHours::get().0;
		tradable.then_some(Bucket {
			y,
			depth,
			stock: 0,
			base: y,
			before: y,
			level,
			paid: 0,
			sold: 0,
			fees: 0,
			risk: hour.risk.min(terms.max_risk.deconstruct()),
		})
	}

	/// What `advance` costs at most.
	pub(crate) fn advance_weight(limit: u32) -> Weight {
		let step = T::WeightInfo::roll().max(T::WeightInfo::forget());
		// Classes of which no lane is due are looked at on the way.
		let looks = u64::from(limit).saturating_add(T::MaxClasses::get().into());
		step.saturating_mul(limit.into())
			.saturating_add(T::WeightInfo::class_look().saturating_mul(looks))
			.saturating_add(T::WeightInfo::work_look())
	}

	pub(crate) fn do_advance(limit: u32) -> DispatchResultWithPostInfo {
		let mut meter = WeightMeter::with_limit(Self::advance_weight(limit));
		// Lanes that came due since this interval's work was done.
		Progress::<T>::mutate(|agenda| agenda.next = 0);
		ensure!(Self::work(&mut meter) > 0, Error::<T>::NothingDue);
		Ok(Some(meter.consumed()).into())
	}
}
