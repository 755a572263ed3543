//! Published vectors, computed with another implementation (Python's `hashlib` and integers), and
//! what must hold for every tree.

use super::*;
use alloc::{vec, vec::Vec};
use proptest::prelude::*;

fn hex(bytes: impl AsRef<[u8]>) -> alloc::string::String {
	bytes.as_ref().iter().map(|byte| alloc::format!("{byte:02x}")).collect()
}

fn counting() -> Seed {
	let mut bytes = [0u8; 32];
	bytes.iter_mut().zip(0u8..).for_each(|(to, from)| *to = from);
	Seed(bytes)
}

fn leaves(count: u32) -> NonZeroU32 {
	NonZeroU32::new(count).unwrap()
}

#[test]
fn leaf_should_match_the_published_vectors_when_evaluated() {
	let vectors = [
		(Seed([0; 32]), 0, "98b5f9c48b76f7e36e97c335e18d7f83c9632af9a97914d16e14b3d9b84db5fc"),
		(Seed([0; 32]), 1, "a55b67cd074f94fce5223f609fa91bab9613aed3897603b7903a8132529b51d4"),
		(Seed([0; 32]), 77, "49cb7b3639d3d00d9c673317e8956fc5508e3fbf2fbec1a8b4c4c02f8cbcccd8"),
		(
			Seed([0; 32]),
			u32::MAX,
			"ec7c13fb7f5507f01a0a2bfd0db5f027c6f19e0ef955bb3fde225c87e6280633",
		),
		(counting(), 0, "8b442b85b1c4ebd0319ddd100f92ea6cbfa0337e19e72566c9f7f0f4140829f5"),
		(counting(), 1, "bf0dff99151e795cb0e646f5302db682576133235d80f43bb0eb38bdb2724ae6"),
		(counting(), 77, "54967a9e094769c84528fede1b24ca7c855f3784d8e5d68cb84176de2cf5ca81"),
		(counting(), u32::MAX, "761ebd29a7dc3677161e9fb6cf2b9d3802f75497d60cfa6225c1a1aeeeb9087e"),
	];
	for (seed, index, expected) in vectors {
		assert_eq!(hex(Kernel::new(seed).leaf(index)), expected, "{seed:?} {index}");
	}
}

#[test]
fn root_should_match_the_published_vectors_when_built() {
	for (seed, count, expected) in [
		(Seed([0; 32]), 1, "98b5f9c48b76f7e36e97c335e18d7f83c9632af9a97914d16e14b3d9b84db5fc"),
		(Seed([0; 32]), 2, "8b4bf69b5accacfa0e25f52762936d9222b0c143ce0feae8d2f110d2495c6bcc"),
		(Seed([0; 32]), 3, "dae97d984173626ed930e3dd9facf99150462b41ff172471f3296a13ac957059"),
		(Seed([0; 32]), 21, "51aff7aa47d61748ea1506f32c407200ddc2f8c8b973cbd066ab0eca862a2fcf"),
		(counting(), 1, "8b442b85b1c4ebd0319ddd100f92ea6cbfa0337e19e72566c9f7f0f4140829f5"),
		(counting(), 2, "52b0dec57aff5903ee2b2d877ca07a60a595216d6283796648cbcbf8758e6afb"),
		(counting(), 3, "e7cdf0b9b47b1ed95cfc7fd4d546a5932fed2bf4157717887e76929474e7e28c"),
		(counting(), 21, "7b8273af599f88ab05535d83f188b1a9b156d673f36850cbd4238374487da013"),
	] {
		let work = Work::new(seed, leaves(count), 2);
		assert_eq!(hex(work.run().root()), expected, "{seed:?} {count}");
	}
}

#[test]
fn seed_and_sample_should_match_the_published_vectors_when_drawn() {
	let seed = Seed::new(&[1; 32], DeviceId(7), &[2; 32]);
	assert_eq!(hex(seed.0), "c38e58e83e72a08e3f1e8a7346dd22cb646e491af79766a9f5e7daf09f2d35f4");
	assert_eq!(
		sample(&seed, &[3; 32], &[4; 32], leaves(1_000_000)),
		[
			897991, 810094, 697150, 148128, 90781, 972297, 279341, 825727, 995634, 217132, 950625,
			882817, 368008, 476048, 71110, 273646
		]
	);
}

#[test]
fn seed_should_differ_when_anything_in_it_does() {
	let seed = Seed::new(&[1; 32], DeviceId(7), &[2; 32]);
	assert_ne!(seed, Seed::new(&[9; 32], DeviceId(7), &[2; 32]));
	assert_ne!(seed, Seed::new(&[1; 32], DeviceId(8), &[2; 32]));
	assert_ne!(seed, Seed::new(&[1; 32], DeviceId(7), &[9; 32]));
}

#[test]
fn depth_should_be_the_fewest_levels_that_hold_the_leaves() {
	for (count, levels) in
		[(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 20, 20), ((1 << 20) + 1, 21), (u32::MAX, 32)]
	{
		assert_eq!(depth(leaves(count)), levels, "{count}");
	}
	assert_eq!(path_nodes(leaves(u32::MAX)), 512);
}

#[test]
fn work_should_stay_within_its_memory_when_the_tree_is_large() {
	for (count, bytes) in [(1, 0), (1_000, 64), (1_000_000, 4_096), (u32::MAX, 1 << 20)] {
		let work = Work::within(Seed([0; 32]), leaves(count), bytes);
		assert!(u64::from(work.subtrees()) * 64 <= u64::try_from(bytes).unwrap().max(64));
		assert!(u64::from(work.subtrees()) * work.leaves() >= u64::from(count));
	}
	// No smaller than it must be: what is opened is evaluated again.
	assert_eq!(Work::within(Seed([0; 32]), leaves(1_000), 1 << 20).leaves(), 1);
}

#[test]
fn tree_should_be_refused_when_subtrees_are_missing_or_too_many() {
	let work = Work::new(counting(), leaves(10), 1);
	let roots: Vec<_> = (0..work.subtrees()).map(|number| work.subtree(number)).collect();
	assert!(work.clone().finish(vec![]).is_none());
	assert!(work.clone().finish(roots[1..].to_vec()).is_none());
	assert!(work.clone().finish([&roots[..], &roots[..1]].concat()).is_none());
	assert_eq!(work.clone().finish(roots).map(|tree| tree.root()), Some(work.run().root()));
}

#[test]
fn opening_should_be_refused_when_a_leaf_was_not_evaluated() {
	let count = leaves(4);
	let kernel = Kernel::new(counting());
	let honest = Work::new(counting(), count, 0);
	let mut roots: Vec<_> = (0..4).map(|number| honest.subtree(number)).collect();
	roots[2] = [9; 32];
	let tree = honest.finish(roots).unwrap();
	// Sixteen draws out of four leaves: some randomness leaves the third out, most does not.
	let (mut caught, mut missed) = (0, 0);
	for byte in 0..=255u8 {
		let randomness = [byte; 32];
		let drawn = sample(kernel.seed(), &tree.root(), &randomness, count);
		let answer = || verify(&kernel, count, &tree.root(), &randomness, &tree.open(&randomness));
		if !drawn.contains(&2) {
			assert_eq!(answer(), Ok(()));
			missed += 1;
		} else if caught < 8 {
			assert_eq!(answer(), Err(Flaw::Mismatch));
			caught += 1;
		}
	}
	// One in a hundred is expected.
	assert!(caught == 8 && (1..20).contains(&missed), "{caught} {missed}");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn opening_should_verify_when_the_work_was_done(
		seed in any::<[u8; 32]>(),
		count in 1..40u32,
		height in 0..5u8,
		randomness in any::<[u8; 32]>(),
		flip in any::<prop::sample::Index>(),
	) {
		let (seed, count) = (Seed(seed), leaves(count));
		let tree = Work::new(seed, count, height).run();
		// The size of the subtrees is the device's affair.
		prop_assert_eq!(tree.root(), Work::new(seed, count, 0).run().root());
		let kernel = Kernel::new(seed);
		let nodes = tree.open(&randomness);
		prop_assert_eq!(verify(&kernel, count, &tree.root(), &randomness, &nodes), Ok(()));

		// Nothing else verifies.
		let mut root = tree.root();
		root[0] ^= 1;
		prop_assert_eq!(verify(&kernel, count, &root, &randomness, &nodes), Err(Flaw::Mismatch));
		let other = Kernel::new(Seed::new(&seed.0, DeviceId(1), &randomness));
		prop_assert!(verify(&other, count, &tree.root(), &randomness, &nodes).is_err());
		let longer = [&nodes[..], &[[0; 32]]].concat();
		let answer = verify(&kernel, count, &tree.root(), &randomness, &longer);
		prop_assert_eq!(answer, Err(Flaw::Length));
		if !nodes.is_empty() {
			let shorter = &nodes[1..];
			let answer = verify(&kernel, count, &tree.root(), &randomness, shorter);
			prop_assert_eq!(answer, Err(Flaw::Length));
			let mut changed = nodes.clone();
			let at = flip.index(changed.len());
			changed[at][31] ^= 1;
			let answer = verify(&kernel, count, &tree.root(), &randomness, &changed);
			prop_assert_eq!(answer, Err(Flaw::Mismatch));
		}
	}
}
