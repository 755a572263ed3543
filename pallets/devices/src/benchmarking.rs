//! What the calls cost.

use core::num::NonZeroU32;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		EnsureOrigin, Get,
	},
	weights::WeightMeter,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use pogcs_primitives::{
	challenge::{Seed, Work},
	records::{ClassRecord, DeviceState, StateReason},
	traits::{BlockRandomness, IntervalClock, Validators},
	units::GramsPerKwh,
	wire::{
		consent_payload, rescue_payload, rotation_payload, Consent, MakerCertificate, PublicKey,
	},
	CellId, ClassId, Commitment, DeviceId, Interval, MilliWattHours,
};
use sp_core::{crypto::KeyTypeId, ed25519};
use sp_runtime::{traits::Zero, Saturating};

use crate::{parameters::LARGEST_THROUGHPUT, *};

const CLASS: ClassId = ClassId(0);
const KEY_TYPE: KeyTypeId = KeyTypeId(*b"benc");
/// A cell of resolution 15.
const CELL: u64 = 0x08f6_5263_6d87_6620;
/// When a benchmark happens.
const NOW: Interval = Interval(1_000);
/// The block whose randomness draws.
const DRAW: u32 = 3;
/// Bits of a digit at resolution 12, the finest of those that tell sites apart.
const SITE: u32 = 9;

fn class() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(1_000_000_000),
		storage: MilliWattHours(1_000_000_000),
		storage_efficiency: 900_000,
		throughput: 1,
		max_draw: MilliWattHours(1_000_000_000),
	}
}

/// The `n`th site around [`CELL`]: its digits from resolution 12 up are those of `n` in base 7.
fn nth_cell(mut n: u32) -> CellId {
	let mut index = CELL;
	for place in 0..6u32 {
		let shift = SITE + place * 3;
		index = (index & !(7 << shift)) | (u64::from(n % 7) << shift);
		n /= 7;
	}
	CellId(index)
}

/// Makes an online device of class 0 without a deposit.
pub(crate) fn create<T: Config>(
	owner: &T::AccountId,
	key: PublicKey,
	commitment: Commitment,
) -> DeviceId {
	let maker = [1; 32];
	// Of the largest machines, so that it may lead a pool.
	Classes::<T>::insert(CLASS, ClassRecord { throughput: LARGEST_THROUGHPUT, ..class() });
	maker_of::<T>(maker, owner);
	T::Validators::create_for_benchmark(owner);
	let record = DeviceRecordOf::<T> {
		owner: owner.clone(),
		manager: None,
		key,
		maker,
		certified_until: Some(Interval(u32::MAX)),
		class: CLASS,
		cell: nth_cell(NextDevice::<T>::get().0),
		validator: owner.clone(),
		commitment,
		state: DeviceState::Online,
		deposit: Zero::zero(),
		since: Interval(0),
	};
	let standing = Standing { benched: Some(Interval(0)), ..Standing::fresh(Interval(0)) };
	Pallet::<T>::insert(record, standing).expect("a benchmark makes few devices")
}

fn maker_of<T: Config>(maker: PublicKey, account: &T::AccountId) {
	let name = NameOf::<T>::truncate_from(alloc::vec![b'm'; 1_024]);
	let record = MakerRecord { name, account: account.clone(), revoked: None };
	Makers::<T>::insert(maker, record);
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	let deposits = Parameters::<T>::get().deposits;
	let amount = [deposits.registration, deposits.appeal, deposits.rescue, deposits.objection]
		.into_iter()
		.fold(deposits.revocation, |sum, deposit| sum.saturating_add(deposit))
		.saturating_mul(100u32.into())
		.saturating_add(T::Currency::minimum_balance());
	T::Currency::set_balance(&who, amount);
	who
}

fn most<T: Config>() -> BalanceOf<T> {
	Parameters::<T>::get().deposits.registration.saturating_mul(10u32.into())
}

fn new_key() -> ed25519::Public {
	sp_io::crypto::ed25519_generate(KEY_TYPE, None)
}

fn sign(key: &ed25519::Public, message: &[u8]) -> [u8; 64] {
	sp_io::crypto::ed25519_sign(KEY_TYPE, key, message).expect("the key was just generated").0
}

fn certificate(
	maker: &ed25519::Public,
	key: &ed25519::Public,
	expires: Interval,
) -> MakerCertificate {
	let payload = MakerCertificate::signing_payload(&maker.0, &key.0, CLASS, expires);
	MakerCertificate {
		maker: maker.0,
		device_key: key.0,
		class: CLASS,
		expires,
		signature: sign(maker, &payload),
	}
}

fn consent<T: Config>(
	key: &ed25519::Public,
	owner: &T::AccountId,
	commitment: &Commitment,
) -> Consent {
	let until = T::Clock::current();
	let payload = consent_payload(&Pallet::<T>::chain_id(), owner, commitment, until);
	Consent { until, signature: sign(key, &payload) }
}

/// A registered device with everything that a call could meet, and whose it is.
struct Made<T: Config> {
	owner: T::AccountId,
	id: DeviceId,
	key: ed25519::Public,
	maker: ed25519::Public,
	speaker: T::AccountId,
}

impl<T: Config> Made<T> {
	/// With the deposit that it would have.
	fn new() -> Self {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		let owner = rich::<T>("owner");
		let speaker = rich::<T>("speaker");
		let (key, maker) = (new_key(), new_key());
		let id = create::<T>(&owner, key.0, Commitment([2; 32]));
		maker_of::<T>(maker.0, &speaker);
		let deposit = Parameters::<T>::get().deposits.registration;
		Pallet::<T>::hold(HoldReason::Registration, &owner, deposit).expect("the owner is rich");
		let made = Self { owner, id, key, maker, speaker };
		made.change(|entry| {
			entry.record.deposit = deposit;
			entry.record.maker = made.maker.0;
			Pallet::<T>::set_certified(entry, Some(Interval(NOW.0 + 10)), false);
		});
		made
	}

	fn change(&self, change: impl FnOnce(&mut Entry<T>)) {
		let mut entry = Pallet::<T>::entry(self.id).expect("it was made");
		change(&mut entry);
		Pallet::<T>::settle(entry, StateReason::Requested);
	}

	fn origin(&self) -> RawOrigin<T::AccountId> {
		RawOrigin::Signed(self.owner.clone())
	}

	fn offer(&self, to: &T::AccountId) {
		Pallet::<T>::do_offer_transfer(self.owner.clone(), self.id, to.clone())
			.expect("it can be offered");
	}

	fn revoke(&self) {
		Pallet::<T>::do_revoke_certificate(self.speaker.clone(), self.maker.0, self.key.0)
			.expect("it is its maker");
	}

	fn appeal(&self) {
		Pallet::<T>::do_appeal(self.owner.clone(), self.id, [1; 32]).expect("it was stopped");
	}

	fn suspend(&self) {
		Pallet::<T>::do_suspend(self.id, SuspensionReason::CompromisedKey)
			.expect("it is not stopped");
	}

	/// Lets the certificate run out, and asks to vouch for itself.
	fn rescue(&self) {
		self.lapse();
		let signature = self.rescue_signature();
		Pallet::<T>::do_request_rescue(self.owner.clone(), self.id, signature)
			.expect("it has run out");
	}

	fn rescue_signature(&self) -> [u8; 64] {
		sign(&self.key, &rescue_payload(&Pallet::<T>::chain_id(), self.id, &self.owner))
	}

	fn lapse(&self) {
		self.change(|entry| {
			Pallet::<T>::set_certified(entry, Some(Interval(NOW.0 - 1)), true);
		});
	}

	fn contest(&self) {
		Pallet::<T>::do_contest_rescue(self.speaker.clone(), self.id).expect("it waits");
	}

	/// Lets it vouch for itself.
	fn granted(&self) {
		self.rescue();
		Pallet::<T>::do_decide_rescue(self.id, true).expect("it waits");
	}

	fn pass(&self, intervals: u32) {
		T::Clock::set_for_benchmark(Interval(T::Clock::current().0 + intervals), [1; 32]);
	}

	fn maintain(&self) {
		let from = Interval(NOW.0 + Parameters::<T>::get().maintenance.ahead);
		Pallet::<T>::do_declare_maintenance(self.owner.clone(), self.id, from, 1)
			.expect("the quota allows it");
	}

	/// A challenge at the step before `committed`, drawn by block [`DRAW`].
	fn challenge(&self, committed: Option<([u8; 32], [u8; 32])>, count: u32) {
		let count = NonZeroU32::new(count).expect("a challenge has leaves");
		let (draw, until) = (block::<T>(DRAW), block::<T>(DRAW + 1));
		Challenges::<T>::insert(self.id, Challenge { count, draw, until, committed });
	}
}

fn terms<T: Config>() -> parameters::Terms {
	Parameters::<T>::get().terms
}

fn block<T: Config>(number: u32) -> BlockNumberFor<T> {
	number.into()
}

fn last<T: Config>(event: Event<T>) {
	let event: <T as frame_system::Config>::RuntimeEvent = event.into();
	frame_system::Pallet::<T>::assert_last_event(event);
}

fn state_of<T: Config>(device: DeviceId) -> Option<DeviceState> {
	Devices::<T>::get(device).map(|record| record.state)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	fn force<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
		T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
	}

	fn committee<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
		T::CommitteeOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
	}

	#[benchmark]
	fn register_maker() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let name = NameOf::<T>::truncate_from(alloc::vec![b'm'; 1_024]);
		let speaker = rich::<T>("speaker");
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, [7; 32], name.clone(), speaker.clone());
		last::<T>(Event::MakerRegistered { maker: [7; 32], name, account: speaker });
		Ok(())
	}

	#[benchmark]
	fn revoke_maker() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		maker_of::<T>([7; 32], &rich::<T>("speaker"));
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, [7; 32], MakerReason::Lapsed, 10);
		assert!(Makers::<T>::get([7; 32]).is_some_and(|maker| maker.revoked.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_class() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CLASS, class());
		assert_eq!(Classes::<T>::get(CLASS), Some(class()));
		Ok(())
	}

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let owner = rich::<T>("owner");
		let (maker, key) = (new_key(), new_key());
		maker_of::<T>(maker.0, &owner);
		Classes::<T>::insert(CLASS, class());
		T::Validators::create_for_benchmark(&owner);
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		let commitment = Commitment([1; 32]);
		let consent = consent::<T>(&key, &owner, &commitment);
		let certificate = certificate(&maker, &key, Interval(NOW.0 + 10));
		#[extrinsic_call]
		_(
			RawOrigin::Signed(owner.clone()),
			certificate,
			CellId(CELL),
			owner.clone(),
			commitment,
			consent,
			most::<T>(),
		);
		assert!(ByKey::<T>::contains_key(key.0));
		Ok(())
	}

	#[benchmark]
	fn bind() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		let validator = rich::<T>("validator");
		T::Validators::create_for_benchmark(&validator);
		#[extrinsic_call]
		_(made.origin(), made.id, validator.clone());
		last::<T>(Event::Bound { device: made.id, validator });
		Ok(())
	}

	#[benchmark]
	fn set_state() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		#[extrinsic_call]
		_(made.origin(), made.id, DeviceState::Leaving);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Leaving));
		Ok(())
	}

	#[benchmark]
	fn deregister() -> Result<(), BenchmarkError> {
		// One that vouches for itself and leaves in disgrace: the most to take and to remember.
		let made = Made::<T>::new();
		made.granted();
		made.maintain();
		made.challenge(None, 1);
		made.suspend();
		made.pass(terms::<T>().appeal + terms::<T>().expulsion + 1);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert!(!Devices::<T>::contains_key(made.id));
		assert!(BarredKeys::<T>::contains_key(made.key.0));
		Ok(())
	}

	#[benchmark]
	fn suspend() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		made.offer(&made.speaker);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id, SuspensionReason::CompromisedKey);
		assert!(Suspensions::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn reinstate() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		made.revoke();
		made.appeal();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		let origin = force::<T>()?;
		let parameters = Parameters::<T>::get();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, parameters);
		last::<T>(Event::ParametersSet { parameters });
		Ok(())
	}

	#[benchmark]
	fn revoke_certificate() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.offer(&made.speaker);
		#[extrinsic_call]
		_(RawOrigin::Signed(made.speaker.clone()), made.maker.0, made.key.0);
		assert!(Suspensions::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn restore_certificate() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.revoke();
		made.appeal();
		#[extrinsic_call]
		_(RawOrigin::Signed(made.speaker.clone()), made.maker.0, made.key.0);
		assert!(!Suspensions::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn renew() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.rescue();
		made.contest();
		let other = new_key();
		maker_of::<T>(other.0, &made.speaker);
		let certificate = certificate(&other, &made.key, Interval(NOW.0 + 20));
		#[extrinsic_call]
		_(made.origin(), made.id, certificate);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		assert!(!Rescues::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn check_certificate() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.pass(11);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Suspended));
		Ok(())
	}

	#[benchmark]
	fn set_manager() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		let manager = Some(made.speaker.clone());
		#[extrinsic_call]
		_(made.origin(), made.id, manager.clone());
		last::<T>(Event::ManagerSet { device: made.id, manager });
		Ok(())
	}

	#[benchmark]
	fn rotate_key() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.granted();
		made.offer(&made.speaker);
		made.challenge(None, 1);
		let key = new_key();
		let payload = rotation_payload(&Pallet::<T>::chain_id(), made.id, &key.0);
		let voucher = Voucher::OldKey { key: key.0, signature: sign(&made.key, &payload) };
		let commitment = Commitment([3; 32]);
		let consent = consent::<T>(&key, &made.owner, &commitment);
		#[extrinsic_call]
		_(made.origin(), made.id, voucher, commitment, consent);
		assert_eq!(ByKey::<T>::get(key.0), Some(made.id));
		Ok(())
	}

	#[benchmark]
	fn offer_transfer() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		#[extrinsic_call]
		_(made.origin(), made.id, made.speaker.clone());
		assert!(Offers::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn withdraw_offer() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.offer(&made.speaker);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert!(!Offers::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn accept_transfer() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.granted();
		let buyer = rich::<T>("buyer");
		made.offer(&buyer);
		let most = most::<T>().saturating_add(Parameters::<T>::get().deposits.rescue);
		#[extrinsic_call]
		_(RawOrigin::Signed(buyer.clone()), made.id, most);
		assert_eq!(Devices::<T>::get(made.id).map(|record| record.owner), Some(buyer));
		Ok(())
	}

	#[benchmark]
	fn move_device() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.offer(&made.speaker);
		let cell = nth_cell(7 * 7 * 7 * 7);
		#[extrinsic_call]
		_(made.origin(), made.id, cell, most::<T>());
		assert_eq!(Devices::<T>::get(made.id).map(|record| record.cell), Some(cell));
		Ok(())
	}

	#[benchmark]
	fn reprice() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		let mut parameters = Parameters::<T>::get();
		parameters.deposits.registration.saturating_inc();
		Parameters::<T>::put(parameters);
		let to = parameters.deposits.registration;
		#[extrinsic_call]
		_(made.origin(), made.id, to);
		assert_eq!(Devices::<T>::get(made.id).map(|record| record.deposit), Some(to));
		Ok(())
	}

	#[benchmark]
	fn request_challenge() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.change(|entry| entry.standing.benched = None);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert!(Challenges::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn commit_challenge() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.change(|entry| entry.standing.benched = None);
		made.challenge(None, 1);
		frame_system::Pallet::<T>::set_block_number(block::<T>(DRAW + 1));
		T::BlockRandomness::set_for_benchmark(block::<T>(DRAW), [1; 32]);
		#[extrinsic_call]
		_(made.origin(), made.id, [5; 32]);
		assert!(Challenges::<T>::get(made.id).is_some_and(|at| at.committed.is_some()));
		Ok(())
	}

	/// `l` levels; more than are measured here cost as much more.
	#[benchmark]
	fn open_challenge(l: Linear<0, 8>) -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.change(|entry| entry.standing.benched = None);
		frame_system::Pallet::<T>::set_block_number(block::<T>(DRAW + 1));
		T::BlockRandomness::set_for_benchmark(block::<T>(DRAW), [1; 32]);
		let randomness = T::BlockRandomness::randomness_of_block(block::<T>(DRAW))
			.ok_or(BenchmarkError::Stop("the block has randomness"))?;
		let (seed, count) = ([4; 32], 1 << l);
		let leaves = NonZeroU32::new(count).ok_or(BenchmarkError::Stop("there are leaves"))?;
		let tree = Work::new(Seed(seed), leaves, 0).run();
		made.challenge(Some((seed, tree.root())), count);
		let nodes = Opening::truncate_from(tree.open(&randomness));
		#[extrinsic_call]
		_(made.origin(), made.id, nodes);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn demand_benchmark() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Pending));
		Ok(())
	}

	#[benchmark]
	fn declare_maintenance() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		let mut parameters = Parameters::<T>::get();
		let period = parameters
			.maintenance
			.period
			.max(2 * T::MaxWindows::get())
			.max(T::MaintenanceMemory::get());
		parameters.maintenance.period = period;
		parameters.maintenance.quota = period;
		Parameters::<T>::put(parameters);
		// All that can be remembered, one of which is forgotten now.
		let windows: alloc::vec::Vec<_> = (0..T::MaxWindows::get())
			.map(|n| Interval(NOW.0 + 2 * n))
			.map(|until| Window { from: until.saturating_sub(1), until })
			.collect();
		Maintenances::<T>::insert(made.id, WindowsOf::<T>::truncate_from(windows));
		made.pass(period);
		let from = Interval(T::Clock::current().0 + parameters.maintenance.ahead);
		#[extrinsic_call]
		_(made.origin(), made.id, from, 1);
		assert!(Maintenances::<T>::get(made.id).iter().any(|window| window.covers(from)));
		Ok(())
	}

	#[benchmark]
	fn cancel_maintenance() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.maintain();
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert!(Maintenances::<T>::get(made.id).is_empty());
		Ok(())
	}

	#[benchmark]
	fn appeal() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.suspend();
		#[extrinsic_call]
		_(made.origin(), made.id, [1; 32]);
		assert!(Suspensions::<T>::get(made.id)
			.is_some_and(|suspension| suspension.appeal != Appeal::None));
		Ok(())
	}

	#[benchmark]
	fn decide_appeal() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		// Upheld against the maker: the most to take.
		made.revoke();
		made.appeal();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id, true);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn close_appeal() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.change(|entry| {
			Pallet::<T>::set_certified(entry, Some(Interval(u32::MAX)), false);
		});
		made.revoke();
		made.appeal();
		made.pass(terms::<T>().decision + 1);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn expel() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		made.granted();
		made.maintain();
		made.challenge(None, 1);
		made.suspend();
		made.pass(terms::<T>().appeal + 1);
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id);
		assert!(!Devices::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn request_rescue() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.lapse();
		let signature = made.rescue_signature();
		#[extrinsic_call]
		_(made.origin(), made.id, signature);
		assert!(Rescues::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn contest_rescue() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.rescue();
		#[extrinsic_call]
		_(RawOrigin::Signed(made.speaker.clone()), made.id);
		assert!(Rescues::<T>::get(made.id)
			.is_some_and(|rescue| matches!(rescue.stage, RescueStage::Contested { .. })));
		Ok(())
	}

	#[benchmark]
	fn decide_rescue() -> Result<(), BenchmarkError> {
		let origin = committee::<T>()?;
		let made = Made::<T>::new();
		made.rescue();
		made.contest();
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, made.id, true);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn complete_rescue() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.rescue();
		made.contest();
		made.pass(terms::<T>().decision + 1);
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Online));
		Ok(())
	}

	#[benchmark]
	fn cancel_rescue() -> Result<(), BenchmarkError> {
		let made = Made::<T>::new();
		made.rescue();
		#[extrinsic_call]
		_(made.origin(), made.id);
		assert!(!Rescues::<T>::contains_key(made.id));
		Ok(())
	}

	#[benchmark]
	fn sweep_look() {
		T::Clock::set_for_benchmark(NOW, [1; 32]);
		SweptUntil::<T>::put(NOW);
		let mut meter = WeightMeter::new();
		#[block]
		{
			Pallet::<T>::sweep(&mut meter);
		}
		assert_eq!(SweptUntil::<T>::get(), NOW);
	}

	#[benchmark]
	fn sweep_step() {
		let made = Made::<T>::new();
		made.pass(11);
		let (at, now) = (Interval(NOW.0 + 10), T::Clock::current());
		let mut meter = WeightMeter::new();
		#[block]
		{
			assert!(Pallet::<T>::sweep_interval(at, now, &mut meter));
		}
		assert_eq!(state_of::<T>(made.id), Some(DeviceState::Suspended));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
