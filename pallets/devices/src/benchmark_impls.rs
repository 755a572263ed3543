//! The timed challenge: request, root, opening.

use core::num::NonZeroU32;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	challenge::{verify, Flaw, Hash, Kernel, Seed, SAMPLES},
	records::StateReason,
	traits::{BlockRandomness, IntervalClock},
	DeviceId,
};
use sp_runtime::{
	traits::{CheckedAdd, Saturating},
	DispatchError, DispatchResult,
};

use crate::{pallet::*, types::*};

impl<T: Config> Pallet<T> {
	/// The levels of the tree that an opening is of, if it is one.
	pub(crate) fn levels_of(nodes: &Opening) -> u32 {
		let levels = nodes.len().div_ceil(SAMPLES);
		u32::try_from(levels).unwrap_or(u32::MAX)
	}

	fn block() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// The block `blocks` after `from`.
	fn block_after(
		from: BlockNumberFor<T>,
		blocks: u32,
	) -> Result<BlockNumberFor<T>, DispatchError> {
		from.checked_add(&blocks.into()).ok_or(Error::<T>::Overflow.into())
	}

	/// Refuses what comes before or in block `drawn`, or more than `blocks` after it, and reads what
	/// that block drew.
	fn drawn_in_time(drawn: BlockNumberFor<T>, blocks: u32) -> Result<[u8; 32], DispatchError> {
		let now = Self::block();
		ensure!(now > drawn, Error::<T>::TooEarly);
		ensure!(now <= Self::block_after(drawn, blocks)?, Error::<T>::TooLate);
		Ok(T::BlockRandomness::randomness_of_block(drawn).ok_or(Error::<T>::NoRandomness)?)
	}

	/// Whether a challenge can still be gone on with.
	fn runs(challenge: &ChallengeOf<T>) -> bool {
		let rules = Parameters::<T>::get().benchmark;
		let step = if challenge.committed.is_some() { rules.opening } else { rules.window };
		let last = challenge.at.saturating_add(rules.delay.into()).saturating_add(step.into());
		Self::block() <= last
	}

	pub(crate) fn do_request_challenge(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let mut entry = Self::operated(&who, device)?;
		Self::ensure_not_stopped(device)?;
		ensure!(!entry.standing.benched, Error::<T>::Benched);
		let runs = Challenges::<T>::get(device).is_some_and(|challenge| Self::runs(&challenge));
		ensure!(!runs, Error::<T>::ChallengeRuns);
		let rules = Parameters::<T>::get().benchmark;
		let now = T::Clock::current();
		let rested = entry.standing.tried.is_none_or(|tried| now.since(tried) >= rules.cooldown);
		ensure!(rested, Error::<T>::TooSoon);
		let class = Classes::<T>::get(entry.record.class).ok_or(Error::<T>::UnknownClass)?;
		let count = class
			.throughput
			.checked_mul(rules.seconds)
			.and_then(NonZeroU32::new)
			.ok_or(Error::<T>::BadClass)?;
		let at = Self::block();
		let seed_block = Self::block_after(at, rules.delay)?;
		let root_until = Self::block_after(seed_block, rules.window)?;

		entry.standing.tried = Some(now);
		Standings::<T>::insert(device, entry.standing);
		Challenges::<T>::insert(device, Challenge { count, at, committed: None });
		let count = count.get();
		Self::deposit_event(Event::ChallengeRequested { device, count, seed_block, root_until });
		Ok(())
	}

	pub(crate) fn do_commit_challenge(
		who: T::AccountId,
		device: DeviceId,
		root: Hash,
	) -> DispatchResult {
		Self::operated(&who, device)?;
		let challenge = Challenges::<T>::get(device)
			.filter(|challenge| challenge.committed.is_none())
			.ok_or(Error::<T>::NoChallenge)?;
		let rules = Parameters::<T>::get().benchmark;
		let seed_block = Self::block_after(challenge.at, rules.delay)?;
		let randomness = Self::drawn_in_time(seed_block, rules.window)?;
		let seed = Seed::new(&Self::chain_id(), device, &randomness);
		let at = Self::block();
		let draw_block = Self::block_after(at, rules.delay)?;
		let opening_until = Self::block_after(draw_block, rules.opening)?;

		let committed = Some((seed.0, root));
		Challenges::<T>::insert(device, Challenge { at, committed, ..challenge });
		Self::deposit_event(Event::ChallengeCommitted { device, root, draw_block, opening_until });
		Ok(())
	}

	pub(crate) fn do_open_challenge(
		who: T::AccountId,
		device: DeviceId,
		nodes: Opening,
	) -> DispatchResult {
		let mut entry = Self::operated(&who, device)?;
		let Challenge { count, at, committed } =
			Challenges::<T>::get(device).ok_or(Error::<T>::NoChallenge)?;
		let (seed, root) = committed.ok_or(Error::<T>::NoChallenge)?;
		let rules = Parameters::<T>::get().benchmark;
		let randomness = Self::drawn_in_time(Self::block_after(at, rules.delay)?, rules.opening)?;
		let kernel = Kernel::new(Seed(seed));
		verify(&kernel, count, &root, &randomness, &nodes).map_err(|flaw| match flaw {
			Flaw::Length => Error::<T>::BadLength,
			Flaw::Mismatch => Error::<T>::BadOpening,
		})?;

		Challenges::<T>::remove(device);
		entry.standing.benched = true;
		Self::deposit_event(Event::ChallengePassed { device, count: count.get() });
		Self::settle(entry, StateReason::BenchmarkPassed);
		Ok(())
	}

	pub(crate) fn do_demand_benchmark(device: DeviceId) -> DispatchResult {
		let mut entry = Self::entry(device)?;
		ensure!(entry.standing.benched, Error::<T>::NotBenched);
		entry.standing.benched = false;
		// It may ask at once, whenever it asked before.
		entry.standing.tried = None;
		Self::settle(entry, StateReason::BenchmarkDemanded);
		Ok(())
	}
}
