//! A fee that is not taken from a call which says that it is free.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::dispatch::CheckIfFeeless;
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{
		DispatchInfoOf, DispatchOriginOf, Dispatchable, Implication, PostDispatchInfoOf,
		TransactionExtension, TransactionExtensionMetadata, ValidateResult,
	},
	transaction_validity::{
		TransactionSource, TransactionValidity, TransactionValidityError, ValidTransaction,
	},
	DispatchResult, Weight,
};

/// Leaves out the extension in it for a call whose `feeless_if` holds, and is that extension for
/// every other call. Wallets see only what is in it: name, type and encoding are the same.
///
/// A call that goes without a fee has no priority: any that pays comes before it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct UnlessFree<S>(pub S);

impl<S> From<S> for UnlessFree<S> {
	fn from(inner: S) -> Self {
		Self(inner)
	}
}

impl<Call, S> TransactionExtension<Call> for UnlessFree<S>
where
	Call: Dispatchable + CheckIfFeeless<Origin = DispatchOriginOf<Call>>,
	S: TransactionExtension<Call>,
{
	const IDENTIFIER: &'static str = S::IDENTIFIER;
	type Implicit = S::Implicit;
	/// Nothing if the call is free.
	type Val = Option<S::Val>;
	/// Nothing if the call is free.
	type Pre = Option<S::Pre>;

	fn implicit(&self) -> Result<Self::Implicit, TransactionValidityError> {
		self.0.implicit()
	}

	fn metadata() -> Vec<TransactionExtensionMetadata> {
		S::metadata()
	}

	fn weight(&self, call: &Call) -> Weight {
		self.0.weight(call)
	}

	fn validate(
		&self,
		origin: DispatchOriginOf<Call>,
		call: &Call,
		info: &DispatchInfoOf<Call>,
		len: usize,
		implicit: Self::Implicit,
		implication: &impl Implication,
		source: TransactionSource,
	) -> ValidateResult<Self::Val, Call> {
		if call.is_feeless(&origin) {
			return Ok((ValidTransaction::default(), None, origin));
		}
		let (valid, val, origin) =
			self.0.validate(origin, call, info, len, implicit, implication, source)?;
		Ok((valid, Some(val), origin))
	}

	fn prepare(
		self,
		val: Self::Val,
		origin: &DispatchOriginOf<Call>,
		call: &Call,
		info: &DispatchInfoOf<Call>,
		len: usize,
	) -> Result<Self::Pre, TransactionValidityError> {
		val.map(|val| self.0.prepare(val, origin, call, info, len)).transpose()
	}

	fn post_dispatch_details(
		pre: Self::Pre,
		info: &DispatchInfoOf<Call>,
		post_info: &PostDispatchInfoOf<Call>,
		len: usize,
		result: &DispatchResult,
	) -> Result<Weight, TransactionValidityError> {
		match pre {
			Some(pre) => S::post_dispatch_details(pre, info, post_info, len, result),
			// What taking the fee would have cost stands for asking whether it is due.
			None => Ok(Weight::zero()),
		}
	}

	fn bare_validate(call: &Call, info: &DispatchInfoOf<Call>, len: usize) -> TransactionValidity {
		S::bare_validate(call, info, len)
	}

	fn bare_validate_and_prepare(
		call: &Call,
		info: &DispatchInfoOf<Call>,
		len: usize,
	) -> Result<(), TransactionValidityError> {
		S::bare_validate_and_prepare(call, info, len)
	}

	fn bare_post_dispatch(
		info: &DispatchInfoOf<Call>,
		post_info: &mut PostDispatchInfoOf<Call>,
		len: usize,
		result: &DispatchResult,
	) -> Result<(), TransactionValidityError> {
		S::bare_post_dispatch(info, post_info, len, result)
	}
}
