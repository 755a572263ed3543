//! A chain in this process: the runtime's own hooks and calls, a state in memory.

use std::time::{Duration, Instant};

use codec::Encode;
use frame_support::{traits::fungible::Mutate, weights::Weight};
use pogcs_node::chain_spec::load;
use pogcs_primitives::{wire::ChainId, Interval};
use pogcs_runtime::{
	genesis, token::UNIT, AccountId, Balances, Executive, Header, Runtime, RuntimeCall,
	RuntimeOrigin, System, UncheckedExtrinsic, SLOT_DURATION,
};
use sp_consensus_pogcs::{Claim, PreDigest, VrfOutput, ENGINE_ID};
use sp_core::H256;
use sp_runtime::{
	traits::{BlakeTwo256, Dispatchable, Header as _},
	BuildStorage, Digest, DigestItem,
};
use sp_state_machine::TestExternalities;

use crate::Error;

/// The hash that this chain takes for its genesis's.
pub const GENESIS: ChainId = [0xc4; 32];

/// The slot of block 1.
const FIRST_SLOT: u64 = 1_000;

/// The hooks of one block, the state root among them.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
	/// How long they took.
	pub time: Duration,
	/// What they said that they weigh.
	pub weight: Weight,
}

/// A development chain, between two blocks.
pub struct Chain {
	state: TestExternalities<BlakeTwo256>,
	slot: u64,
}

impl Chain {
	/// A chain that has its genesis.
	///
	/// # Errors
	/// A preset that does not build.
	pub fn start() -> Result<Self, Error> {
		Ok(Self { state: load(genesis::LOCAL)?.build_storage()?.into(), slot: FIRST_SLOT })
	}

	/// A block in the next slot with these calls in it. Only its hooks are timed and weighed.
	///
	/// # Errors
	/// What `calls` returns; a block that cannot be opened.
	pub fn block<R>(
		&mut self,
		calls: impl FnOnce() -> Result<R, Error>,
	) -> Result<(R, Hooks), Error> {
		let slot = self.slot;
		let (result, hooks) = self.state.execute_with(|| -> Result<_, Error> {
			let begun = Instant::now();
			open(slot)?;
			let opening = begun.elapsed();
			let result = calls()?;
			let begun = Instant::now();
			Executive::finalize_block();
			let time = opening + begun.elapsed();
			// Calls are dispatched beside the block's account of weight.
			Ok((result, Hooks { time, weight: System::block_weight().total() }))
		})?;
		self.state.commit_all()?;
		self.slot += 1;
		Ok((result, hooks))
	}

	/// The first block of the interval `ahead` intervals later, without transactions.
	///
	/// # Errors
	/// A block that cannot be opened.
	pub fn advance(&mut self, ahead: u32) -> Result<Hooks, Error> {
		let length = self.read(|| pallet_pogcs::Parameters::<Runtime>::get().epoch_length);
		let interval = u64::from(self.interval().0) + u64::from(ahead);
		self.slot = FIRST_SLOT + interval * length;
		Ok(self.block(|| Ok(()))?.1)
	}

	/// The interval that runs.
	pub fn interval(&mut self) -> Interval {
		self.read(pallet_pogcs::CurrentInterval::<Runtime>::get)
	}

	/// Looks at the state.
	pub fn read<R>(&mut self, look: impl FnOnce() -> R) -> R {
		self.state.execute_with(look)
	}

	/// Changes the state beside all blocks.
	///
	/// # Errors
	/// A state that is broken.
	pub fn write(&mut self, change: impl FnOnce()) -> Result<(), Error> {
		self.state.execute_with(change);
		Ok(self.state.commit_all()?)
	}
}

/// Opens the block of `slot` as a validator would: the digest has the author's claim, the first
/// extrinsic sets the time.
fn open(slot: u64) -> Result<(), Error> {
	let number = System::block_number() + 1;
	let parent = if number == 1 { H256(GENESIS) } else { H256::from_low_u64_le(number.into()) };
	let vrf =
		VrfOutput { pre_output: slot.using_encoded(sp_crypto_hashing::blake2_256), proof: [0; 64] };
	let digest = PreDigest::Fallback(Claim { authority: 0, slot, vrf });
	let digest = Digest { logs: vec![DigestItem::PreRuntime(ENGINE_ID, digest.encode())] };
	Executive::initialize_block(&Header::new(number, H256::zero(), H256::zero(), parent, digest));
	let time = pallet_timestamp::Call::set { now: slot * SLOT_DURATION };
	let time = UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(time));
	match Executive::apply_extrinsic(time) {
		Ok(Ok(())) => Ok(()),
		refused => Err(format!("the time is refused: {refused:?}").into()),
	}
}

/// Makes a call that has to succeed.
///
/// # Errors
/// Why it is refused.
pub fn call(who: &AccountId, call: impl Into<RuntimeCall>) -> Result<(), Error> {
	let call = call.into();
	let done = call.dispatch(RuntimeOrigin::signed(who.clone()));
	done.map(|_| ()).map_err(|refused| format!("refused: {:?}", refused.error).into())
}

/// Gives an account the deposits of a whole fleet.
///
/// # Errors
/// A balance that does not fit.
pub fn endow(who: &AccountId) -> Result<(), Error> {
	Balances::mint_into(who, 100_000_000 * UNIT)
		.map(|_| ())
		.map_err(|error| format!("{who} cannot be endowed: {error:?}").into())
}
