//! The curve: whatever is traded in whatever parts, nobody gains by the way in which he trades.

use proptest::prelude::*;

use crate::{
	math::{self, buy_cost, fee, search, sell_proceeds},
	types::Balance,
};

/// Reserves from a few plancks to a hundred million units of money of 12 decimals; depths and stocks
/// from the least to the greatest.
fn bucket() -> impl Strategy<Value = (Balance, u64, u64)> {
	let y = prop_oneof![1u128..1_000, 1u128..1 << 40, 1u128..1 << 67];
	let depth = prop_oneof![10u64..1_000, 10u64..1 << 30, 1u64..=math::MAX_DEPTH];
	(y, depth).prop_flat_map(|(y, depth)| {
		let most = depth * math::MAX_FALL;
		(Just(y), Just(depth), prop_oneof![0..=most, 0..=depth.min(1_000)])
	})
}

/// A bucket, and an amount of its stock.
fn stocked() -> impl Strategy<Value = (Balance, u64, u64)> {
	bucket()
		.prop_filter("something is in stock", |(_, _, stock)| *stock > 0)
		.prop_flat_map(|(y, depth, stock)| (Just(y), Just(depth), 1..=stock))
}

fn close(found: f64, exact: f64, off: f64) -> bool {
	(found - exact).abs() <= off + exact.abs() * 1e-9
}

/// What trades leave with a trader, and the reserve that they leave.
struct Trader {
	y: Balance,
	depth: u64,
	rate: u32,
	money: i128,
}

impl Trader {
	fn buy(&mut self, amount: u64) {
		let cost = buy_cost(self.y, self.depth, amount).unwrap();
		self.y += cost;
		self.money -= i128::try_from(cost + fee(cost, self.rate).unwrap()).unwrap();
	}

	fn sell(&mut self, amount: u64) {
		let price = sell_proceeds(self.y, self.depth, amount).unwrap();
		self.y -= price;
		self.money += i128::try_from(price - fee(price, self.rate).unwrap()).unwrap();
	}
}

fn trader(y: Balance, depth: u64, rate: u32) -> Trader {
	Trader { y, depth, rate, money: 0 }
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(4_000))]

	#[test]
	fn curve_should_follow_the_exponential((y, depth, amount) in stocked()) {
		let x = amount as f64 / depth as f64;
		let bought = buy_cost(y, depth, amount).unwrap();
		let sold = sell_proceeds(y, depth, amount).unwrap();
		prop_assert!(close(bought as f64, y as f64 * x.exp_m1(), 1.0));
		prop_assert!(close(sold as f64, y as f64 * -(-x).exp_m1(), 1.0));
	}

	/// The reserve never runs dry, however much is sold.
	#[test]
	fn seller_should_never_take_all((y, depth, amount) in stocked()) {
		prop_assert!(sell_proceeds(y, depth, amount).unwrap() < y);
	}

	#[test]
	fn buying_in_parts_should_never_be_cheaper(
		(y, depth, amount) in stocked(),
		cuts in prop::collection::vec(0.0f64..1.0, 1..8),
		rate in 0u32..100_000,
	) {
		let mut whole = trader(y, depth, rate);
		whole.buy(amount);
		let mut split = trader(y, depth, rate);
		for part in parts(amount, &cuts) {
			split.buy(part);
		}
		prop_assert!(split.money <= whole.money, "{} {}", split.money, whole.money);
		prop_assert!(split.y >= whole.y);
	}

	#[test]
	fn selling_in_parts_should_never_bring_more(
		(y, depth, amount) in stocked(),
		cuts in prop::collection::vec(0.0f64..1.0, 1..8),
		rate in 0u32..900_000,
	) {
		let mut whole = trader(y, depth, rate);
		whole.sell(amount);
		let mut split = trader(y, depth, rate);
		for part in parts(amount, &cuts) {
			split.sell(part);
		}
		prop_assert!(split.money <= whole.money, "{} {}", split.money, whole.money);
		prop_assert!(split.y >= whole.y);
	}

	/// How far the way that is taken matters: a planck a part, and the maths' error in each.
	#[test]
	fn parts_should_cost_what_the_whole_costs_up_to_rounding(
		(y, depth, amount) in stocked(),
		cuts in prop::collection::vec(0.0f64..1.0, 1..8),
	) {
		let mut whole = trader(y, depth, 0);
		whole.buy(amount);
		let mut split = trader(y, depth, 0);
		let parts = parts(amount, &cuts);
		for part in &parts {
			split.buy(*part);
		}
		// A planck too much early on grows with the price.
		let growth = (amount as f64 / depth as f64).exp().ceil() as i128;
		let slack = parts.len() as i128 * (growth + 1);
		prop_assert!(whole.money - split.money <= slack, "{}", whole.money - split.money);
	}

	#[test]
	fn buying_then_selling_should_never_gain((y, depth, amount) in stocked(), rate in 0u32..50_000) {
		let mut round = trader(y, depth, rate);
		round.buy(amount);
		round.sell(amount);
		prop_assert!(round.money <= 0, "{}", round.money);
		prop_assert!(round.y >= y);
	}

	#[test]
	fn selling_then_buying_should_never_gain((y, depth, amount) in stocked(), rate in 0u32..50_000) {
		let mut round = trader(y, depth, rate);
		round.sell(amount);
		round.buy(amount);
		prop_assert!(round.money <= 0, "{}", round.money);
		prop_assert!(round.y >= y);
	}

	/// What broke a well-known market in 2025: many trades too small to be rounded fairly.
	#[test]
	fn sixty_five_micro_trades_should_never_gain(
		(y, depth, _) in stocked(),
		micro in 1u64..12,
		ways in prop::collection::vec(any::<bool>(), 65),
	) {
		let mut batch = trader(y, depth, 0);
		let mut stock = 0i128;
		for buys in &ways {
			if *buys {
				batch.buy(micro);
				stock -= i128::from(micro);
			} else {
				batch.sell(micro);
				stock += i128::from(micro);
			}
		}
		// Back to where it began, in one trade.
		match u64::try_from(stock.unsigned_abs()).unwrap() {
			0 => {},
			left if stock > 0 => batch.buy(left),
			left => batch.sell(left),
		}
		prop_assert!(batch.money <= 0, "{}", batch.money);
		prop_assert!(batch.y >= y);
	}

	#[test]
	fn fee_should_be_rounded_up(amount in 0u128..1 << 100, rate in 0u32..1_000_000) {
		let found = fee(amount, rate).unwrap();
		prop_assert!(found * 1_000_000 >= amount * u128::from(rate));
		prop_assert!(found == 0 || (found - 1) * 1_000_000 < amount * u128::from(rate));
	}

	#[test]
	fn exponent_should_bracket_the_ratio(depth in 1..=u64::MAX, amount in any::<u64>()) {
		let found = math::exponent(amount, depth).unwrap();
		let slow = pogcs_math::Fixed::from_ratio(amount.into(), depth.into()).unwrap();
		prop_assert_eq!(found, slow);
	}

	#[test]
	fn level_should_be_the_logarithm(n in 1u128..1 << 90, d in 1u128..1 << 60) {
		let found = math::level(n, d).unwrap() as f64 / (1u64 << math::LEVEL_BITS) as f64;
		prop_assert!((found - (n as f64).ln() + (d as f64).ln()).abs() < 1e-12);
	}

	/// Nothing is lost or made up, no stock is overdrawn, no dust is left: for any books, amount and
	/// least.
	#[test]
	fn search_should_share_out_exactly_what_is_asked(
		vessels in prop::collection::vec(any_vessel(), 1..40),
		part in 0.0f64..=1.0,
		least in prop_oneof![Just(1u64), Just(10u64), 1u64..50],
	) {
		let all: u64 = vessels.iter().map(|vessel| vessel.stock).sum();
		let amount = ((all as f64 * part) as u64).min(all);
		if let Some(taken) = search::fill(&vessels, amount, least) {
			prop_assert_eq!(taken.iter().sum::<u64>(), amount);
			for (part, vessel) in taken.iter().zip(&vessels) {
				let left = vessel.stock.checked_sub(*part);
				prop_assert!(left.is_some());
				prop_assert!(*part == 0 || *part >= least);
				prop_assert!(left == Some(0) || left >= Some(least) || *part == 0);
			}
		} else {
			// Only where what is wanted, or what would be left, is little more than dust everywhere.
			let little = 4 * least * vessels.len() as u64;
			prop_assert!(amount < little || all - amount < little);
		}
		prop_assert_eq!(search::fill(&vessels, all + 1, least), None);
	}
}

fn any_vessel() -> impl Strategy<Value = search::Vessel> {
	let depth = prop_oneof![10u64..1_000, 1_000u64..1 << 40, Just(math::MAX_DEPTH)];
	(depth, -(20i64 << math::LEVEL_BITS)..20i64 << math::LEVEL_BITS).prop_flat_map(
		|(depth, level)| {
			let stock = prop_oneof![Just(0), 0..=depth, 0..=depth * math::MAX_FALL];
			stock.prop_map(move |stock| search::Vessel { level, depth, stock })
		},
	)
}

/// `amount` cut at these points.
fn parts(amount: u64, cuts: &[f64]) -> Vec<u64> {
	let mut points: Vec<_> = cuts.iter().map(|cut| (amount as f64 * cut) as u64).collect();
	points.push(amount);
	points.sort_unstable();
	let mut before = 0;
	let mut parts = Vec::new();
	for point in points {
		let point = point.min(amount);
		if point > before {
			parts.push(point - before);
			before = point;
		}
	}
	parts
}
