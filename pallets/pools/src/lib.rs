#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

#[cfg(any(feature = "std", feature = "try-runtime", feature = "runtime-benchmarks"))]
extern crate alloc;

mod condition_impls;
mod delivery_impls;
mod leader_impls;
mod lottery_impls;
pub mod math;
mod member_impls;
mod pool_impls;
mod promise_impls;
mod settle_impls;
mod sweep_impls;
mod trait_impls;
mod types;
mod utility_impls;
mod vote_impls;
pub mod weights;

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
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Inspect, InspectHold, Mutate, MutateHold},
			OnUnbalanced, StorageVersion,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		records::{ClassRecord, PoolKind},
		traits::{
			Benchmarks, Credentials, Devices, Dispatch, HourClaims, HourDemand, IntervalClock,
			Maintenance, Places,
		},
		wire::PublicKey,
		ClassId, DeviceId, Interval, MicroGpuHours, PoolId, TaskId,
	};
	use sp_runtime::{traits::Convert, Permill, SaturatedConversion};

	use crate::{types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What pools need.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// The currency of deposits and income.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ InspectHold<Self::AccountId>
			+ MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ Balanced<Self::AccountId>
			+ BalancedHold<Self::AccountId>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The chain's clock and randomness.
		type Clock: IntervalClock;

		/// The device registry.
		type Devices: Devices<Self::AccountId>;

		/// Who knows which devices are in maintenance. Must remember it until promises are settled.
		type Maintenance: Maintenance;

		/// Who knows what devices can do.
		type Benchmarks: Benchmarks;

		/// Who knows what owners are.
		type Credentials: Credentials<Self::AccountId>;

		/// The grid of location cells.
		type Places: Places;

		/// The ledger of hour claims.
		type Claims: HourClaims<Self::AccountId>;

		/// The class under which the ledger knows what a pool of a kind and a class sells, or
		/// nothing if it cannot. Compute and green compute of one class must have two, and neither
		/// may be another class's: claims on one must never pass for claims on the other.
		type ClaimClass: Convert<(PoolKind, ClassId), Option<ClassId>>;

		/// Who knows what buyers made of the hours. `()`: everything promised is owed.
		type Demand: HourDemand;

		/// Who gives the chunks of a task to devices.
		type Dispatch: Dispatch;

		/// The most that a device of a class can deliver in one interval.
		type Capability: Convert<ClassRecord, MicroGpuHours>;

		/// The account that a device's key controls.
		type DeviceAccount: Convert<PublicKey, Self::AccountId>;

		/// Where penalties and forfeited money go: the insurance that holders of claims are
		/// compensated from.
		type Insurance: OnUnbalanced<CreditOf<Self>>;

		/// What the accounts of pools are derived from.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// On hold for a pool: the price of a pool that nobody needs.
		#[pallet::constant]
		type PoolDeposit: Get<Balance>;

		/// On hold for a member: its record, and that of as many promises as it may have.
		#[pallet::constant]
		type MemberDeposit: Get<Balance>;

		/// On hold for an application; lost by who wins a place and does not take it.
		#[pallet::constant]
		type ApplicationDeposit: Get<Balance>;

		/// On hold for a proposal; lost if too few vote.
		#[pallet::constant]
		type ProposalDeposit: Get<Balance>;

		/// On hold for a device that stands for the lead.
		#[pallet::constant]
		type LeaderDeposit: Get<Balance>;

		/// The least that a pool may take for a million units promised and missed.
		#[pallet::constant]
		type MinPenalty: Get<Balance>;

		/// The most that it may take.
		#[pallet::constant]
		type MaxPenalty: Get<Balance>;

		/// The largest fee of a leader.
		#[pallet::constant]
		type MaxLeaderFee: Get<Permill>;

		/// The most that a pool may ask for a GPU-hour at least: above it nobody would ever sell its
		/// hours, and its members would be paid for nothing by nobody.
		#[pallet::constant]
		type MaxReservePrice: Get<Balance>;

		/// The least that can be promised for an interval.
		#[pallet::constant]
		type MinPromise: Get<Units>;

		/// What part of what its class can do a device must promise and keep for an equal share.
		#[pallet::constant]
		type EqualShareFloor: Get<Permill>;

		/// The most members that a pool's terms can allow.
		#[pallet::constant]
		type MaxMembers: Get<u32>;

		/// The most guests that a pool's terms can allow.
		#[pallet::constant]
		type MaxGuests: Get<u32>;

		/// The longest stay of a guest, in intervals.
		#[pallet::constant]
		type MaxGuestHours: Get<u32>;

		/// The longest notice, in intervals.
		#[pallet::constant]
		type MaxNotice: Get<u32>;

		/// The most entry conditions of a pool.
		#[pallet::constant]
		type MaxConditions: Get<u32>;

		/// The most places that a round of a lottery can have.
		#[pallet::constant]
		type MaxPlaces: Get<u32>;

		/// The most intervals for which a round takes applications after its first.
		#[pallet::constant]
		type MaxApplications: Get<u32>;

		/// How many intervals after a round closed lies the one whose randomness draws it. Three or
		/// more: then nobody who applies knows yet which blocks of it will be theirs.
		#[pallet::constant]
		type DrawDelay: Get<u32>;

		/// For how many intervals after that one a round can be drawn. Less than for how long the
		/// clock keeps randomness.
		#[pallet::constant]
		type DrawWindow: Get<u32>;

		/// For how many intervals after the draw tickets are listed.
		#[pallet::constant]
		type ClaimWindow: Get<u32>;

		/// For how many intervals after that winners can join.
		#[pallet::constant]
		type TakeWindow: Get<u32>;

		/// How many intervals ahead can be promised.
		#[pallet::constant]
		type Horizon: Get<u32>;

		/// For how many intervals after its own verified work counts for a promise. As long as a
		/// task gives for its proof.
		#[pallet::constant]
		type DeliveryLag: Get<u32>;

		/// For how many intervals after that the ledger of shortfalls is kept.
		#[pallet::constant]
		type Retention: Get<u32>;

		/// The most promises of one device that are not settled.
		#[pallet::constant]
		type MaxPromises: Get<u32>;

		/// The most intervals that one call promises for.
		#[pallet::constant]
		type MaxSpan: Get<u32>;

		/// The most promises that one call settles.
		#[pallet::constant]
		type MaxSettle: Get<u32>;

		/// The most chunks that one call splits over members.
		#[pallet::constant]
		type MaxParts: Get<u32>;

		/// The most open proposals of a pool.
		#[pallet::constant]
		type MaxProposals: Get<u32>;

		/// Votes are weighed by the work of a whole period of so many intervals.
		#[pallet::constant]
		type Period: Get<u32>;

		/// For how many intervals a proposal is voted on: no longer than a period.
		#[pallet::constant]
		type VotingTime: Get<u32>;

		/// How many intervals after the vote a change holds: time to leave.
		#[pallet::constant]
		type ChangeDelay: Get<u32>;

		/// What part of the work must have voted.
		#[pallet::constant]
		type Quorum: Get<Permill>;

		/// What part of the work that voted must be in favour: more than half. Who owns many
		/// members changes nothing alone unless it does this much of the work.
		#[pallet::constant]
		type Majority: Get<Permill>;

		/// After so many strikes a member is suspended.
		#[pallet::constant]
		type MaxStrikes: Get<u32>;

		/// For how many intervals.
		#[pallet::constant]
		type SuspensionTime: Get<u32>;

		/// The throughput of the class of a device that leads: that of a regional node.
		#[pallet::constant]
		type MinLeaderThroughput: Get<u32>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit for a pool.
		#[codec(index = 0)]
		Pool,
		/// Deposit and stake of a member.
		#[codec(index = 1)]
		Membership,
		/// What missing its promises would cost a member.
		#[codec(index = 2)]
		Promise,
		/// Deposit for an application.
		#[codec(index = 3)]
		Application,
		/// Deposit for a proposal.
		#[codec(index = 4)]
		Proposal,
		/// Deposit of a device that stands for the lead of a pool.
		#[codec(index = 5)]
		Lead,
	}

	/// The id that the next pool gets.
	#[pallet::storage]
	pub type NextPool<T: Config> = StorageValue<_, PoolId, ValueQuery>;

	/// Pools.
	#[pallet::storage]
	pub type Pools<T: Config> = StorageMap<_, Twox64Concat, PoolId, PoolRecordOf<T>, OptionQuery>;

	/// Their entry conditions.
	#[pallet::storage]
	pub type Conditions<T: Config> =
		StorageMap<_, Twox64Concat, PoolId, ConditionsOf<T>, ValueQuery>;

	/// Their members.
	#[pallet::storage]
	pub type Members<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PoolId, Twox64Concat, DeviceId, MemberOf<T>, OptionQuery>;

	/// Which pool a device is a member of.
	#[pallet::storage]
	pub type PoolOf<T: Config> = StorageMap<_, Twox64Concat, DeviceId, PoolId, OptionQuery>;

	/// What members promised and is not settled.
	#[pallet::storage]
	pub type Promises<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		DeviceId,
		Twox64Concat,
		Interval,
		PromiseOf<T>,
		OptionQuery,
	>;

	/// The intervals of pools that are not settled.
	#[pallet::storage]
	pub type Books<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PoolId, Twox64Concat, Interval, Book, OptionQuery>;

	/// What all pools promised, by the class of its claims; of what is settled, only shortfalls.
	#[pallet::storage]
	pub type Ledger<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		Interval,
		Twox64Concat,
		ClassId,
		LedgerEntry,
		OptionQuery,
	>;

	/// The first interval of which the ledger is not swept.
	#[pallet::storage]
	pub type SweptUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// The lottery that runs in a pool.
	#[pallet::storage]
	pub type Rounds<T: Config> = StorageMap<_, Twox64Concat, PoolId, Round, OptionQuery>;

	/// Its lowest tickets so far, the lowest first. Once claims are over these win.
	#[pallet::storage]
	pub type Lowest<T: Config> =
		StorageMap<_, Twox64Concat, PoolId, BoundedVec<Ticket, T::MaxPlaces>, ValueQuery>;

	/// Where a device applied.
	#[pallet::storage]
	pub type Applications<T: Config> =
		StorageMap<_, Twox64Concat, DeviceId, Application<T::AccountId>, OptionQuery>;

	/// Which devices would lead a pool, and who does.
	#[pallet::storage]
	pub type Candidates<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		PoolId,
		Twox64Concat,
		DeviceId,
		Candidate<T::AccountId>,
		OptionQuery,
	>;

	/// Proposals that are open.
	#[pallet::storage]
	pub type Proposals<T: Config> =
		StorageDoubleMap<_, Twox64Concat, PoolId, Twox64Concat, u32, ProposalOf<T>, OptionQuery>;

	/// What a pool agreed upon and does not hold yet.
	#[pallet::storage]
	pub type Pending<T: Config> =
		StorageMap<_, Twox64Concat, PoolId, PendingChange<ChangeOf<T>>, OptionQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A pool was founded.
		Created {
			/// Which.
			pool: PoolId,
			/// Who founded it.
			creator: T::AccountId,
			/// What it gathers.
			kind: PoolKind,
			/// The class of its devices.
			class: ClassId,
			/// The class of the claims that it sells, if any.
			claims: Option<ClassId>,
			/// The account of its claims and its money.
			account: T::AccountId,
			/// What the creator has on hold for it.
			deposit: Balance,
		},
		/// A pool is no more.
		Dissolved {
			/// Which.
			pool: PoolId,
			/// What its creator got back.
			deposit: Balance,
			/// What was left in its account and went to the insurance.
			left: Balance,
		},
		/// A device applied for a place that is drawn by lot.
		Applied {
			/// Where.
			pool: PoolId,
			/// In which round.
			round: u32,
			/// Who.
			device: DeviceId,
			/// The last interval of applications.
			closes: Interval,
			/// What is on hold for it.
			deposit: Balance,
		},
		/// An application is taken back, or its round is over.
		Retracted {
			/// Where to.
			pool: PoolId,
			/// Whose.
			device: DeviceId,
			/// What its depositor got back.
			deposit: Balance,
		},
		/// A round was drawn: tickets have numbers.
		Drawn {
			/// Where.
			pool: PoolId,
			/// Which round.
			round: u32,
			/// The interval whose blocks fixed the seed.
			of: Interval,
			/// The seed.
			seed: [u8; 32],
			/// How many win.
			places: u32,
			/// The last interval in which tickets are listed.
			claims_until: Interval,
			/// The last interval in which a winner can join.
			take_until: Interval,
		},
		/// A ticket was looked at.
		Claimed {
			/// Where.
			pool: PoolId,
			/// Whose.
			device: DeviceId,
			/// Its number.
			number: [u8; 32],
			/// Whether it is among the lowest so far.
			listed: bool,
		},
		/// A winner did not take its place and lost its deposit.
		PlaceForfeited {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// What went to the insurance.
			deposit: Balance,
		},
		/// A round is over.
		RoundEnded {
			/// Where.
			pool: PoolId,
			/// Which.
			round: u32,
			/// Whether it had been drawn. If nobody did in time, there are no winners.
			drawn: bool,
			/// How many places were won and not taken.
			forfeited: u32,
		},
		/// A device is a member.
		Joined {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// Who is paid.
			owner: T::AccountId,
			/// Who let it join, and has deposit and stake on hold.
			by: T::AccountId,
			/// The deposit.
			deposit: Balance,
			/// The stake.
			stake: Balance,
			/// Its hours, if it is central capacity.
			hours: Option<Hours>,
		},
		/// A member promises nothing more.
		LeaveBegun {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// The last interval of its notice.
			until: Interval,
		},
		/// A member missed too often.
		Suspended {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// It can resume after this interval.
			until: Interval,
		},
		/// A suspended member may promise again.
		Resumed {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
		},
		/// A device is no longer a member.
		Exited {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// Deposit and stake that were given back.
			released: Balance,
		},
		/// A member promised to deliver, and claims were made for it.
		Promised {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// The first interval.
			from: Interval,
			/// The last one.
			until: Interval,
			/// What is promised for each, beside what was before.
			amount: Units,
			/// What was put on hold for all of them.
			deposit: Balance,
		},
		/// A promise that nobody had bought was taken back, and its claims burnt.
		TakenBack {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// The interval.
			interval: Interval,
			/// How much.
			amount: Units,
			/// What the depositor got back.
			deposit: Balance,
		},
		/// What a member delivered was counted.
		Delivered {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// The interval.
			interval: Interval,
			/// What was counted: no more than was promised.
			counted: Units,
		},
		/// Money came in.
		PaidIn {
			/// Where.
			pool: PoolId,
			/// What interval it is for.
			interval: Interval,
			/// Who paid.
			from: T::AccountId,
			/// How much.
			amount: Balance,
			/// How it is shared.
			shares: Shares,
		},
		/// What a pool delivered in an interval is final.
		BookClosed {
			/// Where.
			pool: PoolId,
			/// The interval.
			interval: Interval,
			/// What was promised.
			promised: Units,
			/// What was delivered.
			delivered: Units,
			/// What buyers were owed and did not get.
			missed: Units,
		},
		/// A promise is settled.
		Settled {
			/// Where.
			pool: PoolId,
			/// Whose.
			device: DeviceId,
			/// The interval.
			interval: Interval,
			/// What it missed, lost and earned.
			settlement: Settlement,
			/// Whether what it missed was excused by maintenance.
			excused: bool,
		},
		/// What was promised and missed in an interval is forgotten.
		Swept {
			/// The interval.
			interval: Interval,
			/// The class of the claims.
			class: ClassId,
		},
		/// A change is proposed.
		Proposed {
			/// Where.
			pool: PoolId,
			/// The proposal's number.
			proposal: u32,
			/// Which member proposed it.
			device: DeviceId,
			/// What.
			change: ChangeOf<T>,
			/// The period whose work the votes are weighed by.
			period: u32,
			/// All the work of that period.
			total: Units,
			/// The last interval in which one can vote.
			ends: Interval,
		},
		/// A member voted.
		Voted {
			/// Where.
			pool: PoolId,
			/// On what.
			proposal: u32,
			/// Who.
			device: DeviceId,
			/// In favour or against.
			aye: bool,
			/// The work that it counts for.
			weight: Units,
		},
		/// A vote is over.
		ProposalClosed {
			/// Where.
			pool: PoolId,
			/// Which.
			proposal: u32,
			/// Whether it was accepted.
			passed: bool,
			/// Whether enough voted. If not, the deposit is lost.
			quorum: bool,
		},
		/// A change holds from now on.
		Enacted {
			/// Where.
			pool: PoolId,
			/// What changed.
			change: ChangeOf<T>,
		},
		/// A change was given up: the device that was to lead no longer stands for it.
		Lapsed {
			/// Where.
			pool: PoolId,
		},
		/// A device stands for the lead of a pool.
		Stood {
			/// Which pool.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// What is on hold for it.
			deposit: Balance,
		},
		/// A device no longer stands for the lead, nor leads.
		StoodDown {
			/// Which pool.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// What its depositor got back.
			deposit: Balance,
		},
		/// A leader gave a member a chunk of a task.
		Assigned {
			/// Where.
			pool: PoolId,
			/// Who.
			device: DeviceId,
			/// The task.
			task: TaskId,
			/// Which of its chunks.
			chunk: u32,
			/// What it counts for.
			work: MicroGpuHours,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// No such pool.
		UnknownPool,
		/// No such class of devices. Governance must set it first.
		UnknownClass,
		/// No such device.
		UnknownDevice,
		/// Only the device's owner or manager may do this.
		NotYours,
		/// Only who founded the pool may do this.
		NotCreator,
		/// All ids are taken.
		Exhausted,
		/// The numbers do not fit.
		Overflow,
		/// The penalty is outside the chain's bounds: see `MinPenalty` and `MaxPenalty`.
		BadPenalty,
		/// The leader's fee is above `MaxLeaderFee`.
		BadFee,
		/// A pool has room for one member at least, and for `MaxMembers` and `MaxGuests` at most.
		BadCapacity,
		/// Only a compute pool takes central capacity: allow no guests.
		NoGuests,
		/// The notice is of one interval at least and of `MaxNotice` at most.
		BadNotice,
		/// Two conditions of one kind; only credentials can be asked for several times.
		ConditionTwice,
		/// A condition that nobody could fail or nobody could meet.
		BadCondition,
		/// The pool still has members, candidates, proposals, a round or intervals to settle.
		NotEmpty,
		/// The device is of another class than the pool's.
		WrongClass,
		/// Central capacity joins compute pools only, and by the hour: use `join_by_hour`.
		NoPanel,
		/// The device has a panel: use `join`.
		HasPanel,
		/// The device is not online.
		Offline,
		/// The device is a member of a pool. It must exit there first.
		AlreadyMember,
		/// The device is no member of a pool, or not of this one.
		NotMember,
		/// The pool is full.
		Full,
		/// The class emits more per kWh than the pool allows.
		TooMuchCarbonPerKwh,
		/// The class emits more per GPU-hour than the pool allows.
		TooMuchCarbonPerGpuHour,
		/// The device has not proven its throughput since the pool's date. Take the challenge again.
		BenchmarkTooOld,
		/// The owner has no such credential from that issuer.
		NoCredential,
		/// The device stands outside the pool's region.
		WrongRegion,
		/// Places are drawn by lot: apply first.
		NotDrawn,
		/// This pool draws no lots: join it.
		NoLottery,
		/// The device has applied already. One device has one application at a time.
		AlreadyApplied,
		/// The device has no application.
		NotApplied,
		/// Applications of this round are closed. Wait for the next round.
		RoundClosed,
		/// The last round is over: let `end_round` clear it first.
		RoundOver,
		/// No round is running.
		NoRound,
		/// The round is not over, or conditions cannot change while it runs.
		RoundRunning,
		/// New conditions are agreed upon: a round can open once they hold.
		ConditionsChanging,
		/// The interval whose randomness draws this round is not over.
		TooEarly,
		/// Nobody drew the round in time. It has no winners; let `end_round` clear it.
		TooLate,
		/// The round is drawn already.
		AlreadyDrawn,
		/// The ticket was looked at already.
		AlreadyClaimed,
		/// The ticket is not among the winners, or winners can no longer join.
		NotWinner,
		/// Tickets are still being listed. Wait until claims are over.
		StillClaiming,
		/// The interval is past or runs already: promise and take back ahead.
		Past,
		/// The interval is too far ahead: see `Horizon`.
		TooFar,
		/// The range is empty or longer than one call allows.
		BadRange,
		/// The interval is outside the guest's hours.
		OutsideHours,
		/// Too little to be promised: see `MinPromise`.
		Dust,
		/// More than a device of this class can deliver in one interval.
		BeyondCapability,
		/// The member is leaving or suspended, and promises nothing new.
		NotOnline,
		/// The member delivered nothing for two whole periods, while others did. It can exit, and
		/// join again.
		Idle,
		/// The device has declared maintenance for this interval.
		InMaintenance,
		/// Too many promises are not settled. Settle those whose intervals are final.
		TooManyPromises,
		/// Another account has money on hold for this promise: it can change it, or settle it first.
		OtherDepositor,
		/// No such promise.
		NotPromised,
		/// These hours are sold: the pool no longer holds their claims.
		Sold,
		/// The interval has begun for the ledger of claims.
		ClaimsClosed,
		/// The ledger of claims does not take as little, as much, or so far ahead.
		ClaimsRefused,
		/// The interval is not final: work may still be verified for it.
		NotFinal,
		/// The pool promised nothing for this interval, or it is settled.
		NothingPromised,
		/// This interval's book is closed.
		BookClosed,
		/// Promises of this interval are not settled: settle them.
		Unsettled,
		/// Nothing is given.
		Empty,
		/// The member is leaving already.
		AlreadyLeaving,
		/// The member's notice or stay is not over, and it is not idle: say first that it leaves.
		NoticeNotOver,
		/// The member's promises are not settled.
		PromisesOpen,
		/// The member is not suspended.
		NotSuspended,
		/// The suspension is not over.
		StillSuspended,
		/// The member delivered nothing in the period that counts: it has no vote on this.
		NoWeight,
		/// The member has voted on this.
		AlreadyVoted,
		/// The pool has as many open proposals as it may have, or one by this member.
		TooManyProposals,
		/// No such proposal.
		UnknownProposal,
		/// The vote is over.
		VoteOver,
		/// The vote is not over.
		VoteOpen,
		/// A change is agreed upon: it must be put into force first.
		ChangePending,
		/// Nothing is agreed upon.
		NothingPending,
		/// The change does not hold yet.
		NotYet,
		/// The class is not one of regional nodes.
		TooSmall,
		/// The device stands for the lead already.
		AlreadyStands,
		/// The device does not stand for the lead of this pool.
		NotCandidate,
		/// The device does not lead this pool in this interval.
		NotLeader,
		/// More than this member promised for this interval and has no work for.
		BeyondPromise,
		/// No such task or chunk, or it is over.
		UnknownChunk,
		/// Another device has this chunk.
		ChunkTaken,
		/// The task does not take this device, or the device takes no more.
		DeviceUnable,
		/// The least price of a GPU-hour is above `MaxReservePrice`.
		BadReservePrice,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			let least = T::Currency::minimum_balance();
			for deposit in [
				T::PoolDeposit::get(),
				T::MemberDeposit::get(),
				T::ApplicationDeposit::get(),
				T::ProposalDeposit::get(),
				T::LeaderDeposit::get(),
			] {
				assert!(deposit >= least, "what is stored is paid for");
			}
			assert!(T::MinPenalty::get() > 0, "a promise that costs nothing is none");
			assert!(T::MinPenalty::get() <= T::MaxPenalty::get(), "there is a penalty to choose");
			assert!(T::MinPromise::get() > Units::ZERO, "a promise is of something");
			for bound in [
				T::MaxMembers::get(),
				T::MaxNotice::get(),
				T::MaxGuestHours::get(),
				T::MaxConditions::get(),
				T::MaxPlaces::get(),
				T::MaxApplications::get(),
				T::DrawWindow::get(),
				T::ClaimWindow::get(),
				T::TakeWindow::get(),
				T::Horizon::get(),
				T::DeliveryLag::get(),
				T::MaxPromises::get(),
				T::MaxSpan::get(),
				T::MaxSettle::get(),
				T::MaxParts::get(),
				T::MaxProposals::get(),
				T::Period::get(),
				T::VotingTime::get(),
				T::MaxStrikes::get(),
			] {
				assert!(bound > 0, "a bound of nothing allows nothing");
			}
			assert!(T::DrawDelay::get() > 0, "a draw comes after applications");
			let longest = T::MaxSpan::get().max(T::MaxSettle::get());
			assert!(
				longest <= T::Horizon::get() && longest <= T::MaxPromises::get(),
				"no call is for more promises than a member can have"
			);
			assert!(!T::Quorum::get().is_zero(), "a change that nobody voted on does not pass");
			assert!(
				T::Majority::get() > Permill::from_percent(50),
				"no change passes with more against it than for it"
			);
			// Work of the period before it was proposed is remembered for two periods.
			assert!(
				T::VotingTime::get() <= T::Period::get(),
				"a vote is counted while it is known"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Founds a pool and holds a deposit; its account gets the least that an account must have.
		///
		/// - `kind`, `class`: what it gathers.
		/// - `terms`, `conditions`: what holds until members vote otherwise.
		/// - `leader`: a device of the caller's that leads from the start, if any; see `stand`.
		///
		/// Origin: signed. Event: `Created`. Errors: `UnknownClass`, `BadPenalty`, `BadFee`,
		/// `BadCapacity`, `NoGuests`, `BadNotice`, `BadReservePrice`, `ConditionTwice`,
		/// `BadCondition`, `Exhausted`, those of `stand`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::create())]
		pub fn create(
			origin: OriginFor<T>,
			kind: PoolKind,
			class: ClassId,
			terms: Terms,
			conditions: ConditionsOf<T>,
			leader: Option<DeviceId>,
		) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_create(creator, kind, class, terms, conditions, leader)
		}

		/// Dissolves a pool in which nobody is left. What its account has goes to the insurance.
		///
		/// Origin: signed, who founded it. Event: `Dissolved`. Errors: `UnknownPool`, `NotCreator`,
		/// `NotEmpty`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::dissolve())]
		pub fn dissolve(origin: OriginFor<T>, pool: PoolId) -> DispatchResult {
			let creator = ensure_signed(origin)?;
			Self::do_dissolve(creator, pool)
		}

		/// Applies for a place that is drawn by lot, and opens a round if none runs.
		///
		/// Origin: signed, the device's owner or manager, who has the deposit on hold. Event:
		/// `Applied`. Errors: `UnknownDevice`, `NotYours`, `UnknownPool`, `NoLottery`,
		/// `AlreadyMember`, `AlreadyApplied`, those of the pool's conditions, `RoundClosed`,
		/// `RoundOver`, `ConditionsChanging`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::apply())]
		pub fn apply(origin: OriginFor<T>, pool: PoolId, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_apply(who, pool, device)
		}

		/// Takes an application back while applications are open, or gives the deposit back once
		/// its round is over.
		///
		/// Origin: signed, the device's owner or manager or the depositor. Event: `Retracted`.
		/// Errors: `NotApplied`, `NotYours`, `RoundRunning`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::retract())]
		pub fn retract(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_retract(who, device)
		}

		/// Fixes the seed of a round that is closed.
		///
		/// Origin: signed, anybody. Event: `Drawn`. Errors: `UnknownPool`, `NoRound`,
		/// `AlreadyDrawn`, `TooEarly`, `TooLate`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::draw(T::DrawWindow::get()))]
		pub fn draw(origin: OriginFor<T>, pool: PoolId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_draw(pool)
		}

		/// Lists a device's ticket if it is among the lowest.
		///
		/// Origin: signed, anybody. Event: `Claimed`. Errors: `NotApplied`, `NoRound`, `TooEarly`,
		/// `TooLate`, `AlreadyClaimed`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(device)
		}

		/// Clears a round that is over. Winners that did not join lose their deposit.
		///
		/// Origin: signed, anybody. Events: `PlaceForfeited`, `RoundEnded`. Errors: `UnknownPool`,
		/// `NoRound`, `RoundRunning`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::end_round(T::MaxPlaces::get()))]
		pub fn end_round(origin: OriginFor<T>, pool: PoolId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_end_round(pool)
		}

		/// Makes a device a member.
		///
		/// Origin: signed, the device's owner or manager, who has deposit and stake on hold. Event:
		/// `Joined`. Errors: `UnknownDevice`, `NotYours`, `UnknownPool`, `AlreadyMember`,
		/// `Offline`, `NoPanel`, `WrongClass`, `Full`, `TooMuchCarbonPerKwh`,
		/// `TooMuchCarbonPerGpuHour`, `BenchmarkTooOld`, `NoCredential`, `WrongRegion`, `NotDrawn`,
		/// `StillClaiming`, `NotWinner`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::join())]
		pub fn join(origin: OriginFor<T>, pool: PoolId, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_join(who, pool, device)
		}

		/// Makes central capacity, a device without a panel, a guest of a compute pool for the
		/// hours from `from` until `until`. Guests have no vote and draw no lots; every other
		/// condition holds for them.
		///
		/// Origin: signed, the device's owner or manager. Event: `Joined`. Errors: those of `join`
		/// without the lottery's, `NoGuests`, `HasPanel`, `Past`, `BadRange`, `TooFar`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::join_by_hour())]
		pub fn join_by_hour(
			origin: OriginFor<T>,
			pool: PoolId,
			device: DeviceId,
			from: Interval,
			until: Interval,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_join_by_hour(who, pool, device, Hours { from, until })
		}

		/// Says that a member leaves. It keeps what it promised and promises nothing more. One that
		/// is suspended stays until its suspension is over, at least.
		///
		/// Origin: signed, the device's owner or manager. Event: `LeaveBegun`. Errors:
		/// `NotMember`, `NotYours`, `AlreadyLeaving`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(who, device)
		}

		/// Ends a suspension whose time is over.
		///
		/// Origin: signed, the device's owner or manager. Event: `Resumed`. Errors: `NotMember`,
		/// `NotYours`, `NotSuspended`, `StillSuspended`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::resume())]
		pub fn resume(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resume(who, device)
		}

		/// Ends a membership once everything promised is settled and the notice or the guest's stay
		/// is over, or nothing was delivered for two whole periods; not before a suspension is over.
		/// Gives deposit and stake back.
		///
		/// Origin: signed, anybody. Event: `Exited`. Errors: `NotMember`, `PromisesOpen`,
		/// `StillSuspended`, `NoticeNotOver`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::exit())]
		pub fn exit(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_exit(device)
		}

		/// Promises to deliver `amount` in each interval from `from` until `until`, beside what was
		/// promised before. The pool gets as many claims; the caller has on hold what missing all
		/// of it would cost.
		///
		/// Origin: signed, the device's owner or manager. Event: `Promised`. Errors:
		/// `UnknownDevice`, `NotYours`, `NotMember`, `NotOnline`, `Offline`, `Idle`, `BadRange`, `Past`,
		/// `TooFar`, `OutsideHours`, `Dust`, those of the pool's conditions but stake and lottery,
		/// `InMaintenance`, `BeyondCapability`, `TooManyPromises`, `OtherDepositor`,
		/// `ClaimsClosed`, `ClaimsRefused`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::promise(
			until.since(*from).saturating_add(1).min(T::MaxSpan::get())
		))]
		pub fn promise(
			origin: OriginFor<T>,
			device: DeviceId,
			from: Interval,
			until: Interval,
			amount: Units,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_promise(who, device, from, until, amount)
		}

		/// Takes back what was promised for an interval that has not begun, as far as the pool has
		/// not sold it.
		///
		/// Origin: signed, the device's owner or manager or the depositor. Event: `TakenBack`.
		/// Errors: `NotMember`, `NotPromised`, `NotYours`, `Past`, `Empty`, `Dust`, `Sold`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::take_back())]
		pub fn take_back(
			origin: OriginFor<T>,
			device: DeviceId,
			interval: Interval,
			amount: Units,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_take_back(who, device, interval, amount)
		}

		/// Settles promises whose intervals are final: takes the penalty, gives the rest of the
		/// deposit back, pays the income to the owner and the fee to the leader.
		///
		/// Origin: signed, anybody. Events: `BookClosed`, `Settled`, `Suspended`. Errors: `Empty`,
		/// `NotMember`, `NotPromised`, `NotFinal`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::settle(intervals.len().saturated_into()))]
		pub fn settle(
			origin: OriginFor<T>,
			device: DeviceId,
			intervals: BoundedVec<Interval, T::MaxSettle>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_settle(device, &intervals)
		}

		/// Clears an interval for which money was paid in and every promise was taken back: the
		/// money goes to the insurance.
		///
		/// Origin: signed, anybody. Event: `BookClosed`. Errors: `NothingPromised`, `NotFinal`,
		/// `Unsettled`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::close_book())]
		pub fn close_book(
			origin: OriginFor<T>,
			pool: PoolId,
			interval: Interval,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close_book(pool, interval)
		}

		/// Pays into a pool, for those who deliver in `interval`.
		///
		/// Origin: signed. Event: `PaidIn`. Errors: `Empty`, `UnknownPool`, `NothingPromised`,
		/// `BookClosed`.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::pay_in())]
		pub fn pay_in(
			origin: OriginFor<T>,
			pool: PoolId,
			interval: Interval,
			amount: Balance,
			shares: Shares,
		) -> DispatchResult {
			let from = ensure_signed(origin)?;
			Self::do_pay_in(from, pool, interval, amount, shares)
		}

		/// Proposes a change. The proposal is weighed by the work of the period before this one.
		///
		/// Origin: signed, the owner or manager of a member, who has the deposit on hold. Event:
		/// `Proposed`. Errors: `UnknownDevice`, `NotYours`, `NotMember`, `UnknownPool`,
		/// `NoWeight`, `TooManyProposals`, those of `create` for terms and conditions,
		/// `NotCandidate`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::propose())]
		pub fn propose(
			origin: OriginFor<T>,
			device: DeviceId,
			change: ChangeOf<T>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_propose(who, device, change)
		}

		/// Votes on a proposal of the member's pool, once and for all.
		///
		/// Origin: signed, the owner or manager of a member. Event: `Voted`. Errors:
		/// `UnknownDevice`, `NotYours`, `NotMember`, `UnknownProposal`, `VoteOver`,
		/// `AlreadyVoted`, `NoWeight`.
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::vote())]
		pub fn vote(
			origin: OriginFor<T>,
			device: DeviceId,
			proposal: u32,
			aye: bool,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_vote(who, device, proposal, aye)
		}

		/// Counts a vote that is over.
		///
		/// Origin: signed, anybody. Event: `ProposalClosed`. Errors: `UnknownPool`,
		/// `UnknownProposal`, `VoteOpen`, `ChangePending`.
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::close_proposal())]
		pub fn close_proposal(origin: OriginFor<T>, pool: PoolId, proposal: u32) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close_proposal(pool, proposal)
		}

		/// Puts into force what was agreed upon, once its time has come.
		///
		/// Origin: signed, anybody. Events: `Enacted` or `Lapsed`. Errors: `UnknownPool`,
		/// `NothingPending`, `NotYet`, `RoundRunning`.
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::enact())]
		pub fn enact(origin: OriginFor<T>, pool: PoolId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_enact(pool)
		}

		/// Says that a device would lead a pool. Members decide by vote.
		///
		/// Origin: signed, the device's owner or manager, who has the deposit on hold. Event:
		/// `Stood`. Errors: `UnknownDevice`, `NotYours`, `UnknownPool`, `AlreadyStands`,
		/// `Offline`, `TooSmall`, `WrongRegion`.
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::stand())]
		pub fn stand(origin: OriginFor<T>, pool: PoolId, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_stand(who, pool, device)
		}

		/// Says that a device would lead no longer. If it leads, nobody does from then on.
		///
		/// Origin: signed, the device's owner or manager or the depositor; anybody once the pool
		/// has nobody left. Event: `StoodDown`. Errors: `UnknownPool`, `NotCandidate`, `NotYours`.
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::stand_down())]
		pub fn stand_down(origin: OriginFor<T>, pool: PoolId, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_stand_down(who, pool, device)
		}

		/// Splits a task over the pool's members, as its leader: each part is a chunk and the
		/// member that gets it. A member gets no more work than it promised for this interval.
		///
		/// Origin: signed, the owner, the manager or the key of the device that leads. Event:
		/// `Assigned` for each part. Errors: `Empty`, `NotLeader`, `NotYours`, `NotMember`,
		/// `NotPromised`, `BeyondPromise`, `UnknownChunk`, `ChunkTaken`, `DeviceUnable`.
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::split(parts.len().saturated_into()))]
		pub fn split(
			origin: OriginFor<T>,
			pool: PoolId,
			leader: DeviceId,
			task: TaskId,
			parts: BoundedVec<(u32, DeviceId), T::MaxParts>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_split(who, pool, leader, task, &parts)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// A pool.
		pub fn pool(pool: PoolId) -> Option<PoolRecordOf<T>> {
			Pools::<T>::get(pool)
		}

		/// The account of a pool's claims and its money.
		pub fn account_of(pool: PoolId) -> T::AccountId {
			Self::account(pool)
		}

		/// A pool's entry conditions.
		pub fn conditions(pool: PoolId) -> ConditionsOf<T> {
			Conditions::<T>::get(pool)
		}

		/// The conditions that a device does not meet, but for stake and lot.
		pub fn unmet(pool: PoolId, device: DeviceId) -> ConditionsOf<T> {
			Self::unmet_conditions(pool, device)
		}

		/// Where a device is a member, and what is known of it there.
		pub fn member(device: DeviceId) -> Option<(PoolId, MemberOf<T>)> {
			Self::membership(device)
		}

		/// Where a member is now, by what it said and by the registry. The market asks this before
		/// it counts on a device (A3).
		pub fn state(device: DeviceId) -> Option<MemberState> {
			Self::effective_state(device)
		}

		/// What a member promised for an interval of claims of a class and has not delivered.
		pub fn owes(device: DeviceId, class: ClassId, interval: Interval) -> MicroGpuHours {
			Self::owed_by(device, class, interval)
		}

		/// What a member promised for an interval and is not settled.
		pub fn promised(device: DeviceId, interval: Interval) -> Option<PromiseOf<T>> {
			Promises::<T>::get(device, interval)
		}

		/// What settling a promise would do if nothing more were delivered.
		pub fn outlook(device: DeviceId, interval: Interval) -> Option<Settlement> {
			Self::preview(device, interval)
		}

		/// A pool's interval, until it is settled.
		pub fn book(pool: PoolId, interval: Interval) -> Option<Book> {
			Books::<T>::get(pool, interval)
		}

		/// What was promised by claims of a class for an interval, and missed.
		pub fn ledger(class: ClassId, interval: Interval) -> Option<LedgerEntry> {
			Ledger::<T>::get(interval, class)
		}

		/// A pool's lottery.
		pub fn round(pool: PoolId) -> Option<Round> {
			Rounds::<T>::get(pool)
		}

		/// A device's application.
		pub fn application(device: DeviceId) -> Option<Application<T::AccountId>> {
			Applications::<T>::get(device)
		}

		/// A device's ticket, once the round is drawn.
		pub fn ticket(device: DeviceId) -> Option<Ticket> {
			Self::ticket_of(device)
		}

		/// How many of a pool's listed tickets are lower than a device's: it wins if that is less
		/// than the number of places when claims are over.
		pub fn rank(device: DeviceId) -> Option<u32> {
			Self::rank_of(device)
		}

		/// The vote that a member has on a proposal.
		pub fn weight(device: DeviceId, proposal: u32) -> Units {
			Self::vote_weight(device, proposal)
		}

		/// Carbon efficiency of what a pool delivered in the period that runs and the last (A5).
		/// Nothing if it delivered nothing.
		pub fn carbon(pool: PoolId) -> Option<GramsPerGpuHour> {
			Self::carbon_of(pool)
		}
	}
}
