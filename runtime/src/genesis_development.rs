//! What only a development chain starts with: a maker whose key everybody knows, one class of
//! devices, the development verifying key and the digits model, four zones of the grid with two
//! well-known feeders, and a market for the hours of that class.

use alloc::{vec, vec::Vec};

use frame_support::build_struct_json_patch;
use pallet_devices::parameters::{BenchmarkRules, MaintenanceRules, Parameters, PlaceRules, Terms};
use pallet_market::Terms as MarketTerms;
use pallet_oracle::{Distance, Level, Policy};
use pogcs_geo::{Cell, Resolution};
use pogcs_primitives::{
	grid::{CurrencyCode, FeedId, Quantity},
	records::{ClassRecord, ModelRecord, PoolKind},
	units::GramsPerKwh,
	wire::PublicKey,
	CellId, ClassId, Commitment, KeyId, MicroGpuHours, MilliWattHours, ZoneId,
};
use serde_json::Value;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Convert, Permill};

use crate::{
	configs::{ClaimClass, DeviceParameters},
	token::UNIT,
	AccountId, Balance, DevicesConfig, EnergyConfig, MarketConfig, OracleConfig, ProofsConfig,
	RuntimeGenesisConfig, TasksConfig,
};

/// The class of the development devices: a rooftop panel, a battery and a small computer.
pub const CLASS: ClassId = ClassId(1);

/// The ed25519 key of the development maker, whose seed is the byte 0x4d 32 times; a test computes it.
pub const MAKER: PublicKey =
	hex_literal::hex!("62a611b472d89b0e5fc93c069b9f700b4c552d55bc0e87b56008ef17b6b2bebe");

/// The verifying key of the task circuit for the development proving key.
pub const VERIFYING_KEY: &[u8] = include_bytes!("../../zk-circuits/keys/development.vk");

/// Commitment to the weights of `zk-circuits/model/digits.bin`; a test computes it again.
pub const DIGITS: Commitment = Commitment(hex_literal::hex!(
	"ecdac95523b6984514f28571bc0cf309dbc8e2e2a71fa59a2605cce289a3a107"
));

/// The digits model.
///
/// Reading a digit takes a reference card well below a microsecond, which would count for nothing.
/// A development chain counts a chunk as a thousand µGPU-h, so that one device's work is seen.
fn digits() -> ModelRecord {
	ModelRecord {
		commitment: DIGITS,
		key: KeyId(0),
		work: MicroGpuHours(1_000),
		energy: MilliWattHours(100),
	}
}

/// A panel of 10 kW under full sun for an hour, a battery of 10 kWh, a small computer.
///
/// The throughput is low enough for any computer, with as much else to do as it may have.
fn class() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(10_000_000),
		storage: MilliWattHours(10_000_000),
		storage_efficiency: 900_000,
		throughput: 50,
		max_draw: MilliWattHours(1_000_000),
	}
}

/// The registry's parameters for intervals of a minute, so that everything can be seen to end.
fn parameters() -> Parameters<Balance> {
	let production = DeviceParameters::get();
	Parameters {
		place: PlaceRules { cooldown: 2, ..production.place },
		terms: Terms {
			notice: 6,
			offer: 10,
			appeal: 5,
			decision: 5,
			expulsion: 5,
			rescue: 5,
			certificate: 1_440,
			consent: 5,
		},
		maintenance: MaintenanceRules { ahead: 2, quota: 4, period: 60 },
		benchmark: BenchmarkRules { seconds: 10, ..production.benchmark },
		..production
	}
}

/// A zone of the grid, its currency, and a finest cell in it: that of a device of the local chain.
struct Zone(&'static str, &'static [u8; 3], CellId);

const ZONES: [Zone; 4] = [
	Zone("Spain", b"EUR", CellId(0x08f3_8246_1621_20ab)),
	Zone("South Africa", b"ZAR", CellId(0x08fa_d361_5110_6cd4)),
	Zone("Sichuan", b"CNY", CellId(0x08f4_0e3c_e88f_58e8)),
	Zone("Arizona", b"USD", CellId(0x08f2_9b6d_30b4_5a21)),
];

/// The zones with their ids.
fn zones() -> impl Iterator<Item = (ZoneId, &'static Zone)> {
	(0..).map(ZoneId).zip(&ZONES)
}

/// The cell of some 250 km² about a device, which is in one zone.
fn region(cell: CellId) -> Option<CellId> {
	Some(Cell::new(cell)?.parent(Resolution::new(5)?)?.id())
}

/// One feeder is enough for a value, both for a leap.
fn policy(quantity: Quantity) -> Policy {
	let (least, most, max_step, tolerance) = match quantity {
		// From all wind to all lignite.
		Quantity::Carbon => (0, 1_500, 200, 50),
		// From paying to be rid of it to ten units of the currency.
		Quantity::Price => (-1_000_000, 10_000_000, 1_000_000, 100_000),
	};
	Policy {
		least: Level(least),
		most: Level(most),
		max_step: Distance(max_step),
		tolerance: Distance(tolerance),
		quorum: 1,
		jump_quorum: 2,
		staleness: 24,
	}
}

fn feeds() -> Vec<FeedId> {
	let of = |zone| [Quantity::Carbon, Quantity::Price].map(|quantity| FeedId { zone, quantity });
	zones().flat_map(|(zone, _)| of(zone)).collect()
}

fn oracle() -> OracleConfig {
	use Sr25519Keyring::{Alice, Bob};
	let named = |(zone, Zone(name, currency, _)): (ZoneId, &Zone)| {
		(zone, name.as_bytes().to_vec(), CurrencyCode(**currency))
	};
	OracleConfig {
		zones: zones().map(named).collect(),
		feeds: feeds().into_iter().map(|feed| (feed, policy(feed.quantity))).collect(),
		feeders: [(Alice, "Alice"), (Bob, "Bob")]
			.map(|(who, name)| (who.to_account_id(), name.as_bytes().to_vec(), feeds()))
			.to_vec(),
	}
}

fn energy() -> EnergyConfig {
	let zones = zones().filter_map(|(zone, Zone(_, _, cell))| Some((region(*cell)?, zone)));
	EnergyConfig { zones: zones.collect(), ..Default::default() }
}

/// Terms for hours of which a few thousandths of a GPU-hour are traded at a time.
const TERMS: MarketTerms = MarketTerms {
	min_price: UNIT / 100,
	// What pools ask for at most, and some more.
	max_price: 1_000 * UNIT,
	headroom: Permill::from_percent(20),
	deployed: Permill::from_percent(50),
	min_book: UNIT,
	// 0.3 %.
	fee: Permill::from_parts(3_000),
	fee_slope: Permill::from_percent(10),
	max_fee: Permill::from_percent(3),
	max_risk: Permill::from_percent(50),
	breaker: Permill::from_percent(30),
	learning: Permill::from_percent(20),
	full_volume: Permill::from_percent(10),
	// Less than a third: see the market's README.
	rise: Permill::from_percent(33),
	hedge: Permill::from_percent(50),
	range: Permill::from_percent(10),
	explore: Permill::from_percent(20),
	slippage: Permill::from_percent(10),
};

/// What a GPU-hour is expected to fetch: a chunk of the development model a hundredth of a token.
const PRICE: Balance = 10 * UNIT;

/// What stands behind each lane of a class. Half of it is behind 24 hours: each is some 170 thousandths of
/// a GPU-hour deep, so that what one device promises moves its price by a per cent or two.
const BEHIND_A_LANE: Balance = 100 * UNIT;

/// The assets of the first lanes' shares. Each class has seven.
const SHARES: [u32; 2] = [1_000, 1_100];

/// A market for green hours of the class and one for any, with Ferdie behind both.
fn market() -> MarketConfig {
	let kinds = [PoolKind::Green, PoolKind::Compute];
	let claims = || kinds.into_iter().filter_map(|kind| ClaimClass::convert((kind, CLASS)));
	let classes = claims().zip(SHARES).map(|(class, shares)| (class, shares, PRICE, TERMS));
	let ferdie = Sr25519Keyring::Ferdie.to_account_id();
	let deposits = claims().map(|class| (ferdie.clone(), class, 7 * BEHIND_A_LANE));
	MarketConfig { classes: classes.collect(), deposits: deposits.collect() }
}

/// The patch.
pub fn patch() -> Value {
	build_struct_json_patch!(RuntimeGenesisConfig {
		devices: DevicesConfig {
			// The maker's key is its account too.
			makers: vec![(MAKER, b"Development maker".to_vec(), AccountId::from(MAKER))],
			classes: vec![(CLASS, class())],
			parameters: Some(parameters()),
		},
		proofs: ProofsConfig { allow_development_keys: true, keys: vec![VERIFYING_KEY.to_vec()] },
		tasks: TasksConfig { models: vec![digits()] },
		oracle: oracle(),
		energy: energy(),
		market: market(),
	})
}
