//! What must always hold.

use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Get};
use sp_runtime::TryRuntimeError;

use crate::{Cases, Config, Open, Pallet};

impl<T: Config> Pallet<T> {
	/// The cases are those listed, each with somebody in it, nobody twice, and each offender was
	/// asked for exactly its part.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		let open = Open::<T>::get();
		ensure!(
			open.iter().all(Cases::<T>::contains_key) && Cases::<T>::iter().count() == open.len(),
			"the cases are those listed"
		);
		for (_, case) in Cases::<T>::iter() {
			ensure!(!case.offenders.is_empty(), "a case has an offender");
			ensure!(case.fraction >= T::LeastSlash::get(), "an offence costs the least part");
			let accounts: BTreeSet<_> =
				case.offenders.iter().map(|offender| &offender.account).collect();
			ensure!(accounts.len() == case.offenders.len(), "an offender is in a case once");
			ensure!(
				case.offenders
					.iter()
					.all(|offender| offender.claimed == case.fraction.mul_ceil(offender.stake)),
				"each offender of a case was asked for its part"
			);
		}
		Ok(())
	}
}
