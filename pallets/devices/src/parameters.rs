//! What governance may turn, and the bounds that it may turn it in. One runtime serves chains of
//! different pace: everything that lasts is counted in intervals or in blocks.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::traits::Zero;

/// The longest term: ten years of hours.
pub const LONGEST_TERM: u32 = 87_600;
/// The most blocks that any step of a timed challenge lasts.
pub const LONGEST_STEP: u32 = 256;
/// The most seconds that a timed challenge works for. With [`LARGEST_THROUGHPUT`] a challenge has
/// fewer than 2^32 leaves.
pub const LONGEST_CHALLENGE: u32 = 40;
/// The largest throughput of a class, in leaves per second.
pub const LARGEST_THROUGHPUT: u32 = 100_000_000;
/// What a storage efficiency is counted in.
pub const WHOLE: u32 = 1_000_000;

/// All parameters of the registry.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Parameters<Balance> {
	/// What is held, and what a key costs that is never used again.
	pub deposits: Deposits<Balance>,
	/// Where devices may stand.
	pub place: PlaceRules<Balance>,
	/// How long things last.
	pub terms: Terms,
	/// How often a device may be away.
	pub maintenance: MaintenanceRules,
	/// The timed challenge.
	pub benchmark: BenchmarkRules,
}

/// What is held, and what a key costs that is never used again.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Deposits<Balance> {
	/// The owner's for a device where no others are near. It also pays for all that is stored about
	/// the device.
	pub registration: Balance,
	/// The owner's for an appeal.
	pub appeal: Balance,
	/// The owner's for a device that vouches for itself.
	pub rescue: Balance,
	/// The maker's for objecting to that.
	pub objection: Balance,
	/// The maker's for taking a certificate back.
	pub revocation: Balance,
	/// The price of remembering for ever that a key must not come back. Not a deposit: it is gone.
	pub barred_key: Balance,
}

/// Where devices may stand.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct PlaceRules<Balance> {
	/// What others near cost: in the cell of resolution 9 and the cells around it, about 0.7 km².
	pub near: Crowding<Balance>,
	/// The same at resolution 7, about 36 km².
	pub far: Crowding<Balance>,
	/// How far a device gets in an interval.
	pub metres_per_interval: u32,
	/// Intervals between two moves.
	pub cooldown: u32,
}

/// What it costs to stand near others.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Crowding<Balance> {
	/// So many others raise no deposit.
	pub free: u32,
	/// Each other one raises it by this.
	pub step: Balance,
	/// With so many others, no more are taken.
	pub most: u32,
}

/// How long things last, in intervals.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct Terms {
	/// From Leaving, or the last that was earned since, to leaving: what a device did is judged while
	/// its deposit is still there.
	pub notice: u32,
	/// An offer to hand a device over.
	pub offer: u32,
	/// In which a suspension can be appealed.
	pub appeal: u32,
	/// In which the committee decides an appeal, or an objection.
	pub decision: u32,
	/// In which the committee can expel a device whose suspension is final; then it may leave.
	pub expulsion: u32,
	/// Before a device vouches for itself, in which others object.
	pub rescue: u32,
	/// The longest that a certificate counts without being shown again.
	pub certificate: u32,
	/// The longest that a device's consent counts: less than the notice, so that what a device signed
	/// for who sold it has run out when who bought it can leave.
	pub consent: u32,
}

/// How often a device may be away, in intervals.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceRules {
	/// How long ahead it is declared.
	pub ahead: u32,
	/// The most of it in any `period` intervals.
	pub quota: u32,
	/// That period.
	pub period: u32,
}

/// The timed challenge. Its steps are counted in blocks.
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
	serde::Serialize,
	serde::Deserialize,
)]
#[serde(rename_all = "camelCase")]
pub struct BenchmarkRules {
	/// From a request, or a root, to the block whose randomness draws seed or leaves.
	pub delay: u32,
	/// From the seed to the root.
	pub window: u32,
	/// The seconds of work that are asked for in it, at the class's throughput.
	pub seconds: u32,
	/// From the draw to the opening.
	pub opening: u32,
	/// Intervals from one request to the next.
	pub cooldown: u32,
}

/// Which parameters are out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfBounds {
	/// A deposit is nothing, or a barred key costs more than the registration deposit.
	Deposits,
	/// A step or reach is nothing, or more are free than are taken.
	Place,
	/// A term is nothing or longer than [`LONGEST_TERM`], or a consent counts as long as a notice.
	Terms,
	/// The quota is nothing or more than the period, or one of them is longer than a term.
	Maintenance,
	/// A step is nothing or too long.
	Benchmark,
}

fn is_term(intervals: u32) -> bool {
	(1..=LONGEST_TERM).contains(&intervals)
}

impl<Balance: Copy + Ord + Zero> Parameters<Balance> {
	/// Refuses what the registry could not run with.
	///
	/// # Errors
	/// Which group is out of bounds.
	pub fn check(&self) -> Result<(), OutOfBounds> {
		self.deposits.is_sound().then_some(()).ok_or(OutOfBounds::Deposits)?;
		self.place.is_sound().then_some(()).ok_or(OutOfBounds::Place)?;
		self.terms.is_sound().then_some(()).ok_or(OutOfBounds::Terms)?;
		self.maintenance.is_sound().then_some(()).ok_or(OutOfBounds::Maintenance)?;
		self.benchmark.is_sound().then_some(()).ok_or(OutOfBounds::Benchmark)
	}
}

impl<Balance: Copy + Ord + Zero> Deposits<Balance> {
	fn is_sound(&self) -> bool {
		let Self { registration, appeal, rescue, objection, revocation, barred_key } = self;
		[registration, appeal, rescue, objection, revocation, barred_key]
			.into_iter()
			.all(|amount| *amount > Zero::zero())
			&& barred_key <= registration
	}
}

impl<Balance: Copy + Ord + Zero> PlaceRules<Balance> {
	fn is_sound(&self) -> bool {
		[&self.near, &self.far].into_iter().all(|crowding| {
			crowding.step > Zero::zero() && crowding.most > 0 && crowding.free <= crowding.most
		}) && self.metres_per_interval > 0
			&& is_term(self.cooldown)
	}
}

impl Terms {
	fn is_sound(&self) -> bool {
		let Self { notice, offer, appeal, decision, expulsion, rescue, certificate, consent } =
			*self;
		[notice, offer, appeal, decision, expulsion, rescue, certificate, consent]
			.into_iter()
			.all(is_term)
			&& consent < notice
	}
}

impl MaintenanceRules {
	fn is_sound(&self) -> bool {
		is_term(self.ahead) && is_term(self.period) && (1..=self.period).contains(&self.quota)
	}
}

impl BenchmarkRules {
	fn is_sound(&self) -> bool {
		[self.delay, self.window, self.opening]
			.into_iter()
			.all(|blocks| (1..=LONGEST_STEP).contains(&blocks))
			&& (1..=LONGEST_CHALLENGE).contains(&self.seconds)
			&& is_term(self.cooldown)
	}
}
