//! From evidence to a transaction, and which transactions are taken.
//!
//! A report pays no fee and comes first in a block. It is taken from this very node or from a block
//! only: whoever wants evidence in a block hands it to a node that authors one.

use alloc::boxed::Box;
use frame_support::{
	pallet_prelude::{TransactionSource, Weight},
	traits::Get,
};
use frame_system::offchain::{CreateAuthorizedTransaction, SubmitTransaction};
use sp_runtime::transaction_validity::{
	InvalidTransaction, TransactionPriority, TransactionValidityWithRefund, ValidTransaction,
};

use crate::{
	types::{BlockEquivocation, Charge, VoteEquivocation},
	Call, Config, Error, Pallet,
};

/// Target of the pallet's log lines.
const LOG_TARGET: &str = "runtime::accountability";

impl<T: Config> Pallet<T> {
	pub(crate) fn authorize_blocks(
		source: TransactionSource,
		proof: &BlockEquivocation<T>,
	) -> TransactionValidityWithRefund {
		Self::authorize(source, || Self::check_blocks(proof))
	}

	pub(crate) fn authorize_votes(
		source: TransactionSource,
		proof: &VoteEquivocation<T>,
	) -> TransactionValidityWithRefund {
		Self::authorize(source, || Self::check_votes(proof))
	}

	fn authorize(
		source: TransactionSource,
		check: impl FnOnce() -> Result<Charge<T>, Error<T>>,
	) -> TransactionValidityWithRefund {
		if source == TransactionSource::External {
			log::debug!(target: LOG_TARGET, "a report from outside is not taken");
			return Err(InvalidTransaction::Call.into());
		}
		let charge = check().map_err(|error| {
			log::debug!(target: LOG_TARGET, "a report is refused: {error:?}");
			match error {
				Error::Known | Error::TooOld => InvalidTransaction::Stale,
				Error::UnknownSet => InvalidTransaction::Future,
				_ => InvalidTransaction::BadProof,
			}
		})?;
		// After that many blocks it is too old at the latest.
		let length = pallet_pogcs::Parameters::<T>::get().epoch_length;
		let longevity = length.saturating_mul(T::EvidenceEpochs::get().into());
		ValidTransaction::with_tag_prefix("Equivocation")
			.priority(TransactionPriority::MAX)
			// One report of an authority in a period is enough.
			.and_provides((charge.period, charge.seat.account))
			.longevity(longevity)
			.propagate(false)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}
}

impl<T: Config + CreateAuthorizedTransaction<Call<T>>> Pallet<T> {
	/// Puts evidence of two blocks into this node's transaction pool. `None` if it would be refused.
	///
	/// For runtime APIs, and where the host has a pool to put it into.
	pub fn submit_block_equivocation(proof: BlockEquivocation<T>) -> Option<()> {
		let checked = Self::check_blocks(&proof).map(|_| ());
		Self::submit(checked, Call::report_block_equivocation { proof: Box::new(proof) })
	}

	/// Puts evidence of two votes into this node's transaction pool. `None` if it would be refused.
	///
	/// For runtime APIs, and where the host has a pool to put it into.
	pub fn submit_vote_equivocation(proof: VoteEquivocation<T>) -> Option<()> {
		let checked = Self::check_votes(&proof).map(|_| ());
		Self::submit(checked, Call::report_vote_equivocation { proof: Box::new(proof) })
	}

	fn submit(checked: Result<(), Error<T>>, call: Call<T>) -> Option<()> {
		if let Err(error) = checked {
			log::info!(target: LOG_TARGET, "nothing to report: {error:?}");
			return None;
		}
		let transaction = T::create_authorized_transaction(call.into());
		let submitted = SubmitTransaction::<T, Call<T>>::submit_transaction(transaction);
		match submitted {
			Ok(()) => log::info!(target: LOG_TARGET, "submitted an equivocation report"),
			Err(()) => log::warn!(target: LOG_TARGET, "could not submit an equivocation report"),
		}
		submitted.ok()
	}
}
