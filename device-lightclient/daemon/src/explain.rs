//! Why the chain refused an extrinsic, in the words of the pallet.
//!
//! The refusal itself is read from proven events. The words are this program's own for the pallets that
//! a device has to do with; for others they come from the node's metadata, which is not proven: they
//! are shown to a person and nothing is decided by them.

use codec::{Decode, Encode};
use frame_metadata::{RuntimeMetadata, RuntimeMetadataPrefixed};
use pogcs_light_core::{crypto::blake2_256, finality::Head, keys, Hash};
use pogcs_primitives::{DeviceId, Interval};
use scale_info::TypeDef;

use crate::{
	chain::{node::Node, proven::Proven},
	error::Error,
	refusals,
};

/// How far back an extrinsic is looked for.
const BLOCKS: usize = 80;
/// What precedes an error in the events: `System` is pallet 0, `ExtrinsicFailed` its event 1.
const FAILED: [u8; 2] = [0, 1];
/// What precedes device, interval and error where a prepaid report was refused: `Energy` is pallet 31,
/// `ReportRefused` its event 1. The extrinsic itself succeeds.
const REPORT_REFUSED: [u8; 2] = [31, 1];
/// `DispatchError::Module`.
const MODULE: u8 = 3;
/// `DispatchError::Token`.
const TOKEN: u8 = 7;

/// Which error of which pallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleError {
	/// The pallet's index.
	pub pallet: u8,
	/// The error's index.
	pub error: u8,
}

/// Finds the block of an extrinsic that failed, and says why it failed; `None` if it is not found
/// among the last blocks or failed otherwise. If it carried a report, that may have been refused although
/// the extrinsic was not.
pub async fn explain(
	node: &Node,
	head: &Head,
	extrinsic: &Hash,
	report: Option<(DeviceId, Interval)>,
) -> Result<Option<String>, Error> {
	let mut hash = head.hash;
	for _ in 0..BLOCKS {
		// Hash-linked from the finalised head down: these headers are final.
		let header = node.header(&hash).await?;
		let found = node.extrinsics(&hash).await?.iter().position(|e| blake2_256(e) == *extrinsic);
		if let Some(index) = found {
			let state = Proven::new(node, hash, header.state_root);
			let key = keys::prefix("System", "Events");
			let Some(events) = state.read_all(&[key]).await?.pop().flatten() else {
				return Ok(None);
			};
			let used = report.and_then(|report| find_refused(&events, index, report));
			let (found, more) = match used {
				Some((found, left)) => {
					(found, format!("; a prepaid report was used up, and {left} are left"))
				}
				None => match find_error(&events, index) {
					Some(found) => (found, String::new()),
					None => return Ok(None),
				},
			};
			let words = match found {
				Found::Module(error) => match refusals::find(error.pallet, error.error) {
					Some(refusal) => refusal.to_string(),
					None => {
						let metadata = node.metadata().await.unwrap_or_default();
						words(&metadata, error).unwrap_or_else(|| {
							format!("error {} of pallet {}", error.error, error.pallet)
						})
					}
				},
				Found::Other(words) => words.into(),
			};
			return Ok(Some(words + &more));
		}
		if header.number == 0 {
			break;
		}
		hash = header.parent_hash;
	}
	Ok(None)
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
	/// By a pallet.
	Module(ModuleError),
	/// By the currency or the machine.
	Other(&'static str),
}

/// Reads a `DispatchError`, and what follows it.
fn read_error(bytes: &[u8]) -> Option<(Found, &[u8])> {
	let (kind, rest) = bytes.split_first()?;
	// Those that carry one more byte say with it which of their own errors it is.
	let (words, inner) = match *kind {
		MODULE => {
			let ([pallet, error, ..], rest) = rest.split_at_checked(5)? else { return None };
			return Some((Found::Module(ModuleError { pallet: *pallet, error: *error }), rest));
		}
		TOKEN => ("the account has too little money for it", 1),
		8 => ("the numbers do not fit", 1),
		9 => ("it goes too deep", 1),
		14 => ("the chain's state is damaged", 1),
		0 => ("it was refused without a reason", 0),
		1 => ("the account is not known", 0),
		2 => ("this account may not do it", 0),
		4 | 5 | 6 => ("the account would be removed, or cannot be kept", 0),
		10 => ("the chain has no more room for it", 0),
		11 => ("the chain's state is damaged", 0),
		12 => ("it is not to be had now: it is tried again", 0),
		13 => ("the root account may not do it", 0),
		_ => return None,
	};
	let (_, rest) = rest.split_at_checked(inner)?;
	Some((Found::Other(words), rest))
}

/// Looks for an event of the extrinsic at `index` in encoded events, without knowing the others:
/// `Phase::ApplyExtrinsic` with that index, then pallet, event and the start of its fields. What stands
/// after that.
fn find_event<'a>(
	events: &'a [u8],
	index: usize,
	event: [u8; 2],
	fields: &[u8],
) -> Option<&'a [u8]> {
	let index = u32::try_from(index).ok()?;
	let pattern = [&[0u8], &index.to_le_bytes()[..], &event, fields].concat();
	let at = events.windows(pattern.len()).position(|window| window == pattern)?;
	events.get(at.checked_add(pattern.len())?..)
}

/// Why the extrinsic at `index` failed: by a pallet, or for lack of money. Other reasons are too rare for
/// the risk of taking something else for one.
fn find_error(events: &[u8], index: usize) -> Option<Found> {
	[MODULE, TOKEN].into_iter().find_map(|kind| {
		let rest = find_event(events, index, FAILED, &[kind])?;
		Some(read_error(&[&[kind], rest].concat())?.0)
	})
}

/// Why the prepaid report in the extrinsic at `index` was refused, and how many are left.
fn find_refused(events: &[u8], index: usize, report: (DeviceId, Interval)) -> Option<(Found, u32)> {
	let rest = find_event(events, index, REPORT_REFUSED, &report.encode())?;
	let (found, mut rest) = read_error(rest)?;
	Some((found, u32::decode(&mut rest).ok()?))
}

/// The pallet's own words for an error: its name and its documentation.
fn words(metadata: &[u8], error: ModuleError) -> Option<String> {
	let metadata = RuntimeMetadataPrefixed::decode(&mut &metadata[..]).ok()?;
	let RuntimeMetadata::V14(metadata) = metadata.1 else { return None };
	let pallet = metadata.pallets.iter().find(|pallet| pallet.index == error.pallet)?;
	let errors = metadata.types.resolve(pallet.error.as_ref()?.ty.id)?;
	let TypeDef::Variant(variants) = &errors.type_def else { return None };
	let variant = variants.variants.iter().find(|variant| variant.index == error.error)?;
	Some(format!("{}.{}: {}", pallet.name, variant.name, variant.docs.join(" ").trim()))
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;

	#[test]
	fn error_should_be_found_when_the_extrinsic_failed() {
		let mut events = vec![8u8];
		// Extrinsic 0 succeeded, extrinsic 1 failed with error 5 of pallet 33.
		events.extend((0u8, 0u32, 0u8, 0u8, [1u8; 4], 0u8).encode());
		events.extend((0u8, 1u32, 0u8, 1u8, 3u8, 33u8, [5u8, 0, 0, 0], [9u8; 6]).encode());
		let module = Found::Module(ModuleError { pallet: 33, error: 5 });
		assert_eq!(find_error(&events, 1), Some(module));
		assert_eq!(find_error(&events, 0), None);
		assert_eq!(find_error(&events, 2), None);
		assert_eq!(find_error(&[], 0), None);
	}

	#[test]
	fn error_should_be_found_when_a_prepaid_report_was_refused() {
		// Extrinsic 2 succeeded, and its report is refused with error 10 of pallet 31.
		let mut events = vec![8u8];
		events.extend((0u8, 2u32, 31u8, 1u8, 7u32, 3u32).encode());
		events.extend((3u8, 31u8, [10u8, 0, 0, 0], 41u32, 0u8).encode());
		events.extend((0u8, 2u32, 0u8, 0u8, [1u8; 4], 0u8).encode());
		let module = Found::Module(ModuleError { pallet: 31, error: 10 });
		let refused = |index, id, of| find_refused(&events, index, (DeviceId(id), Interval(of)));
		assert_eq!(refused(2, 7, 3), Some((module, 41)));
		assert_eq!((refused(2, 7, 4), refused(2, 8, 3), refused(1, 7, 3)), (None, None, None));
		assert_eq!(find_error(&events, 2), None);
		// Cut off anywhere, it is none.
		for end in 0..events.len() {
			let cut = find_refused(&events[..end], 2, (DeviceId(7), Interval(3)));
			assert_eq!(cut.is_some(), end >= 26, "{end}");
		}
	}

	#[test]
	fn money_should_be_named_when_it_was_missing() {
		let failed = (0u8, 1u32, 0u8, 1u8, 7u8, 0u8, [9u8; 6]).encode();
		let words = "the account has too little money for it";
		assert_eq!(find_error(&failed, 1), Some(Found::Other(words)));
		assert_eq!(read_error(&[7]), None);
		assert_eq!(read_error(&[99, 0]), None);
		assert_eq!(read_error(&[]), None);
	}

	/// What the numbers above stand for.
	#[test]
	fn event_should_be_the_second_of_the_energy_pallet() {
		let source = include_str!("../../../pallets/energy/src/lib.rs");
		let (_, events) = source.split_once("pub enum Event<T: Config> {").unwrap();
		let names: Vec<_> = events
			.lines()
			.filter_map(|line| line.strip_prefix("\t\t"))
			.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
			.take(2)
			.collect();
		assert_eq!(names, ["Reported {", "ReportRefused {"]);
		let (_, fields) = events.split_once("ReportRefused {").unwrap();
		let (fields, _) = fields.split_once("},").unwrap();
		let fields: Vec<_> =
			fields.lines().map(str::trim).filter(|line| line.ends_with(',')).collect();
		assert_eq!(
			fields,
			["device: DeviceId,", "interval: Interval,", "error: DispatchError,", "left: u32,"]
		);
		let runtime = include_str!("../../../runtime/src/lib.rs");
		assert!(
			runtime.contains("#[runtime::pallet_index(31)]\n\tpub type Energy = pallet_energy;")
		);
	}

	#[test]
	fn words_should_be_none_when_the_metadata_is_nonsense() {
		assert_eq!(words(&[1, 2, 3], ModuleError { pallet: 0, error: 0 }), None);
	}
}
