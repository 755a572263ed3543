//! The application key of an authority.

use crate::AuthorityKey;

mod app {
	use sp_application_crypto::{app_crypto, sr25519, KeyTypeId};

	/// Key type of block authorship.
	pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"pgcs");
	app_crypto!(sr25519, KEY_TYPE);
}

pub use app::KEY_TYPE;

/// An authority's key pair; outside `std` it holds no secret.
pub type AuthorityPair = app::Pair;
/// An authority's signature.
pub type AuthoritySignature = app::Signature;
/// An authority's key.
pub type AuthorityId = app::Public;

impl From<AuthorityId> for AuthorityKey {
	fn from(id: AuthorityId) -> Self {
		Self(sp_core::sr25519::Public::from(id).0)
	}
}

impl From<AuthorityKey> for AuthorityId {
	fn from(key: AuthorityKey) -> Self {
		sp_core::sr25519::Public::from_raw(key.0).into()
	}
}
