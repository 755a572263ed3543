#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

mod batch_impls;
mod certificate_impls;
mod extension;
mod ledger_impls;
mod quota_impls;
mod report_impls;
mod surroundings;
mod sweep_impls;
mod types;
pub mod weights;
mod zone_impls;

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use extension::UnlessFree;
pub use pallet::*;
pub use surroundings::*;
pub use types::*;
pub use weights::WeightInfo;
pub use zone_impls::FINEST_ZONED;

#[frame_support::pallet]
pub mod pallet {
	use alloc::{boxed::Box, vec::Vec};
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Inspect, InspectHold, MutateHold},
			OnUnbalanced, StorageVersion,
		},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use pogcs_primitives::{
		batch::{Node, MAX_DEPTH},
		records::{BatteryRecord, EnergyRecord},
		traits::{DeliveredEnergy, Devices, GridOracle, IntervalClock, Lifecycle},
		units::GramsPerKwh,
		wire::{EnergyReport, PublicKey, Signature},
		CellId, DeviceId, Interval, MilliWattHours, MilligramsCo2, WattHours, ZoneId,
	};
	use sp_runtime::traits::{Convert, Zero};

	use crate::{surroundings::*, types::*, WeightInfo};

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	/// What the ledger needs.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash: Into<[u8; 32]>> {
		/// The currency of deposits and prices.
		type Currency: Inspect<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId>
			+ BalancedHold<Self::AccountId>;

		/// The runtime's reasons for a hold.
		type RuntimeHoldReason: From<HoldReason>;

		/// The device registry.
		type Devices: Devices<Self::AccountId>;

		/// Who keeps a device in the registry for as long as what it was credited with can turn out to
		/// be false.
		type Lifecycle: Lifecycle;

		/// Who counts metered energy against what was promised. What that takes is part of the weight
		/// of whatever puts a report on record.
		type Delivered: DeliveredEnergy;

		/// Who says which place is in which zone of the grid.
		type ForceOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account that a device's key controls.
		type DeviceAccount: Convert<PublicKey, Self::AccountId>;

		/// The chain's clock and randomness.
		type Clock: IntervalClock;

		/// When an interval was, for the sun.
		type SolarClock: SolarClock;

		/// The sky over a cell.
		type Sky: ClearSky;

		/// What the grid's electricity emits.
		type Grid: GridOracle;

		/// Carbon intensity of the grid where the oracle does not know it. Dirty enough that nobody
		/// gains by silencing the oracle.
		#[pallet::constant]
		type DefaultCarbon: Get<GramsPerKwh>;

		/// The most cells that can be put into zones.
		#[pallet::constant]
		type MaxZoned: Get<u32>;

		/// For how many intervals after its own a report stands; then it is removed, and with it what
		/// its owner has not claimed.
		#[pallet::constant]
		type Retention: Get<u32>;

		/// For how many intervals after its own the energy that compute drew is kept for proofs. Then
		/// the owner can claim what is left. At least as long as a proof may take.
		#[pallet::constant]
		type Lock: Get<u32>;

		/// For how many intervals after its own a certificate can change hands and be retired.
		#[pallet::constant]
		type CertificateLife: Get<u32>;

		/// What is on hold for each entry of an account that holds some of a certificate.
		#[pallet::constant]
		type HoldingDeposit: Get<BalanceOf<Self>>;

		/// What is on hold for the record of a retirement.
		#[pallet::constant]
		type RetirementDeposit: Get<BalanceOf<Self>>;

		/// What one prepaid report costs: at least the fee of a `report`.
		#[pallet::constant]
		type QuotaPrice: Get<BalanceOf<Self>>;

		/// What is on hold for a device's entry of prepaid reports.
		#[pallet::constant]
		type QuotaDeposit: Get<BalanceOf<Self>>;

		/// The most prepaid reports of a device.
		#[pallet::constant]
		type MaxQuota: Get<u32>;

		/// Where the price of prepaid reports goes: where fees go.
		type FeeDestination: OnUnbalanced<CreditOf<Self>>;

		/// What is on hold for a batch, however small.
		#[pallet::constant]
		type BatchDeposit: Get<BalanceOf<Self>>;

		/// What is on hold for each report in a batch.
		#[pallet::constant]
		type DepositPerReport: Get<BalanceOf<Self>>;

		/// The most reports in a batch.
		#[pallet::constant]
		type MaxBatch: Get<u32>;

		/// How many reports of a batch are drawn and have to be shown.
		#[pallet::constant]
		type Checks: Get<u32>;

		/// For how many blocks after a batch was submitted they can be shown. At least three intervals
		/// of blocks, since they are drawn when the one after the running one is over. Blocks, not
		/// intervals: a chain that stands still costs no leader its deposit. Shorter than the notice
		/// that a device gives before it leaves the registry, so that a leader knows who will be gone.
		///
		/// No constant: how many blocks an interval has may be in storage.
		type CheckBlocks: Get<BlockNumberFor<Self>>;

		/// Where the deposit of a leader goes that does not show them.
		type SlashDestination: OnUnbalanced<CreditOf<Self>>;

		/// What the calls cost.
		type WeightInfo: WeightInfo;
	}

	/// Why this pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Deposit for certificates that an account holds.
		#[codec(index = 0)]
		Certificate,
		/// Deposit for the record of a retirement.
		#[codec(index = 1)]
		Retirement,
		/// Deposit for a device's entry of prepaid reports.
		#[codec(index = 2)]
		Quota,
		/// Deposit of a leader for a batch of reports.
		#[codec(index = 3)]
		Batch,
	}

	/// What each device metered in each interval.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		DeviceId,
		Twox64Concat,
		Interval,
		EnergyRecord,
		OptionQuery,
	>;

	/// Who reported in each interval, so that its reports can be found when they are to go.
	#[pallet::storage]
	pub type Reporters<T: Config> =
		StorageDoubleMap<_, Twox64Concat, Interval, Twox64Concat, DeviceId, (), OptionQuery>;

	/// What of each interval's green energy its owner can claim, beside what compute drew.
	#[pallet::storage]
	pub type Surpluses<T: Config> =
		StorageDoubleMap<_, Twox64Concat, DeviceId, Twox64Concat, Interval, Surplus, OptionQuery>;

	/// What the ledger knows to be in each device's battery.
	#[pallet::storage]
	pub type Batteries<T: Config> =
		StorageMap<_, Twox64Concat, DeviceId, BatteryRecord, OptionQuery>;

	/// In which zone of the grid the places in a cell are. The smallest cell about a place counts.
	#[pallet::storage]
	pub type Zones<T: Config> = CountedStorageMap<_, Twox64Concat, CellId, ZoneId, OptionQuery>;

	/// Sums of each interval whose reports stand.
	#[pallet::storage]
	pub type IntervalTotals<T: Config> = StorageMap<_, Twox64Concat, Interval, Totals, ValueQuery>;

	/// Sums of all intervals that were swept.
	#[pallet::storage]
	pub type SweptTotals<T: Config> = StorageValue<_, Totals, ValueQuery>;

	/// The first interval that is not swept: nothing of an earlier one stands.
	#[pallet::storage]
	pub type SweptUntil<T: Config> = StorageValue<_, Interval, ValueQuery>;

	/// Certificates of which somebody holds some.
	#[pallet::storage]
	pub type Certificates<T: Config> =
		StorageMap<_, Blake2_128Concat, CertificateId, CertificateRecord, OptionQuery>;

	/// What each account holds of which certificate.
	#[pallet::storage]
	pub type Holdings<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		CertificateId,
		HoldingOf<T>,
		OptionQuery,
	>;

	/// All certificates of all time.
	#[pallet::storage]
	pub type AllCertificates<T: Config> = StorageValue<_, CertificateTotals, ValueQuery>;

	/// Retirements by whom they are for.
	#[pallet::storage]
	pub type Retirements<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		u64,
		RetirementOf<T>,
		OptionQuery,
	>;

	/// The number that the next retirement gets.
	#[pallet::storage]
	pub type NextRetirement<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// Prepaid reports.
	#[pallet::storage]
	pub type Quotas<T: Config> = StorageMap<_, Twox64Concat, DeviceId, QuotaOf<T>, OptionQuery>;

	/// Batches of reports.
	#[pallet::storage]
	pub type Batches<T: Config> = StorageMap<_, Twox64Concat, u64, BatchOf<T>, OptionQuery>;

	/// The number that the next batch gets.
	#[pallet::storage]
	pub type NextBatch<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// The first batch that may still be pending: all before it were shown or voided.
	#[pallet::storage]
	pub type FirstPending<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// The first batch that may still stand: all before it are gone.
	#[pallet::storage]
	pub type FirstBatch<T: Config> = StorageValue<_, u64, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A device's interval is on record.
		Reported {
			/// Which device.
			device: DeviceId,
			/// The interval that was metered.
			interval: Interval,
			/// What the panel generated.
			generation: MilliWattHours,
			/// What compute drew, from whatever source.
			compute_draw: MilliWattHours,
			/// Green energy of it, which proofs may use.
			available: MilliWattHours,
			/// Green energy that is the owner's to claim.
			surplus: MilliWattHours,
			/// Carbon of what compute drew.
			carbon: MilligramsCo2,
		},
		/// A prepaid report was used up and the report refused.
		ReportRefused {
			/// Which device.
			device: DeviceId,
			/// The interval that it named.
			interval: Interval,
			/// Why.
			error: DispatchError,
			/// Prepaid reports that are left.
			left: u32,
		},
		/// A proof used up green energy: its certificate is retired.
		Retired {
			/// Which device.
			device: DeviceId,
			/// The interval that the energy is of.
			interval: Interval,
			/// How much.
			amount: MilliWattHours,
			/// What is left of that interval.
			left: MilliWattHours,
		},
		/// All reports of an interval were removed.
		Swept {
			/// Which interval.
			interval: Interval,
			/// Its sums.
			totals: Totals,
		},
		/// Certificates were issued.
		Claimed {
			/// For which device's energy.
			device: DeviceId,
			/// Of which interval.
			interval: Interval,
			/// To whom.
			owner: T::AccountId,
			/// From the panel.
			production: WattHours,
			/// Out of the battery.
			storage: WattHours,
		},
		/// Certificates changed hands.
		Transferred {
			/// Which.
			certificate: CertificateId,
			/// Who held them.
			from: T::AccountId,
			/// Who holds them.
			to: T::AccountId,
			/// How much.
			amount: WattHours,
		},
		/// Certificates were used up.
		CertificateRetired {
			/// The number of the retirement.
			retirement: u64,
			/// Which.
			certificate: CertificateId,
			/// How much.
			amount: WattHours,
			/// Who held them.
			by: T::AccountId,
			/// For whom.
			beneficiary: T::AccountId,
			/// Hash of the text that says what for.
			reason: [u8; 32],
		},
		/// The record of a retirement was removed; that the energy is retired stays in the sums.
		RetirementForgotten {
			/// The number of the retirement.
			retirement: u64,
			/// For whom it was.
			beneficiary: T::AccountId,
		},
		/// Certificates ran out.
		CertificateExpired {
			/// Which.
			certificate: CertificateId,
			/// Who held them.
			holder: T::AccountId,
			/// How much.
			amount: WattHours,
		},
		/// Reports were paid for ahead.
		QuotaBought {
			/// Of which device.
			device: DeviceId,
			/// Who paid.
			payer: T::AccountId,
			/// How many.
			reports: u32,
			/// How many there are now.
			left: u32,
			/// What was paid for them.
			price: BalanceOf<T>,
		},
		/// A device's entry of prepaid reports is gone.
		QuotaClosed {
			/// Which device.
			device: DeviceId,
			/// How many were given up.
			left: u32,
			/// Who got the deposit back.
			payer: T::AccountId,
		},
		/// What the ledger kept of a device that left the registry is gone.
		Forgotten {
			/// Which device.
			device: DeviceId,
			/// Green energy that was in its battery.
			lost: MilliWattHours,
		},
		/// A leader put the root of many reports on record.
		BatchSubmitted {
			/// The number of the batch.
			batch: u64,
			/// Who answers for it.
			leader: T::AccountId,
			/// The interval that its reports are of.
			interval: Interval,
			/// The root, with the number and sums of its reports.
			root: Node,
			/// The last block in which the reports that are drawn can be shown.
			due: BlockNumberFor<T>,
			/// What the leader has on hold for it.
			deposit: BalanceOf<T>,
		},
		/// The reports that were drawn were shown.
		BatchSound {
			/// Which batch.
			batch: u64,
			/// Who got the deposit back.
			leader: T::AccountId,
		},
		/// The reports that were drawn were not shown in time.
		BatchVoided {
			/// Which batch.
			batch: u64,
			/// Who answered for it.
			leader: T::AccountId,
			/// What it lost of its deposit: all, or nothing if none were drawn.
			lost: BalanceOf<T>,
		},
		/// Governance said in which zone of the grid a cell is.
		ZoneSet {
			/// Which cell.
			cell: CellId,
			/// Which zone; none of its own if nothing.
			zone: Option<ZoneId>,
		},
		/// A report was taken out of a batch; `Reported` says what it is.
		Opened {
			/// Which batch.
			batch: u64,
			/// Whose report.
			device: DeviceId,
		},
	}

	/// What was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The interval ended too long ago: only the one that has just ended can be reported, and
		/// a batch can be opened only while reports of its interval are kept.
		PastInterval,
		/// The interval has not ended yet. Report it when the next one has begun.
		FutureInterval,
		/// The device has reported this interval.
		AlreadyReported,
		/// No such device.
		UnknownDevice,
		/// The device is suspended. Its owner or governance must let it go on first.
		Suspended,
		/// The device was registered, or changed its key, during or after this interval. Start with
		/// the next one.
		BeforeRegistration,
		/// More was generated than a panel of this class can. Look at the meter.
		Implausible,
		/// The device's key did not sign this report for this chain.
		BadSignature,
		/// The root is not a canonical element of the BN254 scalar field.
		NonCanonicalRoot,
		/// A sum is more than 32 readings can add up to.
		TooLarge,
		/// More was generated than the sun gives in this cell at this time. Look at the meter's clock
		/// and at the device's cell.
		NoSun,
		/// Where the sun stood cannot be told for this cell and interval: the runtime's solar clock
		/// or the device's cell is wrong.
		UnknownSky,
		/// Compute of this class cannot draw so much in an interval.
		ImplausibleDraw,
		/// A battery of this class cannot take or give so much in an interval.
		ImplausibleStorage,
		/// More is accounted for than came in: generation, storage out and import must cover storage
		/// in, export and compute.
		NotConserved,
		/// Compute drew more green energy than there was.
		DrawAboveSupply,
		/// The supply readings add up to more than generation, less what was stored, and green
		/// energy out of the battery as the ledger has it. Read `Batteries` and meter again.
		UnbackedSupply,
		/// The draw readings add up to more green energy than compute can have drawn by the ledger.
		/// Read `Batteries` and meter again.
		UnbackedDraw,
		/// Only the account of the device's own key may do this.
		NotDevice,
		/// No prepaid report is left. Buy some, or send a `report` and pay its fee.
		NoQuota,
		/// Zero is nothing to buy, transfer or retire.
		ZeroAmount,
		/// A device can have no more prepaid reports than `MaxQuota`.
		FullQuota,
		/// Only the device's owner or manager may do this.
		NotOwner,
		/// The device is registered: what the ledger keeps of it stays.
		StillRegistered,
		/// There is nothing of this device to forget.
		NothingKept,
		/// The device has not reported this interval, or the report was removed.
		NotReported,
		/// Less than one watt-hour is there to claim. What compute drew can be claimed after `Lock`
		/// intervals.
		NothingToClaim,
		/// The account holds less of this certificate.
		Insufficient,
		/// Sender and receiver are the same account.
		SameAccount,
		/// The certificate has run out: it can be neither transferred nor retired any more.
		Expired,
		/// The certificate has not run out yet.
		NotExpired,
		/// There is no such retirement for this beneficiary, or its record was removed.
		UnknownRetirement,
		/// Only who retired it may remove the record.
		NotYours,
		/// A batch has at least one report and at most `MaxBatch`.
		BadSize,
		/// The root's sums are too large to draw from, or its devices are not in order.
		BadRoot,
		/// No such batch: it was voided, or removed with its interval.
		UnknownBatch,
		/// The reports that were drawn from this batch have been shown.
		AlreadyShown,
		/// The reports are drawn when the interval after the one in which the batch was submitted is
		/// over.
		NotDrawn,
		/// The time to show what was drawn is over: the batch is void.
		Void,
		/// Show exactly the reports that were drawn, in that order: see the view function `drawn`.
		OtherReports,
		/// The path does not lead from this report to the batch's root.
		BadPath,
		/// The report is of another interval than the batch.
		OtherInterval,
		/// Only the batch's leader, the device itself, its owner or its manager may open its report.
		NotOpener,
		/// There is no such cell, or it is finer than those that can be put into a zone.
		BadCell,
		/// `MaxZoned` cells are in zones. Put larger cells there, or take some out.
		TooManyZoned,
		/// This cell is in no zone of its own.
		NotZoned,
		/// The numbers do not fit.
		Overflow,
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Which cells are in which zones of the grid from the first block.
		pub zones: Vec<(CellId, ZoneId)>,
		/// Nothing of the runtime is configured.
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			for (cell, zone) in &self.zones {
				Pallet::<T>::do_set_zone(*cell, Some(*zone)).expect("a genesis cell is one");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_idle(_: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			assert!(T::Lock::get() > 0, "a proof comes after its interval");
			assert!(
				T::Retention::get() > T::Lock::get(),
				"an owner can claim what no proof has used"
			);
			assert!(
				T::CertificateLife::get() > T::Retention::get(),
				"a certificate can be used when it is claimed late"
			);
			assert!(T::Checks::get() > 0, "a batch that nobody looks at is no evidence");
			assert!(T::MaxBatch::get() > 0 && T::MaxQuota::get() > 0, "there is room");
			assert!(T::MaxBatch::get() <= 1 << MAX_DEPTH, "a path leads to every report");
			for deposit in [
				T::HoldingDeposit::get(),
				T::RetirementDeposit::get(),
				T::QuotaDeposit::get(),
				T::QuotaPrice::get(),
				T::BatchDeposit::get(),
				T::DepositPerReport::get(),
			] {
				assert!(!deposit.is_zero(), "storage and lies cost something");
			}
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Puts on record what a device metered in the interval that has just ended.
		///
		/// - `report`: what the device says.
		/// - `signature`: by the device's key, over `EnergyReport::signing_payload`.
		///
		/// Origin: signed, anybody. Event: `Reported`. Errors: `PastInterval`, `FutureInterval`,
		/// `UnknownDevice`, `Suspended`, `BeforeRegistration`, `AlreadyReported`, `TooLarge`,
		/// `Implausible`, `ImplausibleDraw`, `ImplausibleStorage`, `NotConserved`,
		/// `DrawAboveSupply`, `NonCanonicalRoot`, `UnknownSky`, `NoSun`, `UnbackedSupply`,
		/// `UnbackedDraw`, `BadSignature`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::report())]
		pub fn report(
			origin: OriginFor<T>,
			report: EnergyReport,
			signature: Signature,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_report(&report, Some(&signature))
		}

		/// Puts a report on record without a fee, for one that was paid for ahead. The report is the
		/// device's because its key signs the transaction.
		///
		/// A prepaid report is used up even if the report is refused: this call then succeeds with
		/// the event `ReportRefused`, and changes nothing else.
		///
		/// Origin: signed, the account of the device's key. Events: `Reported` or `ReportRefused`.
		/// Errors: `NoQuota`, `UnknownDevice`, `NotDevice`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::report_prepaid())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, report: &EnergyReport| -> bool {
			Pallet::<T>::is_prepaid(origin, report)
		})]
		pub fn report_prepaid(origin: OriginFor<T>, report: EnergyReport) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_report_prepaid(who, &report)
		}

		/// Pays for reports of a device ahead, and keeps its account alive while there is an entry.
		/// The first time a deposit is held. What was paid does not come back.
		///
		/// Origin: signed, the device's owner or manager. Event: `QuotaBought`. Errors:
		/// `UnknownDevice`, `NotOwner`, `ZeroAmount`, `FullQuota`, `Overflow`, and those of the
		/// currency.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::buy_quota())]
		pub fn buy_quota(origin: OriginFor<T>, device: DeviceId, reports: u32) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_buy_quota(who, device, reports)
		}

		/// Gives up what is left of a device's prepaid reports, and the deposit back to who paid it.
		///
		/// Origin: signed, the device's owner. Event: `QuotaClosed`. Errors: `UnknownDevice`,
		/// `NotOwner`, `NoQuota`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::close_quota())]
		pub fn close_quota(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_close_quota(who, device)
		}

		/// Removes what the ledger keeps of a device that left the registry: its battery and its
		/// prepaid reports, whose deposit goes back.
		///
		/// Origin: signed, anybody. Events: `Forgotten`, `QuotaClosed`. Errors: `StillRegistered`,
		/// `NothingKept`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::forget())]
		pub fn forget(origin: OriginFor<T>, device: DeviceId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_forget(device)
		}

		/// Puts the root of many reports of the interval that has just ended on record, against a
		/// deposit. When the interval after the running one is over, `Checks` of them are drawn; they
		/// have to be shown within `CheckBlocks` of now.
		///
		/// - `root`: the root as `pogcs_primitives::batch` defines it.
		///
		/// Origin: signed, the leader. Event: `BatchSubmitted`. Errors: `PastInterval`,
		/// `FutureInterval`, `BadSize`, `BadRoot`, `Overflow`, and those of the currency.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::submit_batch())]
		pub fn submit_batch(
			origin: OriginFor<T>,
			interval: Interval,
			root: Node,
		) -> DispatchResult {
			let leader = ensure_signed(origin)?;
			Self::do_submit_batch(leader, interval, root)
		}

		/// Shows the reports that were drawn from a batch, in the order in which they were drawn. The
		/// leader's deposit goes back.
		///
		/// Origin: signed, anybody. Event: `BatchSound`. Errors: `UnknownBatch`, `AlreadyShown`,
		/// `Void`, `NotDrawn`, `OtherReports`, `BadPath`, `OtherInterval`, and those of `report` that
		/// are about the report itself.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::show_batch())]
		pub fn show_batch(
			origin: OriginFor<T>,
			batch: u64,
			openings: BoundedVec<Opening, T::Checks>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_show_batch(batch, &openings)
		}

		/// Puts one report of a batch on record, as though it had been sent when the batch was. Its
		/// battery only counts if no later interval of the device is on record: open the oldest first.
		///
		/// Origin: signed, the batch's leader, the device's account, its owner or its manager. Events:
		/// `Opened`, `Reported`. Errors: `UnknownBatch`, `Void`, `UnknownDevice`, `NotOpener`,
		/// `PastInterval`, `OtherInterval`, `BadPath`, and those of `report`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::open_report())]
		pub fn open_report(
			origin: OriginFor<T>,
			batch: u64,
			opening: Box<Opening>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_report(who, batch, &opening)
		}

		/// Issues certificates to the owner for a device's green energy of one interval: whole
		/// watt-hours of what compute did not draw; after `Lock` intervals also of what it drew and
		/// no proof used. A deposit is held for each new entry.
		///
		/// Origin: signed, the device's owner. Event: `Claimed`. Errors: `UnknownDevice`, `NotOwner`,
		/// `Suspended`, `NotReported`, `NothingToClaim`, `Overflow`, and those of the currency.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(origin: OriginFor<T>, device: DeviceId, interval: Interval) -> DispatchResult {
			let owner = ensure_signed(origin)?;
			Self::do_claim(owner, device, interval)
		}

		/// Gives certificates to another account. The sender's deposit is held if the receiver has
		/// none of this one yet.
		///
		/// Origin: signed, the holder. Event: `Transferred`. Errors: `ZeroAmount`, `SameAccount`,
		/// `Insufficient`, `Expired`, `Overflow`, and those of the currency.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::transfer())]
		pub fn transfer(
			origin: OriginFor<T>,
			certificate: CertificateId,
			to: T::AccountId,
			amount: WattHours,
		) -> DispatchResult {
			let from = ensure_signed(origin)?;
			Self::do_transfer(from, certificate, to, amount)
		}

		/// Uses certificates up, for good. A record of it stands against a deposit.
		///
		/// - `beneficiary`: whose use of energy it is for.
		/// - `reason`: hash of a text that says what for.
		///
		/// Origin: signed, the holder. Event: `CertificateRetired`. Errors: `ZeroAmount`,
		/// `Insufficient`, `Expired`, `Overflow`, and those of the currency.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::retire())]
		pub fn retire(
			origin: OriginFor<T>,
			certificate: CertificateId,
			amount: WattHours,
			beneficiary: T::AccountId,
			reason: [u8; 32],
		) -> DispatchResult {
			let by = ensure_signed(origin)?;
			Self::do_retire(by, certificate, amount, beneficiary, reason)
		}

		/// Removes the record of a retirement and gives its deposit back.
		///
		/// Origin: signed, who retired. Event: `RetirementForgotten`. Errors: `UnknownRetirement`,
		/// `NotYours`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::forget_retirement())]
		pub fn forget_retirement(
			origin: OriginFor<T>,
			beneficiary: T::AccountId,
			retirement: u64,
		) -> DispatchResult {
			let by = ensure_signed(origin)?;
			Self::do_forget_retirement(by, beneficiary, retirement)
		}

		/// Removes certificates that have run out, and gives the deposit back to who paid it.
		///
		/// Origin: signed, anybody. Event: `CertificateExpired`. Errors: `Insufficient`,
		/// `NotExpired`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::expire())]
		pub fn expire(
			origin: OriginFor<T>,
			certificate: CertificateId,
			holder: T::AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expire(certificate, holder)
		}

		/// Says in which zone of the grid a cell is, or with nothing, that it is in none of its own. It
		/// counts for reports from now on.
		///
		/// - `cell`: of resolution 0 to 5. A cell in it can be in another zone.
		///
		/// Origin: `ForceOrigin`. Event: `ZoneSet`. Errors: `BadCell`, `TooManyZoned`, `NotZoned`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::set_zone())]
		pub fn set_zone(
			origin: OriginFor<T>,
			cell: CellId,
			zone: Option<ZoneId>,
		) -> DispatchResult {
			T::ForceOrigin::ensure_origin(origin)?;
			Self::do_set_zone(cell, zone)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// What a device metered in an interval, and what is left of it.
		pub fn record(device: DeviceId, interval: Interval) -> Option<EnergyRecord> {
			Reports::<T>::get(device, interval)
		}

		/// The sums of one interval, or nothing if nobody reported it or it was swept.
		pub fn totals_of(interval: Interval) -> Option<Totals> {
			IntervalTotals::<T>::try_get(interval).ok()
		}

		/// The interval that can be reported now, or nothing in the first one.
		pub fn reportable() -> Option<Interval> {
			T::Clock::current().checked_sub(1)
		}

		/// What the ledger knows to be in a device's battery.
		pub fn battery(device: DeviceId) -> BatteryRecord {
			Batteries::<T>::get(device).unwrap_or_default()
		}

		/// The most that a device can generate in an interval; nothing if it is not registered or the
		/// sun's place is not known.
		pub fn most_generation(device: DeviceId, interval: Interval) -> Option<MilliWattHours> {
			let info = T::Devices::device(device)?;
			Self::ceiling(&info, interval)
		}

		/// What the owner of a device would get if it claimed this interval now: from the panel, and
		/// out of the battery.
		pub fn claimable(device: DeviceId, interval: Interval) -> Option<(WattHours, WattHours)> {
			Self::unclaimed(device, interval)
				.map(|(_, surplus)| (surplus.production.whole(), surplus.storage.whole()))
		}

		/// What an account holds of which certificate.
		pub fn holdings(account: T::AccountId) -> Vec<(CertificateId, WattHours)> {
			Holdings::<T>::iter_prefix(account)
				.map(|(certificate, holding)| (certificate, holding.amount))
				.collect()
		}

		/// A certificate of which somebody holds some.
		pub fn certificate(certificate: CertificateId) -> Option<CertificateRecord> {
			Certificates::<T>::get(certificate)
		}

		/// What was retired for an account, and the number of each retirement.
		pub fn retired_for(beneficiary: T::AccountId) -> Vec<(u64, RetirementOf<T>)> {
			Retirements::<T>::iter_prefix(beneficiary).collect()
		}

		/// The zone of the grid that a place is in.
		pub fn zone_of(cell: CellId) -> Option<ZoneId> {
			Self::zone_about(cell)
		}

		/// How many prepaid reports a device has.
		pub fn quota(device: DeviceId) -> u32 {
			Quotas::<T>::get(device).map_or(0, |quota| quota.left)
		}

		/// A batch.
		pub fn batch(batch: u64) -> Option<BatchOf<T>> {
			Batches::<T>::get(batch)
		}

		/// The places that were drawn from a batch, in order: each is to be shown by the report that
		/// fills it. Nothing before they are drawn.
		pub fn drawn(batch: u64) -> Option<Vec<u64>> {
			let record = Batches::<T>::get(batch)?;
			Self::places_of(batch, &record)
		}
	}
}
