//! Numbers that look random and are the same on every run.

/// A number from 0 to 1 that depends on all three (splitmix64).
pub fn unit(seed: u64, a: u64, b: u64) -> f64 {
	let mut z = seed
		.wrapping_add(a.wrapping_mul(0x9e37_79b9_7f4a_7c15))
		.wrapping_add(b.wrapping_mul(0xd1b5_4a32_d192_ed03));
	z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
	z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
	((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// A number about 0 whose standard deviation is 1, nearly normal: the sum of twelve of the above
/// less their mean (Irwin-Hall).
pub(crate) fn normal(seed: u64, a: u64) -> f64 {
	(0..12).map(|b| unit(seed, a, b)).sum::<f64>() - 6.0
}
