//! Why a leader takes a report not, or not now, in words for the device's owner.

use pogcs_light_core::batch::Fault;
use pogcs_primitives::{DeviceId, Interval, PoolId};

use crate::{http::Answer, refusals};

/// What a leader refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
	/// It does not know where the chain stands.
	Behind,
	/// By its own view of the chain, the interval has not ended.
	NotEnded(Interval),
	/// The batch of the interval is closed, or never was open.
	Closed(Interval),
	/// The batch has no room left.
	Full,
	/// The leader's money does not cover the deposit of one more.
	Poor,
	/// The device handed in another report of this interval.
	Another,
	/// The device came too often.
	TooOften,
	/// Too many come that the leader does not know.
	Busy,
	/// No such device is registered.
	Unknown(DeviceId),
	/// The device is about to leave: it may be gone when its report is drawn.
	Leaving,
	/// The leader serves others.
	NotServed,
	/// The device is in another pool, or in none.
	NotInPool(PoolId),
	/// The chain would not believe the report.
	Fault(Fault),
	/// More was generated than the sun gives there.
	NoSun,
	/// Where the sun stood cannot be told.
	UnknownSky,
	/// The device's key did not sign what is asked for.
	NotSigned,
	/// There is no batch with the report.
	NoBatch(Interval),
	/// There is one, and it is not on chain yet.
	NotYet(Interval),
	/// No more are opened in this interval, or for this device.
	NoMoreOpens,
	/// The chain did not let it be opened.
	Unopenable,
	/// The node or the disk failed.
	Failed,
}

impl Refusal {
	/// Whether it is worth asking again in this interval.
	pub fn again(&self) -> bool {
		matches!(
			self,
			Self::Behind | Self::NotEnded(_) | Self::Busy | Self::NotYet(_) | Self::Failed
		)
	}

	fn code(&self) -> u16 {
		match self {
			Self::Behind | Self::Failed => 503,
			Self::Busy | Self::TooOften | Self::NoMoreOpens => 429,
			Self::Unknown(_) | Self::NoBatch(_) => 404,
			Self::NotEnded(_)
			| Self::Closed(_)
			| Self::Full
			| Self::Poor
			| Self::Another
			| Self::NotYet(_) => 409,
			_ => 422,
		}
	}

	/// As an answer.
	pub fn answer(&self) -> Answer {
		Answer::refusal(self.code(), &self.to_string(), self.again())
	}
}

impl std::fmt::Display for Refusal {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let of_chain =
			|f: &mut std::fmt::Formatter<'_>, name: &str| match refusals::named("energy", name) {
				Some(refusal) => write!(f, "the chain would refuse the report: {refusal}"),
				None => write!(f, "the chain would refuse the report: {name}"),
			};
		match self {
			Self::Behind => f.write_str("this leader does not know yet where the chain stands"),
			Self::NotEnded(of) => write!(f, "interval {of} has not ended, as far as this leader knows"),
			Self::Closed(of) => {
				write!(f, "reports of interval {of} are not taken any more: send it by yourself")
			}
			Self::Full => f.write_str("the batch is full: send it by yourself"),
			Self::Poor => f.write_str(
				"this leader has no money left for the deposit of one more report: send it by yourself",
			),
			Self::Another => f.write_str("another report of this interval was handed in already"),
			Self::TooOften => f.write_str("the device hands in too often"),
			Self::Busy => f.write_str("too many unknown devices come at once: try again"),
			Self::Unknown(device) => write!(f, "no device {device} is registered"),
			Self::Leaving => f.write_str(
				"the device is leaving, and could be gone when its report is drawn: send it by yourself",
			),
			Self::NotServed => f.write_str("this leader does not serve this device"),
			Self::NotInPool(pool) => write!(f, "this leader serves the members of pool {pool} only"),
			Self::Fault(fault) => of_chain(f, fault.name()),
			Self::NoSun => of_chain(f, "NoSun"),
			Self::UnknownSky => of_chain(f, "UnknownSky"),
			Self::NotSigned => f.write_str("the device's key did not sign this"),
			Self::NoBatch(of) => {
				write!(f, "there is no batch of interval {of} with a report of this device")
			}
			Self::NotYet(of) => write!(f, "the batch of interval {of} is not closed, or not on chain, yet"),
			Self::NoMoreOpens => {
				f.write_str("this leader opens no more reports in this interval: open it by yourself")
			}
			Self::Unopenable => f.write_str("the chain did not let this report be opened"),
			Self::Failed => f.write_str("this leader's node or disk failed: try again"),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refusal_should_say_what_to_do_and_whether_to_come_again() {
		for (refusal, code, again, words) in [
			(Refusal::Behind, 503, true, "does not know yet"),
			(Refusal::NotEnded(Interval(4)), 409, true, "interval 4 has not ended"),
			(Refusal::Closed(Interval(4)), 409, false, "send it by yourself"),
			(Refusal::Fault(Fault::Implausible), 422, false, "error energy.Implausible"),
			(Refusal::NoSun, 422, false, "look at the meter's clock"),
			(Refusal::Busy, 429, true, "try again"),
			(Refusal::Unknown(DeviceId(7)), 404, false, "no device 7"),
		] {
			let answer = refusal.answer();
			assert_eq!((answer.code, refusal.again()), (code, again), "{refusal}");
			let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
			assert_eq!(body["again"], again);
			assert!(body["refused"].as_str().unwrap().contains(words), "{refusal}");
		}
	}

	/// Every fault has words of its own.
	#[test]
	fn fault_should_be_an_error_of_the_energy_pallet() {
		for fault in [
			Fault::TooLarge,
			Fault::NonCanonicalRoot,
			Fault::DrawAboveSupply,
			Fault::NotConserved,
			Fault::ImplausibleDraw,
			Fault::ImplausibleStorage,
			Fault::Implausible,
			Fault::Suspended,
			Fault::BeforeRegistration,
			Fault::BadSignature,
		] {
			let name = fault.name();
			assert!(refusals::named("energy", name).is_some(), "{name}");
		}
	}
}
