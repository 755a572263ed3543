//! Blocks and epochs: what a block's author reveals, when an epoch ends, the next set's weights.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::traits::{FindAuthor, Get, OnTimestampSet};
use frame_system::pallet_prelude::BlockNumberFor;
use pogcs_primitives::{
	traits::{BlockRandomness, IntervalClock},
	Interval, MicroGpuHours,
};
use sp_consensus_pogcs::{
	election::next_randomness,
	weight::{average, capped, shares, Candidate, PRECISION},
	Configuration, ConsensusLog, Epoch, NextEpoch, PreDigest, Randomness, ValidatorWeight,
	VrfOutput, ENGINE_ID,
};
use sp_runtime::{
	traits::{CheckedSub, One, SaturatedConversion, Saturating, Zero},
	ConsensusEngineId, DigestItem, Permill,
};

use crate::{
	types::HasSessionKeys, Accumulator, Authorities, Authors, BlockMixes, Config, CurrentAuthor,
	CurrentInterval, CurrentRandomness, CurrentSlot, Event, GenesisSlot, IntervalRandomness,
	NextAuthorities, NextRandomness, NextSeats, Pallet, Parameters, Planned, RandomnessKept,
	Revealed, Validators,
};

impl<T: Config> Pallet<T> {
	/// Reads the author's claim from the digest. The node has verified it; a header without one
	/// is no header of this chain, and then nothing changes.
	pub(crate) fn open_block() {
		let digest = frame_system::Pallet::<T>::digest();
		let Some(claim) = digest.logs.iter().find_map(|item| match item {
			DigestItem::PreRuntime(id, data) if *id == ENGINE_ID => {
				PreDigest::decode(&mut &data[..]).ok().map(|digest| digest.claim().clone())
			}
			_ => None,
		}) else {
			return;
		};
		if GenesisSlot::<T>::get().is_none() {
			// Epoch 0 starts at the first block, whenever that is, and announces epoch 1.
			GenesisSlot::<T>::put(claim.slot);
			Self::announce();
		}
		CurrentSlot::<T>::put(claim.slot);
		CurrentAuthor::<T>::put(claim.authority);
		Revealed::<T>::put(claim.vrf);
		// The author of an epoch's first block has its place in the set that has not taken over
		// yet: it is looked at where that happens.
		if !Self::epoch_is_over() {
			Self::refuse_barred();
		}
	}

	/// Adds what the author revealed to the epoch's randomness, and counts its block.
	///
	/// At the end of the block: in the first block of an epoch the session has turned by then, so
	/// the output counts for the epoch that the block belongs to.
	pub(crate) fn close_block() {
		if let Some(vrf) = Revealed::<T>::take() {
			Accumulator::<T>::mutate(|hash| {
				*hash = (*hash, vrf.pre_output).using_encoded(sp_io::hashing::blake2_256);
			});
			Self::mix(&vrf);
		}
		Self::count_block();
	}

	/// Adds what the author revealed to what all blocks before revealed, and forgets the oldest.
	///
	/// One chain over all epochs: the author of an epoch's first block knows its own output since
	/// the epoch's randomness is fixed, and would know the whole if a chain began with it.
	fn mix(vrf: &VrfOutput) {
		let number = frame_system::Pallet::<T>::block_number();
		let before = BlockMixes::<T>::get(number.saturating_sub(One::one())).unwrap_or_default();
		let mixed = (before, vrf.pre_output).using_encoded(sp_io::hashing::blake2_256);
		BlockMixes::<T>::insert(number, mixed);
		if let Some(oldest) = number.checked_sub(&T::BlockRandomnessHistory::get().into()) {
			BlockMixes::<T>::remove(oldest);
		}
	}

	/// The first slot of the epoch that runs.
	fn epoch_start() -> u64 {
		let genesis = GenesisSlot::<T>::get().unwrap_or(0);
		let passed = u64::from(CurrentInterval::<T>::get().0);
		genesis.saturating_add(passed.saturating_mul(Parameters::<T>::get().epoch_length))
	}

	/// How much of the interval that runs is over.
	pub fn elapsed() -> Permill {
		let length = Parameters::<T>::get().epoch_length.max(1);
		let slots = CurrentSlot::<T>::get().saturating_sub(Self::epoch_start()).min(length);
		Permill::from_rational(slots, length)
	}

	/// Whether the block that is being executed is the first one after the epoch's end.
	pub(crate) fn epoch_is_over() -> bool {
		GenesisSlot::<T>::get().is_some()
			&& CurrentSlot::<T>::get()
				>= Self::epoch_start().saturating_add(Parameters::<T>::get().epoch_length)
	}

	/// The interval that `slot` falls in. Intervals without a block are passed over.
	pub(crate) fn interval_at(slot: u64) -> Interval {
		let genesis = GenesisSlot::<T>::get().unwrap_or(slot);
		let passed = slot
			.saturating_sub(genesis)
			.checked_div(Parameters::<T>::get().epoch_length)
			.unwrap_or(0);
		Interval(passed.saturated_into())
	}

	/// Opens the epoch of the current slot with the set announced before, and announces the next.
	pub(crate) fn open_epoch() {
		let closed = CurrentInterval::<T>::get();
		let opened = Self::interval_at(CurrentSlot::<T>::get());
		CurrentInterval::<T>::put(opened);

		let randomness = NextRandomness::<T>::get();
		CurrentRandomness::<T>::put(randomness);
		let next_index = u64::from(opened.0).saturating_add(1);
		let next = next_randomness(&randomness, next_index, &[Accumulator::<T>::take()]);
		NextRandomness::<T>::put(next);
		Self::keep_randomness(closed, next);

		Self::announce();
		Self::deposit_event(Event::EpochOpened {
			interval: opened,
			authorities: Authorities::<T>::decode_len().unwrap_or(0).saturated_into(),
		});
	}

	/// Remembers the randomness that the blocks of `interval` fixed, and forgets the oldest.
	fn keep_randomness(interval: Interval, randomness: Randomness) {
		IntervalRandomness::<T>::insert(interval, randomness);
		RandomnessKept::<T>::mutate(|kept| {
			if kept.is_full() {
				IntervalRandomness::<T>::remove(kept.remove(0));
			}
			// It cannot be full here, see `integrity_test`.
			let _ = kept.try_push(interval);
		});
	}

	/// Puts the next epoch into the digest.
	fn announce() {
		let log = ConsensusLog::NextEpoch(NextEpoch {
			authorities: NextAuthorities::<T>::get().into_inner(),
			randomness: NextRandomness::<T>::get(),
		});
		frame_system::Pallet::<T>::deposit_log(DigestItem::Consensus(ENGINE_ID, log.encode()));
	}

	/// Marks who was absent in the epoch that has ended, and moves every average on by it.
	///
	/// Epochs without a block do not count: nobody could deliver in them. Whoever was slashed to
	/// nothing leaves when its cooling is over, and not before, so that bonding again does not wash
	/// it off.
	pub(crate) fn settle_epoch() {
		Self::mark_absent();
		let half_life = Parameters::<T>::get().half_life;
		let now = CurrentInterval::<T>::get();
		Validators::<T>::translate_values(|mut validator: crate::ValidatorOf<T>| {
			if validator.stake.is_zero()
				&& validator.unlocking.is_empty()
				&& !validator.is_cooling(now)
			{
				return None;
			}
			let delivered = core::mem::replace(&mut validator.delivered, MicroGpuHours::ZERO);
			validator.average = average(validator.average, delivered, half_life);
			Some(validator)
		});
	}

	/// Computes the set of the epoch after the one that opens, from averages and stake as they
	/// stand. Whoever is cooling, absent or in maintenance then is left out.
	///
	/// Iterates over at most `MaxValidators`. With fewer than `MinAuthorities` that weigh anything
	/// and have session keys, the set planned last stays.
	pub(crate) fn plan_set() -> Vec<T::AccountId> {
		let parameters = Parameters::<T>::get();
		let opens = Self::interval_at(CurrentSlot::<T>::get());
		let planned = Interval(opens.0.saturating_add(1));
		let (accounts, candidates): (Vec<_>, Vec<_>) = Validators::<T>::iter()
			.filter(|(account, validator)| {
				!validator.stake.is_zero()
					&& validator.is_available(planned)
					&& T::SessionKeys::has_keys(account)
			})
			.map(|(account, validator)| {
				let earned = capped(validator.average, validator.stake.into(), parameters.kappa);
				let candidate = Candidate { earned, genesis: validator.genesis };
				((account, validator.stake), candidate)
			})
			.unzip();
		let shares = shares(&candidates, u128::from(parameters.weight_floor.0) << PRECISION);
		let set: Vec<_> = accounts
			.into_iter()
			.zip(&shares)
			.filter(|(_, share)| share.scaled > 0)
			.map(|((account, stake), share)| (account, share.scaled, stake))
			.collect();
		let count: u32 = set.len().saturated_into();
		if count < parameters.min_authorities {
			Self::deposit_event(Event::SetKept { candidates: count });
		} else {
			let sum = |part: fn(&sp_consensus_pogcs::weight::Share) -> u128| {
				shares.iter().fold(0u128, |sum, s| sum.saturating_add(part(s))) >> PRECISION
			};
			Self::deposit_event(Event::SetPlanned {
				authorities: count,
				earned: sum(|s| s.earned),
				bootstrap: sum(|s| s.bootstrap),
			});
			Planned::<T>::put(frame_support::BoundedVec::truncate_from(set));
		}
		Planned::<T>::get().into_iter().map(|(account, ..)| account).collect()
	}

	/// The engine's configuration at genesis.
	pub fn configuration() -> Configuration {
		Configuration {
			slot_duration: T::SlotDuration::get(),
			epoch_length: Parameters::<T>::get().epoch_length,
			c: T::PrimaryShare::get(),
			authorities: Authorities::<T>::get().into_inner(),
			randomness: CurrentRandomness::<T>::get(),
		}
	}

	/// The epoch that runs.
	pub fn current_epoch() -> Epoch {
		Epoch {
			index: u64::from(CurrentInterval::<T>::get().0),
			start_slot: Self::epoch_start(),
			duration: Parameters::<T>::get().epoch_length,
			authorities: Authorities::<T>::get().into_inner(),
			randomness: CurrentRandomness::<T>::get(),
			c: T::PrimaryShare::get(),
		}
	}

	/// The epoch after the one that runs, as announced.
	pub fn next_epoch() -> Epoch {
		Self::current_epoch().increment(NextEpoch {
			authorities: NextAuthorities::<T>::get().into_inner(),
			randomness: NextRandomness::<T>::get(),
		})
	}

	/// All validators with their weights and where they come from. `key_of` finds the authorship
	/// key that an account has registered.
	pub fn validator_weights(
		key_of: impl Fn(&T::AccountId) -> Option<sp_consensus_pogcs::AuthorityKey>,
	) -> Vec<ValidatorWeight<T::AccountId>> {
		let weight_in = |set: &[(sp_consensus_pogcs::AuthorityKey, u64)], key| {
			set.iter().find(|(other, _)| *other == key).map_or(0, |(_, weight)| *weight)
		};
		let parameters = Parameters::<T>::get();
		let (current, next) = (Authorities::<T>::get(), NextAuthorities::<T>::get());
		Validators::<T>::iter()
			.filter_map(|(account, validator)| {
				let key = key_of(&account)?;
				let stake: u128 = validator.stake.into();
				Some(ValidatorWeight {
					key,
					current: weight_in(&current, key),
					next: weight_in(&next, key),
					average: validator.average >> PRECISION,
					delivered: validator.delivered.0,
					stake,
					cap: capped(u128::MAX, stake, parameters.kappa) >> PRECISION,
					genesis: validator.genesis,
					validator: account,
				})
			})
			.collect()
	}
}

impl<T: Config> IntervalClock for Pallet<T> {
	fn current() -> Interval {
		CurrentInterval::<T>::get()
	}

	fn randomness_of(interval: Interval) -> Option<[u8; 32]> {
		IntervalRandomness::<T>::get(interval)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(current: Interval, randomness: Randomness) {
		CurrentInterval::<T>::put(current);
		IntervalRandomness::<T>::insert(current.saturating_sub(1), randomness);
	}
}

impl<T: Config> BlockRandomness<BlockNumberFor<T>> for Pallet<T> {
	fn randomness_of_block(number: BlockNumberFor<T>) -> Option<[u8; 32]> {
		BlockMixes::<T>::get(number)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn set_for_benchmark(number: BlockNumberFor<T>, randomness: Randomness) {
		BlockMixes::<T>::insert(number, randomness);
	}
}

impl<T: Config> FindAuthor<T::AccountId> for Pallet<T> {
	fn find_author<'a, I>(digests: I) -> Option<T::AccountId>
	where
		I: 'a + IntoIterator<Item = (ConsensusEngineId, &'a [u8])>,
	{
		let (_, data) = digests.into_iter().find(|(id, _)| *id == ENGINE_ID)?;
		let digest = PreDigest::decode(&mut &data[..]).ok()?;
		let claim = digest.claim();
		let index = usize::try_from(claim.authority).ok()?;
		if Self::interval_at(claim.slot) > CurrentInterval::<T>::get() {
			// The block opens an epoch, and whoever asks does so before the session has turned.
			return NextSeats::<T>::get().into_iter().nth(index).map(|seat| seat.account);
		}
		Authors::<T>::get().get(index).cloned()
	}
}

impl<T: Config> OnTimestampSet<u64> for Pallet<T> {
	/// A block whose time does not lie in its slot is refused: this panics on purpose, inside an
	/// inherent, which makes the block invalid (the same rule as BABE's and Aura's).
	fn on_timestamp_set(moment: u64) {
		let slot = moment.checked_div(T::SlotDuration::get());
		assert_eq!(slot, Some(CurrentSlot::<T>::get()), "the time set lies in the block's slot");
	}
}

impl<T: Config> frame_support::traits::EstimateNextSessionRotation<BlockNumberFor<T>>
	for Pallet<T>
{
	fn average_session_length() -> BlockNumberFor<T> {
		Parameters::<T>::get().epoch_length.saturated_into()
	}

	fn estimate_current_session_progress(
		_: BlockNumberFor<T>,
	) -> (Option<Permill>, frame_support::weights::Weight) {
		let elapsed = CurrentSlot::<T>::get().saturating_sub(Self::epoch_start()).saturating_add(1);
		let progress = Permill::from_rational(elapsed, Parameters::<T>::get().epoch_length);
		(Some(progress), T::DbWeight::get().reads(3))
	}

	fn estimate_next_session_rotation(
		now: BlockNumberFor<T>,
	) -> (Option<BlockNumberFor<T>>, frame_support::weights::Weight) {
		let end = Self::epoch_start().saturating_add(Parameters::<T>::get().epoch_length);
		let left = end.saturating_sub(CurrentSlot::<T>::get());
		let left: BlockNumberFor<T> = left.saturated_into();
		(
			Some(sp_runtime::traits::Saturating::saturating_add(now, left)),
			T::DbWeight::get().reads(3),
		)
	}
}
