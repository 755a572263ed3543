//! What the engine tells Prometheus. `docs/metrics.md` says what each metric means to an operator.

use std::time::Instant;

use sc_consensus::block_import::ImportResult;
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_pogcs::{election::total_weight, Epoch, PreDigest};
use sp_consensus_slots::{Slot, SlotDuration};
use sp_keystore::Keystore;
use sp_timestamp::Timestamp;
use substrate_prometheus_endpoint::{
	exponential_buckets, register, Counter, CounterVec, Gauge, Histogram, HistogramOpts, Opts,
	PrometheusError, Registry, F64, U64,
};

use crate::{digest::key_type, LOG_TARGET};

/// Values of the label `kind`.
const KINDS: [&str; 2] = ["primary", "fallback"];

/// Values of the label `origin`.
const ORIGINS: [&str; 2] = ["own", "network"];

/// The engine's metrics. Without a registry they record nothing, so that nobody has to ask.
#[derive(Clone, Default)]
pub struct Metrics(Option<Registered>);

#[derive(Clone)]
struct Registered {
	epoch_index: Gauge<U64>,
	authorities: Gauge<U64>,
	own_weight_share: Gauge<F64>,
	blocks_imported: CounterVec<U64>,
	slots_claimed: CounterVec<U64>,
	early_headers: Counter<U64>,
	equivocations: Counter<U64>,
	header_check: Histogram,
	block_delay: Histogram,
}

impl Registered {
	fn new(registry: &Registry) -> Result<Self, PrometheusError> {
		let metrics = Self {
			epoch_index: register(
				Gauge::new("pogcs_epoch_index", "Epoch of the newest header that was checked")?,
				registry,
			)?,
			authorities: register(
				Gauge::new("pogcs_authorities", "Authorities of that epoch")?,
				registry,
			)?,
			own_weight_share: register(
				Gauge::new(
					"pogcs_own_weight_share",
					"Share, 0 to 1, of the epoch's weight that keys in this keystore hold",
				)?,
				registry,
			)?,
			blocks_imported: register(
				CounterVec::new(
					Opts::new(
						"pogcs_blocks_imported_total",
						"Blocks imported, by kind of claim and by who authored them",
					),
					&["kind", "origin"],
				)?,
				registry,
			)?,
			slots_claimed: register(
				CounterVec::new(
					Opts::new(
						"pogcs_slots_claimed_total",
						"Slots that keys in this keystore may author, by kind of claim",
					),
					&["kind"],
				)?,
				registry,
			)?,
			early_headers: register(
				Counter::new(
					"pogcs_early_headers_total",
					"Headers that came before their slot began by this machine's clock",
				)?,
				registry,
			)?,
			equivocations: register(
				Counter::new(
					"pogcs_equivocations_total",
					"Second blocks by one author for one slot that this node has seen",
				)?,
				registry,
			)?,
			header_check: register(
				Histogram::with_opts(
					HistogramOpts::new(
						"pogcs_header_check_seconds",
						"Time to check a header's claim, VRF output and signature",
					)
					// From 0.1 ms to 0.2 s: two curve operations take about half a millisecond.
					.buckets(exponential_buckets(0.000_1, 2.0, 12)?),
				)?,
				registry,
			)?,
			block_delay: register(
				Histogram::with_opts(
					HistogramOpts::new(
						"pogcs_block_delay_seconds",
						"Time from the begin of a slot to the arrival of its block, once in sync",
					)
					// Up to a slot of 3 s finely: what comes later than that makes forks.
					.buckets(vec![0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 12.0]),
				)?,
				registry,
			)?,
		};
		// A series that is missing until its first event would hide that event from `increase`.
		for kind in KINDS {
			metrics.slots_claimed.with_label_values(&[kind]);
			for origin in ORIGINS {
				metrics.blocks_imported.with_label_values(&[kind, origin]);
			}
		}
		Ok(metrics)
	}
}

fn kind(claim: &PreDigest) -> &'static str {
	KINDS[usize::from(!claim.is_primary())]
}

impl Metrics {
	/// Registers the metrics. A node runs without them rather than not at all.
	pub fn new(registry: Option<&Registry>) -> Self {
		Self(registry.and_then(|registry| {
			Registered::new(registry)
				.map_err(|error| log::warn!(target: LOG_TARGET, "no metrics: {error}"))
				.ok()
		}))
	}

	/// The epoch that a header or a slot of ours belongs to.
	pub(crate) fn epoch(&self, epoch: &Epoch, slot: Slot) {
		let Some(metrics) = &self.0 else { return };
		metrics.epoch_index.set(epoch.index_at(*slot));
		metrics.authorities.set(u64::try_from(epoch.authorities.len()).unwrap_or(u64::MAX));
	}

	/// The share of the epoch's weight that is ours.
	pub(crate) fn own_weight(&self, epoch: &Epoch, keystore: &dyn Keystore) {
		let Some(metrics) = &self.0 else { return };
		let ours = keystore.keys(key_type()).unwrap_or_default();
		let own: u64 = epoch
			.authorities
			.iter()
			.filter(|(key, _)| ours.iter().any(|own| own[..] == key.0[..]))
			.fold(0, |sum, (_, weight)| sum.saturating_add(*weight));
		let total = total_weight(&epoch.authorities);
		if total > 0 {
			// For a graph only; nothing on chain is computed from it.
			metrics.own_weight_share.set(own as f64 / total as f64);
		}
	}

	/// A slot that one of our keys may author.
	pub(crate) fn claimed(&self, claim: &PreDigest) {
		let Some(metrics) = &self.0 else { return };
		metrics.slots_claimed.with_label_values(&[kind(claim)]).inc();
	}

	/// A header whose slot has not begun by our clock: ours is slow, or its author's fast.
	pub(crate) fn early(&self) {
		let Some(metrics) = &self.0 else { return };
		metrics.early_headers.inc();
	}

	/// Runs and times the check of a header.
	pub(crate) fn header_check<T>(&self, check: impl FnOnce() -> T) -> T {
		let started = Instant::now();
		let result = check();
		if let Some(metrics) = &self.0 {
			metrics.header_check.observe(started.elapsed().as_secs_f64());
		}
		result
	}

	/// A good header has come. Only announced blocks tell something about clocks and network:
	/// those fetched while syncing are old.
	pub(crate) fn arrived(&self, origin: BlockOrigin, slot: Slot, duration: SlotDuration) {
		let Some(metrics) = &self.0 else { return };
		if origin != BlockOrigin::NetworkBroadcast {
			return;
		}
		let began = slot.timestamp(duration).unwrap_or_default();
		let now = Timestamp::current();
		metrics
			.block_delay
			.observe(now.as_duration().saturating_sub(began.as_duration()).as_secs_f64());
	}

	/// What came of importing a block.
	pub(crate) fn imported(
		&self,
		result: &Result<ImportResult, ConsensusError>,
		claim: &PreDigest,
		origin: BlockOrigin,
	) {
		let (Some(metrics), Ok(ImportResult::Imported(_))) = (&self.0, result) else { return };
		let origin = ORIGINS[usize::from(origin != BlockOrigin::Own)];
		metrics.blocks_imported.with_label_values(&[kind(claim), origin]).inc();
	}

	/// A second block by one author for one slot.
	pub fn equivocation(&self) {
		let Some(metrics) = &self.0 else { return };
		metrics.equivocations.inc();
	}
}

#[cfg(test)]
mod tests {
	use sp_consensus_pogcs::{AuthorityKey, Claim, VrfOutput};
	use sp_keystore::testing::MemoryKeystore;

	use super::*;

	fn claim(slot: u64) -> Claim {
		Claim { authority: 0, slot, vrf: VrfOutput { pre_output: [0; 32], proof: [0; 64] } }
	}

	/// The sum over a metric's series, or nothing if it is not registered.
	fn value(registry: &Registry, name: &str) -> Option<f64> {
		let families = registry.gather();
		let family = families.iter().find(|family| family.get_name() == name)?;
		Some(
			family
				.get_metric()
				.iter()
				.map(|m| {
					m.get_gauge().get_value()
						+ m.get_counter().get_value()
						+ m.get_histogram().get_sample_count() as f64
				})
				.sum(),
		)
	}

	#[test]
	fn metrics_should_record_nothing_when_there_is_no_registry() {
		let metrics = Metrics::new(None);
		metrics.claimed(&PreDigest::Primary(claim(1)));
		metrics.equivocation();
		assert_eq!(metrics.header_check(|| 7), 7);
	}

	#[test]
	fn every_series_should_stand_at_zero_when_nothing_has_happened() {
		let registry = Registry::new();
		let _metrics = Metrics::new(Some(&registry));
		for name in [
			"pogcs_epoch_index",
			"pogcs_authorities",
			"pogcs_own_weight_share",
			"pogcs_blocks_imported_total",
			"pogcs_slots_claimed_total",
			"pogcs_early_headers_total",
			"pogcs_equivocations_total",
			"pogcs_header_check_seconds",
			"pogcs_block_delay_seconds",
		] {
			assert_eq!(value(&registry, name), Some(0.0), "{name}");
		}
	}

	#[test]
	fn metrics_should_count_what_happens() {
		let registry = Registry::new();
		let metrics = Metrics::new(Some(&registry));
		metrics.claimed(&PreDigest::Primary(claim(1)));
		metrics.claimed(&PreDigest::Fallback(claim(2)));
		metrics.early();
		metrics.header_check(|| ());
		let duration = SlotDuration::from_millis(3_000);
		let now = Slot::from_timestamp(Timestamp::current(), duration);
		metrics.arrived(BlockOrigin::NetworkBroadcast, now, duration);
		metrics.arrived(BlockOrigin::NetworkInitialSync, now, duration);
		let imported = Ok(ImportResult::imported(true));
		metrics.imported(&imported, &PreDigest::Primary(claim(1)), BlockOrigin::Own);
		metrics.imported(
			&Ok(ImportResult::AlreadyInChain),
			&PreDigest::Primary(claim(1)),
			BlockOrigin::Own,
		);
		for (name, expected) in [
			("pogcs_slots_claimed_total", 2.0),
			("pogcs_early_headers_total", 1.0),
			("pogcs_header_check_seconds", 1.0),
			("pogcs_block_delay_seconds", 1.0),
			("pogcs_blocks_imported_total", 1.0),
		] {
			assert_eq!(value(&registry, name), Some(expected), "{name}");
		}
	}

	#[test]
	fn own_weight_should_be_the_share_of_the_keystores_keys() {
		let registry = Registry::new();
		let metrics = Metrics::new(Some(&registry));
		let keystore = MemoryKeystore::new();
		let ours = keystore.sr25519_generate_new(key_type(), Some("//Alice")).unwrap();
		let epoch = Epoch {
			index: 5,
			start_slot: 100,
			duration: 20,
			authorities: vec![(AuthorityKey(ours.0), 30_000), (AuthorityKey([9; 32]), 10_000)],
			randomness: [7; 32],
			c: (1, 4),
		};
		metrics.epoch(&epoch, 101.into());
		metrics.own_weight(&epoch, &keystore);
		assert_eq!(value(&registry, "pogcs_epoch_index"), Some(5.0));
		assert_eq!(value(&registry, "pogcs_authorities"), Some(2.0));
		assert_eq!(value(&registry, "pogcs_own_weight_share"), Some(0.75));
	}
}
