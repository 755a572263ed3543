//! `pogcs-home-energy`: the year's comparison, and its figure.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use pogcs_home_energy::{
	site::Site,
	year::{run, saving_percent, Outcome, Policy, World, YEAR},
};
use pogcs_primitives::MilliWattHours;
use serde_json::json;

/// A home's year under doing nothing, a greedy rule and the plan.
#[derive(Parser)]
#[command(version)]
struct Arguments {
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Measures what the plan saves
	Bench {
		/// What to measure; everything if left out
		names: Vec<Name>,
		/// Print one JSON object a line
		#[arg(long)]
		json: bool,
	},
	/// Prints the comparison as a table
	Compare {
		/// The seed of sun, house and prices
		#[arg(long, default_value_t = SEED)]
		seed: u64,
		/// Leave the battery out
		#[arg(long)]
		no_battery: bool,
		/// Leave compute out
		#[arg(long)]
		no_compute: bool,
		/// Leave the car out
		#[arg(long)]
		no_car: bool,
	},
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
	/// Percent of a year's energy cost that the plan saves against doing nothing
	#[value(name = "home_energy_saving_pct")]
	Saving,
}

/// The seed of the figure.
const SEED: u64 = 1;

type Outcomes = Vec<(Policy, Outcome)>;

fn outcomes(site: &Site, seed: u64, policies: &[Policy]) -> Result<Outcomes, String> {
	let world = World::new(site, seed);
	policies
		.iter()
		.map(|policy| {
			let outcome = run(site, &world, *policy, YEAR).map_err(|error| error.to_string())?;
			if outcome.unplanned > 0 {
				eprintln!("{policy:?}: {} hours had no plan; greedy stood in", outcome.unplanned);
			}
			Ok((*policy, outcome))
		})
		.collect()
}

fn bench(as_json: bool) -> Result<(), String> {
	let policies = [Policy::Nothing, Policy::Greedy, Policy::Plan];
	let outcomes = outcomes(&Site::example(), SEED, &policies)?;
	let [(_, nothing), (_, greedy), (_, plan)] = &outcomes[..] else {
		return Err("there are three policies".into());
	};
	let saving = |outcome: &Outcome| {
		saving_percent(&nothing.bill, &outcome.bill).ok_or("doing nothing cost nothing")
	};
	let (value, peer) = (saving(plan)?, saving(greedy)?);
	let name = "home_energy_saving_pct";
	if as_json {
		println!(
			"{}",
			json!({
				"name": name, "value": value, "unit": "%",
				"peer": "greedy", "peer_value": peer, "ratio": value / peer,
				"command": format!("scripts/bench {name}"),
			})
		);
	} else {
		println!("{name}: {value:.2} % (greedy: {peer:.2} %, ratio {:.3})", value / peer);
	}
	Ok(())
}

/// The table of `docs/home-energy.md`.
fn compare(site: &Site, seed: u64) -> Result<(), String> {
	let outcomes = outcomes(site, seed, &Policy::ALL)?;
	let kwh = |energy: MilliWattHours| format!("{:.0}", energy.0 as f64 / 1e6);
	println!(
		"| | cost | saved | import | export | compute | wear | kWh bought | sold | turned down | \
		 compute | through the battery | left in it |\n\
		 |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
	);
	let nothing = outcomes.first().map(|(_, outcome)| outcome.bill).unwrap_or_default();
	for (policy, Outcome { bill, flows, left, .. }) in &outcomes {
		let name = match policy {
			Policy::Nothing => "nothing",
			Policy::Greedy => "greedy",
			Policy::Plan => "plan",
			Policy::Foresight => "plan that knows the future",
		};
		let saved = saving_percent(&nothing, bill)
			.map_or_else(|| "no cost before".into(), |percent| format!("{percent:.1} %"));
		let out = MilliWattHours(flows.discharge_green.0 + flows.discharge_grey.0);
		println!(
			"| {name} | {:.2} | {saved} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {} | {} | {} | {} | {} |",
			bill.cost().units(),
			bill.import.units(),
			bill.export.units(),
			bill.compute.units(),
			bill.wear.units(),
			kwh(flows.import),
			kwh(flows.export),
			kwh(flows.curtailed),
			kwh(flows.compute),
			kwh(out),
			kwh(left.total()),
		);
	}
	Ok(())
}

fn main() -> ExitCode {
	let result = match Arguments::parse().command {
		Command::Bench { names: _, json } => bench(json),
		Command::Compare { seed, no_battery, no_compute, no_car } => {
			let mut site = Site::example();
			if no_battery {
				site.battery.capacity = MilliWattHours(0);
			}
			if no_compute {
				site.compute.power.0 = 0;
			}
			if no_car {
				site.car = None;
			}
			compare(&site, seed)
		}
	};
	match result {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("pogcs-home-energy: {error}");
			ExitCode::FAILURE
		}
	}
}
