//! Benchmarks of the pallet's calls.

use alloc::{boxed::Box, vec::Vec};
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	pallet_prelude::{Authorize, TransactionSource},
	traits::{
		fungible::{Inspect, Mutate, MutateHold},
		Get,
	},
	BoundedVec,
};
use frame_system::{pallet_prelude::HeaderFor, RawOrigin};
use pallet_pogcs::{
	BalanceOf, CurrentInterval, FinalitySet, GenesisSlot, History, HistoryKept, HoldReason, Seat,
	SeatsOf, Validator, Validators, VoterHistory, VotersKept,
};
use pogcs_primitives::Interval;
use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_core::{crypto::KeyTypeId, ed25519, sr25519};
use sp_runtime::{
	traits::{Header as HeaderT, One, Saturating, Zero},
	Digest, DigestItem,
};

use super::*;

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
const SLOT: u64 = 1;

/// The first seat, which is the accused one's, has `key`; all the others are caught already and have
/// paid nothing yet, so that each of them has to.
fn caught<T: Config>(period: Period, key: [u8; 32], n: u32) -> Result<SeatsOf<T>, BenchmarkError> {
	let stake = T::MinStake::get().saturating_mul(100u32.into()).max(1_000u32.into());
	let most = T::Currency::minimum_balance().max(One::one()).saturating_mul(10u32.into());
	let mut seats = Vec::new();
	for place in 0..n {
		let who: T::AccountId = account("authority", place, 0);
		T::Currency::set_balance(&who, stake.saturating_add(most));
		T::Currency::hold(&HoldReason::Stake.into(), &who, stake)?;
		Validators::<T>::insert(&who, Validator { stake, ..Default::default() });
		let key = if place == 0 { key } else { sp_io::hashing::blake2_256(&place.encode()) };
		seats.push(Seat { account: who, key, weight: 1_000, stake });
	}
	let seats = SeatsOf::<T>::try_from(seats).map_err(|_| "as many as a set has seats")?;
	let fraction = T::LeastSlash::get();
	let offenders: Vec<_> = seats
		.iter()
		.skip(1)
		.map(|seat| Offender {
			account: seat.account.clone(),
			weight: seat.weight,
			stake: seat.stake,
			claimed: Zero::zero(),
		})
		.collect();
	let offenders = BoundedVec::truncate_from(offenders);
	Cases::<T>::insert(period, Case { fraction, offenders });
	Open::<T>::put(BoundedVec::truncate_from(alloc::vec![period]));
	Ok(seats)
}

fn header<T: Config>(key: &sr25519::Public, salt: u8) -> HeaderFor<T> {
	let claim = Claim {
		authority: 0,
		slot: SLOT,
		vrf: VrfOutput { pre_output: [salt; 32], proof: [0; 64] },
	};
	let item = DigestItem::PreRuntime(ENGINE_ID, PreDigest::Fallback(claim).encode());
	let logs = alloc::vec![item, DigestItem::Other(alloc::vec![0; 8_192])];
	let mut header = HeaderFor::<T>::new(
		One::one(),
		Default::default(),
		Default::default(),
		Default::default(),
		Digest { logs },
	);
	let seal = sp_io::crypto::sr25519_sign(KEY_TYPE, key, header.hash().as_ref())
		.expect("the key was just generated");
	header.digest_mut().push(DigestItem::Seal(ENGINE_ID, seal.encode()));
	header
}

/// Evidence of two blocks against the first of `n` offenders.
fn blocks<T: Config>(n: u32) -> Result<Box<BlockEquivocation<T>>, BenchmarkError> {
	let key = sp_io::crypto::sr25519_generate(KEY_TYPE, None);
	let interval = Interval(0);
	let seats = caught::<T>(Period::Epoch(interval), key.0, n)?;
	GenesisSlot::<T>::put(SLOT);
	CurrentInterval::<T>::put(interval);
	HistoryKept::<T>::put(BoundedVec::truncate_from(alloc::vec![interval]));
	History::<T>::insert(interval, seats);
	Ok(Box::new(BlockEquivocation::<T> {
		offender: key.into(),
		slot: SLOT.into(),
		first_header: header::<T>(&key, 1),
		second_header: header::<T>(&key, 2),
	}))
}

/// Evidence of two prevotes against the first of `n` offenders, written down as it is encoded.
fn votes<T: Config>(n: u32) -> Result<Box<VoteEquivocation<T>>, BenchmarkError> {
	let key = sp_io::crypto::ed25519_generate(KEY_TYPE, None);
	let (set, interval) = (T::Finality::set_id(), Interval(0));
	let seats = caught::<T>(Period::VoterSet(set), key.0, n)?;
	CurrentInterval::<T>::put(interval);
	VotersKept::<T>::put(BoundedVec::truncate_from(alloc::vec![(set, interval)]));
	VoterHistory::<T>::insert(set, seats);
	let (prevote, round) = (0u8, 1u64);
	let vote = |salt: u8| -> Vec<u8> {
		let target =
			(T::Hash::default(), frame_system::pallet_prelude::BlockNumberFor::<T>::from(salt));
		let payload = (prevote, &target, round, set).encode();
		let signature: ed25519::Signature = sp_io::crypto::ed25519_sign(KEY_TYPE, &key, &payload)
			.expect("the key was just generated");
		(target, signature).encode()
	};
	let mut bytes = (set, prevote, round, key).encode();
	bytes.extend(vote(1));
	bytes.extend(vote(2));
	let proof = VoteEquivocation::<T>::decode(&mut &bytes[..]).map_err(|_| "it is encoded so")?;
	Ok(Box::new(proof))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn report_block_equivocation(
		n: Linear<1, { T::MaxValidators::get() }>,
	) -> Result<(), BenchmarkError> {
		let proof = blocks::<T>(n)?;
		#[extrinsic_call]
		_(RawOrigin::Authorized, proof);
		let case = Cases::<T>::get(Period::Epoch(Interval(0))).ok_or("it is opened")?;
		assert!(case.offenders.iter().all(|offender| offender.claimed > BalanceOf::<T>::zero()));
		Ok(())
	}

	#[benchmark]
	fn authorize_block_equivocation() -> Result<(), BenchmarkError> {
		let proof = blocks::<T>(T::MaxValidators::get())?;
		let call = Call::<T>::report_block_equivocation { proof };
		#[block]
		{
			call.authorize(TransactionSource::InBlock).ok_or("it can be authorised")??;
		}
		Ok(())
	}

	#[benchmark]
	fn report_vote_equivocation(
		n: Linear<1, { T::MaxValidators::get() }>,
	) -> Result<(), BenchmarkError> {
		let proof = votes::<T>(n)?;
		let period = Period::VoterSet(proof.set_id());
		#[extrinsic_call]
		_(RawOrigin::Authorized, proof);
		let case = Cases::<T>::get(period).ok_or("it is opened")?;
		assert!(case.offenders.iter().all(|offender| offender.claimed > BalanceOf::<T>::zero()));
		Ok(())
	}

	#[benchmark]
	fn authorize_vote_equivocation() -> Result<(), BenchmarkError> {
		let proof = votes::<T>(T::MaxValidators::get())?;
		let call = Call::<T>::report_vote_equivocation { proof };
		#[block]
		{
			call.authorize(TransactionSource::InBlock).ok_or("it can be authorised")??;
		}
		Ok(())
	}

	#[benchmark]
	fn on_block() -> Result<(), BenchmarkError> {
		let period = Period::Epoch(Interval(0));
		caught::<T>(period, [1; 32], T::MaxValidators::get())?;
		CurrentInterval::<T>::put(Interval(T::EvidenceEpochs::get()));
		#[block]
		{
			Pallet::<T>::forget_one();
		}
		assert!(Cases::<T>::get(period).is_none());
		Ok(())
	}
}
