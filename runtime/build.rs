//! Builds the runtime's wasm, with the metadata hash in it (`CheckMetadataHash`).

fn main() {
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::init_with_defaults()
		.enable_metadata_hash("GCS", 12)
		.build();
}
