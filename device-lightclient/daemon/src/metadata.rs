//! The runtime's metadata: whether this program knows the runtime, and the hash that binds the
//! device's signatures to it.
//!
//! The hash is that of RFC-78, which the runtime has in itself: `CheckMetadataHash` puts it under
//! every signature that asks for it. A device that was told another layout of the calls has another
//! hash, and the chain refuses what it signs, instead of taking it for something else.
//!
//! The hash alone would bind a device just as well to a layout that it does not encode. So the
//! calls and the extensions are compared with what this program writes before any hash is given.

use codec::{Decode, DecodeAll};
use frame_metadata::{v15::RuntimeMetadataV15, RuntimeMetadata, RuntimeMetadataPrefixed};
use merkleized_metadata::{generate_metadata_digest, ExtraInfo};
use pogcs_light_core::{calls::CallIndices, extrinsic::EXTENSIONS, Hash};
use pogcs_primitives::{
	batch,
	wire::{EnergyReport, Signature, Submission},
	Commitment, DeviceId, Interval, TaskId,
};
use scale_info::{
	form::PortableForm, meta_type, Field, MetaType, PortableRegistry, Registry, TypeDef, Variant,
};

use crate::{chain::node::RuntimeVersion, error::Error, hexed};

/// The version of the metadata that the hash is defined for.
pub const VERSION: u32 = 15;

/// Symbol and decimals of the token. The runtime's build names them too; if these were others, the
/// chain would refuse all that is signed with the hash.
const TOKEN: (&str, u8) = ("GCS", 12);

/// How deep types are followed. The deepest of those that are compared has six levels.
const DEPTH: u8 = 16;

/// Decodes what `Metadata_metadata_at_version` answers.
pub fn decode(bytes: &[u8]) -> Result<RuntimeMetadataV15, Error> {
	match RuntimeMetadataPrefixed::decode_all(&mut &bytes[..]) {
		Ok(RuntimeMetadataPrefixed(_, RuntimeMetadata::V15(metadata))) => Ok(metadata),
		_ => Err(Error::Answer(format!("the metadata is not of version {VERSION}"))),
	}
}

/// Refuses a runtime in which anything that this program encodes stands otherwise.
pub fn check(metadata: &RuntimeMetadataV15) -> Result<(), Error> {
	difference(metadata).map_or(Ok(()), |words| Err(Error::Foreign(words)))
}

/// What first stands otherwise than this program writes it.
fn difference(metadata: &RuntimeMetadataV15) -> Option<String> {
	let found = metadata.extrinsic.signed_extensions.iter().map(|it| it.identifier.as_str());
	if !found.eq(EXTENSIONS) {
		return Some("its transactions carry other extensions".into());
	}
	// A report, its signature, its path.
	type Opening = (EnergyReport, Signature, Vec<batch::Step>);
	let arguments = [
		meta_type::<(EnergyReport, Signature)>(),
		meta_type::<EnergyReport>(),
		meta_type::<(Interval, batch::Node)>(),
		meta_type::<(u64, Vec<Opening>)>(),
		meta_type::<(u64, Opening)>(),
		meta_type::<(DeviceId, TaskId, u32)>(),
		meta_type::<(TaskId, u32, Commitment)>(),
		meta_type::<(TaskId, u32, Submission)>(),
		meta_type::<(TaskId, u32)>(),
		meta_type::<(DeviceId, TaskId, u32)>(),
		meta_type::<(DeviceId, TaskId, u32, Hash)>(),
		meta_type::<(DeviceId, TaskId, u32, Hash, Hash)>(),
		meta_type::<(TaskId, u32)>(),
		meta_type::<DeviceId>(),
		meta_type::<(DeviceId, Hash)>(),
		meta_type::<(DeviceId, Vec<Hash>)>(),
	];
	let calls = CallIndices::POGCS.named();
	calls.into_iter().zip(arguments).find_map(|((pallet, name, index), arguments)| {
		let Some((at, call)) = find(metadata, pallet, name) else {
			return Some(format!("it has no call {pallet}.{name}"));
		};
		if at != index {
			return Some(format!("{pallet}.{name} is its call {at:?}, not {index:?}"));
		}
		let same =
			layout_of_fields(&metadata.types, &call.fields, DEPTH) == layout_here(&arguments);
		(!same).then(|| format!("{pallet}.{name} takes other arguments"))
	})
}

/// The metadata hash.
pub fn hash(metadata: RuntimeMetadataV15, version: &RuntimeVersion) -> Result<Hash, Error> {
	let unusable = |words: &str| Error::Answer(format!("the metadata: {words}"));
	let prefix = metadata
		.pallets
		.iter()
		.filter(|pallet| pallet.name == "System")
		.flat_map(|pallet| &pallet.constants)
		.find(|constant| constant.name == "SS58Prefix")
		.and_then(|constant| u16::decode(&mut &constant.value[..]).ok())
		.ok_or_else(|| unusable("it names no prefix of addresses"))?;
	let (symbol, decimals) = TOKEN;
	let extra = ExtraInfo {
		spec_version: version.spec_version,
		spec_name: version.spec_name.clone(),
		base58_prefix: prefix,
		decimals,
		token_symbol: symbol.into(),
	};
	let digest = generate_metadata_digest(&RuntimeMetadata::V15(metadata), extra)
		.map_err(|words| unusable(&words))?;
	Ok(digest.hash())
}

/// The hash that goes into a checkpoint: what was computed, unless the owner expects another.
pub fn agree(computed: Option<Hash>, expected: Option<Hash>) -> Result<Hash, Error> {
	match (computed, expected) {
		(Some(computed), Some(expected)) if computed != expected => Err(Error::MetadataHash {
			computed: hexed::show(computed),
			expected: hexed::show(expected),
		}),
		(Some(hash), _) | (None, Some(hash)) => Ok(hash),
		(None, None) => Err(Error::Answer(format!(
			"the runtime tells no metadata of version {VERSION}: give its hash with --metadata-hash"
		))),
	}
}

/// A call's index in the runtime, and the call.
fn find<'a>(
	metadata: &'a RuntimeMetadataV15,
	pallet: &str,
	call: &str,
) -> Option<([u8; 2], &'a Variant<PortableForm>)> {
	let pallet = metadata.pallets.iter().find(|it| it.name == pallet)?;
	let calls = metadata.types.resolve(pallet.calls.as_ref()?.ty.id)?;
	let TypeDef::Variant(calls) = &calls.type_def else { return None };
	let call = calls.variants.iter().find(|it| it.name == call)?;
	Some(([pallet.index, call.index], call))
}

/// The layout that a type has in this program.
fn layout_here(ty: &MetaType) -> String {
	let mut registry = Registry::new();
	let id = registry.register_type(ty).id;
	layout(&registry.into(), id, DEPTH)
}

/// How a type is encoded, in words: types with the same layout have the same encoding, whatever
/// they are called.
fn layout(types: &PortableRegistry, id: u32, depth: u8) -> String {
	let Some(depth) = depth.checked_sub(1) else { return "too deep".into() };
	let Some(ty) = types.resolve(id) else { return "unknown".into() };
	let inner = |id| layout(types, id, depth);
	match &ty.type_def {
		TypeDef::Composite(of) => layout_of_fields(types, &of.fields, depth),
		TypeDef::Tuple(of) => join(of.fields.iter().map(|field| inner(field.id))),
		TypeDef::Array(of) => format!("[{}; {}]", inner(of.type_param.id), of.len),
		TypeDef::Sequence(of) => format!("[{}]", inner(of.type_param.id)),
		TypeDef::Compact(of) => format!("compact {}", inner(of.type_param.id)),
		TypeDef::Primitive(of) => format!("{of:?}"),
		TypeDef::BitSequence(_) => "bits".into(),
		TypeDef::Variant(of) => {
			let variants = of.variants.iter().map(|variant| {
				format!("{}: {}", variant.index, layout_of_fields(types, &variant.fields, depth))
			});
			format!("one of ({})", join(variants))
		}
	}
}

fn layout_of_fields(types: &PortableRegistry, fields: &[Field<PortableForm>], depth: u8) -> String {
	join(fields.iter().map(|field| layout(types, field.ty.id, depth)))
}

/// What encodes to nothing is left out.
fn join(parts: impl Iterator<Item = String>) -> String {
	parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing;

	fn version(spec_version: u32) -> RuntimeVersion {
		RuntimeVersion { spec_name: "pogcs".into(), spec_version, transaction_version: 1 }
	}

	fn refusal(change: impl Fn(&mut RuntimeMetadataV15)) -> String {
		let mut metadata = testing::metadata();
		change(&mut metadata);
		check(&metadata).unwrap_err().to_string()
	}

	/// Changes the calls of a pallet.
	fn change_calls(
		metadata: &mut RuntimeMetadataV15,
		pallet: &str,
		change: impl Fn(&mut Vec<Variant<PortableForm>>),
	) {
		let pallet = metadata.pallets.iter().find(|it| it.name == pallet).unwrap();
		let id = pallet.calls.as_ref().unwrap().ty.id;
		let TypeDef::Variant(calls) = &mut metadata.types.types[id as usize].ty.type_def else {
			panic!("calls are variants")
		};
		change(&mut calls.variants);
	}

	#[test]
	fn layout_should_tell_the_encoding_when_the_types_are_newtypes() {
		let layout = layout_here(&meta_type::<(EnergyReport, Signature)>());
		assert_eq!(layout, "U32, U32, U64, U64, U64, U64, U64, U64, U64, U64, [U8; 32], [U8; 64]");
		let layout = layout_here(&meta_type::<(TaskId, Option<Submission>, codec::Compact<u32>)>());
		assert_eq!(
			layout,
			"U64, one of (0: , 1: [U8; 128], [I32; 40], U64, [U8; 32]), compact U32"
		);
	}

	#[test]
	fn runtime_should_be_known_when_calls_and_extensions_stand_where_they_are_encoded() {
		check(&testing::metadata()).unwrap();
	}

	#[test]
	fn runtime_should_be_refused_when_a_call_moved_or_changed() {
		let moved = refusal(|it| it.pallets.iter_mut().for_each(|pallet| pallet.index += 1));
		assert!(moved.contains("Energy.report is its call [32, 0], not [31, 0]"), "{moved}");
		assert!(moved.contains("install the release of pogcs-device"), "{moved}");
		let moved = refusal(|it| change_calls(it, "Tasks", |calls| calls[2].index = 9));
		assert!(moved.contains("Tasks.prove is its call [33, 9]"), "{moved}");
		let gone = refusal(|it| change_calls(it, "Tasks", |calls| drop(calls.remove(1))));
		assert!(gone.contains("it has no call Tasks.commit"), "{gone}");
		let changed = refusal(|it| change_calls(it, "Tasks", |calls| drop(calls[0].fields.pop())));
		assert!(changed.contains("Tasks.accept takes other arguments"), "{changed}");
		let moved = refusal(|it| change_calls(it, "Devices", |calls| calls[1].index = 9));
		assert!(moved.contains("Devices.commit_challenge is its call [30, 9]"), "{moved}");
		let changed = refusal(|it| {
			change_calls(it, "Devices", |calls| drop(calls[2].fields.pop()));
		});
		assert!(changed.contains("Devices.open_challenge takes other arguments"), "{changed}");
		for call in 1..5 {
			let changed = refusal(|it| {
				change_calls(it, "Energy", |calls| drop(calls[call].fields.pop()));
			});
			assert!(changed.contains("takes other arguments"), "{changed}");
			let gone = refusal(|it| change_calls(it, "Energy", |calls| drop(calls.remove(call))));
			assert!(gone.contains("it has no call Energy."), "{gone}");
		}
		let changed = refusal(|it| drop(it.extrinsic.signed_extensions.pop()));
		assert!(changed.contains("other extensions"), "{changed}");
	}

	#[test]
	fn hash_should_change_when_the_runtime_or_a_layout_changes() {
		let base = hash(testing::metadata(), &version(1)).unwrap();
		assert_eq!(hash(testing::metadata(), &version(1)).unwrap(), base);
		assert_ne!(hash(testing::metadata(), &version(2)).unwrap(), base);
		let mut other = testing::metadata();
		change_calls(&mut other, "Tasks", |calls| drop(calls[0].fields.pop()));
		assert_ne!(hash(other, &version(1)).unwrap(), base);
		let mut other = testing::metadata();
		other.pallets.retain(|pallet| pallet.name != "System");
		let error = hash(other, &version(1)).unwrap_err();
		assert!(error.to_string().contains("no prefix of addresses"), "{error}");
	}

	#[test]
	fn hash_should_be_the_expected_one_when_one_is_expected() {
		assert_eq!(agree(Some([1; 32]), None).unwrap(), [1; 32]);
		assert_eq!(agree(Some([1; 32]), Some([1; 32])).unwrap(), [1; 32]);
		assert_eq!(agree(None, Some([2; 32])).unwrap(), [2; 32]);
		let error = agree(Some([1; 32]), Some([2; 32])).unwrap_err().to_string();
		assert!(error.contains("0x0101") && error.contains("0x0202"), "{error}");
		assert!(agree(None, None).unwrap_err().to_string().contains("--metadata-hash"));
	}

	#[test]
	fn metadata_should_be_refused_when_it_is_nonsense_or_of_another_version() {
		assert!(matches!(decode(&[1, 2, 3]), Err(Error::Answer(_))));
		let mut bytes = testing::encoded_metadata();
		assert!(decode(&bytes).is_ok());
		bytes[4] = 14;
		assert!(matches!(decode(&bytes), Err(Error::Answer(_))));
	}
}
