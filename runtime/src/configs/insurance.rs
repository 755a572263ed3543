//! Where what was forfeited lies until those are paid who were let down.

use frame_support::{parameter_types, traits::tokens::imbalance::ResolveTo, PalletId};
use sp_runtime::traits::AccountIdConversion;

use crate::{AccountId, Balances};

parameter_types! {
	/// Nobody has its key. It exists from genesis on, so that the smallest slash can reach it.
	pub InsuranceAccount: AccountId = PalletId(*b"pg/insur").into_account_truncating();
}

/// What is taken goes to the insurance.
pub type Insurance = ResolveTo<InsuranceAccount, Balances>;
