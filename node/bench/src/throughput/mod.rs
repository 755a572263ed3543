//! Transfers in the blocks of a running node whose pool never runs dry.
//!
//! The transactions are signed before the clock starts, so that what sender and node share of the
//! machine's cores is sending only. Any chain with the transactions of PoGCS will do.

mod rpc;

use std::{
	cell::Cell,
	collections::VecDeque,
	time::{Duration, Instant},
};

use sp_core::{
	sr25519::{Pair, Public},
	Pair as _,
};

use self::rpc::{BlockFacts, Node};
use crate::{
	wallet::{accounts, alice, Transfer, Wallet},
	Error,
};

/// Accounts that send in turn.
const SENDERS: u32 = 2_500;

/// Consecutive blocks that are counted.
const BLOCKS: usize = 100;

/// Blocks with which the node shows how many transfers fit into one.
const TRIAL: usize = 8;

/// Blocks after the pool was filled, before the first that is counted.
const LEAD: usize = 5;

/// More transfers than a block has ever held.
const PLENTY: usize = 12_000;

/// What a sender gets, in tokens.
const ENDOWMENT: u32 = 2_000;

/// Transactions of one request.
const BATCH: usize = 250;

/// The pool is kept at this many blocks' worth, so that it is full when a block has been taken out.
const POOL_BLOCKS: usize = 2;

/// A node that makes no block for this long has stopped.
const PATIENCE: Duration = Duration::from_secs(120);

/// How often the node is asked whether it has a new block.
const POLL: Duration = Duration::from_millis(50);

/// How often the feeder looks whether the pool has room.
const GLANCE: Duration = Duration::from_millis(5);

/// Who is paid by the sender of this number: an account that never sends, so that what it owns
/// counts the transfers that succeeded.
fn receiver(index: u32) -> Public {
	Public::from_raw(sp_crypto_hashing::blake2_256(&index.to_le_bytes()))
}

/// Signed transfers that wait to be sent: one of each sender, then the next of each.
struct Stock {
	senders: Vec<Pair>,
	nonce: u32,
	signed: VecDeque<String>,
}

impl Stock {
	/// Signs at least `count` more, on all cores.
	fn sign(&mut self, wallet: &Wallet, count: usize) {
		let rounds = u32::try_from(count.div_ceil(self.senders.len())).unwrap_or(u32::MAX);
		let nonces: Vec<u32> = (self.nonce..self.nonce + rounds).collect();
		let threads = std::thread::available_parallelism().map_or(1, usize::from);
		let senders = &self.senders;
		let signed: Vec<Vec<String>> = std::thread::scope(|scope| {
			let parts = nonces.chunks(nonces.len().div_ceil(threads).max(1));
			let workers: Vec<_> =
				parts.map(|nonces| scope.spawn(move || sign(wallet, senders, nonces))).collect();
			workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
		});
		self.signed.extend(signed.into_iter().flatten());
		self.nonce += rounds;
	}

	/// The next ones, at most `count`.
	fn take(&mut self, count: usize) -> Vec<String> {
		self.signed.drain(..count.min(self.signed.len())).collect()
	}
}

fn sign(wallet: &Wallet, senders: &[Pair], nonces: &[u32]) -> Vec<String> {
	let mut signed = Vec::with_capacity(nonces.len() * senders.len());
	for nonce in nonces {
		for (index, from) in (0..).zip(senders) {
			let transfer = Transfer { from, nonce: *nonce, to: receiver(index), amount: 1 };
			signed.push(rpc::hex(&wallet.transfer(&transfer)));
		}
	}
	signed
}

/// Follows the chain block by block and keeps the pool full.
struct Sender<'a> {
	node: &'a Node,
	/// Number of the next block.
	next: Cell<u32>,
	/// Transfers of all blocks that were followed.
	included: Cell<usize>,
	/// Transfers that the node was given.
	sent: Cell<usize>,
}

impl<'a> Sender<'a> {
	/// Starts with the block after the best one.
	async fn new(node: &'a Node) -> Result<Self, Error> {
		let next = node.best().await?.saturating_add(1);
		Ok(Self { node, next: Cell::new(next), included: Cell::new(0), sent: Cell::new(0) })
	}

	/// The next block, as soon as there is one.
	async fn block(&self) -> Result<BlockFacts, Error> {
		let number = self.next.get();
		let deadline = Instant::now() + PATIENCE;
		while Instant::now() < deadline {
			if let Some(facts) = self.node.block(number).await? {
				self.next.set(number + 1);
				self.included.set(self.included.get() + facts.transfers);
				return Ok(facts);
			}
			tokio::time::sleep(POLL).await;
		}
		Err(format!("the node made no block {number} within {PATIENCE:?}").into())
	}

	/// Sends from the stock so that `pool` transfers wait, until `done`.
	async fn feed(&self, stock: &mut Stock, pool: usize, done: &Cell<bool>) -> Result<(), Error> {
		while !done.get() {
			if self.sent.get() + BATCH > self.included.get() + pool {
				tokio::time::sleep(GLANCE).await;
				continue;
			}
			let batch = stock.take(BATCH);
			if batch.is_empty() {
				return Err("all signed transfers are sent: blocks hold more than at first".into());
			}
			self.sent.set(self.sent.get() + batch.len());
			self.node.submit(&batch).await?;
		}
		Ok(())
	}

	/// The next `count` blocks, with `pool` transfers waiting.
	async fn blocks(
		&self,
		stock: &mut Stock,
		pool: usize,
		count: usize,
	) -> Result<Vec<BlockFacts>, Error> {
		let done = Cell::new(false);
		let follow = async {
			let mut blocks = Vec::with_capacity(count);
			while blocks.len() < count {
				blocks.push(self.block().await?);
			}
			// The feeder ends by itself, lest a batch be lost half way and leave gaps in nonces.
			done.set(true);
			Ok::<_, Error>(blocks)
		};
		let ((), blocks) = futures::try_join!(self.feed(stock, pool, &done), follow)?;
		Ok(blocks)
	}

	/// Counts the blocks that the node has made meanwhile.
	async fn catch_up(&self) -> Result<(), Error> {
		let best = self.node.best().await?;
		while self.next.get() <= best {
			self.block().await?;
		}
		Ok(())
	}
}

/// Gives each sender what it spends, from Alice.
async fn fund(node: &Node, wallet: &Wallet, senders: &[Pair]) -> Result<(), Error> {
	let alice = alice()?;
	let funding: Vec<_> = (0..)
		.zip(senders)
		.map(|(nonce, to)| {
			let transfer = Transfer { from: &alice, nonce, to: to.public(), amount: ENDOWMENT };
			rpc::hex(&wallet.transfer(&transfer))
		})
		.collect();
	let sender = Sender::new(node).await?;
	for batch in funding.chunks(BATCH) {
		node.submit(batch).await?;
	}
	let deadline = Instant::now() + PATIENCE;
	while sender.included.get() < funding.len() {
		if Instant::now() > deadline {
			return Err(format!("the senders are not funded after {PATIENCE:?}").into());
		}
		sender.block().await?;
	}
	Ok(())
}

/// Transfers per second in 100 consecutive blocks, by the chain's own clock. How full the blocks
/// were, and what follows from that, is told on stderr.
///
/// # Errors
/// A node that does not answer, refuses a transfer, or lets one fail.
pub fn transfers_per_second(url: &str) -> Result<f64, Error> {
	let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
	runtime.block_on(measure(url))
}

async fn measure(url: &str) -> Result<f64, Error> {
	let node = Node::connect(url).await?;
	let wallet = node.wallet().await?;
	let mut stock = Stock { senders: accounts(SENDERS), nonce: 0, signed: VecDeque::new() };
	eprintln!("{}: funding {SENDERS} accounts", node.name().await?);
	fund(&node, &wallet, &stock.senders).await?;

	let sender = Sender::new(&node).await?;
	stock.sign(&wallet, PLENTY * (TRIAL + POOL_BLOCKS));
	let trial = sender.blocks(&mut stock, PLENTY * POOL_BLOCKS, TRIAL).await?;
	let most = trial.iter().map(|block| block.transfers).max().unwrap_or_default();

	// Some more, because it is an estimate.
	let wanted = most * (LEAD + BLOCKS + POOL_BLOCKS) * 5 / 4;
	eprintln!("a block takes up to {most} transfers; signing {wanted} for {BLOCKS} blocks");
	stock.sign(&wallet, wanted.saturating_sub(stock.signed.len()));
	// The blocks that came meanwhile have emptied the pool.
	sender.catch_up().await?;
	let blocks = sender.blocks(&mut stock, most * POOL_BLOCKS, LEAD + 1 + BLOCKS).await?;

	let [before, counted @ ..] = &blocks[LEAD..] else { return Err("no block came".into()) };
	let last = counted.last().ok_or("no block was counted")?;
	let receivers: Vec<_> = (0..SENDERS).map(receiver).collect();
	node.check_paid(&receivers, sender.included.get(), last.hash).await?;

	let seconds = Duration::from_millis(last.time.saturating_sub(before.time)).as_secs_f64();
	let transfers: usize = counted.iter().map(|block| block.transfers).sum();
	tell(counted, seconds);
	Ok(transfers as f64 / seconds)
}

/// What bounds the figure.
fn tell(blocks: &[BlockFacts], seconds: f64) {
	let count = blocks.len() as f64;
	let full = blocks.iter().map(|block| block.fullness).sum::<f64>() / count;
	let bound = if full > 0.95 {
		"the weight limit of a block is the bound"
	} else {
		"not the weight limit is the bound, but how fast the node takes and executes transfers"
	};
	let (pace, percent) = (seconds / count, full * 100.0);
	eprintln!("a block every {pace:.2} s, {percent:.0} % full by weight: {bound}");
}
