//! Numbers that others have published, reproduced with our functions.

use pogcs_math::{exp, exp_neg, ln, pow, Bounds, Fixed};

/// A decimal number, rounded down by less than a unit.
fn decimal(text: &str) -> Fixed {
	let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
	let places = u32::try_from(fraction.len()).unwrap();
	let digits = format!("{whole}{fraction}").parse().unwrap();
	Fixed::from_ratio(digits, 10u128.pow(places)).unwrap().down
}

/// `a / b`, rounded down by less than a unit.
fn ratio(a: Fixed, b: Fixed) -> Fixed {
	a.div(b).unwrap().down
}

/// `a * b`, rounded down by less than a unit.
fn times(a: Fixed, b: Fixed) -> Fixed {
	a.mul(b).unwrap().down
}

/// An end of bounds that are closer than anything published.
fn value(bounds: Option<Bounds<Fixed>>) -> Fixed {
	bounds.unwrap().down
}

#[track_caller]
fn assert_close(found: Fixed, published: &str, tolerance: &str) {
	let published = decimal(published);
	let distance = found.max(published).saturating_sub(found.min(published));
	assert!(distance <= decimal(tolerance), "{found:?} is not {published:?}");
}

/// Quotes on the curve of YieldSpace (A. Niemerg, D. Robinson, L. Livnev: "YieldSpace: An Automated
/// Liquidity Provider for Fixed Yield Tokens", 2020), for shares that are worth `c`, and were
/// worth `mu` at first:
///
/// ```text
/// c/mu (mu z)^e + y^e = constant
/// ```
struct Curve {
	shares: Fixed,
	bonds: Fixed,
	exponent: Fixed,
	c: Fixed,
	mu: Fixed,
}

impl Curve {
	/// `c/mu (mu z)^e`
	fn of_shares(&self, shares: Fixed) -> Fixed {
		times(ratio(self.c, self.mu), value(pow(times(self.mu, shares), self.exponent)))
	}

	fn of_bonds(&self, bonds: Fixed) -> Fixed {
		value(pow(bonds, self.exponent))
	}

	fn constant(&self) -> Fixed {
		self.of_shares(self.shares).saturating_add(self.of_bonds(self.bonds))
	}

	/// The bonds that go with so many shares.
	fn bonds_at(&self, shares: Fixed) -> Fixed {
		let power = self.constant().checked_sub(self.of_shares(shares)).unwrap();
		value(pow(power, ratio(Fixed::ONE, self.exponent)))
	}

	/// The shares that go with so many bonds.
	fn shares_at(&self, bonds: Fixed) -> Fixed {
		let power = self.constant().checked_sub(self.of_bonds(bonds)).unwrap();
		let power = times(power, ratio(self.mu, self.c));
		ratio(value(pow(power, ratio(Fixed::ONE, self.exponent))), self.mu)
	}

	fn bonds_out(&self, shares_in: Fixed) -> Fixed {
		self.bonds.saturating_sub(self.bonds_at(self.shares.saturating_add(shares_in)))
	}

	fn bonds_in(&self, shares_out: Fixed) -> Fixed {
		self.bonds_at(self.shares.saturating_sub(shares_out)).saturating_sub(self.bonds)
	}

	fn shares_out(&self, bonds_in: Fixed) -> Fixed {
		self.shares.saturating_sub(self.shares_at(self.bonds.saturating_add(bonds_in)))
	}

	fn shares_in(&self, bonds_out: Fixed) -> Fixed {
		self.shares_at(self.bonds.saturating_sub(bonds_out)).saturating_sub(self.shares)
	}
}

/// Hyperdrive: `test/units/libraries/YieldSpaceMath.t.sol` of delvtech/hyperdrive, computed by them in
/// Python. Their own tolerance is 1e-9; Python's doubles have 16 digits, of 3e5 here.
#[test]
fn pow_should_give_the_published_quotes_of_hyperdrive() {
	let stretch = ratio(Fixed::ONE, decimal("22.186877016851916266"));
	let curve = Curve {
		shares: decimal("100000"),
		bonds: decimal("300000"),
		exponent: Fixed::ONE.saturating_sub(times(decimal("0.5"), stretch)),
		c: Fixed::ONE,
		mu: Fixed::ONE,
	};
	for (found, published) in [
		(curve.bonds_out(decimal("100")), "102.50516899477225"),
		(curve.bonds_out(decimal("80000")), "81138.27602200207"),
		(curve.shares_out(decimal("100")), "97.55314236719278"),
		(curve.shares_out(decimal("80000")), "76850.14470187116"),
		(curve.shares_in(decimal("100")), "97.55601990513969"),
		(curve.shares_in(decimal("80000")), "78866.87433323538"),
	] {
		assert_close(found, published, "0.000000001");
	}
}

/// Hyperdrive: `test_exp` and `test_ln` in `test/units/libraries/FixedPointMath.t.sol` of
/// delvtech/hyperdrive, to all of their 18 decimal places.
#[test]
fn exp_and_ln_should_give_the_published_values_of_hyperdrive() {
	let place = "0.000000000000000001";
	assert_close(value(exp(Fixed::ONE)), "2.718281828459045235", place);
	assert_close(exp_neg(Fixed::ONE).down, "0.367879441171442321", place);
	let logarithm = ln(decimal("1000000")).unwrap().down.non_negative().unwrap();
	assert_close(logarithm, "13.815510557964274104", place);
}

/// Yield: the base cases of `src/test/YieldMath.t.sol` in yieldprotocol/yieldspace-tv, computed by
/// them in Desmos. Their own tolerance is 2; the numbers are rounded to 1.
#[test]
fn pow_should_give_the_published_quotes_of_yieldspace() {
	// 90 days of 25 years of 365, and a fee on the rate of 5 %.
	let time = ratio(decimal("90"), decimal("9125"));
	let curve = |fee: Fixed| Curve {
		shares: decimal("1100000"),
		bonds: decimal("1500000"),
		exponent: Fixed::ONE.saturating_sub(times(time, fee)),
		c: decimal("1.1"),
		mu: decimal("1.05"),
	};
	let selling_shares = curve(decimal("0.95"));
	let selling_bonds = curve(ratio(Fixed::ONE, decimal("0.95")));
	fn check(quote: impl Fn(Fixed) -> Fixed, rows: &[(&str, &str)]) {
		for (amount, published) in rows {
			assert_close(quote(decimal(amount)), published, "1");
		}
	}
	check(
		|x| selling_shares.bonds_out(x),
		&[
			("50000", "55113"),
			("100000", "110185"),
			("200000", "220202"),
			("500000", "549235"),
			("900000", "985292"),
		],
	);
	check(
		|x| selling_shares.shares_in(x),
		&[("50000", "45359"), ("100000", "90749"), ("200000", "181625"), ("900000", "821505")],
	);
	check(
		|x| selling_bonds.shares_out(x),
		&[
			("25000", "22661"),
			("50000", "45313"),
			("100000", "90592"),
			("200000", "181041"),
			("500000", "451473"),
		],
	);
	check(
		|x| selling_bonds.bonds_in(x),
		&[
			("50000", "55173"),
			("100000", "110393"),
			("200000", "220981"),
			("300000", "331770"),
			("500000", "554008"),
			("950000", "1058525"),
		],
	);
}

/// Pendle V1: the trades of `test/core/AmmFormula.spec.ts` in pendle-finance/pendle-core, one after the
/// other, in a market that they say ends 180 days after its start and opens with 10^9 of each
/// token. `contracts/core/PendleMarket.sol` moves the weights by the closed form
///
/// ```text
/// price(t) = ln(3.14 t + 1) / ln(4.14)      with t the part of the time that is left
/// ```
///
/// and `contracts/libraries/MarketMath.sol` quotes `out (1 - (in / (in + amount))^(weight in / weight out))`.
/// Their own tolerance is 200, since they compute in 40 bits and approximate `ln` and `pow`.
#[test]
fn ln_and_pow_should_give_the_published_trades_of_pendle() {
	#[derive(Clone, Copy)]
	enum Sold {
		Token,
		Yield,
	}
	use Sold::{Token, Yield};
	const DURATION: u128 = 15_552_000;
	let price = |left: u128| {
		let left = Fixed::from_ratio(left, DURATION).unwrap().down;
		let ln = |x: Fixed| ln(x).unwrap().down.magnitude();
		let now = times(decimal("3.14"), left).saturating_add(Fixed::ONE);
		ratio(ln(now), ln(decimal("4.14")))
	};
	let mut reserves = [1_000_000_000u128; 2]; // of the yield, of the token
	let mut weights = [decimal("0.5"); 2];
	let mut last = Fixed::ONE;
	for (time, sold, amount, published) in [
		(3_600, Token, 20_405_615, 20_000_000),
		(3_660, Yield, 120_000_000, 111_303_781),
		(43_200, Token, 300_000_000, 273_280_448),
		(43_210, Yield, 74_655_258, 100_000_000),
		(2_592_030, Yield, 100_000_000, 100_716_340),
		(14_515_300, Yield, 200_000_000, 24_266_823),
		(14_861_000, Token, 26_338_047, 300_000_000),
		(15_120_300, Yield, 400_000_000, 21_595_046),
		(15_120_360, Token, 3_696_839, 80_000_000),
		(15_551_400, Yield, 800_000_000, 42_635),
	] {
		let now = price(DURATION - time);
		let fallen = ratio(now, last);
		let moved = ratio(
			times(times(weights[0], weights[1]), Fixed::ONE.saturating_sub(fallen)),
			times(fallen, weights[0]).saturating_add(weights[1]),
		);
		weights = [weights[0].saturating_sub(moved), weights[1].saturating_add(moved)];
		last = now;

		let (from, to) = match sold {
			Yield => (0, 1),
			Token => (1, 0),
		};
		let rest = Fixed::from_ratio(reserves[from], reserves[from] + amount).unwrap().down;
		let kept = value(pow(rest, ratio(weights[from], weights[to])));
		let out = Fixed::ONE.saturating_sub(kept).mul_int(reserves[to]).unwrap().down;
		assert!(out.abs_diff(published) <= 6, "{out} is not {published}");
		reserves[from] += amount;
		reserves[to] -= published;
	}
}

/// Pendle V1: rows of `test/core/fixtures/pendleMockMathLibrary.json` in pendle-finance/pendle-core,
/// `[base, exponent, power]` in units of 2^-40, of all magnitudes: to the last unit, which they round
/// down.
#[test]
fn pow_should_give_the_published_powers_of_pendle() {
	const UNIT: u128 = 1 << 40;
	for (base, exponent, published) in [
		(51, 1, 1_099_511_627_752),
		(63, 6_748, 1_099_511_468_639),
		(58, 4_067_958, 1_099_415_361_957),
		(41, 7_085_925_841, 941_873_833_433),
		(44, 1_031_788_232_842, 192),
		(893, 1, 1_099_511_627_755),
		(854, 96_341, 1_099_509_606_933),
		(1_002, 6_810_115_860, 966_509_529_427),
		(955, 685_648_095_027, 2_458_659),
		(14_874, 1, 1_099_511_627_757),
		(11_837, 938_921, 1_099_494_401_619),
		(12_603, 499_131_655_489, 273_178_797),
		(208_213, 10, 1_099_511_627_621),
		(236_421, 32_776_199, 1_099_008_545_724),
		(155_605, 320_053_023_061, 11_155_701_337),
		(2_875_284, 1, 1_099_511_627_763),
		(3_815_481, 7_671_999_414, 1_007_173_603_937),
		(47_950_933_642_820_719_651_201_070, 290_667_052_934, 4_435_736_360_651_928),
		(59_389_030_513_725_778_068_637_149, 572_516_567_765, 15_549_867_568_076_020_309),
		(1_139_203_042_139_552_375_580_860_257, 2, 1_099_511_627_845),
		(655_542_920_193_989_524_069_872_217, 19_407_315_482, 2_004_463_847_123),
		(1_017_521_372_034_233_811_906_730_000, 765_341_233_156, 28_766_002_667_896_543_579_729),
		(10_880_829_691_048_482_329_574_450_650, 523_648_658_655, 45_617_297_948_863_609_086),
		(297_459_073_859_993_746_154_452_730_618, 1, 1_099_511_627_816),
		(276_030_766_850_562_937_233_538_979_240, 49_912_451_135, 6_777_409_659_746),
	] {
		let fixed = |n: u128| Fixed::from_ratio(n, UNIT).unwrap();
		assert_eq!(fixed(base).down, fixed(base).up);
		let power = pow(fixed(base).down, fixed(exponent).down).unwrap();
		let found = power.down.mul_int(UNIT).unwrap().down;
		assert_eq!(found, published, "{base}^{exponent}");
	}
}

/// The cost function of the logarithmic market scoring rule (R. Hanson, "Logarithmic Market Scoring
/// Rules for Modular Combinatorial Information Aggregation", 2003): `b ln sum e^(q / b)`.
fn scoring_cost(b: u128, sold: &[u128]) -> Fixed {
	let sum = sold.iter().fold(Fixed::ZERO, |sum, q| {
		let power = value(exp(Fixed::from_ratio(*q, b).unwrap().down));
		sum.saturating_add(power)
	});
	let logarithm = ln(sum).unwrap().down.non_negative().unwrap();
	times(logarithm, Fixed::from_int(b))
}

/// `e^(q[of] / b) / sum e^(q / b)`.
fn scoring_price(b: u128, sold: &[u128], of: usize) -> Fixed {
	let powers: Vec<_> =
		sold.iter().map(|q| value(exp(Fixed::from_ratio(*q, b).unwrap().down))).collect();
	let sum = powers.iter().fold(Fixed::ZERO, |sum, power| sum.saturating_add(*power));
	ratio(powers[of], sum)
}

/// LMSR: `pkg/lmsr/lsmr_test.go` in domino14/scrabfutures, in hundredths there; their own tolerance is
/// 1e-5 of these.
#[test]
fn exp_and_ln_should_give_the_published_prices_of_scoring_rule_markets() {
	let sold = [10, 20, 23];
	assert_close(scoring_price(10, &sold, 0), "0.13536235", "0.00000001");
	assert_close(scoring_price(100, &[100, 200, 230], 0), "0.13536235", "0.00000001");
	for (b, before, after, published) in [
		(10, &sold[..], &[17, 20, 23][..], "1.28590162"),
		(100, &[100, 200, 230][..], &[170, 200, 230][..], "12.8590162"),
		(100, &[0; 4][..], &[50, 0, 0, 0][..], "15.02978252"),
	] {
		let cost = scoring_cost(b, after).saturating_sub(scoring_cost(b, before));
		assert_close(cost, published, "0.0000001");
	}
}

/// LMSR: `test_base_cost` in `tests/lmsr_tests.move` of open-move/lmsr, to its six places, rounded down.
#[test]
fn exp_and_ln_should_give_the_published_cost_of_a_scoring_rule_market() {
	let cost = scoring_cost(1_000, &[100, 100]);
	assert_eq!(cost.mul_int(1_000_000).unwrap().down, 793_147_180);
}

/// To 36 places: OEIS A001113 and A068985 (e and 1/e), A002162, A002391 and A002392 (the logarithms of
/// 2, 3 and 10).
#[test]
fn exp_and_ln_should_give_the_constants_of_oeis() {
	let place = "0.000000000000000000000000000000000001";
	assert_close(value(exp(Fixed::ONE)), "2.718281828459045235360287471352662497", place);
	assert_close(exp_neg(Fixed::ONE).down, "0.367879441171442321595523770161460867", place);
	for (n, published) in [
		(2, "0.693147180559945309417232121458176568"),
		(3, "1.098612288668109691395245236922525704"),
		(10, "2.302585092994045684017991454684364207"),
	] {
		let found = ln(Fixed::from_int(n)).unwrap().down;
		assert_close(found.non_negative().unwrap(), published, place);
	}
}
