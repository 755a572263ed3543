//! What only this pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::fungible::Credit, BoundedVec};
pub use pogcs_primitives::units::GramsPerGpuHour;
use pogcs_primitives::{
	records::PoolKind, units::GramsPerKwh, CellId, ClassId, CredentialKind, DeviceId, Interval,
	PoolId,
};
use scale_info::TypeInfo;
use sp_runtime::Permill;

use crate::Config;

/// Money, in plancks.
pub type Balance = u128;

/// Money on its way.
pub type CreditOf<T> = Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// A pool of this runtime.
pub type PoolRecordOf<T> = PoolRecord<<T as frame_system::Config>::AccountId>;

/// A pool's entry conditions.
pub type ConditionsOf<T> = BoundedVec<ConditionOf<T>, <T as Config>::MaxConditions>;

/// An entry condition of this runtime.
pub type ConditionOf<T> = Condition<<T as frame_system::Config>::AccountId>;

/// What a vote may change.
pub type ChangeOf<T> = Change<ConditionsOf<T>>;

/// A proposal of this runtime.
pub type ProposalOf<T> = Proposal<<T as frame_system::Config>::AccountId, ChangeOf<T>>;

/// A member of this runtime.
pub type MemberOf<T> =
	Member<<T as frame_system::Config>::AccountId, BoundedVec<u32, <T as Config>::MaxProposals>>;

/// A promise of this runtime.
pub type PromiseOf<T> = Promise<<T as frame_system::Config>::AccountId>;

/// What a pool promises and delivers: µGPU-h where it sells compute, mWh where it sells energy.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
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
pub struct Units(pub u64);

impl Units {
	/// Nothing of it.
	pub const ZERO: Self = Self(0);

	/// The sum, or `None` on overflow.
	pub fn checked_add(self, other: Self) -> Option<Self> {
		self.0.checked_add(other.0).map(Self)
	}

	/// The difference, or `None` if `other` is larger.
	pub fn checked_sub(self, other: Self) -> Option<Self> {
		self.0.checked_sub(other.0).map(Self)
	}

	/// The difference, or nothing if `other` is larger.
	pub fn saturating_sub(self, other: Self) -> Self {
		Self(self.0.saturating_sub(other.0))
	}

	/// The sum, held at the largest value.
	pub fn saturating_add(self, other: Self) -> Self {
		Self(self.0.saturating_add(other.0))
	}
}

/// What a pool asks of who wants to enter (B3). All of them must be met.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Condition<AccountId> {
	/// Who joins puts this much on hold for as long as it is a member.
	Stake(Balance),
	/// The energy of the device's class emits at most this much.
	CarbonPerKwh(GramsPerKwh),
	/// An hour of the device's class at full draw emits at most this much.
	CarbonPerGpuHour(GramsPerGpuHour),
	/// The device proved its class's throughput in this interval or later.
	BenchmarkSince(Interval),
	/// The device's owner has this credential.
	Credential {
		/// Who gives it.
		issuer: AccountId,
		/// Which of the issuer's.
		kind: CredentialKind,
	},
	/// The device stands in this cell, of any resolution.
	Region(CellId),
	/// Places are drawn by lot.
	Lottery {
		/// How many in each round.
		places: u32,
		/// For how many intervals after the first application of a round others can apply.
		applications: u32,
	},
}

/// What a pool's members agreed upon.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Terms {
	/// What the leader gets of a member's income from work that the leader gave it.
	pub leader_fee: Permill,
	/// What a member loses for a million units (a GPU-hour, a kWh) that it promised and missed.
	pub penalty: Balance,
	/// How many members it may have.
	pub capacity: u32,
	/// How many of them beside may be central capacity that joins by the hour.
	pub guests: u32,
	/// For how many intervals a member stays after it said that it leaves.
	pub notice: u32,
	/// The least that the pool takes for a GPU-hour: nobody can sell its claims for less.
	pub reserve_price: Balance,
}

/// Sums over the last three periods.
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
pub struct Recent {
	/// The latest period in which something was added.
	pub period: u32,
	/// The sums of it, the one before it, and the one before that.
	pub sums: [u64; 3],
}

impl Recent {
	/// Adds to the sum of `period`, which is never an earlier one than before.
	pub fn add(&mut self, period: u32, amount: u64) {
		let [newest, middle, _] = self.sums;
		self.sums = match period.saturating_sub(self.period) {
			0 => self.sums,
			1 => [0, newest, middle],
			2 => [0, 0, newest],
			_ => [0; 3],
		};
		self.period = self.period.max(period);
		let [newest, ..] = &mut self.sums;
		*newest = newest.saturating_add(amount);
	}

	/// The sum of `period`; nothing if it is forgotten.
	pub fn of(&self, period: u32) -> u64 {
		let [newest, middle, oldest] = self.sums;
		match self.period.checked_sub(period) {
			Some(0) => newest,
			Some(1) => middle,
			Some(2) => oldest,
			_ => 0,
		}
	}
}

/// A pool.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PoolRecord<AccountId> {
	/// Who founded it. Has no say in it, and gets the deposit back when it is dissolved.
	pub creator: AccountId,
	/// What the creator has on hold for it.
	pub deposit: Balance,
	/// What it gathers.
	pub kind: PoolKind,
	/// The class of its devices.
	pub class: ClassId,
	/// The class of the claims on what it promises; none on energy.
	pub claims: Option<ClassId>,
	/// What its members agreed upon.
	pub terms: Terms,
	/// Who splits tasks over its members, if anybody. It need not be a member.
	pub leader: Option<DeviceId>,
	/// How many members it has, without guests.
	pub members: u32,
	/// How many of central capacity are here by the hour.
	pub guests: u32,
	/// How many devices stand for its lead, the leader included.
	pub candidates: u32,
	/// How many of its intervals are not settled.
	pub books: u32,
	/// How many proposals are open.
	pub proposals: u32,
	/// The number that the next proposal gets.
	pub next_proposal: u32,
	/// The number that the next round of the lottery gets.
	pub next_round: u32,
	/// What rounding left over.
	pub reserve: Balance,
	/// Work that members delivered, by the period in which it was counted: what votes are weighed by.
	pub votes: Recent,
	/// Work that members and guests delivered.
	pub work: Recent,
	/// What that work emitted, in mg CO2e.
	pub carbon: Recent,
}

/// Where a member is.
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
pub enum MemberState {
	/// May promise.
	Online,
	/// Keeps what it promised and promises nothing new.
	Leaving {
		/// The last interval of its notice.
		until: Interval,
	},
	/// Missed too often, and promises nothing until it resumes.
	Suspended {
		/// It can resume after this interval.
		until: Interval,
	},
}

/// From when until when central capacity is a member.
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
pub struct Hours {
	/// The first interval that it may promise for.
	pub from: Interval,
	/// The last one.
	pub until: Interval,
}

/// A device in a pool.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Member<AccountId, Voted> {
	/// Who is paid. A member device cannot be sold, so this is its owner.
	pub owner: AccountId,
	/// Who let it join: whose money is on hold for it.
	pub by: AccountId,
	/// What is on hold for its records.
	pub deposit: Balance,
	/// What is on hold because a condition asked for it.
	pub stake: Balance,
	/// When it joined.
	pub since: Interval,
	/// Where it is.
	pub state: MemberState,
	/// Its hours, if it is central capacity.
	pub hours: Option<Hours>,
	/// How many of its promises are not settled.
	pub promises: u32,
	/// How often it missed, less how often it did not since.
	pub strikes: u32,
	/// Work that it delivered here, by the period in which it was counted.
	pub work: Recent,
	/// The open proposals that it voted on, and maybe some that are closed.
	pub voted: Voted,
}

/// What a member promised for one interval.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Promise<AccountId> {
	/// Whose money is on hold for it.
	pub by: AccountId,
	/// How much: at least what missing all of it costs.
	pub deposit: Balance,
	/// What is promised.
	pub promised: Units,
	/// What of it is delivered.
	pub delivered: Units,
	/// What of it the leader gave work for.
	pub led: Units,
	/// What of it is delivered by work that the leader gave.
	pub done: Units,
	/// How much must be promised, and kept, for an equal share.
	pub floor: Units,
	/// What its part of the revenue came to when `promised` changed last.
	pub earned: Balance,
	/// The book's rate then.
	pub rate: u128,
}

/// A pool's interval.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Book {
	/// What members promised.
	pub promised: Units,
	/// What of it they delivered.
	pub delivered: Units,
	/// How many promises are not settled.
	pub promises: u32,
	/// What was paid in to be shared by work.
	pub revenue: Balance,
	/// What a promised unit earned of that since the book was opened, times 2^48, rounded down.
	pub rate: u128,
	/// What is shared equally.
	pub common: Balance,
	/// How many kept a promise that is large enough for an equal share.
	pub kept: u32,
	/// What is left of the money.
	pub left: Balance,
	/// Who may lead in this interval: the leader when the first promise was made.
	pub leader: Option<DeviceId>,
	/// The leader's fee then.
	pub leader_fee: Permill,
	/// What buyers were owed and did not get, once that is fixed.
	pub missed: Option<Units>,
}

/// What claims of a class were made for in one interval, by all pools.
#[derive(
	Clone,
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
pub struct LedgerEntry {
	/// What was promised, and what claims were made for.
	pub promised: Units,
	/// What was delivered of it.
	pub delivered: Units,
	/// What buyers were owed and did not get.
	pub missed: Units,
	/// What of that was excused by maintenance.
	pub excused: Units,
	/// What was taken from deposits for it.
	pub penalties: Balance,
	/// What of the penalties holders of claims can be paid from alike: at most `MinPenalty` for a
	/// million units missed.
	pub covered: Balance,
	/// What of the revenue was not paid to members for it.
	pub forfeited: Balance,
	/// How many promises are not settled.
	pub open: u32,
}

/// A round of a pool's lottery.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Round {
	/// Its number.
	pub number: u32,
	/// The last interval in which one can apply.
	pub closes: Interval,
	/// How many places there are at most.
	pub places: u32,
	/// How many applied.
	pub applicants: u32,
	/// What was drawn, once it is.
	pub draw: Option<Draw>,
}

/// The draw of a round.
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
pub struct Draw {
	/// What the blocks of `of` fixed.
	pub seed: [u8; 32],
	/// The interval whose randomness it is.
	pub of: Interval,
	/// The last interval in which tickets are listed.
	pub claims_until: Interval,
	/// The last interval in which a winner can join.
	pub take_until: Interval,
}

/// An application for a place that is drawn by lot.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Application<AccountId> {
	/// Where to.
	pub pool: PoolId,
	/// In which round.
	pub round: u32,
	/// Whose money is on hold for it.
	pub by: AccountId,
	/// How much.
	pub deposit: Balance,
	/// Whether its ticket was looked at.
	pub claimed: bool,
}

/// A ticket of the lottery.
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
)]
pub struct Ticket {
	/// Its number: the lowest win.
	pub number: [u8; 32],
	/// Whose it is.
	pub device: DeviceId,
}

/// A device that would lead a pool.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Candidate<AccountId> {
	/// Whose money is on hold for it.
	pub by: AccountId,
	/// How much.
	pub deposit: Balance,
}

/// What members can change by vote.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Change<Conditions> {
	/// The terms: fees, capacity, notice.
	Terms(Terms),
	/// The entry conditions.
	Conditions(Conditions),
	/// Who leads, or that nobody does.
	Leader(Option<DeviceId>),
}

/// A change that members vote on.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Proposal<AccountId, Change> {
	/// Which member proposed it.
	pub device: DeviceId,
	/// Whose money is on hold for it.
	pub by: AccountId,
	/// How much.
	pub deposit: Balance,
	/// What it would change.
	pub change: Change,
	/// The period whose work the votes are weighed by: the one before it was proposed.
	pub period: u32,
	/// All the work of that period.
	pub total: Units,
	/// Work of those in favour.
	pub ayes: Units,
	/// Work of those against.
	pub nays: Units,
	/// The last interval in which one can vote.
	pub ends: Interval,
}

/// A change that was agreed upon and does not hold yet.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct PendingChange<Change> {
	/// What it changes.
	pub change: Change,
	/// From when on it can be put into force.
	pub from: Interval,
}

/// How money that is paid in is shared.
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
pub enum Shares {
	/// By work: the price of what was sold.
	ByWork,
	/// Equally among all that kept a promise of some size: the way of a basic income (B9).
	Equal,
}

/// What settling a promise does.
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
pub struct Settlement {
	/// What the member missed of what buyers were owed.
	pub missed: Units,
	/// What it loses of its deposit.
	pub penalty: Balance,
	/// What it earns, after the leader's fee.
	pub income: Balance,
	/// What the leader earns.
	pub fee: Balance,
	/// What it would have earned had it missed nothing; goes to the insurance.
	pub forfeited: Balance,
}
