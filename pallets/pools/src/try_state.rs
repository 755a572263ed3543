//! What must hold between any two calls.

use alloc::collections::BTreeMap;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, InspectHold},
		Get,
	},
};
use pogcs_primitives::{records::PoolKind, ClassId, DeviceId, Interval, PoolId};
use sp_runtime::{SaturatedConversion, TryRuntimeError};

use crate::{math, pallet::*, types::*};

/// What a pool's records add up to.
#[derive(Default, PartialEq, Eq)]
struct Counts {
	members: u32,
	guests: u32,
	candidates: u32,
	books: u32,
	proposals: u32,
	money: Balance,
}

/// What the promises of one pool and interval add up to.
#[derive(Default)]
struct Sums {
	promised: Units,
	delivered: Units,
	promises: u32,
	kept: u32,
	earned: Balance,
}

/// What accounts owe by reason and account.
struct Owed<T: Config>(BTreeMap<(u8, T::AccountId), Balance>);

impl<T: Config> Owed<T> {
	fn add(&mut self, reason: &HoldReason, who: T::AccountId, amount: Balance) {
		let sum = self.0.entry((index(reason), who)).or_default();
		*sum = sum.saturating_add(amount);
	}
}

const REASONS: [HoldReason; 6] = [
	HoldReason::Pool,
	HoldReason::Membership,
	HoldReason::Promise,
	HoldReason::Application,
	HoldReason::Proposal,
	HoldReason::Lead,
];

fn index(reason: &HoldReason) -> u8 {
	match reason {
		HoldReason::Pool => 0,
		HoldReason::Membership => 1,
		HoldReason::Promise => 2,
		HoldReason::Application => 3,
		HoldReason::Proposal => 4,
		HoldReason::Lead => 5,
	}
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant: records agree with each other, what is on hold is what is owed, a
	/// pool's account has what its books owe, and no book owes more than came in.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let mut owed = Owed::<T>(BTreeMap::new());
		let mut counts = BTreeMap::<PoolId, Counts>::new();
		Self::check_promises(&mut owed, &mut counts)?;
		Self::check_lotteries(&mut owed)?;
		for (pool, _, candidate) in Candidates::<T>::iter() {
			counts.entry(pool).or_default().candidates += 1;
			owed.add(&HoldReason::Lead, candidate.by, candidate.deposit);
		}
		for (pool, number, proposal) in Proposals::<T>::iter() {
			counts.entry(pool).or_default().proposals += 1;
			owed.add(&HoldReason::Proposal, proposal.by, proposal.deposit);
			let next = Pools::<T>::get(pool).map_or(0, |record| record.next_proposal);
			ensure!(number < next, "a proposal has a number that was given out");
			ensure!(
				proposal.ayes.saturating_add(proposal.nays) <= proposal.total,
				"no more vote than have worked"
			);
		}
		Self::check_pools(&mut owed, counts)?;
		for ((reason, who), sum) in owed.0 {
			let reason = REASONS.into_iter().find(|other| index(other) == reason);
			let reason = reason.ok_or("a reason has an index")?;
			let held = T::Currency::balance_on_hold(&reason.into(), &who);
			ensure!(held == sum, "what an account has on hold is not what it owes");
		}
		Ok(())
	}

	/// Members, their promises, the books and the ledger.
	fn check_promises(
		owed: &mut Owed<T>,
		counts: &mut BTreeMap<PoolId, Counts>,
	) -> Result<(), TryRuntimeError> {
		let mut open = BTreeMap::<DeviceId, u32>::new();
		let mut sums = BTreeMap::<(PoolId, Interval), Sums>::new();
		let mut ledger = BTreeMap::<(Interval, ClassId), u32>::new();
		for (device, interval, promise) in Promises::<T>::iter() {
			let pool = PoolOf::<T>::get(device).ok_or("who promises is a member")?;
			let record = Pools::<T>::get(pool).ok_or("a member has a pool")?;
			let book = Books::<T>::get(pool, interval).ok_or("a promise is in a book")?;
			ensure!(promise.promised > Units::ZERO, "a promise is of something");
			ensure!(promise.delivered <= promise.promised, "no more counts than is promised");
			ensure!(promise.led <= promise.promised, "a leader gives no more than is promised");
			ensure!(
				promise.done <= promise.led && promise.done <= promise.delivered,
				"no more is led than was given and delivered"
			);
			ensure!(promise.deposit > 0, "a promise is backed");
			*open.entry(device).or_default() += 1;
			let sum = sums.entry((pool, interval)).or_default();
			sum.promised = sum.promised.saturating_add(promise.promised);
			sum.delivered = sum.delivered.saturating_add(promise.delivered);
			sum.promises += 1;
			sum.kept += u32::from(math::is_equal(&promise));
			let earned = math::earned(&promise, book.rate).ok_or("a rate only rises")?;
			sum.earned = sum.earned.saturating_add(earned);
			if let Some(class) = record.claims {
				*ledger.entry((interval, class)).or_default() += 1;
			}
			owed.add(&HoldReason::Promise, promise.by, promise.deposit);
		}
		for (pool, interval, book) in Books::<T>::iter() {
			let count = counts.entry(pool).or_default();
			count.books += 1;
			count.money = count.money.saturating_add(book.left);
			let sum = sums.remove(&(pool, interval)).unwrap_or_default();
			ensure!(book.promises == sum.promises, "a book counts its promises");
			let common = if book.kept == 0 {
				book.common
			} else {
				let share = book.common / u128::from(book.kept);
				share.saturating_mul(sum.kept.into())
			};
			ensure!(
				sum.earned.saturating_add(common) <= book.left,
				"a book owes no more than came in"
			);
			if book.missed.is_none() {
				ensure!(book.promised == sum.promised, "a book adds up what is promised");
				ensure!(book.delivered == sum.delivered, "a book adds up what is delivered");
				ensure!(book.kept == sum.kept, "a book counts who kept a promise");
			} else {
				ensure!(Self::is_final(interval), "a book is closed once it is final");
				ensure!(sum.promised <= book.promised, "nothing is promised after all is over");
			}
		}
		ensure!(sums.is_empty(), "a promise has a book");
		let swept = SweptUntil::<T>::get();
		for (interval, class, entry) in Ledger::<T>::iter() {
			let count = ledger.remove(&(interval, class)).unwrap_or_default();
			ensure!(entry.open == count, "the ledger counts promises");
			ensure!(interval >= swept, "the ledger is swept");
			ensure!(entry.missed <= entry.promised, "no more is missed than promised");
			ensure!(entry.excused <= entry.missed, "no more is excused than missed");
			ensure!(entry.covered <= entry.penalties, "no more is covered than was taken");
			ensure!(
				entry.open > 0 || entry.missed > Units::ZERO,
				"the ledger forgets what is settled and kept"
			);
		}
		ensure!(
			ledger.keys().all(|(interval, _)| *interval < swept),
			"the ledger knows what is promised"
		);
		for (pool, device, member) in Members::<T>::iter() {
			ensure!(PoolOf::<T>::get(device) == Some(pool), "a member is in one pool");
			let count = counts.entry(pool).or_default();
			*(if member.hours.is_some() { &mut count.guests } else { &mut count.members }) += 1;
			let promises = open.remove(&device).unwrap_or_default();
			ensure!(member.promises == promises, "a member's promises are counted");
			ensure!(promises <= T::MaxPromises::get(), "a member has few promises");
			let held = member.deposit.saturating_add(member.stake);
			owed.add(&HoldReason::Membership, member.by, held);
		}
		ensure!(
			PoolOf::<T>::iter().count() == Members::<T>::iter().count(),
			"a device is in a pool as a member"
		);
		Ok(())
	}

	/// Rounds, tickets and applications.
	fn check_lotteries(owed: &mut Owed<T>) -> Result<(), TryRuntimeError> {
		let mut applied = BTreeMap::<PoolId, u32>::new();
		for (_, application) in Applications::<T>::iter() {
			owed.add(&HoldReason::Application, application.by, application.deposit);
			let round = Rounds::<T>::get(application.pool);
			if round.is_some_and(|round| round.number == application.round) {
				*applied.entry(application.pool).or_default() += 1;
			}
		}
		for (pool, round) in Rounds::<T>::iter() {
			let record = Pools::<T>::get(pool).ok_or("a round has a pool")?;
			ensure!(round.number < record.next_round, "a round has a number that was given out");
			// Winners that joined applied no longer.
			let running = applied.remove(&pool).unwrap_or_default();
			ensure!(running <= round.applicants, "a round counts its applicants");
		}
		for (pool, lowest) in Lowest::<T>::iter() {
			let round = Rounds::<T>::get(pool).ok_or("tickets have a round")?;
			ensure!(round.draw.is_some(), "tickets are drawn");
			ensure!(!lowest.is_empty(), "no tickets are no list");
			let count: u32 = lowest.len().saturated_into();
			ensure!(count <= round.places, "no more win than there are places");
			ensure!(lowest.is_sorted(), "the lowest ticket is the first");
			for ticket in lowest {
				let application = Applications::<T>::get(ticket.device);
				let application = application.ok_or("a ticket is of an applicant")?;
				ensure!(
					application.claimed
						&& application.pool == pool
						&& application.round == round.number,
					"a ticket is of this round"
				);
				ensure!(Self::ticket_of(ticket.device) == Some(ticket), "a ticket is genuine");
			}
		}
		Ok(())
	}

	/// Pools: what they count, and that their accounts have what they owe.
	fn check_pools(
		owed: &mut Owed<T>,
		mut counts: BTreeMap<PoolId, Counts>,
	) -> Result<(), TryRuntimeError> {
		for (pool, record) in Pools::<T>::iter() {
			ensure!(pool < NextPool::<T>::get(), "a pool has an id that was given out");
			let count = counts.remove(&pool).unwrap_or_default();
			let money = count
				.money
				.saturating_add(record.reserve)
				.saturating_add(T::Currency::minimum_balance());
			ensure!(T::Currency::balance(&Self::account(pool)) >= money, "a pool has what it owes");
			let counted = Counts {
				members: record.members,
				guests: record.guests,
				candidates: record.candidates,
				books: record.books,
				proposals: record.proposals,
				money: count.money,
			};
			ensure!(counted == count, "a pool counts what it has");
			if let Some(leader) = record.leader {
				ensure!(Candidates::<T>::contains_key(pool, leader), "a leader stands for it");
			}
			let trades = record.kind != PoolKind::Energy;
			ensure!(record.claims.is_some() == trades, "compute is promised by claims");
			owed.add(&HoldReason::Pool, record.creator, record.deposit);
		}
		ensure!(counts.is_empty(), "nothing is left of a pool that is dissolved");
		ensure!(
			Conditions::<T>::iter_keys()
				.chain(Pending::<T>::iter_keys())
				.all(Pools::<T>::contains_key),
			"conditions have a pool"
		);
		Ok(())
	}
}
