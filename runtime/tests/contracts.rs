//! From the promise of an hour to the refund of what was not delivered of it, with all pallets as the
//! runtime has them (A2, D1, D3, E1).

mod support;

use frame_support::{assert_noop, assert_ok};
use pallet_pools::{Terms, Units};
use pallet_tasks::{Error as TasksError, Requirement, Work};
use pogcs_primitives::{
	contracts::{answer, commitment, Outcome, Pace},
	jobs::{Hash, Inference, Job, Network, Receipt, Source},
	records::PoolKind,
	traits::{HourContracts, HourDemand, PromisedHours, Shortfalls},
	Interval, MicroGpuHours, PoolId, TaskId,
};
use pogcs_runtime::{
	configs::{InsuranceAccount, MarketAccount},
	genesis_development::CLASS,
	token::{MILLI, UNIT},
	AccountId, Balances, Market, Pools, Runtime, RuntimeCall, Tasks,
};
use sp_keyring::Sr25519Keyring;
use sp_runtime::Permill;
use support::*;

/// Hours of a chunk, for each device that does it: 50,000 rows of 1,210 weights, a multiplication and an
/// addition each, at 262,144 operations.
const CHUNK: u64 = 462;
/// For each verified chunk, to the owner of its device.
const TIP: u128 = 10 * MILLI;

fn job() -> Job {
	Job::Inference(Inference {
		network: Network::DIGITS,
		weights: Source::Seed([1; 32]),
		data: Source::Seed([2; 32]),
		rows: 200_000,
		batch: 50_000,
		bias: 16,
		shift: 7,
	})
}

fn anybody() -> AccountId {
	Sr25519Keyring::Ferdie.to_account_id()
}

/// A pool in which missing a GPU-hour costs `penalty`.
fn found(penalty: u128) -> PoolId {
	let pool = pallet_pools::NextPool::<Runtime>::get();
	let terms = Terms {
		leader_fee: Permill::zero(),
		penalty,
		capacity: 8,
		guests: 0,
		notice: 2,
		reserve_price: UNIT,
	};
	assert_ok!(by(anybody()).does(pallet_pools::Call::create {
		kind: PoolKind::Green,
		class: CLASS,
		terms,
		conditions: Default::default(),
		leader: None,
	}));
	pool
}

/// A device of its own owner, in a pool.
fn member(n: u8, who: Sr25519Keyring, pool: PoolId) -> (Device, AccountId) {
	let owner = who.to_account_id();
	let device = Device::registered_for(n, owner.clone());
	assert_ok!(by(owner.clone()).does(pallet_pools::Call::join { pool, device: device.id }));
	(device, owner)
}

fn sell(pool: PoolId, interval: Interval, amount: u64) {
	assert_ok!(by(anybody()).does(pallet_market::Call::sell_pool {
		pool,
		interval,
		amount: MicroGpuHours(amount),
		min_received: 0,
		deadline: u32::MAX,
	}));
}

fn requirement(chunks: u32, from: Interval, until: Interval) -> RuntimeCall {
	let requirement = Requirement {
		work: Work::Replicated { job: job(), first: 0, chunks, copies: 2 },
		class: CLASS,
		green: true,
		earliest: from,
		deadline: until,
		pace: Pace::Flexible,
		carbon: None,
		max_price: UNIT,
		tip: TIP,
	};
	pallet_tasks::Call::open_contract { requirement: Box::new(requirement) }.into()
}

/// What an honest device finds.
fn truth(chunk: u32) -> Hash {
	Receipt::new(b"output", 7).result(&job(), chunk)
}

/// Binds a device to the truth about a chunk.
fn bind(device: &Device, owner: &AccountId, task: TaskId, chunk: u32) {
	let answer = answer(&truth(chunk), 0);
	let commitment = commitment(task, chunk, device.id, &answer, &[9; 32]);
	let device = device.id;
	let call = pallet_tasks::Call::commit_answer { device, task, chunk, commitment };
	assert_ok!(by(owner.clone()).does(call));
}

fn reveal(device: &Device, task: TaskId, chunk: u32) {
	let (answer, salt) = (answer(&truth(chunk), 0), [9; 32]);
	let device = device.id;
	let call = pallet_tasks::Call::open_answer { device, task, chunk, answer, salt };
	assert_ok!(by(anybody()).does(call));
}

fn settle(device: &Device, interval: Interval) {
	let intervals = vec![interval].try_into().unwrap();
	let call = pallet_pools::Call::settle { device: device.id, intervals };
	assert_ok!(by(anybody()).does(call));
}

fn owes(device: &Device, interval: Interval) -> u64 {
	<Pools as PromisedHours>::owes(device.id, CLASS, interval).0
}

#[test]
fn hours_should_be_sold_worked_paid_and_refunded_when_one_of_three_devices_does_nothing() {
	use Sr25519Keyring::{Bob, Charlie, Dave};
	on_chain(|| {
		let (cheap, dear) = (found(UNIT), found(50 * UNIT));
		let (first, alice) = member(0, Dave, cheap);
		// In Arizona, where the sun still shines in that hour; in Sichuan it is night.
		let (second, bob) = member(2, Bob, dear);
		let (idle, charlie) = member(1, Charlie, dear);
		pass(1);
		let hour = Interval(now().0 + 6);
		for (device, owner) in [(&first, &alice), (&second, &bob), (&idle, &charlie)] {
			let (device, amount) = (device.id, Units(1_000));
			let call = pallet_pools::Call::promise { device, from: hour, until: hour, amount };
			assert_ok!(by(owner.clone()).does(call));
		}

		// Anybody brings the pools' hours to the market.
		let before = Market::price(CLASS, hour).unwrap().now;
		let pools = [cheap, dear].map(|pool| free(&Pools::account_of(pool)));
		sell(cheap, hour, 1_000);
		sell(dear, hour, 2_000);
		let income: Vec<_> = [cheap, dear]
			.iter()
			.zip(pools)
			.map(|(pool, had)| free(&Pools::account_of(*pool)) - had)
			.collect();
		assert!(income.iter().all(|paid| *paid > 0));
		let price = Market::price(CLASS, hour).unwrap();
		assert!(price.now < before);
		assert_eq!(price.stock, MicroGpuHours(3_000));

		// A client buys three chunks' hours where they are cheapest: here.
		let had = free(&client());
		let task = pallet_tasks::NextTask::<Runtime>::get();
		assert_ok!(by(client()).does(requirement(3, hour, Interval(hour.0 + 1))));
		let booking = Tasks::booking(task, hour).unwrap();
		assert_eq!(booking.bought, MicroGpuHours(6 * CHUNK));
		assert_eq!(<Tasks as HourContracts>::asked(CLASS, hour), booking.bought);
		assert!(booking.cost > 0 && free(&client()) < had - booking.cost);
		assert_eq!(Market::price(CLASS, hour).unwrap().stock, MicroGpuHours(3_000 - 6 * CHUNK));
		// Hours that were sold are not promised back.
		assert!(by(alice.clone())
			.does(pallet_pools::Call::take_back {
				device: first.id,
				interval: hour,
				amount: Units(1_000)
			})
			.is_err());
		let owed = |pool| <Market as HourDemand>::owed(pool, hour, MicroGpuHours(u64::MAX)).0;
		assert_eq!((owed(cheap), owed(dear)), (2 * CHUNK, 4 * CHUNK));

		// Devices enter in the interval before; the idle one does not.
		while now().0 + 1 < hour.0 {
			pass(1);
		}
		for chunk in 0..2 {
			for (device, owner) in [(&first, &alice), (&second, &bob)] {
				let device = device.id;
				assert_ok!(by(owner.clone()).does(pallet_tasks::Call::enter {
					device,
					task,
					chunk
				}));
			}
		}
		pass(1);
		assert_eq!(now(), hour);
		for chunk in 0..2 {
			bind(&first, &alice, task, chunk);
			bind(&second, &bob, task, chunk);
		}
		pass(1);
		first.reports(hour);
		second.reports(hour);
		let rich = [&alice, &bob].map(free);
		for chunk in 0..2 {
			reveal(&first, task, chunk);
			reveal(&second, task, chunk);
			assert_ok!(by(anybody()).does(pallet_tasks::Call::conclude { task, chunk }));
			let outcome = Tasks::replicated_chunk(task, chunk).unwrap().outcome;
			assert!(matches!(outcome, Some(Outcome::Agreed { layer: 0, .. })), "{outcome:?}");
		}
		// Bonds came back beside the tips.
		let bond = Tasks::bond_for(MicroGpuHours(CHUNK)).unwrap();
		for (owner, had) in [&alice, &bob].into_iter().zip(rich) {
			assert_eq!(free(owner) - had, 2 * (TIP + bond));
		}
		assert_eq!(owes(&first, hour), 1_000 - 2 * CHUNK);
		assert_eq!(owes(&idle, hour), 1_000);
		// Nobody did the third chunk, nor will anybody.
		assert_ok!(by(anybody()).does(pallet_tasks::Call::conclude { task, chunk: 2 }));
		assert_eq!(Tasks::replicated_chunk(task, 2).unwrap().outcome, Some(Outcome::Missed));

		// It is settled once no more can be delivered.
		let refund = || RuntimeCall::from(pallet_tasks::Call::refund { task, interval: hour });
		assert_noop!(by(anybody()).does(refund()), TasksError::<Runtime>::NotOver);
		pass(49);
		assert_noop!(by(anybody()).does(refund()), TasksError::<Runtime>::NotSettled);
		let rich = [&alice, &bob, &charlie].map(free);
		let insured = free(&InsuranceAccount::get());
		for device in [&first, &second, &idle] {
			settle(device, hour);
		}
		let gained: Vec<_> = [&alice, &bob, &charlie]
			.into_iter()
			.zip(rich)
			.map(|(who, had)| free(who) - had)
			.collect();
		// The first pool delivered what it owed: all its income, and the deposit of a thousandth of a
		// GPU-hour. The other's members are paid for what they did, and pay for what they did not.
		let whole = income[0] + UNIT / 1_000;
		assert!(gained[0] <= whole && gained[0] + 2 >= whole, "{} of {whole}", gained[0]);
		assert!(gained[1] > gained[2]);
		let shortfall = <Pools as Shortfalls<u128>>::shortfall(CLASS, hour).unwrap();
		assert!(shortfall.settled);
		// The second did 76 less than it promised and the idle one 1,000: each bears its part, rounded up.
		assert_eq!(shortfall.missed, MicroGpuHours(2 * CHUNK + 1));
		// What every pool takes at least: a tenth of a token for a GPU-hour.
		let least = UNIT / 10 / 1_000_000;
		assert_eq!(shortfall.covered, u128::from(shortfall.missed.0) * least);
		let taken = free(&InsuranceAccount::get()) - insured;
		assert!(taken >= shortfall.covered, "{taken} of {}", shortfall.covered);

		let (had, insured) = (free(&client()), free(&InsuranceAccount::get()));
		let due = u128::from(2 * CHUNK) * least;
		assert_eq!(Tasks::refund_due(task, hour), Some(due));
		assert_ok!(by(anybody()).does(refund()));
		assert_eq!(free(&client()), had + due);
		assert_eq!(free(&InsuranceAccount::get()), insured - due);
		assert_noop!(by(anybody()).does(refund()), TasksError::<Runtime>::NotBooked);

		// Nothing of the contract is left, and the client has what was on hold for it.
		assert_ok!(by(anybody()).does(pallet_tasks::Call::expire { task }));
		assert_eq!(Tasks::contract(task), None);
		assert_eq!(staked(), 0);
		let market = Balances::free_balance(MarketAccount::get());
		assert_eq!(market, Market::owed_to_all().unwrap() + UNIT);
	});
}

#[test]
fn hours_should_come_back_to_the_market_when_their_contract_gives_them_up() {
	on_chain(|| {
		let pool = found(UNIT);
		let (device, owner) = member(0, Sr25519Keyring::Dave, pool);
		pass(1);
		let hour = Interval(now().0 + 6);
		let (device, amount) = (device.id, Units(1_000));
		let call = pallet_pools::Call::promise { device, from: hour, until: hour, amount };
		assert_ok!(by(owner).does(call));
		sell(pool, hour, 1_000);
		let task = pallet_tasks::NextTask::<Runtime>::get();
		// More than the market has.
		assert_noop!(by(client()).does(requirement(2, hour, hour)), TasksError::<Runtime>::NoHours);
		assert_ok!(by(client()).does(requirement(1, hour, hour)));
		let owed = || <Market as HourDemand>::owed(pool, hour, MicroGpuHours(1_000)).0;
		assert_eq!(owed(), 2 * CHUNK);
		let resell =
			pallet_tasks::Call::resell { task, interval: hour, chunks: 1, min_received: 1 };
		assert_ok!(by(client()).does(resell));
		assert_eq!(Market::price(CLASS, hour).unwrap().stock, MicroGpuHours(1_000));
		// Nobody asks for them any more.
		assert_eq!(owed(), 0);
		assert_eq!(staked(), 0);
	});
}
