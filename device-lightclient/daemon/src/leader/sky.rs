//! The sun as the chain sees it: a report that says more than that loses the leader its deposit if it
//! is drawn, so a leader has to know.

use pogcs_geo::{sun, Cell, Moment, Place, Span};
use pogcs_primitives::{records::ClassRecord, CellId, Interval, MilliWattHours};

/// Milliseconds of a slot.
const SLOT: u64 = 3_000;
/// Seconds of an hour.
const HOUR: u32 = 3_600;
/// 2026-06-21, 8 o'clock UTC: when interval 0 begins for the sun on a chain whose intervals are no hours.
const MIDSUMMER: u64 = 1_782_028_800;
const MILLION: u128 = 1_000_000;

/// The chain's solar clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sky {
	/// When interval 0 begins, in Unix seconds.
	start: u64,
}

impl Sky {
	/// Where an interval lasts an hour the sun is where it is; elsewhere each plays one.
	pub fn new(genesis_slot: Option<u64>, interval_slots: u64) -> Option<Self> {
		let is_hour = interval_slots.checked_mul(SLOT) == Some(u64::from(HOUR) * 1_000);
		let start = if is_hour { genesis_slot?.checked_mul(SLOT)? / 1_000 } else { MIDSUMMER };
		Some(Self { start })
	}

	/// The most that a device of `class` in `cell` can generate in `interval`. `None` where the chain
	/// does not know either.
	pub fn ceiling(
		&self,
		cell: CellId,
		class: &ClassRecord,
		interval: Interval,
	) -> Option<MilliWattHours> {
		let since = u64::from(interval.0).checked_mul(HOUR.into())?;
		let span = Span::new(Moment(self.start.checked_add(since)?), HOUR)?;
		let share = sun::most_output(Place::of(Cell::new(cell)?), span);
		let rated = class.max_generation;
		let most = u128::from(rated.0).saturating_mul(share.0.into()).div_ceil(MILLION);
		Some(rated.min(MilliWattHours(u64::try_from(most).unwrap_or(u64::MAX))))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_light_core::testing::reports::class;

	const ALMERIA: CellId = CellId(0x8f38246162120ab);

	#[test]
	fn sun_should_shine_by_day_only() {
		let sky = Sky::new(None, 20).unwrap();
		let class = class();
		let at = |interval| sky.ceiling(ALMERIA, &class, Interval(interval)).unwrap();
		// 8 o'clock UTC is morning in Almería: noon comes 4 intervals later, midnight 16.
		assert_eq!(at(4), class.max_generation);
		assert_eq!(at(16), MilliWattHours(0));
		assert!(at(28) == class.max_generation && at(0).0 > 0);
		assert_eq!(sky.ceiling(CellId(0), &class, Interval(4)), None);
		assert_eq!(sky.ceiling(ALMERIA, &class, Interval(u32::MAX)), None);
	}

	#[test]
	fn sun_should_be_where_it_is_when_an_interval_is_an_hour() {
		assert_eq!(Sky::new(None, 1_200), None);
		let noon_in_june = 1_782_043_200;
		let sky = Sky::new(Some(noon_in_june / 3), 1_200).unwrap();
		let at = |interval| sky.ceiling(ALMERIA, &class(), Interval(interval)).unwrap();
		assert!(at(0) == class().max_generation && at(12) == MilliWattHours(0));
	}

	/// The clock is the runtime's own.
	#[test]
	fn clock_should_be_that_of_the_runtime() {
		let configs = include_str!("../../../../runtime/src/configs/energy.rs");
		for line in [
			"const HOUR: u32 = 3_600;",
			"const MIDSUMMER: u64 = 1_782_028_800;",
			"let start = if is_hourly() {",
			"GenesisSlot::<Runtime>::get()?.checked_mul(SLOT_DURATION)? / 1_000",
			"type Sky = GeoSky;",
			"type SolarClock = Sun;",
		] {
			assert!(configs.contains(line), "{line}");
		}
		let runtime = include_str!("../../../../runtime/src/lib.rs");
		assert!(runtime.contains("pub const SLOT_DURATION: u64 = 3_000;"));
		let ceiling = include_str!("../../../../pallets/energy/src/report_impls.rs");
		assert!(ceiling
			.contains("u128::from(rated.0).saturating_mul(u128::from(share.0)).div_ceil(MILLION)"));
	}
}
