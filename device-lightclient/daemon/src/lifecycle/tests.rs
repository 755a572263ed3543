//! Each state says why it is so, until when, and what to do.

use std::num::NonZeroU32;

use pogcs_light_core::batch::{self, Quota};
use pogcs_light_core::registry::{
	BenchmarkRules, Challenge, Crowding, Deposits, HandOver, Intent, MaintenanceRules, Maker,
	MakerReason, MakerRevocation, Parameters, PlaceRules, Rescue, Standing, Terms, Window,
};
use pogcs_primitives::{units::GramsPerKwh, CellId, ClassId, Commitment, MilliWattHours, PoolId};

use super::*;
use crate::testing::fields;

const NOW: Interval = Interval(100);
const SETTINGS: Settings = Settings { asks: true, warning: 24, quota_warning: 48 };

fn rules() -> Parameters {
	let crowding = Crowding { free: 1, step: 1, most: 2 };
	Parameters {
		deposits: Deposits {
			registration: 10 * UNIT,
			appeal: 50 * UNIT,
			rescue: 20 * UNIT,
			objection: 50 * UNIT,
			revocation: 10 * UNIT,
			barred_key: UNIT,
		},
		place: PlaceRules { near: crowding, far: crowding, metres_per_interval: 1, cooldown: 2 },
		terms: Terms {
			notice: 6,
			offer: 10,
			appeal: 5,
			decision: 5,
			expulsion: 5,
			rescue: 5,
			certificate: 1_440,
			consent: 5,
		},
		maintenance: MaintenanceRules { ahead: 2, quota: 4, period: 60 },
		benchmark: BenchmarkRules { delay: 2, window: 10, seconds: 10, opening: 20, cooldown: 1 },
	}
}

fn class() -> ClassRecord {
	ClassRecord {
		carbon: GramsPerKwh(41),
		max_generation: MilliWattHours(10_000_000),
		storage: MilliWattHours(2_000_000),
		storage_efficiency: 900_000,
		throughput: 50,
		max_draw: MilliWattHours(1_000_000),
	}
}

/// A view of a device in `state`, in interval 100 at block 1,000.
fn view(state: DeviceState, change: impl FnOnce(&mut Device, &mut Registration)) -> View {
	let mut device = Device {
		owner: [1; 32],
		manager: None,
		key: [2; 32],
		maker: [3; 32],
		certified_until: Some(Interval(1_000)),
		class: ClassId(1),
		cell: CellId(0),
		validator: [4; 32],
		commitment: Commitment::default(),
		state,
		deposit: 10 * UNIT,
		since: Interval(0),
	};
	let mut registration = Registration::new(Standing {
		intent: Intent::Offer,
		benched: Some(Interval(9)),
		lapsed: false,
		work: 0,
		placed: Interval(0),
		tried: None,
	});
	registration.rules = Some(rules());
	change(&mut device, &mut registration);
	View {
		head: 1_000,
		nonce: 0,
		current: NOW,
		device: Some((DeviceId(7), device)),
		registration: Some(registration),
		reported: false,
		jobs: Vec::new(),
		offers: Vec::new(),
		quota: None,
		free: 5 * UNIT,
		elapsed: None,
		batched: Vec::new(),
		replicas: Vec::new(),
	}
}

fn say(view: &View, settings: Settings) -> (String, Lifecycle) {
	let life = describe(view, Some(&class()), settings);
	(life.words.join("\n"), life)
}

fn words(state: DeviceState, change: impl FnOnce(&mut Device, &mut Registration)) -> String {
	say(&view(state, change), SETTINGS).0
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
	for part in parts {
		assert!(text.contains(part), "{part:?} is not in:\n{text}");
	}
}

#[test]
fn stranger_should_be_told_how_to_be_registered() {
	let mut nobody = view(DeviceState::Online, |_, _| {});
	(nobody.device, nobody.registration) = (None, None);
	let (text, life) = say(&nobody, SETTINGS);
	has(&text, &["Not registered", "devices.register", "pogcs-device consent"]);
	assert!(life.asks);
}

#[test]
fn pending_should_say_what_is_missing() {
	let text = words(DeviceState::Pending, |_, _| {});
	has(&text, &["Pending", "50 leaves in a second", "asks for a challenge by itself"]);
	let silent = Settings { asks: false, ..SETTINGS };
	let (text, life) = say(&view(DeviceState::Pending, |_, _| {}), silent);
	has(&text, &["configured not to ask", "devices.requestChallenge(7)"]);
	assert!(life.asks);
	let text = words(DeviceState::Pending, |_, of| of.standing.tried = Some(NOW));
	has(&text, &["The try of interval 100 was not passed", "interval 101, 1 from now"]);
}

#[test]
fn challenge_should_be_told_step_by_step() {
	let step = |draw, until, committed: bool| {
		let count = NonZeroU32::new(500).unwrap();
		let committed = committed.then_some(([1; 32], [2; 32]));
		let challenge = Challenge { count, draw, until, committed };
		let (text, life) =
			say(&view(DeviceState::Pending, |_, of| of.challenge = Some(challenge)), SETTINGS);
		(life.challenge, text)
	};
	for (draw, until, committed, expected, part) in [
		(1_001, 1_011, false, 1, "begins with block 1001"),
		(1_000, 1_010, false, 2, "has to be on chain by block 1010"),
		(1_001, 1_021, true, 3, "block 1001 draws which of them are opened"),
		(998, 1_018, true, 4, "have to be opened by block 1018"),
	] {
		let (number, text) = step(draw, until, committed);
		assert_eq!(number, expected, "{text}");
		has(&text, &[part]);
		assert!(!text.contains("asks for a challenge"), "{text}");
	}
	// One that ran out is over.
	let (number, text) = step(990, 1_000, false);
	assert_eq!(number, 0);
	has(&text, &["asks for a challenge by itself"]);
}

#[test]
fn working_should_be_told_in_few_words() {
	has(&words(DeviceState::Online, |_, _| {}), &["Online: it takes work"]);
	has(&words(DeviceState::Running, |_, of| of.standing.work = 2), &["begun 2 pieces of work"]);
	let (_, life) = say(&view(DeviceState::Online, |_, _| {}), SETTINGS);
	assert!(!life.asks);
	assert_eq!((life.certificate_left, life.notice_left, life.challenge), (Some(900), None, 0));
}

#[test]
fn leaving_should_say_until_when_and_what_is_owed() {
	let leave = |since| {
		move |_: &mut Device, of: &mut Registration| {
			of.standing.intent = Intent::Leave { since: Interval(since) };
		}
	};
	let (text, life) = say(&view(DeviceState::Leaving, leave(98)), SETTINGS);
	has(
		&text,
		&["Its notice runs until interval 104, 4 from now", "owes nothing and reports nothing"],
	);
	assert_eq!((life.notice_left, life.asks), (Some(4), false));

	let (text, life) = say(&view(DeviceState::Leaving, leave(94)), SETTINGS);
	has(&text, &["Its notice is over", "devices.deregister(7)", "10 GCS is free"]);
	assert_eq!((life.notice_left, life.asks), (Some(0), true));

	let text = words(DeviceState::Leaving, |device, of| {
		leave(98)(device, of);
		of.standing.work = 1;
		of.pool = Some(PoolId(4));
	});
	has(&text, &["still owes 1 piece of work", "tasks.release", "pool 4", "pools.exit"]);
	let text = words(DeviceState::Leaving, |device, of| {
		leave(98)(device, of);
		of.rules = None;
	});
	has(&text, &["Its notice began in interval 98"]);
}

#[test]
fn stopped_should_say_why_and_until_when_it_can_be_appealed() {
	let stop = |reason, appeal_until, appeal| {
		words(DeviceState::Suspended, |_, of| {
			let appeal_until = Interval(appeal_until);
			of.suspension = Some(Suspension { reason, appeal_until, appeal });
		})
	};
	let text = stop(StateReason::ImplausibleReadings, 103, Appeal::None);
	has(&text, &["readings contradict", "until the end of interval 103, 3 from now"]);
	has(&text, &["devices.appeal(7", "bond of 50 GCS"]);
	let text = stop(StateReason::FalseLocation, 99, Appeal::None);
	has(&text, &["not where its cell says", "cannot any more", "interval 105, 5 from now"]);
	has(&text, &["devices.deregister(7)", "key can never be registered again"]);
	let open = |deadline| Appeal::Open { bond: 1, evidence: [0; 32], deadline: Interval(deadline) };
	let text = stop(StateReason::CompromisedKey, 99, open(100));
	has(&text, &["known outside", "decides until the end of interval 100, which runs"]);
	let text = stop(StateReason::CertificateRevoked, 99, open(99));
	has(&text, &["maker took its certificate back", "call devices.closeAppeal(7), and"]);
	let text = stop(StateReason::FalseCertificate, 99, Appeal::Rejected { at: Interval(98) });
	has(&text, &["should not have been given", "rejected in interval 98", "interval 104"]);
}

#[test]
fn suspended_should_say_what_lets_it_go_on() {
	let text = words(DeviceState::Suspended, |_, of| of.standing.intent = Intent::Pause);
	has(&text, &["let it rest", "devices.setState(7, 'Online')", "still proves"]);
	// The record does not say so yet: the chain notices in its idle time.
	let text = words(DeviceState::Online, |device, _| device.certified_until = Some(Interval(99)));
	has(&text, &["ran out with interval 99", "devices.renew(7", "devices.requestRescue"]);
	let text = words(DeviceState::Online, |_, of| {
		let revoked = Some(MakerRevocation {
			reason: MakerReason::Lapsed,
			since: Interval(90),
			honoured_until: Interval(95),
		});
		of.maker = Some(Maker { name: b"Sun".to_vec(), account: [1; 32], revoked });
	});
	has(&text, &["maker was revoked", "counted until interval 95"]);
	let text = words(DeviceState::Suspended, |_, of| of.standing.lapsed = true);
	has(&text, &["counts again", "devices.checkCertificate(7)"]);
}

#[test]
fn certificate_should_be_told_of_when_it_runs_out_soon() {
	let soon = |until| {
		let change = move |device: &mut Device, _: &mut Registration| {
			device.certified_until = until;
		};
		say(&view(DeviceState::Online, change), SETTINGS)
	};
	let (text, life) = soon(Some(Interval(124)));
	has(&text, &["counts until interval 124, 24 from now", "devices.renew(7"]);
	assert!(life.asks);
	let (text, life) = soon(Some(Interval(125)));
	assert!(!text.contains("certificate") && !life.asks, "{text}");
	assert_eq!(soon(None).1.certificate_left, None);
}

#[test]
fn rest_should_be_told_when_there_is_any() {
	let window = |from, until| Window { from: Interval(from), until: Interval(until) };
	let text = words(DeviceState::Online, |_, of| of.windows = vec![window(99, 102)]);
	has(&text, &["Maintenance is declared until interval 102", "devices.cancelMaintenance(7)"]);
	let text =
		words(DeviceState::Online, |_, of| of.windows = vec![window(90, 91), window(103, 105)]);
	has(&text, &["Maintenance of 2 intervals is declared from interval 103, 3 from now"]);
	let offer = |until| Some(HandOver { to: [5; 32], until: Interval(until) });
	let text = words(DeviceState::Online, |_, of| of.offer = offer(100));
	has(&text, &["offered to 0x0505", "devices.withdrawOffer(7)"]);
	assert!(!words(DeviceState::Online, |_, of| of.offer = offer(99)).contains("offered to"));
	let rescue =
		|stage| words(DeviceState::Online, |_, of| of.rescue = Some(Rescue { bond: 1, stage }));
	has(&rescue(RescueStage::Waiting { ready: Interval(101) }), &["object until then"]);
	has(&rescue(RescueStage::Waiting { ready: NOW }), &["devices.completeRescue(7)"]);
	let contested =
		|deadline| RescueStage::Contested { by: [1; 32], bond: 1, deadline: Interval(deadline) };
	has(&rescue(contested(100)), &["the committee decides until the end of interval 100"]);
	has(&rescue(contested(99)), &["did not decide", "devices.completeRescue(7)"]);
	has(&rescue(RescueStage::Granted), &["vouches for itself"]);
}

#[test]
fn prepaid_reports_should_be_told_of_when_there_are_few() {
	let with = |left, account: [u8; 32], free| {
		let quota = Some(Quota { left, account, payer: [1; 32], deposit: 1 });
		say(&View { quota, free, ..view(DeviceState::Online, |_, _| {}) }, SETTINGS)
	};
	let (text, life) = with(48, [2; 32], 0);
	has(&text, &["48 prepaid reports are left, enough for as many intervals"]);
	assert_eq!((life.prepaid, life.asks), (Some(48), false));
	let (text, life) = with(47, [2; 32], 1_234_567_890_123);
	has(&text, &["Only 47 prepaid", "energy.buyQuota(7, 720)", "its account has 1.234 GCS"]);
	assert!(!life.asks);
	assert!(with(47, [2; 32], 0).1.asks);
	let (text, life) = with(0, [2; 32], 0);
	has(
		&text,
		&["No prepaid report is left", "its account has no money", "energy.buyQuota(7, 720)"],
	);
	assert_eq!((life.prepaid, life.asks), (Some(0), true));
	// The key was changed since they were bought.
	let (text, life) = with(9, [3; 32], 5);
	has(&text, &["9 prepaid reports are for the key that it had before", "energy.buyQuota(7, 1)"]);
	assert_eq!((life.prepaid, life.asks), (Some(0), true));
	let (text, life) = say(&view(DeviceState::Online, |_, _| {}), SETTINGS);
	assert!(!text.contains("prepaid") && life.prepaid.is_none() && !life.asks, "{text}");
	let poor = View { free: 0, ..view(DeviceState::Online, |_, _| {}) };
	let (text, life) = say(&poor, SETTINGS);
	has(&text, &["It cannot report", "energy.buyQuota(7, 720)"]);
	assert!(life.asks);
}

/// The energy pallet's own types need FRAME, too.
#[test]
fn batches_should_have_the_fields_that_the_energy_pallet_stores() {
	let types = include_str!("../../../../pallets/energy/src/types.rs");
	let ours = include_str!("../../../core/src/batch.rs");
	let generic = |text: &str| {
		text.replace("BlockNumber", "u32")
			.replace("AccountId", "[u8; 32]")
			.replace("path: Path,", "path: Vec<Step>,")
	};
	for name in ["Quota", "Batch", "Opening"] {
		let theirs = generic(&fields(types, "struct", name));
		assert!(theirs.contains(':'), "{name}: the source is not read well");
		assert_eq!(theirs, generic(&fields(ours, "struct", name)), "{name}");
	}
	let theirs = fields(types, "enum", "BatchState");
	assert_eq!(theirs, fields(ours, "enum", "BatchState"));
	let skipped = include_str!("../../../../pallets/energy/src/batch_impls.rs");
	assert!(skipped.contains(&format!("MOST_SKIPPED: u32 = {};", batch::MOST_SKIPPED)));
}

/// What a leader counts on is the runtime's to configure.
#[test]
fn bounds_of_batches_should_be_those_of_the_runtime() {
	let configs = include_str!("../../../../runtime/src/configs/energy.rs");
	let token = include_str!("../../../../runtime/src/lib.rs");
	assert!(token.contains("UNIT: Balance = 1_000_000_000_000;"));
	assert!(token.contains("MILLI: Balance = UNIT / 1_000;"));
	for line in [
		format!("const CHECKS: u32 = {};", batch::CHECKS),
		format!("type BatchDeposit = ConstU128<{{ {} * UNIT }}>;", batch::BATCH_DEPOSIT / UNIT),
		format!(
			"type DepositPerReport = ConstU128<{{ {} * MILLI }}>;",
			batch::REPORT_DEPOSIT / (UNIT / 1_000)
		),
		format!(
			"type MaxBatch = ConstU32<{}_{:03}>;",
			batch::MOST_REPORTS / 1_000,
			batch::MOST_REPORTS % 1_000
		),
		format!("type Retention = ConstU32<{}>;", batch::RETENTION),
	] {
		assert!(configs.contains(&line), "{line}");
	}
}

/// The registry's own types need FRAME. What this program decodes in their place is compared with their
/// source: names and types of all fields, in their order.
#[test]
fn records_should_have_the_fields_that_the_registry_stores() {
	let types = include_str!("../../../../pallets/devices/src/types.rs");
	let parameters = include_str!("../../../../pallets/devices/src/parameters.rs");
	let ours = include_str!("../../../core/src/registry.rs");
	let generic = |text: &str| {
		text.replace("BlockNumber", "u32")
			.replace("AccountId", "[u8; 32]")
			.replace("T::[u8; 32]", "[u8; 32]")
			.replace("NameOf<T>", "Vec<u8>")
			.replace("<Balance>", "")
			.replace("<[u8; 32], Balance>", "")
	};
	for (source, names) in [
		(
			types,
			&["Standing", "Suspension", "Rescue", "Challenge", "Window", "MakerRevocation"][..],
		),
		(
			parameters,
			&[
				"Parameters",
				"Deposits",
				"PlaceRules",
				"Crowding",
				"Terms",
				"MaintenanceRules",
				"BenchmarkRules",
			][..],
		),
	] {
		for name in names {
			let theirs = generic(&fields(source, "struct", name));
			assert!(theirs.contains(':'), "{name}: the source is not read well");
			assert_eq!(theirs, generic(&fields(ours, "struct", name)), "{name}");
		}
	}
	let pairs = [("MakerRecord", "Maker"), ("Offer", "HandOver")];
	for (theirs, name) in pairs {
		let theirs = generic(&fields(types, "struct", theirs));
		assert_eq!(theirs, generic(&fields(ours, "struct", name)), "{name}");
	}
	for name in ["Intent", "Appeal", "RescueStage", "MakerReason"] {
		let theirs = generic(&fields(types, "enum", name));
		assert_eq!(theirs, generic(&fields(ours, "enum", name)), "{name}");
	}
}
