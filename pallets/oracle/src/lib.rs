#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod feeder_impls;
pub mod math;
mod read_impls;
mod settle_impls;
mod submit_impls;
mod suspicion_impls;
mod sweep_impls;
mod types;
pub mod weights;
mod zone_impls;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Mutate, MutateHold},
			StorageVersion,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		grid::{CurrencyCode, FeedId, Quantity, Reading},
		traits::IntervalClock,
		Interval, ZoneId,
	};
	use sp_runtime::{traits::Zero, Perbill};

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the oracle needs.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of bonds.
		type Currency: Mutate<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// Who sets zones, feeds and their rules, admits feeders and judges them.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The chain's clock.
		type Clock: IntervalClock;

		/// Who gets what is taken from a bond.
		type Insurance: Get<Self::AccountId>;

		/// What a feeder has on hold.
		#[pallet::constant]
		type Bond: Get<BalanceOf<Self>>;

		/// The most of a bond that one judgement takes.
		#[pallet::constant]
		type MaxSlash: Get<Perbill>;

		/// The longest name of a zone or a feeder, in bytes.
		#[pallet::constant]
		type MaxNameLength: Get<u32>;

		/// The most zones.
		#[pallet::constant]
		type MaxZones: Get<u32>;

		/// The most feeders, of all feeds together.
		#[pallet::constant]
		type MaxFeeders: Get<u32>;

		/// The most feeders of one feed.
		#[pallet::constant]
		type MaxSeats: Get<u32>;

		/// The most feeds of one feeder.
		#[pallet::constant]
		type MaxFeeds: Get<u32>;

		/// The least quorum that a feed may have.
		#[pallet::constant]
		type MinQuorum: Get<u32>;

		/// The longest that a value may stand in for missing ones, in intervals.
		#[pallet::constant]
		type MaxStaleness: Get<u32>;

		/// How many intervals back values are kept. At least as long as any reader looks back, and
		/// longer than `MaxStaleness`.
		#[pallet::constant]
		type HistoryLength: Get<u32>;

		/// What a submission far from the median adds to a feeder's score; one near it takes one
		/// off. A feeder that is far off in more than one of `1 + StrikePenalty` intervals gets to
		/// any limit.
		#[pallet::constant]
		type StrikePenalty: Get<u32>;

		/// The score at which a feeder is suspended from the feed.
		#[pallet::constant]
		type StrikeLimit: Get<u32>;

		/// In how many intervals governance decides about a suspended feeder; then it may go on.
		#[pallet::constant]
		type DecisionPeriod: Get<u32>;

		/// For how many intervals the bond of a feeder that left stays on hold.
		#[pallet::constant]
		type Notice: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Bond of a feeder.
		Feeder,
	}

	/// Zones of the grid.
	#[pallet::storage]
	pub type Zones<T: Config> = CountedStorageMap<_, Twox64Concat, ZoneId, ZoneRecord<T>>;

	/// Quantities of zones, with their rules and where they are.
	#[pallet::storage]
	pub type Feeds<T: Config> = StorageMap<_, Twox64Concat, FeedId, FeedRecord>;

	/// Feeds that were closed and of which something is left to be removed.
	#[pallet::storage]
	pub type Closing<T: Config> = StorageMap<_, Twox64Concat, FeedId, ()>;

	/// Whoever may feed.
	#[pallet::storage]
	pub type Feeders<T: Config> =
		CountedStorageMap<_, Blake2_128Concat, T::AccountId, FeederRecord<T>>;

	/// Who feeds what.
	#[pallet::storage]
	pub type Seats<T: Config> =
		StorageDoubleMap<_, Twox64Concat, FeedId, Blake2_128Concat, T::AccountId, Seat>;

	/// Submissions that are not settled. At most one round for each feed.
	#[pallet::storage]
	pub type Rounds<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Interval, Twox64Concat, FeedId, RoundOf<T>, ValueQuery>;

	/// Accepted values: that of interval `i` stands in place `i mod HistoryLength`, until a later
	/// one takes the place.
	#[pallet::storage]
	pub type History<T: Config> =
		StorageDoubleMap<_, Twox64Concat, FeedId, Twox64Concat, u32, Accepted>;

	/// The first interval that may have rounds which are not settled.
	#[pallet::storage]
	pub type SettledUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// Zones, feeds and feeders that stand from the first block.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Each zone, its name and currency.
		pub zones: Vec<(ZoneId, Vec<u8>, CurrencyCode)>,
		/// Each feed and its rules.
		pub feeds: Vec<(FeedId, Policy)>,
		/// Each feeder, its name and feeds. Its bond is held from its balance.
		pub feeders: Vec<(T::AccountId, Vec<u8>, Vec<FeedId>)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let named = |name: &Vec<u8>| NameOf::<T>::try_from(name.clone()).expect("a name fits");
			for (zone, name, currency) in &self.zones {
				Pallet::<T>::do_set_zone(*zone, named(name), *currency).expect("a zone is sound");
			}
			for (feed, policy) in &self.feeds {
				Pallet::<T>::do_set_feed(*feed, *policy).expect("a feed's rules are sound");
			}
			for (who, name, feeds) in &self.feeders {
				Pallet::<T>::do_admit(who.clone(), named(name)).expect("a feeder is named once");
				Pallet::<T>::do_bond(who.clone()).expect("a feeder can pay its bond");
				for feed in feeds {
					Pallet::<T>::do_assign(*feed, who.clone()).expect("a feeder's feed stands");
				}
			}
		}
	}

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A zone was made or renamed.
		ZoneSet {
			/// Which.
			zone: ZoneId,
			/// Its name.
			name: NameOf<T>,
			/// The currency of its prices.
			currency: CurrencyCode,
		},
		/// A zone is no more.
		ZoneRemoved {
			/// Which.
			zone: ZoneId,
		},
		/// A feed was made or got other rules.
		FeedSet {
			/// Which.
			feed: FeedId,
			/// Its rules.
			policy: Policy,
		},
		/// A feed has no values any more.
		FeedClosed {
			/// Which.
			feed: FeedId,
		},
		/// Nothing is left of a closed feed.
		FeedSwept {
			/// Which.
			feed: FeedId,
		},
		/// Governance admitted a feeder, who must put up its bond.
		Admitted {
			/// Who.
			feeder: T::AccountId,
			/// Its name.
			name: NameOf<T>,
		},
		/// A feeder's bond is whole.
		Bonded {
			/// Who.
			feeder: T::AccountId,
			/// What it added.
			amount: BalanceOf<T>,
			/// What it has on hold.
			bond: BalanceOf<T>,
		},
		/// A feeder feeds no more.
		Leaving {
			/// Who.
			feeder: T::AccountId,
			/// The first interval in which its bond can be withdrawn.
			until: Interval,
		},
		/// A feeder is gone and has its bond back.
		Withdrawn {
			/// Who.
			feeder: T::AccountId,
			/// What it got back.
			amount: BalanceOf<T>,
		},
		/// A feeder may submit to a feed.
		Assigned {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
		},
		/// A feeder may no longer submit to a feed. What it submitted of the interval that runs does
		/// not count.
		Unassigned {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
		},
		/// A feeder said what it knows of the interval that runs.
		Submitted {
			/// Who.
			feeder: T::AccountId,
			/// Which zone.
			zone: ZoneId,
			/// The interval.
			interval: Interval,
			/// The value.
			reading: Reading,
		},
		/// An interval has a value.
		Accepted {
			/// Which feed.
			feed: FeedId,
			/// The interval.
			interval: Interval,
			/// The value.
			reading: Reading,
			/// How many submitted.
			submissions: u32,
			/// How many of them agreed with it.
			agreeing: u32,
			/// Whether it was further from the last value than a step, and confirmed.
			jump: bool,
		},
		/// An interval's submissions made no value.
		Refused {
			/// Which feed.
			feed: FeedId,
			/// The interval.
			interval: Interval,
			/// Why.
			refusal: Refusal,
		},
		/// A feeder was far from a value that a quorum agreed with.
		Struck {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
			/// The interval.
			interval: Interval,
			/// Its score now; at `StrikeLimit` it is suspended.
			score: u32,
		},
		/// A feeder may not submit to a feed until it is decided what becomes of it.
		Suspended {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
			/// Why.
			cause: Cause,
		},
		/// A suspended feeder may go on: governance said so, or did not decide in time.
		Reinstated {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
		},
		/// A suspended feeder lost its place in the feed and part of its bond.
		Slashed {
			/// Which feed.
			feed: FeedId,
			/// Who.
			feeder: T::AccountId,
			/// What went to the insurance.
			amount: BalanceOf<T>,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// A name has at least one byte.
		NoName,
		/// Not three capital letters. Name the currency as ISO 4217 does.
		BadCurrency,
		/// A zone's currency does not change. Make a zone of another id.
		CurrencyFixed,
		/// No such zone. Governance must set it first.
		UnknownZone,
		/// There are `MaxZones` already. Remove one first.
		TooManyZones,
		/// The zone has feeds. Close them first.
		ZoneInUse,
		/// No such feed. Look at `Feeds` for those that stand, at `Closing` for those being removed.
		UnknownFeed,
		/// What was left of this feed is still being removed. Judge whoever is suspended from it, or
		/// wait for `FeedSwept`.
		FeedClosing,
		/// The least is above the most, or carbon is below zero or above 2^32 - 1 g/kWh.
		BadBounds,
		/// A step of zero would let nothing change.
		BadStep,
		/// A quorum is below `MinQuorum`, or that of a jump not above it or beyond `MaxSeats`.
		BadQuorum,
		/// Longer than `MaxStaleness`.
		BadStaleness,
		/// This account is a feeder already.
		FeederExists,
		/// There are `MaxFeeders` already. Dismiss one first.
		TooManyFeeders,
		/// This account is no feeder. Governance must admit it first.
		UnknownFeeder,
		/// The feeder's bond is not whole. It must call `bond`.
		NotBonded,
		/// The bond is whole.
		FullyBonded,
		/// The feeder has left. Once its bond is withdrawn it can be admitted again.
		Left,
		/// The feeder has not left. It must call `leave` first.
		NotLeaving,
		/// The bond stays until the interval that `leave` named.
		TooSoon,
		/// Rounds that the feeder took part in are not settled. Wait, or call `settle`.
		Unsettled,
		/// The feeder is assigned to this feed already.
		AlreadyAssigned,
		/// The feeder is not assigned to this feed. Governance must assign it.
		NotAssigned,
		/// The feed has `MaxSeats` feeders already. Unassign one first.
		FeedFull,
		/// The feeder has `MaxFeeds` feeds already. Unassign it from one first.
		TooManyFeeds,
		/// The feeder is suspended from this feed; its seat says why. It waits for a decision.
		Suspended,
		/// The feeder is not suspended from this feed.
		NotSuspended,
		/// More than `MaxSlash`.
		Excessive,
		/// Governance may still decide. Wait until `DecisionPeriod` is over.
		Undecided,
		/// The interval is over. Submit the one that runs.
		PastInterval,
		/// The interval has not begun. Submit the one that runs.
		FutureInterval,
		/// Outside the feed's bounds.
		OutOfBounds,
		/// The feeder has submitted this interval. What it said stands.
		AlreadySubmitted,
		/// No round waits to be settled.
		NothingDue,
		/// The numbers do not fit.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::settle_due(&mut meter);
			Self::sweep_closed(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(!T::Bond::get().is_zero(), "without a bond nothing is at stake");
			assert!(!T::MaxSlash::get().is_zero(), "a bond that nothing takes is not at stake");
			assert!(T::MinQuorum::get() > 0, "a value needs somebody to say it");
			assert!(T::MinQuorum::get() < T::MaxSeats::get(), "a jump needs more than a quorum");
			assert!(
				T::MaxStaleness::get() < T::HistoryLength::get(),
				"a value that stands in for others must be kept"
			);
			assert!(T::StrikePenalty::get() > 0, "a strike counts");
			assert!(T::StrikeLimit::get() > T::StrikePenalty::get(), "one error suspends nobody");
			assert!(T::DecisionPeriod::get() > 0, "a decision takes time");
			assert!(T::Notice::get() > 0, "what was fed last is settled after it");
			for bound in [T::MaxNameLength::get(), T::MaxZones::get(), T::MaxFeeders::get()] {
				assert!(bound > 0, "an oracle has a zone and feeders with names");
			}
			assert!(T::MaxFeeds::get() > 0, "a feeder feeds something");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Makes a zone, or renames one.
		///
		/// Origin: `ForceOrigin`. Event: `ZoneSet`. Errors: `NoName`, `BadCurrency`,
		/// `CurrencyFixed`, `TooManyZones`, `FeedClosing`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::set_zone())]
		pub fn set_zone(
			origin: OriginFor<T>,
			zone: ZoneId,
			name: NameOf<T>,
			currency: CurrencyCode,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_zone(zone, name, currency)
		}

		/// Removes a zone that has no feeds.
		///
		/// Origin: `ForceOrigin`. Event: `ZoneRemoved`. Errors: `UnknownZone`, `ZoneInUse`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::remove_zone())]
		pub fn remove_zone(origin: OriginFor<T>, zone: ZoneId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_remove_zone(zone)
		}

		/// Makes a feed, or gives it other rules, from the interval that runs on.
		///
		/// Origin: `ForceOrigin`. Events: `FeedSet`, and those of settling. Errors: `UnknownZone`,
		/// `FeedClosing`, `BadBounds`, `BadStep`, `BadQuorum`, `BadStaleness`.
		#[pallet::call_index(2)]
		#[pallet::weight(
			T::WeightInfo::set_feed()
				.saturating_add(T::WeightInfo::settle_round(T::MaxSeats::get()))
		)]
		pub fn set_feed(origin: OriginFor<T>, feed: FeedId, policy: Policy) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_feed(feed, policy)
		}

		/// Closes a feed: it says nothing from now on, and what is left of it is removed. Also what
		/// to do if its feeders have made it say something false: `accuse` them first, and they can
		/// be judged after it is closed.
		///
		/// Origin: `ForceOrigin`. Event: `FeedClosed`. Error: `UnknownFeed`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::close_feed())]
		pub fn close_feed(origin: OriginFor<T>, feed: FeedId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_close_feed(feed)
		}

		/// Admits a feeder, who must then put up its bond.
		///
		/// Origin: `ForceOrigin`. Event: `Admitted`. Errors: `NoName`, `FeederExists`,
		/// `TooManyFeeders`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::admit())]
		pub fn admit(
			origin: OriginFor<T>,
			feeder: T::AccountId,
			name: NameOf<T>,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_admit(feeder, name)
		}

		/// Makes a feeder leave. Its bond stays on hold as if it had left by itself.
		///
		/// Origin: `ForceOrigin`. Event: `Leaving`. Errors: `UnknownFeeder`, `Left`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn dismiss(origin: OriginFor<T>, feeder: T::AccountId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_leave(feeder)
		}

		/// Gives a feeder a place in a feed.
		///
		/// Origin: `ForceOrigin`. Event: `Assigned`. Errors: `UnknownFeed`, `UnknownFeeder`,
		/// `NotBonded`, `Left`, `AlreadyAssigned`, `FeedFull`, `TooManyFeeds`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::assign())]
		pub fn assign(origin: OriginFor<T>, feed: FeedId, feeder: T::AccountId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_assign(feed, feeder)
		}

		/// Takes a feeder's place in a feed, and what it submitted of the interval that runs.
		///
		/// Origin: `ForceOrigin`. Events: `Unassigned`, and those of settling. Errors:
		/// `UnknownFeed`, `NotAssigned`, `Suspended`.
		#[pallet::call_index(7)]
		#[pallet::weight(
			T::WeightInfo::unassign()
				.saturating_add(T::WeightInfo::settle_round(T::MaxSeats::get()))
		)]
		pub fn unassign(
			origin: OriginFor<T>,
			feed: FeedId,
			feeder: T::AccountId,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_unassign(feed, feeder)
		}

		/// Suspends a feeder from a feed until it is judged: for what the chain cannot see, such as
		/// feeders that lie together and so make the median. What it submitted of the interval that
		/// runs does not count.
		///
		/// Origin: `ForceOrigin`. Events: `Suspended`, and those of settling. Errors: `UnknownFeed`,
		/// `NotAssigned`, `Suspended`.
		#[pallet::call_index(8)]
		#[pallet::weight(
			T::WeightInfo::accuse().saturating_add(T::WeightInfo::settle_round(T::MaxSeats::get()))
		)]
		pub fn accuse(origin: OriginFor<T>, feed: FeedId, feeder: T::AccountId) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_accuse(feed, feeder)
		}

		/// Decides about a suspended feeder. With a slash of zero it goes on as if nothing had been;
		/// otherwise it loses its place in the feed and this part of its bond, rounded up, and must
		/// bond again before it submits anywhere.
		///
		/// Origin: `ForceOrigin`. Event: `Reinstated` or `Slashed`. Errors: `UnknownFeed`,
		/// `NotAssigned`, `NotSuspended`, `Excessive`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::judge())]
		pub fn judge(
			origin: OriginFor<T>,
			feed: FeedId,
			feeder: T::AccountId,
			slash: Perbill,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_judge(feed, feeder, slash)
		}

		/// Puts what is missing of the caller's bond on hold.
		///
		/// Origin: signed, a feeder. Event: `Bonded`. Errors: `UnknownFeeder`, `FullyBonded`,
		/// `Left`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::bond())]
		pub fn bond(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_bond(who)
		}

		/// Stops feeding. What the caller submitted stands; its bond stays for `Notice` intervals.
		///
		/// Origin: signed, a feeder. Event: `Leaving`. Errors: `UnknownFeeder`, `Left`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who)
		}

		/// Gives a feeder that left its bond back and forgets it.
		///
		/// Origin: signed, anybody. Event: `Withdrawn`. Errors: `UnknownFeeder`, `NotLeaving`,
		/// `TooSoon`, `Unsettled`, `Suspended`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::withdraw(T::MaxFeeds::get()))]
		pub fn withdraw(origin: OriginFor<T>, feeder: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_withdraw(feeder)
		}

		/// Says what the caller knows of the interval that runs. Once for each feed and interval.
		///
		/// - `zone`: of which zone.
		/// - `interval`: the one that runs; what arrives later is refused.
		/// - `reading`: the value, with its quantity.
		///
		/// Costs no fee if it is taken. Origin: signed, a feeder. Events: `Submitted`, and those of
		/// settling the feed's last round. Errors: `UnknownFeed`, `PastInterval`, `FutureInterval`,
		/// `NotAssigned`, `NotBonded`, `Left`, `Suspended`, `OutOfBounds`, `AlreadySubmitted`.
		#[pallet::call_index(13)]
		#[pallet::weight(
			T::WeightInfo::submit().saturating_add(T::WeightInfo::settle_round(T::MaxSeats::get()))
		)]
		#[pallet::feeless_if(
			|origin: &OriginFor<T>, zone: &ZoneId, interval: &Interval, reading: &Reading| -> bool {
				Pallet::<T>::is_free(origin, *zone, *interval, *reading)
			}
		)]
		pub fn submit(
			origin: OriginFor<T>,
			zone: ZoneId,
			interval: Interval,
			reading: Reading,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			Self::do_submit(who, zone, interval, reading)
		}

		/// Lets the caller go on in a feed that it is suspended from, if nobody decided in time.
		///
		/// Origin: signed, the feeder. Event: `Reinstated`. Errors: `UnknownFeed`, `NotAssigned`,
		/// `NotSuspended`, `Undecided`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, feed: FeedId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resume(feed, who)
		}

		/// Settles rounds of intervals that are over, as many as the weight of `limit` rounds does.
		/// Blocks do this by themselves with the weight that they have left, and so does the next
		/// submission; the call is for a chain whose blocks have none left.
		///
		/// Origin: signed, anybody. Events: `Accepted`, `Refused`, `Struck`, `Suspended`. Error:
		/// `NothingDue`.
		#[pallet::call_index(15)]
		#[pallet::weight(Pallet::<T>::settle_weight(*limit))]
		pub fn settle(origin: OriginFor<T>, limit: u32) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_settle(limit)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A zone, or nothing if there is none of this id.
		pub fn zone(zone: ZoneId) -> Option<ZoneRecord<T>> {
			Zones::<T>::get(zone)
		}

		/// A feed: its rules, seats and last settled value.
		pub fn feed(feed: FeedId) -> Option<FeedRecord> {
			Feeds::<T>::get(feed)
		}

		/// The value of an interval that is over, or the one that stands in for it.
		pub fn value(zone: ZoneId, quantity: Quantity, interval: Interval) -> Option<Answer> {
			Self::answer(zone, quantity, interval)
		}

		/// The value of the last interval that is over, or the one that stands in for it.
		pub fn latest(zone: ZoneId, quantity: Quantity) -> Option<Answer> {
			Self::answer(zone, quantity, T::Clock::current().checked_sub(1)?)
		}

		/// What was submitted so far of the interval that runs, in the order of the values.
		pub fn submissions(feed: FeedId) -> Vec<(T::AccountId, Reading)> {
			Self::running(feed)
		}

		/// A feeder: its name, bond, standing and feeds.
		pub fn feeder(who: T::AccountId) -> Option<FeederRecord<T>> {
			Feeders::<T>::get(who)
		}

		/// A feeder's place in a feed: its score, and why it is suspended if it is.
		pub fn seat(feed: FeedId, who: T::AccountId) -> Option<Seat> {
			Seats::<T>::get(feed, who)
		}

		/// The feeds that wait for this feeder's submission of the interval that runs.
		pub fn due(who: T::AccountId) -> Vec<FeedId> {
			Self::due_of(&who)
		}
	}
}
