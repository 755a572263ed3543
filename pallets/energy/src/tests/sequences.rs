//! Random sequences of everything that can happen, beside a model that knows the rule in other words.

use std::collections::BTreeMap;

use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use pogcs_primitives::{traits::Energy as _, wire::EnergyReport, DeviceId, Interval, WattHours};
use proptest::prelude::*;

use crate::{
	mock::{Reports as Signed, *},
	AllCertificates, CertificateId, Holdings, IntervalTotals, Source, SweptTotals,
};

const DEVICES: [(DeviceId, u64); 2] = [(DEVICE, OWNER), (OTHER_DEVICE, OTHER_OWNER)];
const PEOPLE: [u64; 4] = [OWNER, OTHER_OWNER, BUYER, STRANGER];

#[derive(Clone, Debug)]
enum Step {
	/// A device meters an interval; it claims so much more than the rule gives it. It sends the
	/// report, has it prepaid, or gives it to a leader.
	Meter { device: usize, flows: [u64; 4], greed: u64, way: u8 },
	/// A proof uses green energy of some intervals ago.
	Draw { device: usize, ago: u32, amount: u64 },
	/// An owner claims an interval.
	Claim { device: usize, ago: u32 },
	/// Somebody gives certificates to somebody.
	Transfer { from: usize, to: usize, which: usize, amount: u64 },
	/// Somebody uses certificates up.
	Retire { by: usize, which: usize, amount: u64 },
	/// What has run out goes.
	Expire { holder: usize, which: usize },
	/// A report is taken out of the batch of some intervals ago.
	Open { which: usize },
	/// Intervals go by.
	Pass { intervals: u32 },
	/// The sweep has so many steps.
	Sweep { steps: u64 },
	/// A device leaves the registry and comes back.
	Leave { device: usize },
}

fn steps() -> impl Strategy<Value = Step> {
	let energy = || prop_oneof![Just(0u64), 0u64..3_000, 0u64..1_500_000];
	let device = || 0usize..2;
	let ago = || 1u32..RETENTION + 3;
	prop_oneof![
		6 => (
			device(),
			(energy(), energy(), energy(), energy()),
			prop_oneof![6 => Just(0u64), 1 => 1u64..1_000],
			0u8..4,
		)
			.prop_map(|(device, (a, b, c, d), greed, way)| Step::Meter {
				device, flows: [a, b, c, d], greed, way,
			}),
		3 => (device(), ago(), energy())
			.prop_map(|(device, ago, amount)| Step::Draw { device, ago, amount }),
		3 => (device(), ago()).prop_map(|(device, ago)| Step::Claim { device, ago }),
		3 => (0usize..4, 0usize..4, 0usize..8, 0u64..900)
			.prop_map(|(from, to, which, amount)| Step::Transfer { from, to, which, amount }),
		2 => (0usize..4, 0usize..8, 0u64..900)
			.prop_map(|(by, which, amount)| Step::Retire { by, which, amount }),
		1 => (0usize..4, 0usize..8).prop_map(|(holder, which)| Step::Expire { holder, which }),
		2 => (0usize..4).prop_map(|which| Step::Open { which }),
		6 => prop_oneof![8 => Just(1u32), 1 => 2u32..6]
			.prop_map(|intervals| Step::Pass { intervals }),
		2 => prop_oneof![0u64..6, Just(10_000u64)].prop_map(|steps| Step::Sweep { steps }),
		1 => device().prop_map(|device| Step::Leave { device }),
	]
}

/// What the model says of one standing report.
#[derive(Clone, Debug, Default)]
struct Known {
	available: u64,
	direct_left: u64,
	production: u64,
	storage: u64,
}

#[derive(Default)]
struct Model {
	/// Level, green part, and the interval that it is at.
	batteries: BTreeMap<DeviceId, (u128, u128, u32)>,
	reports: BTreeMap<(DeviceId, Interval), Known>,
	held: BTreeMap<(u64, CertificateId), u64>,
	batches: Vec<(u64, EnergyReport, Signed)>,
	/// What of each reported interval compute and battery did not take.
	surpluses: BTreeMap<(DeviceId, Interval), u64>,
	/// All that panels ever generated, by accepted reports.
	generated: u128,
	/// All that proofs ever used.
	used: u128,
	/// All certificates ever issued, in mWh.
	issued: u128,
	/// All that was retired by holders, in Wh.
	retired: u64,
}

impl Model {
	/// The rule once more: what compute gets of panel and battery, what is left over of each, and the
	/// battery afterwards.
	fn settle(&self, report: &EnergyReport) -> ([u128; 4], (u128, u128)) {
		let [sun, charge, out, compute] =
			[report.generation, report.storage_in, report.storage_out, report.compute_draw]
				.map(|energy| u128::from(energy.0));
		let (mut level, mut green, through) =
			self.batteries.get(&report.device).copied().unwrap_or_default();
		let known = self.batteries.contains_key(&report.device);
		let late = known && report.interval.0 <= through;
		let to_compute = sun.min(compute);
		let to_battery = (sun - to_compute).min(charge);
		let left = sun - to_compute - to_battery;
		if late {
			return ([to_compute, 0, left, 0], (level, green));
		}
		level += charge * 9 / 10;
		green += to_battery * 9 / 10;
		let given = out.min(level);
		let green_given = (given * green).checked_div(level).unwrap_or(0);
		level -= given;
		green -= green_given;
		let most = u128::from(CAPACITY);
		if level > most {
			green = green.saturating_sub(level - most);
			level = most;
		}
		let battery_to_compute = green_given.min(compute - to_compute);
		let rest = green_given - battery_to_compute;
		([to_compute, battery_to_compute, left, rest], (level, green))
	}

	/// Whether the chain should take it, and then what it knows by it.
	fn meter(&mut self, report: &EnergyReport, honest: bool) -> bool {
		let key = (report.device, report.interval);
		if !honest || self.reports.contains_key(&key) {
			return false;
		}
		let ([direct, stored, left, rest], (level, green)) = self.settle(report);
		let late = self
			.batteries
			.get(&report.device)
			.is_some_and(|(_, _, through)| report.interval.0 <= *through);
		if u128::from(report.green_draw.0) > direct + stored
			|| u128::from(report.green_supply.0) > direct + stored + left + rest
		{
			return false;
		}
		let small = |value: u128| u64::try_from(value).expect("it is small");
		// The device claimed all it could when it signed; in an old batch that may be less than now.
		let claimed = u128::from(report.green_draw.0);
		let direct_claimed = claimed.min(direct);
		let stored_claimed = claimed - direct_claimed;
		self.reports.insert(
			key,
			Known {
				available: small(claimed),
				direct_left: small(direct_claimed),
				production: small(left + direct - direct_claimed),
				storage: small(rest + stored - stored_claimed),
			},
		);
		let known = &self.reports[&key];
		self.surpluses.insert(key, known.production + known.storage);
		self.generated += u128::from(report.generation.0);
		if !late && (self.batteries.contains_key(&report.device) || level > 0) {
			self.batteries.insert(report.device, (level, green, report.interval.0));
		}
		true
	}

	fn draw(&mut self, key: (DeviceId, Interval), amount: u64) -> bool {
		let Some(known) = self.reports.get_mut(&key) else { return false };
		let Some(left) = known.available.checked_sub(amount) else { return false };
		known.available = left;
		known.direct_left = known.direct_left.saturating_sub(amount);
		self.used += u128::from(amount);
		true
	}

	fn claim(&mut self, owner: u64, key: (DeviceId, Interval), now: Interval) -> bool {
		let Some(known) = self.reports.get_mut(&key) else { return false };
		let mut after = known.clone();
		if now.0 - key.1 .0 > LOCK {
			after.production += after.direct_left;
			after.storage += after.available - after.direct_left;
			(after.available, after.direct_left) = (0, 0);
		}
		let (production, storage) = (after.production / 1_000, after.storage / 1_000);
		if production + storage == 0 {
			return false;
		}
		after.production %= 1_000;
		after.storage %= 1_000;
		*known = after;
		for (source, amount) in [(Source::Production, production), (Source::Storage, storage)] {
			if amount > 0 {
				let id = CertificateId { device: key.0, interval: key.1, source };
				*self.held.entry((owner, id)).or_default() += amount;
				self.issued += u128::from(amount) * 1_000;
			}
		}
		true
	}

	fn take(&mut self, who: u64, id: CertificateId, amount: u64) -> bool {
		if amount == 0 || Now::get().0 > id.interval.0 + LIFE {
			return false;
		}
		let Some(held) = self.held.get_mut(&(who, id)) else { return false };
		let Some(left) = held.checked_sub(amount) else { return false };
		*held = left;
		if left == 0 {
			self.held.remove(&(who, id));
		}
		true
	}

	/// Some certificate that somebody holds, or one that nobody does.
	fn some(&self, which: usize) -> CertificateId {
		let all: Vec<_> = self.held.keys().map(|(_, id)| *id).collect();
		match all.len() {
			0 => certificate(Interval(9), Source::Production),
			count => all[which % count],
		}
	}

	/// What the chain says is what the model says, and no mWh is anywhere twice.
	fn compare(&self) {
		let mut batteries = 0u128;
		for (device, _) in DEVICES {
			let stored = Energy::battery(device).stored;
			let (level, green, _) = self.batteries.get(&device).copied().unwrap_or_default();
			assert_eq!((u128::from(stored.level.0), u128::from(stored.green.0)), (level, green));
			batteries += green;
		}
		for ((device, interval), known) in &self.reports {
			if let Some(record) = Energy::record(*device, *interval) {
				assert_eq!(record.available.0, known.available);
			}
		}
		// Each interval was told, once, with what was left of it.
		let told: BTreeMap<_, _> = Told::get()
			.into_iter()
			.map(|(device, interval, surplus)| ((device, interval), surplus.0))
			.collect();
		assert_eq!(told.len(), Told::get().len());
		assert_eq!(told, self.surpluses);
		let held: BTreeMap<_, _> = Holdings::<Test>::iter()
			.map(|(who, id, holding)| ((who, id), holding.amount.0))
			.collect();
		assert_eq!(held, self.held);
		// The one sum that everything here is for.
		assert!(self.used + self.issued + batteries <= self.generated);
		let all = AllCertificates::<Test>::get();
		assert_eq!(u128::from(all.issued.0) * 1_000, self.issued);
		assert_eq!(all.retired, WattHours(self.retired));
		let retired = IntervalTotals::<Test>::iter()
			.fold(SweptTotals::<Test>::get().retired, |sum, (_, totals)| {
				sum.saturating_add(totals.retired)
			});
		assert_eq!(u128::from(retired.0), self.used);
	}

	fn run(&mut self, step: Step) {
		let ago = |ago: u32| Interval(Now::get().0.saturating_sub(ago));
		match step {
			Step::Meter { device, flows: [sun, charge, out, compute], greed, way } => {
				let (id, owner) = DEVICES[device];
				let mut report = metered_by(id, sun, charge, out, compute);
				report.green_draw.0 += greed;
				report.green_supply.0 += greed;
				if way == 3 {
					let signed = Signed::new(vec![report]);
					let batch = crate::NextBatch::<Test>::get();
					let leader = RuntimeOrigin::signed(LEADER);
					assert_ok!(Energy::submit_batch(leader, report.interval, signed.root()));
					self.batches.push((batch, report, signed));
					return;
				}
				let fits = charge * 9 / 10 <= CAPACITY + out && out <= CAPACITY + charge * 9 / 10;
				let expected = self.meter(&report, fits && greed == 0);
				if way == 2 && Energy::quota(id) < 100 {
					assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(owner), id, 1));
					let own = RuntimeOrigin::signed(account_of(id));
					assert_ok!(Energy::report_prepaid(own, report));
					let stands = Energy::record(id, report.interval)
						.is_some_and(|record| record.root == report.root);
					assert!(stands || !expected);
				} else {
					assert_eq!(send(report).is_ok(), expected, "{report:?}");
				}
			}
			Step::Draw { device, ago: before, amount } => {
				let key = (DEVICES[device].0, ago(before));
				let stands = Energy::record(key.0, key.1).is_some();
				let expected = stands && self.draw(key, amount);
				assert_eq!(Energy::draw_down(key.0, key.1, mwh(amount)).is_ok(), expected);
			}
			Step::Claim { device, ago: before } => {
				let (id, owner) = DEVICES[device];
				let key = (id, ago(before));
				let stands = Energy::record(key.0, key.1).is_some();
				let expected = stands && self.claim(owner, key, Now::get());
				let claimed = Energy::claim(RuntimeOrigin::signed(owner), key.0, key.1);
				assert_eq!(claimed.is_ok(), expected, "{claimed:?}");
			}
			Step::Transfer { from, to, which, amount } => {
				let (from, to, id) = (PEOPLE[from], PEOPLE[to], self.some(which));
				let expected = from != to && self.take(from, id, amount);
				if expected {
					*self.held.entry((to, id)).or_default() += amount;
				}
				let sent = Energy::transfer(RuntimeOrigin::signed(from), id, to, wh(amount));
				assert_eq!(sent.is_ok(), expected, "{sent:?}");
			}
			Step::Retire { by, which, amount } => {
				let (by, id) = (PEOPLE[by], self.some(which));
				let expected = self.take(by, id, amount);
				if expected {
					self.retired += amount;
				}
				let origin = RuntimeOrigin::signed(by);
				let retired = Energy::retire(origin, id, wh(amount), BUYER, [3; 32]);
				assert_eq!(retired.is_ok(), expected, "{retired:?}");
			}
			Step::Expire { holder, which } => {
				let (holder, id) = (PEOPLE[holder], self.some(which));
				let over = Now::get().0 > id.interval.0 + LIFE;
				let expected = over && self.held.remove(&(holder, id)).is_some();
				let expired = Energy::expire(RuntimeOrigin::signed(STRANGER), id, holder);
				assert_eq!(expired.is_ok(), expected, "{expired:?}");
			}
			Step::Open { which } => {
				let Some(place) = which.checked_rem(self.batches.len()) else { return };
				let (batch, report) = (self.batches[place].0, self.batches[place].1);
				let opening = Box::new(self.batches[place].2.opening(0));
				let origin = RuntimeOrigin::signed(LEADER);
				let opened = Energy::open_report(origin, batch, opening).is_ok();
				if opened {
					assert!(self.meter(&report, true), "{report:?}");
				}
			}
			Step::Pass { intervals } => pass(intervals),
			Step::Sweep { steps } => {
				use crate::WeightInfo;
				let looks = <() as WeightInfo>::sweep_look().saturating_mul(2);
				let most = <() as WeightInfo>::sweep_step().max(<() as WeightInfo>::sweep_batch());
				let limit = looks + most.saturating_mul(steps);
				assert!(Energy::on_idle(1, limit).all_lte(limit));
			}
			Step::Leave { device } => {
				let (id, _) = DEVICES[device];
				let all = Registered::get();
				Registered::mutate(|devices| devices.retain(|(of, ..)| *of != id));
				let kept = self.batteries.remove(&id).is_some() || Energy::quota(id) > 0;
				let quota = crate::Quotas::<Test>::contains_key(id);
				let forgotten = Energy::forget(RuntimeOrigin::signed(STRANGER), id);
				assert_eq!(forgotten.is_ok(), kept || quota, "{forgotten:?}");
				Registered::set(all);
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn energy_should_be_conserved_and_counted_once_when_anything_happens(
		steps in prop::collection::vec(steps(), 1..120),
	) {
		new_test_ext().build_and_execute(|| {
			for who in [OWNER, OTHER_OWNER, LEADER, BUYER, STRANGER] {
				use frame_support::traits::fungible::Mutate;
				Balances::set_balance(&who, u128::from(u64::MAX));
			}
			let mut model = Model::default();
			for step in steps {
				model.run(step);
				model.compare();
				Energy::do_try_state().expect("every invariant holds after each step");
			}
			// In the end all is swept, and the sums of all time have every mWh.
			pass(RETENTION + 1);
			System::set_block_number(System::block_number() + CHECK_BLOCKS + 1);
			Energy::on_idle(1, Weight::MAX);
			Energy::do_try_state().expect("every invariant holds after the sweep");
			model.compare();
			assert_eq!(IntervalTotals::<Test>::iter().count(), 0);
			assert_eq!(u128::from(SweptTotals::<Test>::get().generation.0), model.generated);
			assert_eq!(crate::Reports::<Test>::iter().count(), 0);
			assert_eq!(crate::Surpluses::<Test>::iter().count(), 0);
			assert_eq!(crate::Batches::<Test>::iter().count(), 0);
		});
	}
}
