//! Who authored a block.

use crate::{Pogcs, Runtime};

impl pallet_authorship::Config for Runtime {
	type FindAuthor = Pogcs;
	type EventHandler = ();
}
