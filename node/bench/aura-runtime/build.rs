//! Builds the runtime's wasm.

fn main() {
	// Outside of this crate, where the builder does not look for changes.
	println!("cargo:rerun-if-changed=../../../runtime/src/weights");
	#[cfg(feature = "std")]
	substrate_wasm_builder::WasmBuilder::init_with_defaults().build();
}
