//! What the operating system says of this process, for Prometheus: the SDK's registry has nothing
//! about memory. The names are those of Prometheus' own client libraries, so that any dashboard
//! finds them.

use substrate_prometheus_endpoint::{
	register, MetricSource, Opts, PrometheusError, Registry, SourcedGauge,
};

/// Reads `/proc/self` when somebody scrapes; elsewhere than on Linux there is nothing to read.
#[derive(Clone, Copy)]
enum Source {
	ResidentMemory,
	OpenFiles,
}

impl MetricSource for Source {
	type N = u64;

	fn collect(&self, mut set: impl FnMut(&[&str], u64)) {
		let value = match self {
			Self::ResidentMemory => {
				std::fs::read_to_string("/proc/self/status").ok().and_then(|s| resident(&s))
			}
			Self::OpenFiles => std::fs::read_dir("/proc/self/fd")
				.ok()
				.and_then(|entries| u64::try_from(entries.count()).ok()),
		};
		if let Some(value) = value {
			set(&[], value);
		}
	}
}

/// Bytes of memory, from the line `VmRSS:     1234 kB`.
fn resident(status: &str) -> Option<u64> {
	let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
	let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
	kibibytes.checked_mul(1024)
}

/// Registers the metrics.
///
/// # Errors
/// A metric of that name is registered already.
pub fn register_metrics(registry: &Registry) -> Result<(), PrometheusError> {
	for (name, help, source) in [
		("process_resident_memory_bytes", "Resident memory, in bytes", Source::ResidentMemory),
		("process_open_fds", "Open file descriptors", Source::OpenFiles),
	] {
		register(SourcedGauge::new(&Opts::new(name, help), source)?, registry)?;
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn resident_should_read_the_line_of_the_kernel() {
		let status = "Name:\tnode\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\nThreads:\t7\n";
		assert_eq!(resident(status), Some(1_048_576));
		assert_eq!(resident("Name:\tnode\n"), None);
	}

	#[cfg(target_os = "linux")]
	#[test]
	fn metrics_should_have_values_when_scraped() {
		let registry = Registry::new();
		register_metrics(&registry).unwrap();
		let families = registry.gather();
		assert_eq!(families.len(), 2);
		for family in families {
			assert!(family.get_metric()[0].get_gauge().get_value() > 0.0, "{}", family.get_name());
		}
	}
}
