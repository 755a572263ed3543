//! What device and leader say to each other: JSON over HTTP, bytes in hex.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /v1/reports` | `report`, `signature` | `leader`, `leaf`, `signature`: the receipt; `after`: when the batch is closed |
//! | `POST /v1/paths` | `device`, `interval`, `signature` | `path`, `from`: where the report stands |
//! | `POST /v1/opens` | the same | `promised` |
//! | `GET /v1/leader` | | who it is and what it takes |
//!
//! Whatever is refused is `refused`, in words, and `again`: whether it is worth asking again.

use codec::{DecodeAll, Encode};
use pogcs_light_core::{
	batch::{Receipt, Wish},
	relay::{Reply, Told},
};
use pogcs_primitives::{
	batch::{Step, MAX_DEPTH},
	wire::{EnergyReport, Signature},
	DeviceId, Interval,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use serde_json::json;

use crate::{
	error::Error,
	hexed,
	http::{Address, Answer},
};

/// Where reports are handed in.
pub const REPORTS: &str = "/v1/reports";
/// Where paths are told.
pub const PATHS: &str = "/v1/paths";
/// Where a report is asked to be opened.
pub const OPENS: &str = "/v1/opens";
/// Where the leader says who it is.
pub const LEADER: &str = "/v1/leader";

/// What a device asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
	path: &'static str,
	body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandIn {
	report: String,
	signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wished {
	device: u32,
	interval: u32,
	signature: String,
}

#[derive(Serialize, Deserialize)]
struct TookBody {
	leader: String,
	leaf: String,
	signature: String,
	after: u8,
}

#[derive(Serialize, Deserialize)]
struct ToldBody {
	path: String,
	from: u64,
}

#[derive(Deserialize)]
struct RefusedBody {
	refused: String,
	#[serde(default)]
	again: bool,
}

impl Request {
	/// To take a report.
	pub fn hand_in(report: &EnergyReport, signature: &Signature) -> Self {
		let (report, signature) = (hexed::show(report.encode()), hexed::show(signature));
		let body = json!(HandIn { report, signature }).to_string().into_bytes();
		Self { path: REPORTS, body }
	}

	/// To tell a path, or to open a report.
	pub fn wish(wish: Wish, device: DeviceId, interval: Interval, signature: &Signature) -> Self {
		let path = match wish {
			Wish::Path => PATHS,
			Wish::Open => OPENS,
		};
		let (device, interval) = (device.0, interval.0);
		let signature = hexed::show(signature);
		let body = json!(Wished { device, interval, signature }).to_string().into_bytes();
		Self { path, body }
	}
}

/// Asks a leader, and reads its answer. What makes no sense is no answer.
pub async fn ask(leader: &Address, request: &Request) -> Reply {
	match leader.ask("POST", request.path, &request.body).await {
		Ok(answer) => read_reply(request.path, &answer)
			.unwrap_or_else(|| Reply::Later("its answer makes no sense".into())),
		Err(error) => Reply::Later(error.to_string()),
	}
}

/// The most characters of a refusal that are shown.
const MOST_WORDS: usize = 300;

fn read_reply(path: &str, answer: &Answer) -> Option<Reply> {
	if answer.code != 200 {
		let RefusedBody { refused, again } = parse(&answer.body)?;
		// What a stranger says goes to a screen: letters, and not too many.
		let words: String = refused.chars().filter(|c| !c.is_control()).take(MOST_WORDS).collect();
		return Some(if again { Reply::Later(words) } else { Reply::Refused(words) });
	}
	match path {
		REPORTS => {
			let TookBody { leader, leaf, signature, after } = parse(&answer.body)?;
			let receipt = Receipt {
				leader: hexed::parse_array(&leader, "the leader").ok()?,
				leaf: hexed::parse_array(&leaf, "the leaf").ok()?,
				signature: hexed::parse_array(&signature, "the signature").ok()?,
			};
			Some(Reply::Took(receipt, after))
		}
		PATHS => {
			let ToldBody { path, from } = parse(&answer.body)?;
			let bytes = hexed::parse(&path, "the path").ok()?;
			let path = Vec::<Step>::decode_all(&mut &bytes[..]).ok()?;
			let short = u32::try_from(path.len()).is_ok_and(|steps| steps <= MAX_DEPTH);
			short.then_some(Reply::Told(Told { path, from }))
		}
		_ => Some(Reply::Opens),
	}
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
	serde_json::from_slice(body).ok()
}

/// A report that is handed in.
pub fn read_hand_in(body: &[u8]) -> Result<(EnergyReport, Signature), Error> {
	let unusable = |words: &str| Error::Answer(words.to_owned());
	let HandIn { report, signature } = serde_json::from_slice(body)
		.map_err(|_| unusable("the body has to be JSON with report and signature"))?;
	let report = hexed::parse(&report, "the report")?;
	let report = EnergyReport::decode_all(&mut &report[..])
		.map_err(|_| unusable("the report is none of this chain's runtime"))?;
	Ok((report, hexed::parse_array(&signature, "the signature")?))
}

/// What is asked for of a report.
pub fn read_wish(body: &[u8]) -> Result<(DeviceId, Interval, Signature), Error> {
	let Wished { device, interval, signature } = serde_json::from_slice(body).map_err(|_| {
		Error::Answer("the body has to be JSON with device, interval and signature".into())
	})?;
	let signature = hexed::parse_array(&signature, "the signature")?;
	Ok((DeviceId(device), Interval(interval), signature))
}

fn ok(body: impl Serialize) -> Answer {
	Answer { code: 200, body: serde_json::to_vec(&body).unwrap_or_default() }
}

/// The answer to a report that was taken.
pub fn took(receipt: &Receipt, after: u8) -> Answer {
	ok(TookBody {
		leader: hexed::show(receipt.leader),
		leaf: hexed::show(receipt.leaf),
		signature: hexed::show(receipt.signature),
		after,
	})
}

/// The answer that tells a path.
pub fn told(path: &[Step], from: u64) -> Answer {
	ok(ToldBody { path: hexed::show(path.encode()), from })
}

/// The answer that promises to open a report.
pub fn opens(words: &str) -> Answer {
	ok(json!({ "promised": words }))
}

#[cfg(test)]
mod tests {
	use super::*;
	use pogcs_light_core::{
		batch::leaf,
		testing::reports::{key, signed},
	};
	use proptest::prelude::*;

	#[test]
	fn messages_should_return_when_written_and_read() {
		let (report, signature) = signed(&[7; 32], 3, 9);
		let request = Request::hand_in(&report, &signature);
		assert_eq!(read_hand_in(&request.body).unwrap(), (report, signature));
		let wish = Request::wish(Wish::Open, DeviceId(3), Interval(9), &signature);
		assert_eq!(wish.path, OPENS);
		assert_eq!(read_wish(&wish.body).unwrap(), (DeviceId(3), Interval(9), signature));

		let node = leaf(&report, &signature);
		let receipt = Receipt::sign(&key(1), &[7; 32], node.hash);
		let reply = read_reply(REPORTS, &took(&receipt, 40));
		assert_eq!(reply, Some(Reply::Took(receipt, 40)));
		let path = vec![Step { left: true, node }; 20];
		let told_told = Reply::Told(Told { path: path.clone(), from: 5 });
		assert_eq!(read_reply(PATHS, &told(&path, 5)), Some(told_told));
		let long = vec![Step { left: true, node }; 21];
		assert_eq!(read_reply(PATHS, &told(&long, 5)), None);
		assert_eq!(read_reply(OPENS, &opens("soon")), Some(Reply::Opens));
		let refused = |again| read_reply(OPENS, &Answer::refusal(429, "no\u{1b}[2J", again));
		assert_eq!(refused(true), Some(Reply::Later("no[2J".into())));
		assert_eq!(refused(false), Some(Reply::Refused("no[2J".into())));
	}

	proptest! {
		#[test]
		fn reading_should_not_panic_when_bytes_are_random(
			body in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,80}", code in any::<u16>(),
		) {
			for body in [body, json!({ "report": text, "signature": text }).to_string().into_bytes(),
				json!({ "path": text, "from": 1 }).to_string().into_bytes(),
				json!({ "device": 1, "interval": 2, "signature": text }).to_string().into_bytes()]
			{
				prop_assert!(read_hand_in(&body).is_err());
				prop_assert!(read_wish(&body).is_err());
				for path in [REPORTS, PATHS] {
					let answer = Answer { code, body: body.clone() };
					if let Some(Reply::Told(told)) = read_reply(path, &answer) {
						prop_assert!(told.path.len() <= 20);
					}
				}
			}
		}
	}
}
