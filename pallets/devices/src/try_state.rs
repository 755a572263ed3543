//! What must hold between any two calls.

use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{ensure, traits::fungible::InspectHold};
use pogcs_primitives::{records::StateReason, traits::IntervalClock, CellId, DeviceId};
use sp_runtime::{
	traits::{Saturating, Zero},
	TryRuntimeError,
};

use crate::{location_impls::finest, pallet::*, types::*};

type Outcome = Result<(), TryRuntimeError>;

/// What must be on hold.
struct Held<T: Config>(BTreeMap<(u8, T::AccountId), BalanceOf<T>>);

impl<T: Config> Held<T> {
	fn add(&mut self, reason: u8, who: &T::AccountId, amount: BalanceOf<T>) {
		let sum = self.0.entry((reason, who.clone())).or_default();
		*sum = sum.saturating_add(amount);
	}

	/// Accounts that nothing binds to this pallet any more are not looked at: whoever has a hold
	/// left over is somebody that a record named before.
	fn check(&self) -> Outcome {
		for ((reason, who), sum) in &self.0 {
			let reason = match reason {
				0 => HoldReason::Registration,
				1 => HoldReason::Appeal,
				2 => HoldReason::Rescue,
				3 => HoldReason::Revocation,
				_ => HoldReason::Objection,
			};
			let on_hold = T::Currency::balance_on_hold(&reason.into(), who);
			ensure!(on_hold == *sum, "what is on hold is not the sum of what it is for");
		}
		Ok(())
	}
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the registry.
	pub fn do_try_state() -> Outcome {
		ensure!(Parameters::<T>::get().check().is_ok(), "the parameters are out of bounds");
		ensure!(SweptUntil::<T>::get() <= T::Clock::current(), "the sweep is in the future");
		let mut held = Held::<T>(BTreeMap::new());
		let mut density = BTreeMap::<CellId, u32>::new();
		let mut known = BTreeSet::<DeviceId>::new();
		let mut expiring = 0usize;
		for (id, record) in Devices::<T>::iter() {
			known.insert(id);
			let standing = Standings::<T>::get(id).ok_or("a device has no standing")?;
			let entry = Entry::<T> { id, record, standing };
			Self::check_device(&entry, &mut held)?;
			for cell in Self::counted_in(entry.record.cell) {
				let count = density.entry(cell).or_default();
				*count = count.saturating_add(1);
			}
			if let (Some(until), false) = (entry.record.certified_until, standing.lapsed) {
				ensure!(Expiring::<T>::contains_key(until, id), "an expiry is not indexed");
				expiring = expiring.saturating_add(1);
			}
		}
		ensure!(Expiring::<T>::iter_keys().count() == expiring, "an expiry without a certificate");
		ensure!(density == Density::<T>::iter().collect(), "a density is not the count of devices");
		Self::check_indices(&known)?;
		Self::check_revocations(&mut held)?;
		held.check()
	}

	fn check_device(entry: &Entry<T>, held: &mut Held<T>) -> Outcome {
		let Entry { id, record, standing } = entry;
		let stopped = Suspensions::<T>::get(id);
		ensure!(*id < NextDevice::<T>::get(), "a device has an id not given out yet");
		ensure!(ByKey::<T>::get(record.key) == Some(*id), "a key is not indexed");
		ensure!(!BarredKeys::<T>::contains_key(record.key), "a barred key is registered");
		ensure!(ByCommitment::<T>::get(record.commitment) == Some(*id), "no such commitment");
		ensure!(Owned::<T>::contains_key(&record.owner, id), "an owner is not indexed");
		ensure!(Classes::<T>::contains_key(record.class), "a device has no class");
		ensure!(Makers::<T>::contains_key(record.maker), "a device has no maker");
		ensure!(finest(record.cell).is_some(), "a device stands in no cell");
		let site = Self::site_of(record.cell).ok_or("a cell has no site")?;
		ensure!(BySite::<T>::get(site) == Some(*id), "a site is not indexed");
		ensure!(record.commitment.is_canonical(), "a commitment is not canonical");
		ensure!(record.state == standing.state(stopped.is_some()), "a state does not follow");
		held.add(0, &record.owner, record.deposit);
		let rescue = Rescues::<T>::get(id);
		let granted = rescue.as_ref().is_some_and(|rescue| rescue.stage == RescueStage::Granted);
		ensure!(granted == record.certified_until.is_none(), "a device vouches for itself unasked");
		ensure!(!(granted && standing.lapsed), "a device that vouches for itself has run out");
		held.add(2, &record.owner, rescue.as_ref().map_or(Zero::zero(), |rescue| rescue.bond));
		if let Some(RescueStage::Contested { by, bond, .. }) = rescue.map(|rescue| rescue.stage) {
			held.add(4, &by, bond);
		}
		let bond = match stopped {
			Some(Suspension { appeal: Appeal::Open { bond, .. }, .. }) => bond,
			_ => Zero::zero(),
		};
		held.add(1, &record.owner, bond);
		let challenged = Challenges::<T>::contains_key(id);
		ensure!(
			!(challenged && standing.benched.is_some()),
			"a device is asked for what it has proven"
		);
		if let Some(suspension) = stopped {
			ensure!(!Offers::<T>::contains_key(id), "a stopped device is offered");
			let by_maker = suspension.reason == StateReason::CertificateRevoked;
			let revoked = Self::is_revoked(&record.maker, &record.key);
			ensure!(!by_maker || revoked, "a device is stopped for a certificate that counts");
		}
		let windows = Maintenances::<T>::get(id);
		let ordered = windows.iter().zip(windows.iter().skip(1)).all(|(a, b)| a.until <= b.from);
		ensure!(ordered, "windows of maintenance overlap");
		ensure!(windows.iter().all(|window| window.from < window.until), "a window is empty");
		Ok(())
	}

	/// Nothing is kept of a device that is not there.
	fn check_indices(known: &BTreeSet<DeviceId>) -> Outcome {
		let count = known.len();
		ensure!(ByKey::<T>::iter().count() == count, "a key is indexed without a device");
		ensure!(BySite::<T>::iter().count() == count, "a site is indexed without a device");
		ensure!(ByCommitment::<T>::iter().count() == count, "a commitment without a device");
		ensure!(Owned::<T>::iter().count() == count, "an owner is indexed without a device");
		ensure!(Standings::<T>::iter().count() == count, "a standing without a device");
		let all = Suspensions::<T>::iter_keys()
			.chain(Rescues::<T>::iter_keys())
			.chain(Offers::<T>::iter_keys())
			.chain(Challenges::<T>::iter_keys())
			.chain(Maintenances::<T>::iter_keys());
		ensure!(all.into_iter().all(|id| known.contains(&id)), "something is kept of no device");
		Ok(())
	}

	fn check_revocations(held: &mut Held<T>) -> Outcome {
		for (maker, key, revocation) in Revocations::<T>::iter() {
			held.add(3, &revocation.account, revocation.deposit);
			ensure!(Makers::<T>::contains_key(maker), "a certificate was taken back by no maker");
			if revocation.overruled {
				let device = ByKey::<T>::get(key).and_then(Devices::<T>::get);
				let is_its = device.is_some_and(|record| record.maker == maker);
				ensure!(is_its, "a maker was overruled about a device that is not its");
			}
		}
		Ok(())
	}
}
