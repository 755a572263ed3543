//! Which words wallets can show without being led astray by them.

/// Whether a name is words in UTF-8: not blank, no blanks around them, and nothing that hides, or
/// turns around what stands beside it.
pub(crate) fn is_name(bytes: &[u8]) -> bool {
	core::str::from_utf8(bytes).is_ok_and(|name| {
		!name.is_empty() && name.trim() == name && !name.chars().any(|c| c.is_control() || hides(c))
	})
}

/// Characters without a shape: joiners, marks of direction, selectors, tags, and the letters that are
/// drawn as blanks.
fn hides(c: char) -> bool {
	matches!(
		c,
		'\u{00ad}'
			| '\u{034f}'
			| '\u{061c}'
			| '\u{115f}' | '\u{1160}'
			| '\u{17b4}' | '\u{17b5}'
			| '\u{180b}'..='\u{180f}'
			| '\u{200b}'..='\u{200f}'
			| '\u{2028}'..='\u{202e}'
			| '\u{2060}'..='\u{206f}'
			| '\u{2800}'
			| '\u{3164}'
			| '\u{fe00}'..='\u{fe0f}'
			| '\u{feff}'
			| '\u{ffa0}'
			| '\u{fff0}'..='\u{fffb}'
			| '\u{1d173}'..='\u{1d17a}'
			| '\u{e0000}'..='\u{e0fff}'
	)
}

/// Whether an address is one that a wallet can open: of a document, not of a script. Empty is none.
pub(crate) fn is_url(bytes: &[u8]) -> bool {
	let rest = [&b"https://"[..], b"ipfs://"].iter().find_map(|scheme| bytes.strip_prefix(*scheme));
	bytes.is_empty()
		|| rest.is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_graphic))
}
