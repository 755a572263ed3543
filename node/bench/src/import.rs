//! How long a block takes from the network's hands into the database: the header's claim and seal,
//! the inherents, execution, the state root, the write.

use std::time::Duration;

use sc_service::BasePath;
use sp_core::{sr25519, Pair};

use crate::{
	chain::{Chain, Transfer},
	figure::median,
	Error,
};

/// Blocks before the measured ones: the first ones compile the runtime and fill caches.
const WARM_UP: usize = 5;

const EMPTY_BLOCKS: usize = 101;

const FULL_BLOCKS: usize = 21;

const TRANSFERS: usize = 500;

/// What each account gets, in tokens: enough for every measured block.
const ENDOWMENT: u32 = 1_000;

/// A directory that is deleted when the program ends, and a chain in it.
fn start<C: Chain>(name: &str) -> Result<C, Error> {
	let directory = BasePath::new_temp_dir()?.path().join(name);
	C::start(&directory)
}

/// Makes a block with these transfers, as soon as the chain takes them, and imports it.
fn transfer<C: Chain>(chain: &mut C, transfers: &[Transfer]) -> Result<Duration, Error> {
	while !chain.takes_transfers()? {
		let block = chain.author(&[])?;
		chain.import(block)?;
	}
	let block = chain.author(transfers)?;
	chain.import(block)
}

/// The median for blocks without transactions, in milliseconds.
///
/// # Errors
/// A chain that cannot be started or refuses a block.
pub fn empty<C: Chain>() -> Result<f64, Error> {
	let mut chain: C = start("empty")?;
	let mut times = Vec::with_capacity(EMPTY_BLOCKS);
	for count in 0..WARM_UP + EMPTY_BLOCKS {
		let block = chain.author(&[])?;
		let time = chain.import(block)?;
		if count >= WARM_UP {
			times.push(time);
		}
	}
	median(times)
}

/// The median for blocks with 500 transfers, each from an account of its own to the next account,
/// so that a block reads and writes 500 accounts.
///
/// # Errors
/// A chain that cannot be started or refuses a block.
pub fn transfers<C: Chain>() -> Result<f64, Error> {
	let accounts = (0..TRANSFERS)
		.map(|index| sr25519::Pair::from_string(&format!("//Bench//{index}"), None))
		.collect::<Result<Vec<_>, _>>()
		.map_err(|error| format!("the accounts' keys: {error:?}"))?;
	let alice = sr25519::Pair::from_string("//Alice", None)
		.map_err(|error| format!("the key of Alice: {error:?}"))?;

	let mut chain: C = start("transfers")?;
	let funding: Vec<_> = (0..)
		.zip(&accounts)
		.map(|(nonce, account)| Transfer {
			from: &alice,
			nonce,
			to: account.public(),
			amount: ENDOWMENT,
		})
		.collect();
	transfer(&mut chain, &funding)?;

	let mut times = Vec::with_capacity(FULL_BLOCKS);
	for (count, nonce) in (0..WARM_UP + FULL_BLOCKS).zip(0..) {
		let next = accounts.iter().cycle().skip(1);
		let body: Vec<_> = accounts
			.iter()
			.zip(next)
			.map(|(from, to)| Transfer { from, nonce, to: to.public(), amount: 1 })
			.collect();
		let time = transfer(&mut chain, &body)?;
		if count >= WARM_UP {
			times.push(time);
		}
	}
	median(times)
}
