//! Many reports of one interval under one root.
//!
//! A leader puts the root on chain and the reports beside it. Whoever has the reports can show one
//! to be there, by its path. Three things hold for whatever can be shown:
//!
//! * **No device is there twice.** Each node names the first and the last device below it, and a
//!   parent is only accepted if its left side ends before its right side begins. Two paths to two
//!   reports of one device would part at a node whose sides both hold that device.
//! * **Sums add up.** Each node has the number and the sums of the reports below it, so a root that
//!   claims more than its reports hold has places that no path leads to.
//! * **Places are drawn by energy.** A report fills as many places as it has mWh of generation, and
//!   one more. If a share `f` of a root's places cannot be shown, `n` draws all miss it with a
//!   probability of `(1 - f)^n`.
//!
//! The hash is the caller's, since this crate has none: BLAKE2b-256 on chain.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

use crate::{
	wire::{EnergyReport, Signature},
	DeviceId, MilliWattHours,
};

/// The most steps from a report to its root: a full tree has a million reports.
pub const MAX_DEPTH: u32 = 20;

const LEAF_CONTEXT: &[u8] = b"pogcs/batch-leaf/1";
const NODE_CONTEXT: &[u8] = b"pogcs/batch-node/1";
const DRAW_CONTEXT: &[u8] = b"pogcs/batch-draw/1";

/// A report, or all reports below one point of the tree.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Node {
	/// Commits to all of it.
	pub hash: [u8; 32],
	/// The device with the lowest id.
	pub first: DeviceId,
	/// The device with the highest id.
	pub last: DeviceId,
	/// How many reports.
	pub count: u32,
	/// Sum of what they say was generated.
	pub generation: MilliWattHours,
	/// Sum of what they say compute drew of green energy.
	pub green_draw: MilliWattHours,
}

impl Node {
	/// A report with its signature.
	pub fn leaf(
		report: &EnergyReport,
		signature: &Signature,
		hash: impl Fn(&[u8]) -> [u8; 32],
	) -> Self {
		Self {
			hash: (LEAF_CONTEXT, report, signature).using_encoded(hash),
			first: report.device,
			last: report.device,
			count: 1,
			generation: report.generation,
			green_draw: report.green_draw,
		}
	}

	/// Both sides together. `None` if they are not in order, or their sums do not fit.
	pub fn join(left: &Self, right: &Self, hash: impl Fn(&[u8]) -> [u8; 32]) -> Option<Self> {
		let in_order =
			left.first <= left.last && left.last < right.first && right.first <= right.last;
		if !in_order {
			return None;
		}
		Some(Self {
			hash: (NODE_CONTEXT, left, right).using_encoded(hash),
			first: left.first,
			last: right.last,
			count: left.count.checked_add(right.count)?,
			generation: left.generation.checked_add(right.generation)?,
			green_draw: left.green_draw.checked_add(right.green_draw)?,
		})
	}

	/// How many places it fills. `None` if they cannot be numbered.
	pub fn places(&self) -> Option<u64> {
		self.generation.0.checked_add(u64::from(self.count))
	}
}

/// One step from a report to the root: what stands on the other side.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub struct Step {
	/// Whether it stands on the left, where the lower ids are.
	pub left: bool,
	/// What stands there.
	pub node: Node,
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
	/// The root.
	pub root: Node,
	/// The first of the places that the report fills under it.
	pub place: u64,
}

/// Follows a path from a report to its root. `None` if it is longer than [`MAX_DEPTH`], or if no
/// tree has such a path.
pub fn climb(leaf: Node, path: &[Step], hash: impl Fn(&[u8]) -> [u8; 32]) -> Option<Shown> {
	if u32::try_from(path.len()).map_or(true, |steps| steps > MAX_DEPTH) {
		return None;
	}
	let (mut root, mut place) = (leaf, 0u64);
	for step in path {
		root = if step.left {
			place = place.checked_add(step.node.places()?)?;
			Node::join(&step.node, &root, &hash)?
		} else {
			Node::join(&root, &step.node, &hash)?
		};
	}
	// The places under the root can be numbered too.
	root.places()?;
	Some(Shown { root, place })
}

/// The place that draw number `index` falls on, of the `places` under a root. `batch` is its number
/// on chain.
pub fn draw(
	randomness: &[u8; 32],
	batch: u64,
	index: u32,
	places: u64,
	hash: impl Fn(&[u8]) -> [u8; 32],
) -> u64 {
	let drawn = (DRAW_CONTEXT, randomness, batch, index).using_encoded(hash);
	let mut low = [0u8; 16];
	low.iter_mut().zip(drawn).for_each(|(to, from)| *to = from);
	// 128 bits against 64: no place is likelier than another by more than one part in 2^64.
	let place = u128::from_le_bytes(low).checked_rem(u128::from(places)).unwrap_or_default();
	u64::try_from(place).unwrap_or_default()
}

/// The tree as the leader keeps it: all levels, reports first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
	levels: Vec<Vec<Node>>,
}

impl Tree {
	/// A tree over reports in ascending order of their devices. `None` if there are none, they are
	/// out of order, or their sums do not fit.
	pub fn new(leaves: Vec<Node>, hash: impl Fn(&[u8]) -> [u8; 32]) -> Option<Self> {
		let mut levels = Vec::new();
		let mut level = leaves;
		while level.len() > 1 {
			let mut above = Vec::with_capacity(level.len().div_ceil(2));
			for pair in level.chunks(2) {
				above.push(match pair {
					[left, right] => Node::join(left, right, &hash)?,
					[alone] => *alone,
					_ => return None,
				});
			}
			levels.push(core::mem::replace(&mut level, above));
		}
		level.first()?.places()?;
		levels.push(level);
		Some(Self { levels })
	}

	/// Its root.
	pub fn root(&self) -> Option<&Node> {
		self.levels.last()?.first()
	}

	/// The path of the report at `index`; `None` if there is no such report.
	pub fn path(&self, index: usize) -> Option<Vec<Step>> {
		self.levels.first()?.get(index)?;
		let mut path = Vec::new();
		let mut at = index;
		for level in &self.levels {
			let other = at ^ 1;
			// The last one of an uneven level is its own parent.
			if let Some(node) = level.get(other) {
				path.push(Step { left: other < at, node: *node });
			}
			at /= 2;
		}
		Some(path)
	}

	/// The report that fills a place.
	pub fn at(&self, place: u64) -> Option<usize> {
		let mut end = 0u64;
		self.levels.first()?.iter().position(|leaf| {
			end = end.saturating_add(leaf.places().unwrap_or_default());
			place < end
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{Commitment, Interval};
	use alloc::vec;
	use proptest::prelude::*;

	/// Stands in for a hash: 256 bits of FNV-1a in four lanes. Nobody attacks it here.
	fn hash(bytes: &[u8]) -> [u8; 32] {
		let mut out = [0; 32];
		for (lane, chunk) in (1u64..).zip(out.chunks_mut(8)) {
			let mut state = 0xcbf2_9ce4_8422_2325u64.wrapping_mul(lane);
			for byte in bytes {
				state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
			}
			chunk.copy_from_slice(&state.to_le_bytes());
		}
		out
	}

	fn report(device: u32, generation: u64) -> EnergyReport {
		EnergyReport {
			device: DeviceId(device),
			interval: Interval(9),
			generation: MilliWattHours(generation),
			storage_in: MilliWattHours(0),
			storage_out: MilliWattHours(0),
			grid_import: MilliWattHours(0),
			grid_export: MilliWattHours(0),
			compute_draw: MilliWattHours(generation),
			green_supply: MilliWattHours(generation),
			green_draw: MilliWattHours(generation / 2),
			root: Commitment([0; 32]),
		}
	}

	fn leaf(device: u32, generation: u64) -> Node {
		Node::leaf(&report(device, generation), &[7; 64], hash)
	}

	fn tree(devices: &[u32]) -> Tree {
		let leaves = devices.iter().map(|id| leaf(*id, u64::from(*id) * 10)).collect();
		Tree::new(leaves, hash).expect("in order")
	}

	#[test]
	fn root_should_sum_up_when_reports_are_joined() {
		let root = *tree(&[1, 3, 4]).root().expect("not empty");
		assert_eq!((root.first, root.last, root.count), (DeviceId(1), DeviceId(4), 3));
		assert_eq!((root.generation, root.green_draw), (MilliWattHours(80), MilliWattHours(40)));
		assert_eq!(root.places(), Some(83));
	}

	#[test]
	fn tree_should_be_refused_when_empty_or_out_of_order() {
		assert_eq!(Tree::new(vec![], hash), None);
		for devices in [[2, 1], [1, 1]] {
			let leaves = devices.iter().map(|id| leaf(*id, 5)).collect();
			assert_eq!(Tree::new(leaves, hash), None);
		}
		let full = Node { generation: MilliWattHours(u64::MAX), ..leaf(1, 0) };
		assert_eq!(Tree::new(vec![full], hash), None, "its places cannot be numbered");
	}

	#[test]
	fn path_should_be_refused_when_too_long_or_out_of_order() {
		let mut path = Vec::new();
		for id in 2..2 + MAX_DEPTH {
			path.push(Step { left: false, node: leaf(id, 1) });
		}
		assert!(climb(leaf(1, 1), &path, hash).is_some());
		path.push(Step { left: false, node: leaf(99, 1) });
		assert_eq!(climb(leaf(1, 1), &path, hash), None);
		let swapped = [Step { left: true, node: leaf(2, 1) }];
		assert_eq!(climb(leaf(1, 1), &swapped, hash), None);
		let backwards = Node { first: DeviceId(9), last: DeviceId(5), ..leaf(9, 1) };
		assert_eq!(climb(leaf(1, 1), &[Step { left: false, node: backwards }], hash), None);
	}

	/// The one thing that the order of ids is for.
	#[test]
	fn device_should_not_be_shown_twice_when_its_leaves_stand_apart() {
		let (first, second) = (leaf(5, 10), leaf(5, 20));
		let (low, high) = (leaf(1, 1), leaf(9, 1));
		let left = Node::join(&low, &first, hash).expect("1 before 5");
		let right = Node::join(&second, &high, hash).expect("5 before 9");
		assert_eq!(Node::join(&left, &right, hash), None);
		// A leader that lies about the range of a side makes that side's own reports unshowable.
		let shrunk = Node { first: DeviceId(6), ..right };
		let root = Node::join(&left, &shrunk, hash).expect("it looks in order");
		let shown = climb(
			second,
			&[Step { left: false, node: high }, Step { left: true, node: left }],
			hash,
		);
		assert_eq!(shown, None);
		let honest = climb(
			first,
			&[Step { left: true, node: low }, Step { left: false, node: shrunk }],
			hash,
		);
		assert_eq!(honest.map(|shown| shown.root), Some(root));
	}

	#[test]
	fn draw_should_spread_over_all_places_when_the_index_changes() {
		let mut seen = [0u32; 8];
		for index in 0..800 {
			let place = draw(&[3; 32], 1, index, 8, hash);
			seen[usize::try_from(place).expect("below 8")] += 1;
		}
		assert!(seen.iter().all(|count| (50..150).contains(count)), "{seen:?}");
		assert_eq!(draw(&[3; 32], 1, 0, 0, hash), 0);
		assert_ne!(draw(&[3; 32], 1, 0, 1 << 60, hash), draw(&[3; 32], 2, 0, 1 << 60, hash));
	}

	proptest! {
		#[test]
		fn report_should_be_shown_at_its_places_when_the_path_is_its_own(
			gaps in prop::collection::vec((1u32..50, 0u64..1_000), 1..70), other in any::<prop::sample::Index>(),
		) {
			let mut id = 0;
			let leaves: Vec<Node> = gaps.iter().map(|(gap, generation)| {
				id += gap;
				leaf(id, *generation)
			}).collect();
			let tree = Tree::new(leaves.clone(), hash).expect("in order");
			let root = *tree.root().expect("not empty");
			let mut next = 0;
			for (index, node) in leaves.iter().enumerate() {
				let path = tree.path(index).expect("there is such a report");
				let shown = climb(*node, &path, hash).expect("it is in the tree");
				prop_assert_eq!(shown, Shown { root, place: next });
				let filled = node.places().expect("few");
				prop_assert_eq!(tree.at(next), Some(index));
				prop_assert_eq!(tree.at(next + filled - 1), Some(index));
				next += filled;
				// Another report does not fit its path.
				let wrong = leaves[other.index(leaves.len())];
				if wrong != *node {
					prop_assert_ne!(climb(wrong, &path, hash).map(|shown| shown.root), Some(root));
				}
			}
			prop_assert_eq!(root.places(), Some(next));
			prop_assert_eq!((tree.at(next), tree.path(leaves.len())), (None, None));
		}
	}
}
