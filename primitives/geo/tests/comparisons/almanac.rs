use pogcs_geo::{
	sun::{cos_zenith, most_output},
	Fixed, Moment, PartsPerMillion, Place, Span,
};

const DAY: u64 = 86_400;
/// Where the sun's upper limb touches the horizon: 34' of refraction and 16' of radius below it.
const RISING: f64 = -50.0 / 60.0;

/// Degrees above the horizon.
fn height(place: Place, seconds: u64) -> f64 {
	let sine = cos_zenith(place, Moment(seconds)).to_bits() as f64;
	(sine / Fixed::ONE.to_bits() as f64).asin().to_degrees()
}

fn at(latitude: f64, longitude: f64) -> Place {
	Place::from_degrees_e7((latitude * 1e7) as i32, (longitude * 1e7) as i32).unwrap()
}

/// Midnight UTC.
fn day(year: u64, month: u64, day: u64) -> u64 {
	// Days from the civil date, after H. Hinnant: years begin in March.
	let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
	let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
	(days - 719_468) * DAY
}

fn heights(place: Place, day: u64) -> impl Iterator<Item = f64> {
	(0..1_440).map(move |minute| height(place, day + 60 * minute))
}

/// Whether the sun does not set on a day.
fn light(place: Place, day: u64) -> bool {
	heights(place, day).all(|height| height > RISING)
}

/// Whether it does not rise.
fn dark(place: Place, day: u64) -> bool {
	heights(place, day).all(|height| height < RISING)
}

/// Latitude and longitude in degrees times 10^7, Unix seconds, and the sun's geocentric height in
/// degrees without refraction: computed with PyEphem 4.2.1 (VSOP87) at random places and times.
const HEIGHTS: [(i32, i32, u64, f64); 48] = [
	(144_888_000, 1_429_970_000, 3_421_026_019, 52.626),
	(-333_386_000, -719_401_000, 4_050_176_697, -38.168),
	(483_404_000, -1_781_045_000, 3_170_805_223, 43.742),
	(364_513_000, -115_434_000, 4_195_334_852, -59.297),
	(-231_996_000, -797_668_000, 3_871_003_567, -64.349),
	(-63_065_000, 16_374_000, 2_390_181_616, -35.382),
	(61_421_000, 1_783_801_000, 4_152_100_277, -12.533),
	(141_439_000, 1_760_257_000, 4_104_284_963, -14.42),
	(-347_072_000, -1_223_237_000, 3_530_181_829, 12.175),
	(-657_994_000, -1_671_551_000, 2_029_022_598, 9.073),
	(-38_755_000, 1_501_804_000, 4_202_457_282, -72.498),
	(16_180_000, -11_256_000, 3_583_367_123, -33.123),
	(-303_294_000, -1_757_542_000, 1_887_618_082, -44.566),
	(225_857_000, -1_077_816_000, 2_191_079_383, 62.291),
	(-151_251_000, -1_786_557_000, 4_223_444_608, -59.056),
	(-437_155_000, -836_643_000, 4_653_244_879, -20.384),
	(11_220_000, 1_249_741_000, 4_383_715_952, -19.863),
	(162_264_000, 870_375_000, 3_087_064_012, -34.194),
	(47_201_000, 27_980_000, 1_869_460_375, 10.085),
	(479_601_000, -499_449_000, 3_628_052_792, -25.448),
	(-618_234_000, -404_526_000, 3_484_890_199, -17.351),
	(-443_950_000, 1_138_817_000, 2_607_449_253, -40.913),
	(-139_519_000, 1_723_492_000, 2_828_031_573, 20.612),
	(121_289_000, 496_788_000, 3_458_314_962, -50.809),
	(206_648_000, -1_257_163_000, 3_367_933_813, 40.313),
	(-313_908_000, -351_006_000, 2_981_246_152, -67.841),
	(-537_643_000, 1_684_181_000, 4_610_445_337, -14.693),
	(200_921_000, -718_488_000, 2_263_118_307, 18.623),
	(484_307_000, 583_973_000, 3_276_771_867, -16.652),
	(436_419_000, 1_601_813_000, 1_997_335_362, 6.611),
	(538_848_000, 250_989_000, 2_041_460_728, -25.269),
	(-379_572_000, 1_540_460_000, 3_338_264_804, 1.75),
	(-397_095_000, 1_382_605_000, 4_667_943_555, 71.696),
	(80_125_000, -445_364_000, 4_711_985_699, 2.127),
	(-314_008_000, -1_662_994_000, 2_887_672_926, 8.856),
	(488_020_000, -116_171_000, 3_323_312_279, 5.377),
	(-208_347_000, 904_770_000, 1_753_450_798, -28.34),
	(-148_109_000, -1_690_739_000, 1_658_146_685, -75.438),
	(-489_569_000, 1_681_734_000, 1_923_673_490, 8.47),
	(-82_539_000, 85_464_000, 3_674_314_943, -25.579),
	(482_122_000, -560_842_000, 1_762_827_749, -56.437),
	(215_534_000, -520_510_000, 3_459_268_886, 26.102),
	(21_891_000, 954_891_000, 4_093_022_838, -11.453),
	(-442_568_000, 1_560_310_000, 2_558_419_660, 9.434),
	(303_948_000, 1_117_897_000, 3_629_965_631, -24.686),
	(-93_342_000, 1_134_923_000, 2_013_744_313, 71.402),
	(-762_779_000, 462_463_000, 3_124_766_181, 33.047),
	(14_903_000, 813_058_000, 2_313_004_964, -46.247),
];

#[test]
fn height_should_agree_with_the_ephemeris_when_random() {
	let mut worst = 0f64;
	for (latitude, longitude, seconds, expected) in HEIGHTS {
		let place = Place::from_degrees_e7(latitude, longitude).unwrap();
		let sine = cos_zenith(place, Moment(seconds)).to_bits() as f64 / 2f64.powi(60);
		worst = worst.max((sine - expected.to_radians().sin()).abs());
	}
	assert!(worst < 0.005, "{worst}");
}

#[test]
fn sun_should_rise_when_the_almanac_says() {
	// NOAA's solar calculator for 42.3358 north, 71.2044 west: sunrise on the first of each month of
	// 2020, Eastern time.
	let boston = at(42.3358, -71.2044);
	let rises = [
		(7, 14, 5),
		(6, 59, 5),
		(6, 19, 5),
		(6, 26, 4),
		(5, 39, 4),
		(5, 10, 4),
		(5, 12, 4),
		(5, 38, 4),
		(6, 11, 4),
		(6, 42, 4),
		(6, 19, 5),
		(6, 55, 5),
	];
	for (month, (hour, minute, west)) in (1..).zip(rises) {
		let published = day(2020, month, 1) + (hour + west) * 3_600 + minute * 60;
		// Spencer's equation of time is off by up to 48 seconds, and the table is in minutes.
		assert!(height(boston, published - 100) < RISING, "{month}");
		assert!(height(boston, published + 100) > RISING, "{month}");
	}
}

#[test]
fn sun_should_rise_and_set_when_the_observatory_says_far_in_the_north() {
	// U.S. Naval Observatory, 69.5 north, 19.0 east, an hour ahead of UTC: on 1 April 2014 the sun is up
	// from 4:50 to 18:49, on 17 May until 23:06, and after 0:13 of the 18th until 23:20 on 25 July.
	// 2026 is three leap years later.
	let north = at(69.5, 19.0);
	let april = day(2026, 4, 1);
	for (minute, rising) in [(3 * 60 + 50, 1.0), (17 * 60 + 49, -1.0)] {
		let published = april + 60 * minute;
		assert!((height(north, published - 180) - RISING) * rising < 0.0);
		assert!((height(north, published + 180) - RISING) * rising > 0.0);
	}
	assert!(!light(north, day(2026, 5, 16)) && light(north, day(2026, 5, 19)));
	assert!(light(north, day(2026, 7, 23)) && !light(north, day(2026, 7, 26)));
}

#[test]
fn sun_should_stay_up_or_down_when_the_guide_book_says() {
	// Lonely Planet, Norway, "Midnight sun & polar night": no sun in Tromsø from 25 November to 17
	// January, nor in Longyearbyen from 26 October to 16 February; no night there from 20 April to 21
	// August. It names no year, and a town's point is not its horizon: some days either way.
	let (tromso, longyearbyen) = (at(69.65, 18.96), at(78.22, 15.65));
	for (place, dusk, dawn) in [(tromso, (11, 25), (1, 17)), (longyearbyen, (10, 26), (2, 16))] {
		let (dusk, dawn) = (day(2025, dusk.0, dusk.1), day(2025, dawn.0, dawn.1));
		assert!(dark(place, dusk + 4 * DAY) && !dark(place, dusk - 4 * DAY));
		assert!(dark(place, dawn - 4 * DAY) && !dark(place, dawn + 4 * DAY));
	}
	let (spring, autumn) = (day(2025, 4, 20), day(2025, 8, 21));
	assert!(light(longyearbyen, spring + 4 * DAY) && !light(longyearbyen, spring - 4 * DAY));
	assert!(light(longyearbyen, autumn - 4 * DAY) && !light(longyearbyen, autumn + 5 * DAY));
}

#[test]
fn output_should_be_nothing_only_when_the_almanac_has_no_civil_twilight() {
	// U.S. Naval Observatory, Washington, 20 March 2002: civil twilight begins at 5:45 and ends at
	// 18:47, Eastern standard time; the same date of 2022, five leap years later.
	let washington = at(38.9, -77.0);
	let midnight = day(2022, 3, 20) + 5 * 3_600;
	let output = |from: u64, to: u64| {
		let span =
			Span::new(Moment(midnight + 60 * from), u32::try_from(60 * (to - from)).unwrap());
		most_output(washington, span.unwrap())
	};
	let (begin, end) = (5 * 60 + 45, 18 * 60 + 47);
	assert_eq!(output(0, begin - 3), PartsPerMillion(0));
	assert_eq!(output(end + 3, 24 * 60), PartsPerMillion(0));
	assert!(output(begin - 3, begin + 3).0 > 0);
	assert!(output(end - 3, end + 3).0 > 0);
}
