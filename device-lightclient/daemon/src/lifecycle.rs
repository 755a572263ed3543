//! Where the device is in its life, in words for its owner: what state it is in, why, until when, and
//! what to do. Everything said here is proven.

use pogcs_light_core::{
	registry::{Appeal, Intent, Registration, RescueStage, Suspension},
	tasks::{Device, View},
};
use pogcs_primitives::{
	records::{ClassRecord, DeviceState, StateReason},
	DeviceId, Interval,
};

use crate::hexed;

/// Decimals of the token.
const UNIT: u128 = 1_000_000_000_000;

/// What the metrics show of it, and the words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lifecycle {
	/// Sentences, the most important first.
	pub words: Vec<String>,
	/// Whether the owner has to do something for the device to earn, or soon has to.
	pub asks: bool,
	/// How many intervals the certificate still counts; nothing if the device vouches for itself.
	pub certificate_left: Option<u32>,
	/// How many intervals of the notice are left.
	pub notice_left: Option<u32>,
	/// How far the challenge is: 0 none runs, 1 before the seed, 2 being evaluated, 3 before the
	/// draw, 4 to be opened.
	pub challenge: u32,
	/// How many reports are paid for ahead; nothing if none ever were.
	pub prepaid: Option<u32>,
}

/// What the owner has configured.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// Whether the device asks for its challenge itself.
	pub asks: bool,
	/// So many intervals before a certificate runs out it is told.
	pub warning: u32,
	/// With fewer prepaid reports than this it is told.
	pub quota_warning: u32,
}

/// What an owner is told to buy: a month of hours.
const MONTH: u32 = 720;

/// Says where a device is in its life.
pub fn describe(view: &View, class: Option<&ClassRecord>, settings: Settings) -> Lifecycle {
	let mut life = Lifecycle::default();
	let Some((id, device)) = &view.device else {
		life.asks = true;
		life.words.push(
			"Not registered: the owner has to call devices.register, with the maker's certificate and \
			 the device's consent (`pogcs-device consent`)."
				.into(),
		);
		return life;
	};
	let Some(registration) = &view.registration else {
		life.words.push(format!("{:?}.", device.state));
		prepaid(&mut life, view, *id, settings);
		return life;
	};
	let writer = Writer { id: *id, device, registration, now: view.current, head: view.head };
	match view.state().unwrap_or(device.state) {
		DeviceState::Pending => writer.pending(&mut life, class, settings),
		DeviceState::Online => {
			life.words.push("Online: it takes work of its class and reports its energy.".into())
		}
		DeviceState::Running => life.words.push(format!(
			"Running: it has begun {} and may take more.",
			pieces(registration.standing.work)
		)),
		DeviceState::Leaving => writer.leaving(&mut life, view),
		DeviceState::Suspended => writer.suspended(&mut life),
		DeviceState::Retired => life.words.push("It has left the registry.".into()),
	}
	writer.challenge(&mut life);
	writer.certificate(&mut life, settings);
	writer.rest(&mut life);
	prepaid(&mut life, view, *id, settings);
	life
}

/// How many reports are paid for ahead, and what the account has for all else.
fn prepaid(life: &mut Lifecycle, view: &View, id: DeviceId, settings: Settings) {
	let left = view.prepaid();
	let account = match view.free {
		0 => "its account has no money".into(),
		free => format!("its account has {} GCS", tokens(free)),
	};
	let buy = format!("buy more with energy.buyQuota({id}, {MONTH})");
	life.prepaid = view.quota.map(|_| left);
	let asks = match view.quota {
		None if view.free == 0 => {
			life.words.push(format!(
				"It cannot report: no reports are paid for ahead and {account}. Pay for some with \
				 energy.buyQuota({id}, {MONTH}), or send its account, which is its key, a little money."
			));
			true
		}
		None => false,
		Some(quota) if left == 0 && quota.left > 0 => {
			life.words.push(format!(
				"Its {} prepaid reports are for the key that it had before: energy.buyQuota({id}, 1) \
				 moves them to the present one. Until then it pays for each report; {account}.",
				quota.left
			));
			true
		}
		Some(_) if left == 0 => {
			life.words.push(format!(
				"No prepaid report is left, so the device pays for each report; {account}. To have them \
				 free of fees again, {buy}."
			));
			true
		}
		Some(_) if left < settings.quota_warning => {
			life.words.push(format!(
				"Only {left} prepaid reports are left, one for each interval: {buy}. After them the \
				 device pays for each report; {account}."
			));
			view.free == 0
		}
		Some(_) => {
			life.words
				.push(format!("{left} prepaid reports are left, enough for as many intervals."));
			false
		}
	};
	life.asks = life.asks || asks;
}

/// Money in tokens with three decimals, rounded down.
fn tokens(amount: u128) -> String {
	let milli = amount / (UNIT / 1_000);
	format!("{}.{:03}", milli / 1_000, milli % 1_000)
}

fn pieces(count: u32) -> String {
	match count {
		1 => "1 piece of work".into(),
		count => format!("{count} pieces of work"),
	}
}

/// `interval` and how far it is.
fn at(interval: Interval, now: Interval) -> String {
	match interval.0.checked_sub(now.0) {
		Some(0) => format!("interval {interval}, which runs"),
		Some(left) => format!("interval {interval}, {left} from now"),
		None => format!("interval {interval}, which is past"),
	}
}

/// Money in whole tokens, rounded up.
fn money(amount: u128) -> String {
	format!("{} GCS", amount.div_ceil(UNIT))
}

/// Why a device was stopped.
fn because(reason: StateReason) -> &'static str {
	match reason {
		StateReason::CertificateRevoked => "its maker took its certificate back",
		StateReason::ImplausibleReadings => {
			"the committee found that its readings contradict other evidence"
		}
		StateReason::FalseLocation => "the committee found that it is not where its cell says",
		StateReason::CompromisedKey => {
			"the committee found that its key is known outside the device"
		}
		StateReason::FalseCertificate => {
			"the committee found that its maker's certificate should not have been given"
		}
		_ => "the committee decided so",
	}
}

struct Writer<'a> {
	id: DeviceId,
	device: &'a Device,
	registration: &'a Registration,
	now: Interval,
	head: u32,
}

impl Writer<'_> {
	fn pending(&self, life: &mut Lifecycle, class: Option<&ClassRecord>, settings: Settings) {
		let speed = class.map_or_else(String::new, |class| {
			format!(", which is {} leaves in a second", class.throughput)
		});
		life.words.push(format!(
			"Pending: before it is given work it has to prove the throughput of its class{speed}, in a \
			 timed challenge."
		));
		if self.registration.running(self.head).is_some() {
			return;
		}
		let next = self.registration.next_try();
		let before = match self.registration.standing.tried {
			Some(tried) => format!("The try of interval {tried} was not passed. "),
			None => String::new(),
		};
		if self.now < next {
			life.words
				.push(format!("{before}The next can be asked for in {}.", at(next, self.now)));
		} else if settings.asks {
			life.words.push(format!(
				"{before}The device asks for a challenge by itself; its account needs a little money \
				 for fees."
			));
		} else {
			life.asks = true;
			life.words.push(format!(
				"{before}It is configured not to ask for one: call devices.requestChallenge({}).",
				self.id
			));
		}
	}

	fn challenge(&self, life: &mut Lifecycle) {
		let Some(challenge) = self.registration.running(self.head) else { return };
		let (count, draw, until) = (challenge.count, challenge.draw, challenge.until);
		let drawn = self.head >= draw;
		let (step, words) = match (challenge.committed.is_some(), drawn) {
			(false, false) => {
				(1, format!("A challenge of {count} leaves begins with block {draw}."))
			}
			(false, true) => (
				2,
				format!(
					"A challenge of {count} leaves began with block {draw}: its root has to be on \
					 chain by block {until}."
				),
			),
			(true, false) => (
				3,
				format!(
					"The root of a challenge of {count} leaves is on chain: block {draw} draws which of \
					 them are opened."
				),
			),
			(true, true) => (
				4,
				format!("The leaves that block {draw} drew have to be opened by block {until}."),
			),
		};
		life.challenge = step;
		life.words.push(words);
	}

	fn leaving(&self, life: &mut Lifecycle, view: &View) {
		life.words.push("Leaving: it accepts nothing new.".into());
		let Intent::Leave { since } = self.registration.standing.intent else { return };
		let notice = self.registration.rules.map(|rules| rules.terms.notice);
		let end = notice.map(|notice| Interval(since.0.saturating_add(notice)));
		life.notice_left = end.map(|end| end.0.saturating_sub(self.now.0));
		let over = end.is_some_and(|end| self.now >= end);
		life.words.push(match end {
			Some(_) if over => "Its notice is over.".into(),
			Some(end) => format!(
				"Its notice runs until {}; whatever it earns begins it anew.",
				at(end, self.now)
			),
			None => format!(
				"Its notice began in interval {since} and lasts as the chain's rules say; whatever it \
				 earns begins it anew."
			),
		});
		let mut owed = Vec::new();
		let work = self.registration.standing.work.max(view.jobs.len().try_into().unwrap_or(0));
		if work > 0 {
			owed.push(format!(
				"{}, which it finishes, or you give back with tasks.release",
				pieces(work)
			));
		}
		if let Some(pool) = self.registration.pool {
			owed.push(format!("its membership in pool {pool}: call pools.leave and pools.exit"));
		}
		if !owed.is_empty() {
			life.asks |= self.registration.pool.is_some();
			life.words.push(format!("It still owes {}.", owed.join(", and ")));
		} else if over {
			life.asks = true;
			life.words.push(format!(
				"It owes nothing and reports nothing more: call devices.deregister({}), and your \
				 deposit of {} is free.",
				self.id,
				money(self.device.deposit)
			));
		} else {
			life.words.push(
				"It owes nothing and reports nothing more, so that its notice can end.".into(),
			);
		}
	}

	fn suspended(&self, life: &mut Lifecycle) {
		life.asks = true;
		let id = self.id;
		if let Some(suspension) = &self.registration.suspension {
			life.words
				.push(format!("Suspended: it was stopped, since {}.", because(suspension.reason)));
			life.words.push(self.remedy(suspension));
		}
		if let Some(until) = self.has_run_out() {
			let revoked = self.registration.maker.as_ref().and_then(|maker| maker.revoked);
			let why = match revoked {
				Some(_) => "its maker was revoked, and its certificates counted until interval",
				None => "its certificate ran out with interval",
			};
			life.words.push(format!(
				"Suspended: {why} {until}. Ask a maker for a new certificate and call \
				 devices.renew({id}, certificate); if there is no maker any more, call \
				 devices.requestRescue."
			));
		} else if self.registration.standing.lapsed {
			life.words.push(format!(
				"Suspended, but its certificate counts again: call devices.checkCertificate({id}), which \
				 costs nothing."
			));
		}
		if self.registration.standing.intent == Intent::Pause {
			life.words.push(format!(
				"Suspended: its owner or manager let it rest. Call devices.setState({id}, 'Online') when \
				 it is to go on."
			));
		}
		life.words.push(
			"Until then it reports and accepts nothing; what it committed to before it still proves."
				.into(),
		);
	}

	/// What can be done about being stopped, and until when.
	fn remedy(&self, suspension: &Suspension) -> String {
		let id = self.id;
		let rules = self.registration.rules;
		match suspension.appeal {
			Appeal::None if self.now <= suspension.appeal_until => {
				let bond = rules.map_or_else(String::new, |rules| {
					format!(" of {}", money(rules.deposits.appeal))
				});
				format!(
					"You can appeal until the end of {}: publish your evidence and call \
					 devices.appeal({id}, its hash). That takes a bond{bond}, which is lost if the \
					 appeal is rejected.",
					at(suspension.appeal_until, self.now)
				)
			}
			Appeal::None => format!(
				"It could be appealed until interval {}, and cannot any more. {}",
				suspension.appeal_until,
				self.way_out(suspension.appeal_until)
			),
			Appeal::Open { deadline, .. } if self.now > deadline => format!(
				"The committee did not decide your appeal in time: call devices.closeAppeal({id}), and \
				 the device goes on."
			),
			Appeal::Open { deadline, .. } => format!(
				"You have appealed: the committee decides until the end of {}. If it does not, call \
				 devices.closeAppeal({id}) then, and the device goes on.",
				at(deadline, self.now)
			),
			Appeal::Rejected { at: when } => {
				format!("Your appeal was rejected in interval {when}. {}", self.way_out(when))
			}
		}
	}

	/// How a device leaves whose suspension is final since then.
	fn way_out(&self, since: Interval) -> String {
		let id = self.id;
		let end = "its key can never be registered again then";
		match self.registration.rules.map(|rules| rules.terms.expulsion) {
			Some(term) => {
				let first = Interval(since.0.saturating_add(term).saturating_add(1));
				format!(
					"The committee may expel it, which takes its deposit; if it does not, you can call \
					 devices.deregister({id}) from {}: {end}.",
					at(first, self.now)
				)
			}
			None => format!(
				"The committee may expel it, which takes its deposit; if it does not, you can call \
				 devices.deregister({id}) later: {end}."
			),
		}
	}

	/// When the certificate ran out, if it did.
	fn has_run_out(&self) -> Option<Interval> {
		let until = self.registration.certified(self.device.certified_until)?;
		(self.now > until).then_some(until)
	}

	fn certificate(&self, life: &mut Lifecycle, settings: Settings) {
		let Some(until) = self.registration.certified(self.device.certified_until) else { return };
		let left = until.0.saturating_sub(self.now.0);
		life.certificate_left = Some(left);
		if self.now <= until && left <= settings.warning {
			life.asks = true;
			life.words.push(format!(
				"Its certificate counts until {}. Ask the maker for a new one in time and call \
				 devices.renew({}, certificate): without one the device is suspended then.",
				at(until, self.now),
				self.id
			));
		}
	}

	fn rest(&self, life: &mut Lifecycle) {
		let id = self.id;
		let now = self.now;
		if let Some(window) = self.registration.maintenance(now) {
			life.words.push(format!(
				"Maintenance is declared until interval {}: missing until then costs nothing. If it is \
				 done earlier, call devices.cancelMaintenance({id}).",
				window.until
			));
		} else if let Some(next) = self.registration.windows.iter().find(|of| of.from > now) {
			let length = next.until.0.saturating_sub(next.from.0);
			life.words.push(format!(
				"Maintenance of {length} intervals is declared from {}.",
				at(next.from, now)
			));
		}
		if let Some(offer) = self.registration.offer.filter(|offer| now <= offer.until) {
			life.words.push(format!(
				"It is offered to {} until {}: devices.acceptTransfer takes it, \
				 devices.withdrawOffer({id}) takes it back.",
				hexed::show(offer.to),
				at(offer.until, now)
			));
		}
		match self.registration.rescue.map(|rescue| rescue.stage) {
			Some(RescueStage::Waiting { ready }) if now < ready => life.words.push(format!(
				"Its rescue waits until {}: its maker can object until then.",
				at(ready, now)
			)),
			Some(RescueStage::Waiting { .. }) => {
				life.asks = true;
				life.words.push(format!(
					"Nobody objected to its rescue: call devices.completeRescue({id}), and it vouches \
					 for itself."
				));
			}
			Some(RescueStage::Contested { deadline, .. }) if now <= deadline => {
				life.words.push(format!(
					"Its maker objected to its rescue: the committee decides until the end of {}.",
					at(deadline, now)
				));
			}
			Some(RescueStage::Contested { .. }) => {
				life.asks = true;
				life.words.push(format!(
					"The committee did not decide about its rescue in time: call \
					 devices.completeRescue({id})."
				));
			}
			Some(RescueStage::Granted) => {
				life.words.push("It vouches for itself: no maker's certificate is needed.".into())
			}
			None => {}
		}
	}
}

#[cfg(test)]
mod tests;
