//! Prometheus metrics on 127.0.0.1, in the text format.

use std::sync::{Arc, RwLock};

use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	time::{timeout, Duration},
};

use crate::{error::Error, status::Status};

/// The status that the metrics are made of.
pub type Shared = Arc<RwLock<Status>>;

/// The metrics page of a device.
pub fn page(status: &Status) -> String {
	let mut out = String::new();
	let mut metric = |name: &str, kind: &str, help: &str, value: u64| {
		out.push_str(&format!(
			"# HELP pogcs_device_{name} {help}\n# TYPE pogcs_device_{name} {kind}\n\
			 pogcs_device_{name} {value}\n"
		));
	};
	let finalised = u64::from(status.finalised);
	metric("finalised_block", "gauge", "Height of the newest verified final block.", finalised);
	metric("finality_set", "gauge", "Number of the finality set.", status.set);
	metric("interval", "gauge", "The delivery interval.", u64::from(status.interval));
	metric("connected", "gauge", "Whether a node is connected.", u64::from(status.node.is_some()));
	metric("battery_mwh", "gauge", "Charge of the battery in mWh.", status.charge_mwh);
	let green = status.green_mwh;
	metric("battery_green_mwh", "gauge", "Green part of the battery by the chain, in mWh.", green);
	let forecast = status.forecast_mwh;
	metric("forecast_mwh", "gauge", "Green energy left for compute in this interval.", forecast);
	let in_flight = u64::try_from(status.in_flight).unwrap_or(u64::MAX);
	metric("extrinsics_in_flight", "gauge", "Extrinsics on their way.", in_flight);
	metric("reports_total", "counter", "Intervals reported.", status.reported);
	metric("chunks_accepted_total", "counter", "Chunks accepted.", status.accepted);
	metric("chunks_committed_total", "counter", "Chunks committed.", status.committed);
	metric("chunks_proven_total", "counter", "Chunks proven and paid.", status.proven);
	metric("extrinsics_refused_total", "counter", "Extrinsics refused.", status.refused);
	metric("extrinsics_expired_total", "counter", "Extrinsics never included.", status.expired);
	metric("challenges_passed_total", "counter", "Timed challenges passed.", status.passed);
	let toil = &status.toil;
	metric(
		"chunks_computed_total",
		"counter",
		"Chunks computed that others do too.",
		toil.computed,
	);
	metric("answers_agreed_total", "counter", "Answers that stand.", toil.agreed);
	metric(
		"answers_unchecked_total",
		"counter",
		"Answers that were the only ones.",
		toil.unchecked,
	);
	metric("answers_void_total", "counter", "Chunks whose answers differed to the end.", toil.void);
	metric("answers_wrong_total", "counter", "Answers that were wrong: bonds lost.", toil.wrong);
	metric("answers_late_total", "counter", "Answers not opened in time: bonds lost.", toil.late);
	let help = "Right answers whose work does not count, for its energy or its carbon.";
	metric("answers_unfit_total", "counter", help, toil.unfit);
	metric("answers_bound", "gauge", "Answers that the device is bound to.", toil.bound.into());
	let running = toil.running.into();
	metric("chunks_computing", "gauge", "Chunks that are being computed.", running);
	let state = match status.state.as_deref() {
		Some("Pending") => 1,
		Some("Online") => 2,
		Some("Running") => 3,
		Some("Leaving") => 4,
		Some("Suspended") => 5,
		_ => 0,
	};
	metric(
		"state",
		"gauge",
		"0 not registered, 1 pending, 2 online, 3 running, 4 leaving, 5 suspended.",
		state,
	);
	metric(
		"challenge",
		"gauge",
		"Timed challenge: 0 none, 1 before the seed, 2 evaluating, 3 before the draw, 4 opening.",
		status.challenge.into(),
	);
	if let Some(left) = status.certificate_left {
		let help = "Intervals that the certificate still counts.";
		metric("certificate_intervals", "gauge", help, left.into());
	}
	if let Some(left) = status.notice_left {
		metric("notice_intervals", "gauge", "Intervals that are left of the notice.", left.into());
	}
	if let Some(left) = status.prepaid {
		metric("prepaid_reports", "gauge", "Reports that are paid for ahead.", left.into());
	}
	let batched = status.batched.into();
	metric("batched_reports", "gauge", "Reports that stand in batches, not on record.", batched);
	metric(
		"owner_asked",
		"gauge",
		"Whether the device's state asks for its owner.",
		status.asks.into(),
	);
	let trouble = u64::from(status.trouble.is_some());
	metric("trouble", "gauge", "Whether the owner has to do something.", trouble);
	out
}

/// Opens the port; connections are then served until the daemon ends.
pub async fn serve(
	port: u16,
	page: impl Fn() -> String + Send + Sync + 'static,
) -> Result<(), Error> {
	let listener = TcpListener::bind(("127.0.0.1", port))
		.await
		.map_err(|error| Error::Config(format!("metrics_port {port}: {error}")))?;
	tokio::spawn(async move {
		while let Ok((stream, _)) = listener.accept().await {
			tokio::spawn(timeout(Duration::from_secs(5), answer(stream, page())));
		}
	});
	Ok(())
}

async fn answer(mut stream: TcpStream, body: String) -> std::io::Result<()> {
	let mut request = [0u8; 1_024];
	let read = stream.read(&mut request).await?;
	let found = request.get(..read).is_some_and(|bytes| bytes.starts_with(b"GET /metrics"));
	let (line, body) = if found { ("200 OK", body) } else { ("404 Not Found", String::new()) };
	let head = format!(
		"HTTP/1.1 {line}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n\
		 Connection: close\r\n\r\n",
		body.len()
	);
	stream.write_all(head.as_bytes()).await?;
	stream.write_all(body.as_bytes()).await?;
	stream.shutdown().await
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn page_should_be_served_when_asked_for() {
		let probe = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let port = probe.local_addr().unwrap().port();
		drop(probe);
		let state = Some("Pending".to_owned());
		let status = Status { finalised: 77, state, notice_left: Some(3), ..Status::default() };
		let text = page(&status);
		assert!(text.contains("pogcs_device_state 1\n"), "{text}");
		assert!(text.contains("pogcs_device_notice_intervals 3\n"), "{text}");
		assert!(!text.contains("certificate_intervals") && !text.contains("prepaid"), "{text}");
		serve(port, move || page(&status)).await.unwrap();
		for (path, expected) in [("/metrics", "pogcs_device_finalised_block 77\n"), ("/", "404")] {
			let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
			let request = format!("GET {path} HTTP/1.1\r\n\r\n");
			stream.write_all(request.as_bytes()).await.unwrap();
			let mut text = String::new();
			stream.read_to_string(&mut text).await.unwrap();
			assert!(text.contains(expected), "{text}");
		}
	}
}
