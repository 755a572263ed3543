//! How long a block takes from the network's hands into the database: the header's claim and seal,
//! the inherents, execution, the state root, the write.
//!
//! All chains get the same blocks in turns, so that whatever slows the machine slows all of them.

use std::time::Duration;

use sp_core::{sr25519::Pair, Pair as _};

use crate::{
	chain::{Block, Chain, Chains},
	figure::median,
	wallet::{accounts, alice, Transfer},
	Error,
};

/// Blocks before the measured ones: the first ones compile the runtime and fill caches.
const WARM_UP: u32 = 5;

const EMPTY_BLOCKS: u32 = 101;

const FULL_BLOCKS: u32 = 21;

const TRANSFERS: u32 = 500;

/// More transfers than a block holds.
const PLENTY: u32 = 20_000;

/// What each account gets, in tokens: enough for every measured block.
const ENDOWMENT: u32 = 100;

/// Authors a block with as many of these transfers as it holds, as soon as the chain takes them.
fn author(chain: &mut dyn Chain, transfers: &[Transfer]) -> Result<(Block, usize), Error> {
	while !transfers.is_empty() && !chain.takes_transfers()? {
		let (block, _) = chain.author(&[])?;
		chain.import(block)?;
	}
	chain.author(transfers)
}

/// The same with all of these transfers, and its import.
fn import(chain: &mut dyn Chain, transfers: &[Transfer]) -> Result<Duration, Error> {
	let (block, taken) = author(chain, transfers)?;
	if taken < transfers.len() {
		return Err(format!("a block holds {taken} of {} transfers", transfers.len()).into());
	}
	chain.import(block)
}

/// The median of each chain for blocks with these transfers, in milliseconds.
fn measure<'a>(
	chains: &mut Chains,
	blocks: u32,
	transfers: impl Fn(u32) -> Vec<Transfer<'a>>,
) -> Result<Vec<f64>, Error> {
	let mut times = vec![Vec::new(); chains.all.len()];
	for round in 0..WARM_UP + blocks {
		let transfers = transfers(round);
		let mut turns: Vec<_> = chains.all.iter_mut().zip(&mut times).collect();
		// Who is first finds the caches as the other has left them.
		if round % 2 == 1 {
			turns.reverse();
		}
		for (chain, times) in turns {
			let time = import(&mut **chain, &transfers)?;
			if round >= WARM_UP {
				times.push(time);
			}
		}
	}
	times.into_iter().map(median).collect()
}

/// Blocks without transactions.
///
/// # Errors
/// A chain that refuses a block.
pub fn empty(chains: &mut Chains) -> Result<Vec<f64>, Error> {
	measure(chains, EMPTY_BLOCKS, |_| Vec::new())
}

/// Each account pays the next one, so that a block reads and writes them all.
fn ring(accounts: &[Pair], nonce: u32) -> Vec<Transfer<'_>> {
	let next = accounts.iter().cycle().skip(1);
	accounts
		.iter()
		.zip(next)
		.map(|(from, to)| Transfer { from, nonce, to: to.public(), amount: 1 })
		.collect()
}

/// Gives the accounts what they spend, as many in a block as it holds. Returns how many that were in
/// the first.
fn fund(chain: &mut dyn Chain, accounts: &[Pair]) -> Result<usize, Error> {
	let alice = alice()?;
	let funding: Vec<_> = (0..)
		.zip(accounts)
		.map(|(nonce, to)| Transfer { from: &alice, nonce, to: to.public(), amount: ENDOWMENT })
		.collect();
	let mut rest = &funding[..];
	let mut first = None;
	while !rest.is_empty() {
		let (block, taken) = author(chain, rest)?;
		if taken == 0 {
			return Err("a block holds no transfer at all".into());
		}
		chain.import(block)?;
		first.get_or_insert(taken);
		rest = &rest[taken..];
	}
	first.ok_or_else(|| "there are no accounts".into())
}

/// Blocks with 500 transfers.
///
/// # Errors
/// A chain that refuses a block.
pub fn transfers(chains: &mut Chains) -> Result<Vec<f64>, Error> {
	let accounts = accounts(TRANSFERS);
	for chain in &mut chains.all {
		fund(&mut **chain, &accounts)?;
	}
	measure(chains, FULL_BLOCKS, |nonce| ring(&accounts, nonce))
}

/// Blocks with as many transfers as a block of any of the chains holds, which is told on stderr.
///
/// # Errors
/// A chain that refuses a block.
pub fn full(chains: &mut Chains) -> Result<Vec<f64>, Error> {
	let accounts = accounts(PLENTY);
	let mut held = Vec::with_capacity(chains.all.len());
	for chain in &mut chains.all {
		held.push(fund(&mut **chain, &accounts)?);
	}
	let least = held.iter().min().copied().unwrap_or_default();
	if least == accounts.len() {
		return Err(format!("a block holds {PLENTY} transfers and more: raise PLENTY").into());
	}
	// What the hooks weigh differs a little from block to block.
	let transfers = least - least / 100;
	eprintln!("a block holds {held:?} transfers; each measured block has {transfers}");
	measure(chains, FULL_BLOCKS, |nonce| ring(&accounts[..transfers], nonce))
}
