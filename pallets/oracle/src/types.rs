//! What this pallet stores or shows.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::fungible::Inspect, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity, Reading},
	units::{GramsPerKwh, MicrosPerKwh},
	Interval,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

use crate::pallet::Config;

/// Money.
pub type BalanceOf<T> =
	<<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

/// The name of a zone or of a feeder.
pub type NameOf<T> = BoundedVec<u8, <T as Config>::MaxNameLength>;

/// The submissions of one interval, sorted, each feeder once.
pub type RoundOf<T> =
	BoundedVec<Submission<<T as frame_system::Config>::AccountId>, <T as Config>::MaxSeats>;

/// A value of a quantity, in its unit: g CO2e/kWh, or millionths of the zone's currency per kWh.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Level(pub i64);

impl Level {
	/// How far it is from `other`.
	pub fn distance(self, other: Self) -> Distance {
		Distance(self.0.abs_diff(other.0))
	}

	/// The value without its quantity.
	pub fn of(reading: Reading) -> Self {
		match reading {
			Reading::Carbon(carbon) => Self(carbon.0.into()),
			Reading::Price(price) => Self(price.0),
		}
	}

	/// Its carbon intensity. A feed's bounds keep it in range.
	pub fn carbon(self) -> GramsPerKwh {
		GramsPerKwh(u32::try_from(self.0.max(0)).unwrap_or(u32::MAX))
	}

	/// The value with its quantity.
	pub fn reading(self, quantity: Quantity) -> Reading {
		match quantity {
			Quantity::Carbon => Reading::Carbon(self.carbon()),
			Quantity::Price => Reading::Price(MicrosPerKwh(self.0)),
		}
	}
}

/// The difference of two values of a quantity, in its unit.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Distance(pub u64);

/// The rules of one feed, by governance.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
	/// The least that can be submitted.
	pub least: Level,
	/// The most that can be submitted.
	pub most: Level,
	/// How far a value may be from the one accepted before it, for each interval between them.
	pub max_step: Distance,
	/// How far from the median a submission may be and still agree with it. Wider than honest
	/// feeders ever differ.
	pub tolerance: Distance,
	/// How many must submit for a value to be accepted: more than twice the feeders that might lie.
	pub quorum: u32,
	/// How many must agree for a value further than `max_step` to be accepted, or a feed's first.
	pub jump_quorum: u32,
	/// For how many intervals after its own a value stands in for a missing one.
	pub staleness: u32,
}

/// An accepted value.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Accepted {
	/// The interval that it is of.
	pub interval: Interval,
	/// The value.
	pub level: Level,
	/// How many feeders submitted.
	pub submissions: u32,
	/// How many of them agreed with it.
	pub agreeing: u32,
}

/// Why an interval's submissions made no value.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Refusal {
	/// Too few submitted.
	NoQuorum {
		/// How many did.
		submissions: u32,
	},
	/// Too far from the last value, and too few agree.
	Unconfirmed {
		/// The median.
		median: Level,
		/// How many agree with it.
		agreeing: u32,
	},
	/// Governance has narrowed the bounds since.
	OutOfBounds {
		/// The median.
		median: Level,
	},
}

/// A quantity of a zone.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct FeedRecord {
	/// Its rules.
	pub policy: Policy,
	/// How many feeders are assigned to it.
	pub seats: u32,
	/// The interval of the submissions that are not settled, if there are any.
	pub open: Option<Interval>,
	/// The last value accepted.
	pub last: Option<Accepted>,
}

/// A zone of the grid.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct ZoneRecord<T: Config> {
	/// Its name, such as the code by which the grid's operators know it.
	pub name: NameOf<T>,
	/// The currency of its prices.
	pub currency: CurrencyCode,
	/// How many feeds it has.
	pub feeds: u32,
}

/// What one feeder said of one interval. Ordered by value.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Submission<AccountId> {
	/// The value.
	pub level: Level,
	/// Who says so.
	pub feeder: AccountId,
}

/// Where a feeder is with its bond.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Standing {
	/// Its bond is not, or no longer, whole.
	Admitted,
	/// It may submit.
	Active,
	/// It submits no more; its bond stays a while.
	Leaving {
		/// The interval in which it said so.
		since: Interval,
		/// The first interval in which its bond can be withdrawn.
		until: Interval,
	},
}

/// Whoever governance admitted to feed the oracle.
#[derive(
	CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct FeederRecord<T: Config> {
	/// Who it is.
	pub name: NameOf<T>,
	/// What it has on hold.
	pub bond: BalanceOf<T>,
	/// Where it is with its bond.
	pub standing: Standing,
	/// The feeds that it is assigned to.
	pub feeds: BoundedVec<FeedId, T::MaxFeeds>,
}

/// Why a feeder is suspended from a feed.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum Cause {
	/// It was far from the median too often. This was the last time.
	Outlier {
		/// The interval.
		interval: Interval,
		/// What it submitted.
		submitted: Level,
		/// What was accepted.
		accepted: Level,
		/// How many agreed with that.
		agreeing: u32,
	},
	/// Governance said so.
	Accused,
}

/// A suspension that waits for a decision.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Suspicion {
	/// When it began.
	pub since: Interval,
	/// Why.
	pub cause: Cause,
}

/// A feeder's place in a feed.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Seat {
	/// Rises with each submission far from the median, falls with each near it.
	pub score: u32,
	/// Why it may not submit, if it may not.
	pub suspicion: Option<Suspicion>,
}

/// A value as a wallet shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Answer {
	/// The value.
	pub reading: Reading,
	/// The currency of the zone's prices.
	pub currency: CurrencyCode,
	/// The interval that it is of: earlier than the one asked for if it stands in for it.
	pub interval: Interval,
	/// How many feeders submitted.
	pub submissions: u32,
	/// How many of them agreed with it.
	pub agreeing: u32,
}
