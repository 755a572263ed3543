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
use sp_runtime::{traits::CheckedAdd, DispatchResult};

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

	/// The block that draws for a step which begins now, and the last one that takes what is asked
	/// for: at most `blocks` after the draw. Whatever governance changes, a step ends as it began.
	fn next_step(
		delay: u32,
		blocks: u32,
	) -> Result<(BlockNumberFor<T>, BlockNumberFor<T>), Error<T>> {
		let draw = Self::block().checked_add(&delay.into()).ok_or(Error::<T>::Overflow)?;
		let until = draw.checked_add(&blocks.into()).ok_or(Error::<T>::Overflow)?;
		Ok((draw, until))
	}

	/// Refuses what comes before or in the block that draws, or after the last that takes it, and
	/// reads what was drawn.
	fn drawn_in_time(challenge: &ChallengeOf<T>) -> Result<[u8; 32], Error<T>> {
		let now = Self::block();
		ensure!(now > challenge.draw, Error::<T>::TooEarly);
		ensure!(now <= challenge.until, Error::<T>::TooLate);
		T::BlockRandomness::randomness_of_block(challenge.draw).ok_or(Error::<T>::NoRandomness)
	}

	/// Begins a timed challenge in this block. Does not store the device.
	fn begin_challenge(entry: &mut Entry<T>) -> Result<(), Error<T>> {
		let device = entry.id;
		let rules = Parameters::<T>::get().benchmark;
		let class = Classes::<T>::get(entry.record.class).ok_or(Error::<T>::UnknownClass)?;
		let count = class
			.throughput
			.checked_mul(rules.seconds)
			.and_then(NonZeroU32::new)
			.ok_or(Error::<T>::BadClass)?;
		let (draw, until) = Self::next_step(rules.delay, rules.window)?;
		entry.standing.tried = Some(T::Clock::current());
		Challenges::<T>::insert(device, Challenge { count, draw, until, committed: None });
		Self::deposit_event(Event::ChallengeRequested {
			device,
			count: count.get(),
			seed_block: draw,
			root_until: until,
		});
		Ok(())
	}

	pub(crate) fn do_request_challenge(who: T::AccountId, device: DeviceId) -> DispatchResult {
		let mut entry = Self::operated(&who, device)?;
		Self::ensure_not_stopped(device)?;
		ensure!(entry.standing.benched.is_none(), Error::<T>::Benched);
		let runs =
			Challenges::<T>::get(device).is_some_and(|challenge| Self::block() <= challenge.until);
		ensure!(!runs, Error::<T>::ChallengeRuns);
		let cooldown = Parameters::<T>::get().benchmark.cooldown;
		let now = T::Clock::current();
		let rested = entry.standing.tried.is_none_or(|tried| now.since(tried) >= cooldown);
		ensure!(rested, Error::<T>::TooSoon);

		Self::begin_challenge(&mut entry)?;
		Standings::<T>::insert(device, entry.standing);
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
		let randomness = Self::drawn_in_time(&challenge)?;
		let seed = Seed::new(&Self::chain_id(), device, &randomness);
		let rules = Parameters::<T>::get().benchmark;
		let (draw_block, opening_until) = Self::next_step(rules.delay, rules.opening)?;

		let committed = Some((seed.0, root));
		let next = Challenge { draw: draw_block, until: opening_until, committed, ..challenge };
		Challenges::<T>::insert(device, next);
		Self::deposit_event(Event::ChallengeCommitted { device, root, draw_block, opening_until });
		Ok(())
	}

	pub(crate) fn do_open_challenge(
		who: T::AccountId,
		device: DeviceId,
		nodes: Opening,
	) -> DispatchResult {
		let mut entry = Self::operated(&who, device)?;
		let challenge = Challenges::<T>::get(device).ok_or(Error::<T>::NoChallenge)?;
		let (seed, root) = challenge.committed.ok_or(Error::<T>::NoChallenge)?;
		let randomness = Self::drawn_in_time(&challenge)?;
		let count = challenge.count;
		let kernel = Kernel::new(Seed(seed));
		verify(&kernel, count, &root, &randomness, &nodes).map_err(|flaw| match flaw {
			Flaw::Length => Error::<T>::BadLength,
			Flaw::Mismatch => Error::<T>::BadOpening,
		})?;

		Challenges::<T>::remove(device);
		entry.standing.benched = Some(T::Clock::current());
		Self::deposit_event(Event::ChallengePassed { device, count: count.get() });
		Self::settle(entry, StateReason::BenchmarkPassed);
		Ok(())
	}

	pub(crate) fn do_demand_benchmark(device: DeviceId) -> DispatchResult {
		let mut entry = Self::entry(device)?;
		ensure!(entry.standing.benched.is_some(), Error::<T>::NotBenched);
		entry.standing.benched = None;
		// It begins here, not when its owner likes: one machine behind many keys would pass one after
		// the other.
		Self::begin_challenge(&mut entry)?;
		Self::settle(entry, StateReason::BenchmarkDemanded);
		Ok(())
	}
}
