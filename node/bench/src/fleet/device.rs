//! A device of the fleet: a key, a place, and what it meters.

use codec::Encode;
use h3o::{LatLng, Resolution};
use pogcs_primitives::{
	wire::{consent_payload, Consent, EnergyReport, MakerCertificate, Signature, READINGS},
	CellId, Commitment, DeviceId, Interval, MilliWattHours,
};
use pogcs_runtime::{genesis_development::CLASS, token::UNIT, AccountId, Runtime};
use sp_core::{ed25519::Pair, Pair as _};
use sp_keyring::Sr25519Keyring;

use super::chain::{call, GENESIS};
use crate::Error;

/// The last interval of all certificates.
pub const EXPIRES: Interval = Interval(20);

/// The seed of the maker that development presets know.
const MAKER: [u8; 32] = [0x4d; 32];

/// Where it is day in the first intervals of a development chain: latitudes and longitudes in fifths
/// of a degree, more than twenty kilometres apart.
const LATITUDES: std::ops::Range<i32> = -100..200;
const LONGITUDES: std::ops::Range<i32> = 0..350;

/// Cells of the finest resolution, so far apart that no device is near another.
///
/// # Errors
/// More than there are.
pub fn sites(count: u32) -> Result<Vec<CellId>, Error> {
	let count = usize::try_from(count)?;
	let sites = LATITUDES
		.flat_map(|latitude| LONGITUDES.map(move |longitude| (latitude, longitude)))
		.take(count)
		.map(|(latitude, longitude)| {
			let place = LatLng::new(f64::from(latitude) / 5.0, f64::from(longitude) / 5.0)?;
			Ok(CellId(place.to_cell(Resolution::Fifteen).into()))
		})
		.collect::<Result<Vec<_>, Error>>()?;
	if sites.len() < count {
		return Err(format!("there are {} places for {count} devices", sites.len()).into());
	}
	Ok(sites)
}

/// A device that is registered.
pub struct Device {
	pair: Pair,
	id: DeviceId,
}

impl Device {
	/// Registers the next device at `cell`.
	///
	/// # Errors
	/// Why it is refused.
	pub fn register(cell: CellId, owner: &AccountId) -> Result<Self, Error> {
		let id = pallet_devices::NextDevice::<Runtime>::get();
		let seed = (b"pogcs-bench device", id).using_encoded(sp_crypto_hashing::blake2_256);
		let (pair, maker) = (Pair::from_seed(&seed), Pair::from_seed(&MAKER));
		let (maker_key, device_key) = (maker.public().0, pair.public().0);
		let certified = MakerCertificate::signing_payload(&maker_key, &device_key, CLASS, EXPIRES);
		let certificate = MakerCertificate {
			maker: maker_key,
			device_key,
			class: CLASS,
			expires: EXPIRES,
			signature: maker.sign(&certified).0,
		};
		// Below the field's modulus whatever the hash.
		let mut commitment = seed;
		commitment[31] = 0;
		let commitment = Commitment(commitment);
		let until = pallet_pogcs::CurrentInterval::<Runtime>::get();
		let agreed = consent_payload(&GENESIS, owner, &commitment, until);
		let consent = Consent { until, signature: pair.sign(&agreed).0 };
		let validator = Sr25519Keyring::Alice.to_account_id();
		let register = pallet_devices::Call::<Runtime>::register {
			certificate,
			cell,
			validator,
			commitment,
			consent,
			max_deposit: 20 * UNIT,
		};
		call(owner, register)?;
		Ok(Self { pair, id })
	}

	/// What it meters in any interval, signed: a panel that gives compute and its owner some.
	pub fn report(&self, interval: Interval) -> (EnergyReport, Signature) {
		let total = |reading: u64| MilliWattHours([reading; READINGS].iter().sum());
		let report = EnergyReport {
			device: self.id,
			interval,
			generation: total(50),
			storage_in: MilliWattHours(0),
			storage_out: MilliWattHours(0),
			grid_import: MilliWattHours(0),
			grid_export: MilliWattHours(0),
			compute_draw: total(40),
			green_supply: total(50),
			green_draw: total(40),
			root: Commitment([0; 32]),
		};
		(report, self.pair.sign(&report.signing_payload(&GENESIS)).0)
	}
}
