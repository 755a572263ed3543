//! A chain whose market is there from the start.

use pogcs_primitives::Interval;
use sp_runtime::BuildStorage;

use crate::mock::*;

#[test]
fn books_should_be_open_for_the_first_days_when_classes_are_made_at_genesis() {
	Now::set(Interval(0));
	let days = u128::from(DAYS);
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: LPS.map(|who| (who, RICH)).to_vec(),
			..Default::default()
		},
		market: crate::GenesisConfig {
			classes: vec![
				(CLASS, SHARES, PRICE, TERMS),
				(OTHER_CLASS, SHARES + DAYS, PRICE, TERMS),
			],
			deposits: vec![(LPS[0], CLASS, LANE * days)],
		},
		..Default::default()
	};
	let ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.build_and_execute(|| {
		next_block();
		idle();
		// Who is first brings the least that the market's account must have.
		assert_eq!(money_of(LPS[0]), RICH - LANE * days - LEAST_MONEY);
		// A market from the second interval on.
		for interval in 0..DAYS * HOURS {
			let price = Market::price(CLASS, Interval(interval)).unwrap();
			assert!(price.opening <= OPENING && price.opening > OPENING / 100 * 99);
			assert_eq!(price.sellable, interval > 1);
		}
		assert!(Market::price(CLASS, Interval(DAYS * HOURS)).is_none());
		assert!(Market::price(OTHER_CLASS, Interval(1)).is_none(), "nobody stands behind it");
		// The first day is over like any other.
		stock_up(Interval(5), GPU_HOUR);
		go_to(Interval(HOURS));
		assert!(Market::price(CLASS, Interval(5)).is_none());
		assert!(Market::price(CLASS, Interval(DAYS * HOURS)).is_some());
	});
}
