//! What only this pallet stores or shows.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::ConstU32, BoundedVec, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound,
	PartialEqNoBound,
};
use pogcs_primitives::{
	traits::{ClaimTotals, ClaimsError},
	ClassId, Interval, MicroGpuHours,
};
use scale_info::TypeInfo;

use crate::pallet::Config;

/// What an account holds of one product. It is never empty in storage.
#[derive(
	CloneNoBound,
	DebugNoBound,
	DefaultNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Holding<T: Config> {
	/// What its holder may use.
	pub free: MicroGpuHours,
	/// What is set aside, each reason once and none with nothing.
	pub locks: BoundedVec<(T::LockReason, MicroGpuHours), T::MaxLocks>,
}

/// How many intervals one item of storage is about: a day of hours. Who trades many of them touches
/// few items.
pub const SPAN: u32 = 24;

/// What an account holds of one class in a span of intervals: the place of each interval of which it
/// holds anything, in order.
pub type Span<T> = BoundedVec<(u8, Holding<T>), ConstU32<SPAN>>;

/// The span of an interval, and its place in it.
pub(crate) fn place_of(interval: Interval) -> (u32, u8) {
	let place = u8::try_from(interval.0 % SPAN).unwrap_or(u8::MAX);
	(interval.0 / SPAN, place)
}

/// The interval at a place of a span.
pub(crate) fn interval_at(span: u32, place: u8) -> Interval {
	Interval(span.saturating_mul(SPAN).saturating_add(place.into()))
}

/// The first interval of the span that `interval` lies in.
pub(crate) fn begin_of(interval: Interval) -> Interval {
	interval_at(place_of(interval).0, 0)
}

/// What stands at a place of a span.
pub(crate) fn at_place<T: Config>(span: &Span<T>, place: u8) -> Holding<T> {
	let found = span.binary_search_by_key(&place, |(at, _)| *at);
	found.ok().and_then(|at| span.get(at)).map(|(_, holding)| holding.clone()).unwrap_or_default()
}

/// Puts a holding at a place of a span, or removes an empty one.
pub(crate) fn put_at<T: Config>(span: &mut Span<T>, place: u8, holding: Holding<T>) {
	let empty = holding.held() == MicroGpuHours::ZERO;
	match span.binary_search_by_key(&place, |(at, _)| *at) {
		Ok(at) if empty => {
			span.remove(at);
		}
		Ok(at) => {
			if let Some(entry) = span.get_mut(at) {
				entry.1 = holding;
			}
		}
		Err(_) if empty => (),
		Err(at) => {
			// There are no more places than there is room.
			let _ = span.try_insert(at, (place, holding));
		}
	}
}

/// Which part of a holding claims are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<Reason> {
	/// What is not locked.
	Free,
	/// What is locked for a reason.
	Locked(Reason),
}

impl<T: Config> Holding<T> {
	/// All of it. Never more than the product's claims, whose sum fits.
	pub fn held(&self) -> MicroGpuHours {
		self.locks.iter().fold(self.free, |sum, (_, amount)| sum.saturating_add(*amount))
	}

	/// What is locked for `reason`.
	pub fn locked(&self, reason: T::LockReason) -> MicroGpuHours {
		let lock = self.locks.iter().find(|(at, _)| *at == reason);
		lock.map_or(MicroGpuHours::ZERO, |(_, amount)| *amount)
	}

	/// Adds to what is free.
	pub(crate) fn add(&mut self, amount: MicroGpuHours) -> Result<(), ClaimsError> {
		self.free = self.free.checked_add(amount).ok_or(ClaimsError::Overflow)?;
		Ok(())
	}

	/// Takes out of one part.
	pub(crate) fn take(
		&mut self,
		part: Part<T::LockReason>,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		let reason = match part {
			Part::Free => {
				self.free = self.free.checked_sub(amount).ok_or(ClaimsError::Insufficient)?;
				return Ok(());
			}
			Part::Locked(reason) => reason,
		};
		let lock = self.locks.iter_mut().find(|(at, _)| *at == reason);
		let (_, locked) = lock.ok_or(ClaimsError::Insufficient)?;
		*locked = locked.checked_sub(amount).ok_or(ClaimsError::Insufficient)?;
		self.locks.retain(|(_, amount)| *amount != MicroGpuHours::ZERO);
		Ok(())
	}

	/// Sets aside what was free.
	pub(crate) fn lock(
		&mut self,
		reason: T::LockReason,
		amount: MicroGpuHours,
	) -> Result<(), ClaimsError> {
		self.take(Part::Free, amount)?;
		match self.locks.iter_mut().find(|(at, _)| *at == reason) {
			Some((_, locked)) => {
				*locked = locked.checked_add(amount).ok_or(ClaimsError::Overflow)?;
				Ok(())
			}
			None => self.locks.try_push((reason, amount)).map_err(|_| ClaimsError::Crowded),
		}
	}
}

/// Where an interval is, and so what can be done with its claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Phase {
	/// Too far ahead for claims to be made.
	Distant,
	/// Claims are made, moved, locked and burnt.
	Open,
	/// Claims can only be redeemed.
	Running,
	/// What is left does nothing but expire.
	Past,
}

/// A product, as a wallet shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Product {
	/// Where its interval is.
	pub phase: Phase,
	/// What became of its claims.
	pub totals: ClaimTotals,
}

/// One of an account's holdings, as a wallet shows it.
#[derive(CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct Entry<T: Config> {
	/// The interval in which the claims can be used.
	pub interval: Interval,
	/// The class of devices that they are of.
	pub class: ClassId,
	/// How much.
	pub holding: Holding<T>,
}

/// Some of an account's holdings, in the order of their intervals and then of their classes.
#[derive(CloneNoBound, DebugNoBound, PartialEqNoBound, EqNoBound, Encode, Decode, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct Page<T: Config> {
	/// The holdings.
	pub entries: Vec<Entry<T>>,
	/// The interval to go on with, if the range that was asked for is longer than a page.
	pub next: Option<Interval>,
}
