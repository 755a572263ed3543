//! A fleet of a hundred thousand devices in the runtime: what the chain pays for a device and an
//! interval, and what its hooks take to roll the interval over.
//!
//! The runtime is called in this process, natively, on a state that is a trie in memory. Devices come
//! in by the calls that owners make, and report by the calls that devices and leaders make. After
//! that the population is ten times as large, by records as those calls write them, and the hooks of
//! every block are held against their limit.
//!
//! | module | concern |
//! |---|---|
//! | [`chain`] | blocks, and what their hooks take |
//! | [`device`] | keys, places, certificates and reports |

mod chain;
mod device;

use std::{
	sync::OnceLock,
	time::{Duration, Instant},
};

use chain::{call, endow, Chain, Hooks};
use codec::Encode;
use device::{sites, Device, EXPIRES};
use frame_support::{dispatch::GetDispatchInfo, traits::Get, weights::Weight};
use frame_system::limits::BlockWeights;
use pallet_devices::{Devices, Expiring, Standings};
use pallet_energy::{Batches, NextBatch, Opening, Reporters, Reports, Surpluses};
use pogcs_primitives::{
	batch::{draw, Node, Tree},
	DeviceId, Interval,
};
use pogcs_runtime::{AccountId, Runtime, RuntimeCall, VERSION};
use sp_crypto_hashing::blake2_256;
use sp_keyring::Sr25519Keyring;

use crate::{wallet::Wallet, Error};

type Call = pallet_energy::Call<Runtime>;

/// How many devices come in.
const DEVICES: u32 = 100_000;

/// How many times as many the hooks are held against.
const TIMES: u32 = 10;

/// Calls in a block, so that an interval has enough blocks for all devices.
const CALLS: usize = 10_000;

/// The longest that hooks may go on until everything that is due is done.
const PATIENCE: Duration = Duration::from_secs(1_800);

/// What the chain pays for one device in one interval.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
	/// Weight of its transactions, in microseconds of the reference machine.
	pub weight: f64,
	/// Bytes of its transactions in blocks.
	pub bytes: f64,
}

/// What was measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
	/// With a report in a transaction of its own.
	pub single: Cost,
	/// With its share in a leader's transactions for all of them: the root, and the drawn reports.
	pub batched: Cost,
	/// The hooks' time, from the end of an interval until nothing of it is left, in milliseconds.
	pub rollover: f64,
	/// The same of ten times as many devices.
	pub tenfold: f64,
}

/// Measures once, however often it is asked.
///
/// # Errors
/// A call that is refused; hooks that exceed their limit.
pub fn measured() -> Result<Measured, Error> {
	static MEASURED: OnceLock<Result<Measured, String>> = OnceLock::new();
	let measured = MEASURED.get_or_init(|| measure().map_err(|error| error.to_string()));
	Ok(measured.clone()?)
}

fn measure() -> Result<Measured, Error> {
	let mut chain = Chain::start()?;
	// What the first block of an interval weighs on a chain without devices: the session pallet claims
	// all that a block holds for it.
	chain.block(|| Ok(()))?;
	let turn = chain.advance(1)?.weight;
	let devices = register(&mut chain)?;
	let single = report(&mut chain, &devices)?;
	let sample = Sample::take(&mut chain)?;
	let batched = report_in_a_batch(&mut chain, &devices)?;
	let rollover = roll_over(&mut chain, turn, DEVICES, EXPIRES)?;
	let expires = sample.multiply(&mut chain)?;
	let tenfold = roll_over(&mut chain, turn, DEVICES.saturating_mul(TIMES), expires)?;
	Ok(Measured { single, batched, rollover, tenfold })
}

/// Tells what is being done, since it takes minutes.
fn say(what: &str) {
	eprintln!("fleet: {what}");
}

fn owner() -> AccountId {
	Sr25519Keyring::Dave.to_account_id()
}

fn leader() -> AccountId {
	Sr25519Keyring::Eve.to_account_id()
}

fn weights() -> BlockWeights {
	<Runtime as frame_system::Config>::BlockWeights::get()
}

/// A weight counts picoseconds.
fn microseconds(weight: Weight) -> f64 {
	weight.ref_time() as f64 / 1e6
}

/// What a block gives for one transaction with this call.
fn cost(call: impl Into<RuntimeCall>) -> Cost {
	let wallet = Wallet {
		genesis: chain::GENESIS.into(),
		spec_version: VERSION.spec_version,
		transaction_version: VERSION.transaction_version,
	};
	// The nonce of whoever has reported for some weeks.
	let transaction = wallet.sign(call.into(), &Sr25519Keyring::Eve.pair(), 1_000);
	let info = transaction.get_dispatch_info();
	let base = weights().get(info.class).base_extrinsic;
	Cost {
		weight: microseconds(info.total_weight().saturating_add(base)),
		bytes: transaction.encoded_size() as f64,
	}
}

/// Registers the fleet in the interval that runs.
fn register(chain: &mut Chain) -> Result<Vec<Device>, Error> {
	chain.block(|| [owner(), leader()].iter().try_for_each(endow))?;
	let mut devices = Vec::new();
	for sites in sites(DEVICES)?.chunks(CALLS) {
		let register = || sites.iter().map(|cell| Device::register(*cell, &owner())).collect();
		let (mut registered, _): (Vec<_>, _) = chain.block(register)?;
		devices.append(&mut registered);
		say(&format!("{} of {DEVICES} devices are registered", devices.len()));
	}
	Ok(devices)
}

/// Ends the running interval and the next; returns the latter, which all devices have metered.
fn metered(chain: &mut Chain) -> Result<Interval, Error> {
	chain.advance(2)?;
	Ok(chain.interval().saturating_sub(1))
}

/// Puts each device's report of an interval on record, one transaction each.
fn report(chain: &mut Chain, devices: &[Device]) -> Result<Cost, Error> {
	let interval = metered(chain)?;
	let transaction = |device: &Device| {
		let (report, signature) = device.report(interval);
		Call::report { report, signature }
	};
	let mut done = 0;
	for devices in devices.chunks(CALLS) {
		chain
			.block(|| devices.iter().try_for_each(|device| call(&owner(), transaction(device))))?;
		done += devices.len();
		say(&format!("{done} of {DEVICES} devices have reported"));
	}
	Ok(cost(transaction(devices.first().ok_or("there is no fleet")?)))
}

/// Has a leader put the root of all reports of an interval on record, and show those that are drawn.
fn report_in_a_batch(chain: &mut Chain, devices: &[Device]) -> Result<Cost, Error> {
	let interval = metered(chain)?;
	say("a leader reports for all devices");
	let reports: Vec<_> = devices.iter().map(|device| device.report(interval)).collect();
	let leaf = |(report, signature): &_| Node::leaf(report, signature, blake2_256);
	let tree = Tree::new(reports.iter().map(leaf).collect(), blake2_256);
	let tree = tree.ok_or("the devices are not in order")?;
	let root = *tree.root().ok_or("there is no fleet")?;
	let submit = Call::submit_batch { interval, root };
	let (batch, _) = chain.block(|| {
		let batch = NextBatch::<Runtime>::get();
		call(&leader(), submit.clone())?;
		Ok(batch)
	})?;
	// The interval after the one in which it was submitted draws when it is over.
	chain.advance(1)?;
	chain.advance(1)?;
	let (show, _) = chain.block(|| {
		let record = Batches::<Runtime>::get(batch).ok_or("the batch is gone")?;
		let randomness = pallet_pogcs::IntervalRandomness::<Runtime>::get(record.drawn_by);
		let randomness = randomness.ok_or("nothing is drawn yet")?;
		let places = root.places().ok_or("the places cannot be numbered")?;
		let opening = |index| {
			let at = tree.at(draw(&randomness, batch, index, places, blake2_256))?;
			let (report, signature) = *reports.get(at)?;
			Some(Opening { report, signature, path: tree.path(at)?.try_into().ok()? })
		};
		let checks: u32 = <Runtime as pallet_energy::Config>::Checks::get();
		let openings: Option<Vec<_>> = (0..checks).map(opening).collect();
		let openings = openings.and_then(|openings| openings.try_into().ok());
		let openings = openings.ok_or("a drawn report cannot be shown")?;
		let show = Call::show_batch { batch, openings };
		call(&leader(), show.clone())?;
		Ok(show)
	})?;
	let (submit, show, each) = (cost(submit), cost(show), f64::from(DEVICES));
	Ok(Cost {
		weight: (submit.weight + show.weight) / each,
		bytes: (submit.bytes + show.bytes) / each,
	})
}

/// Ends the interval, goes to where all reports so far have been kept for long enough and all
/// certificates have run out with `expires`, and on until the hooks have dealt with all of it. Returns
/// their time in milliseconds.
fn roll_over(
	chain: &mut Chain,
	turn: Weight,
	population: u32,
	expires: Interval,
) -> Result<f64, Error> {
	let last = chain.interval();
	let mut blocks = vec![chain.advance(1)?];
	let kept: u32 = <Runtime as pallet_energy::Config>::Retention::get();
	let until = Interval(last.0 + kept).max(expires);
	let now = chain.interval();
	blocks.push(chain.advance(until.since(now) + 1)?);
	let begun = Instant::now();
	while chain.read(|| is_due(last)) {
		blocks.push(chain.block(|| Ok(()))?.1);
		if begun.elapsed() > PATIENCE {
			return Err("the hooks do not come to an end".into());
		}
	}
	within_limits(&blocks, turn, population)?;
	let time: Duration = blocks.iter().map(|hooks| hooks.time).sum();
	Ok(time.as_secs_f64() * 1e3)
}

/// Whether a report of `last` or before, or a certificate that ran out, has not been dealt with.
fn is_due(last: Interval) -> bool {
	pallet_energy::SweptUntil::<Runtime>::get() < last
		|| pallet_devices::SweptUntil::<Runtime>::get()
			< pallet_pogcs::CurrentInterval::<Runtime>::get()
}

/// Checks that the hooks of these blocks weigh no more than a block holds, or than the first block of
/// an interval does without devices, and tells of it.
fn within_limits(blocks: &[Hooks], turn: Weight, population: u32) -> Result<(), Error> {
	let limit = weights().max_block.max(turn);
	let longest = blocks.iter().map(|hooks| hooks.time).max().unwrap_or_default();
	let heaviest = blocks.iter().fold(Weight::zero(), |most, hooks| most.max(hooks.weight));
	say(&format!(
		"{population} devices: hooks of {} blocks, of which the longest took {longest:.0?} and none \
		 weighs more than {:.0} of {:.0} ms",
		blocks.len(),
		microseconds(heaviest) / 1e3,
		microseconds(limit) / 1e3,
	));
	if heaviest.any_gt(limit) {
		return Err(
			format!("the hooks of a block weigh {heaviest} and a block holds {limit}").into()
		);
	}
	Ok(())
}

/// What the chain keeps of one device and its report.
struct Sample {
	device: pallet_devices::DeviceRecordOf<Runtime>,
	standing: pallet_devices::Standing,
	report: pogcs_primitives::records::EnergyRecord,
	surplus: pallet_energy::Surplus,
}

impl Sample {
	/// Those of the first device that has reported.
	fn take(chain: &mut Chain) -> Result<Self, Error> {
		let interval = chain.interval().saturating_sub(1);
		let first = DeviceId(0);
		let sample = chain.read(|| {
			Some(Self {
				device: Devices::<Runtime>::get(first)?,
				standing: Standings::<Runtime>::get(first)?,
				report: Reports::<Runtime>::get(first, interval)?,
				surplus: Surpluses::<Runtime>::get(first, interval)?,
			})
		});
		sample.ok_or_else(|| "the first device has not reported".into())
	}

	/// Writes what hooks will find of ten times as many devices, each of which has reported the
	/// interval before and has a certificate that is about to run out. Returns when that is.
	fn multiply(&self, chain: &mut Chain) -> Result<Interval, Error> {
		let now = chain.interval();
		let (reported, expires) = (now.saturating_sub(1), Interval(now.0 + 1));
		let mut device = self.device.clone();
		device.certified_until = Some(expires);
		let population = DEVICES.saturating_mul(TIMES);
		let step = u32::try_from(CALLS)?;
		for first in (0..population).step_by(CALLS) {
			chain.write(|| {
				for id in (first..first + step).map(DeviceId) {
					Devices::<Runtime>::insert(id, device.clone());
					Standings::<Runtime>::insert(id, self.standing);
					Expiring::<Runtime>::insert(expires, id, ());
					Reporters::<Runtime>::insert(reported, id, ());
					Reports::<Runtime>::insert(id, reported, self.report);
					Surpluses::<Runtime>::insert(id, reported, self.surplus);
				}
			})?;
			if (first + step) % DEVICES == 0 {
				say(&format!(
					"the records of {} of {population} devices are written",
					first + step
				));
			}
		}
		Ok(expires)
	}
}
