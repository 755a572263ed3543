//! Hex strings with `0x`, as the chain's tools write bytes.

use crate::error::Error;

/// Writes bytes.
pub fn show(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// Reads bytes; `what` names them in the error.
pub fn parse(text: &str, what: &str) -> Result<Vec<u8>, Error> {
	let text = text.trim();
	hex::decode(text.strip_prefix("0x").unwrap_or(text))
		.map_err(|_| Error::Hex(format!("{what} is not hex")))
}

/// Reads exactly `N` bytes.
pub fn parse_array<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Error> {
	parse(text, what)?.try_into().map_err(|_| Error::Hex(format!("{what} has to have {N} bytes")))
}
