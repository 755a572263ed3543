//! One device on a site, rising deposits in clusters, and no teleporting.

use frame_support::{assert_noop, assert_ok};
use pogcs_geo::{distance, Cell, Place, Resolution};
use pogcs_primitives::{
	records::DeviceState::Leaving,
	traits::{Devices as _, Lifecycle},
	CellId, DeviceId, Interval,
};
use sp_runtime::DispatchResult;

use crate::{mock::*, Error, Event, SuspensionReason};

const COOLDOWN: u32 = PARAMETERS.place.cooldown;

fn move_to(cell: CellId, max_deposit: u64) -> DispatchResult {
	Devices::move_device(RuntimeOrigin::signed(OWNER), DEVICE, cell, max_deposit)
}

fn deposit_of(device: DeviceId) -> u64 {
	Devices::device_record(device).expect("it is registered").deposit
}

fn metres(a: CellId, b: CellId) -> u32 {
	let place = |cell| Place::of(Cell::new(cell).expect("a cell"));
	distance::between(place(a), place(b)).0
}

/// A cell of [`quarter`] that is two cells of resolution 9 from [`CELL`]'s: far, and not near.
fn away() -> CellId {
	let near = Resolution::new(9).expect("a resolution");
	let around = |cell| Cell::new(cell).expect("a cell").parent(near).expect("coarser");
	(0..49)
		.map(quarter)
		.find(|cell| around(CELL).grid_distance(around(*cell), near) == Some(2))
		.expect("there is one")
}

#[test]
fn register_should_be_refused_when_the_site_is_occupied() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Registration::valid().send());
		let registration = Registration { cell: CELL, ..Registration::second() };
		assert_noop!(registration.send(), Error::<Test>::CellTaken);
		// A metre beside it: the same house.
		let beside = CellId(CELL.0 ^ 1);
		assert!(metres(CELL, beside) < 5);
		let registration = Registration { cell: beside, ..Registration::second() };
		assert_noop!(registration.send(), Error::<Test>::SiteTaken);
		assert_eq!(Devices::occupant(beside), Some(DEVICE));
		assert_eq!(Devices::price_of(beside), None);
		// The house next door.
		let next = site(1);
		assert_eq!(Devices::price_of(next), Some(DEPOSIT));
		assert_ok!(Registration { cell: next, ..Registration::second() }.send());
	});
}

#[test]
fn deposit_should_rise_when_many_devices_are_near() {
	new_test_ext().build_and_execute(|| {
		let paid: Vec<_> = (0..8u8)
			.map(|n| deposit_of(Registration::of(OWNER, 1 + n, site(n.into())).done()))
			.collect();
		// Two others near are free, five far ones.
		assert_eq!(paid, [100, 100, 100, 110, 120, 130, 141, 152]);
		// And then no more.
		let ninth = Registration::of(OWNER, 9, site(8));
		assert_noop!(ninth.send(), Error::<Test>::Crowded);
		assert_eq!(Devices::price_of(site(8)), None);
	});
}

#[test]
fn cluster_should_not_hide_behind_an_edge_between_cells() {
	new_test_ext().build_and_execute(|| {
		for n in 0..4u8 {
			Registration::of(OWNER, 1 + n, site(n.into())).done();
		}
		// In the cell of resolution 9 beside, which has no device itself.
		let centre = Cell::new(CELL).expect("a cell");
		let near = Resolution::new(9).expect("a resolution");
		let own = centre.parent(near).expect("coarser");
		let beside = (0..49)
			.map(quarter)
			.find(|cell| {
				let around = Cell::new(*cell).expect("a cell").parent(near).expect("coarser");
				around != own && own.neighbours().any(|neighbour| neighbour == around)
			})
			.expect("six neighbours, most in the same cell of resolution 7");
		assert_eq!(Devices::price_of(beside), Some(DEPOSIT + 20));
		// Two cells further the near ones no longer count, and four far ones are free.
		assert_eq!(Devices::price_of(away()), Some(DEPOSIT));
	});
}

#[test]
fn register_should_be_refused_when_the_place_costs_more_than_expected() {
	new_test_ext().build_and_execute(|| {
		let victim =
			|| Registration { max_deposit: DEPOSIT, ..Registration::of(OTHER, 9, site(9)) };
		// What the owner was quoted.
		assert_eq!(Devices::price_of(site(9)), Some(DEPOSIT));
		// Others come first.
		for n in 0..3u8 {
			Registration::of(OWNER, 1 + n, site(n.into())).done();
		}
		assert_noop!(victim().send(), Error::<Test>::Dearer);
		assert_ok!(Registration { max_deposit: DEPOSIT + 10, ..victim() }.send());
	});
}

#[test]
fn deposit_should_fit_again_when_neighbours_left() {
	new_test_ext().build_and_execute(|| {
		let reprice = |device, max| Devices::reprice(RuntimeOrigin::signed(OWNER), device, max);
		let devices: Vec<_> =
			(0..5u8).map(|n| Registration::of(OWNER, 1 + n, site(n.into())).done()).collect();
		let last = devices[4];
		assert_eq!(deposit_of(last), DEPOSIT + 20);
		assert_noop!(reprice(last, BALANCE), Error::<Test>::Unchanged);
		let owner = || RuntimeOrigin::signed(OWNER);
		for device in &devices[..2] {
			assert_ok!(Devices::set_state(owner(), *device, Leaving));
		}
		pass(PARAMETERS.terms.notice);
		for device in &devices[..2] {
			assert_ok!(Devices::deregister(owner(), *device));
		}
		assert_ok!(reprice(last, DEPOSIT));
		System::assert_last_event(
			Event::Repriced { device: last, from: DEPOSIT + 20, to: DEPOSIT }.into(),
		);
		// The one before it still has on hold what it cost when it came.
		assert_eq!(on_hold(OWNER), 3 * DEPOSIT + 10);
		assert_noop!(
			Devices::reprice(RuntimeOrigin::signed(OTHER), last, BALANCE),
			Error::<Test>::NotOwner
		);
		assert_noop!(reprice(DeviceId(9), BALANCE), Error::<Test>::UnknownDevice);
	});
}

#[test]
fn reprice_should_be_refused_when_dearer_or_stopped() {
	new_test_ext().build_and_execute(|| {
		let first = Registration::of(OWNER, 1, site(0)).done();
		for n in 1..5u8 {
			Registration::of(OTHER, 1 + n, site(n.into())).done();
		}
		let reprice = |max| Devices::reprice(RuntimeOrigin::signed(OWNER), first, max);
		assert_noop!(reprice(DEPOSIT + 19), Error::<Test>::Dearer);
		assert_ok!(reprice(DEPOSIT + 20));
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), first, reason));
		assert_noop!(reprice(BALANCE), Error::<Test>::Stopped);
	});
}

#[test]
fn device_should_move_when_it_had_the_time_to_travel() {
	new_test_ext().build_and_execute(|| {
		online();
		let metres = metres(CELL, quarter(30));
		pass(COOLDOWN);
		assert_eq!(Devices::reach_of(DEVICE), Some(3 * 50_000));
		assert_ok!(move_to(quarter(30), DEPOSIT));
		System::assert_last_event(
			Event::Moved { device: DEVICE, from: CELL, to: quarter(30), metres, deposit: DEPOSIT }
				.into(),
		);
		let seen = Devices::device(DEVICE).expect("it is registered");
		assert_eq!(seen.cell, quarter(30));
		// What it meters in the interval of the move belongs to neither place.
		assert_eq!(seen.since, Interval(START.0 + COOLDOWN));
		assert_eq!(Devices::occupant(CELL), None);
		// Not again at once.
		assert_eq!(Devices::reach_of(DEVICE), None);
		assert_noop!(move_to(CELL, DEPOSIT), Error::<Test>::TooSoon);
		pass(COOLDOWN);
		assert_ok!(move_to(CELL, DEPOSIT));
	});
}

#[test]
fn device_should_not_teleport_when_it_moves() {
	new_test_ext().build_and_execute(|| {
		online();
		// Singapore to Berlin, some 9,900 km, at 50 km in an interval.
		let metres = metres(CELL, OTHER_CELL);
		let needed = metres.div_ceil(PARAMETERS.place.metres_per_interval);
		assert!((195..202).contains(&needed), "{needed}");
		pass(needed - 1);
		assert_noop!(move_to(OTHER_CELL, DEPOSIT), Error::<Test>::TooFar);
		pass(1);
		// The certificate has run out meanwhile, which does not keep it from moving.
		assert_ok!(move_to(OTHER_CELL, DEPOSIT));
	});
}

#[test]
fn device_should_not_teleport_when_it_leaves_and_comes_back() {
	new_test_ext().build_and_execute(|| {
		online();
		let owner = || RuntimeOrigin::signed(OWNER);
		assert_ok!(Devices::set_state(owner(), DEVICE, Leaving));
		assert_noop!(Devices::deregister(owner(), DEVICE), Error::<Test>::InNotice);
		// The key is taken for as long as the notice runs.
		let elsewhere = Registration { cell: OTHER_CELL, ..Registration::valid() };
		assert_noop!(elsewhere.send(), Error::<Test>::KeyTaken);
	});
}

#[test]
fn move_should_be_priced_anew_without_the_device_itself() {
	/// The `n`th site, of seven, some streets away.
	fn there(n: u64) -> CellId {
		CellId((away().0 & !(7 << 9)) | n << 9)
	}
	new_test_ext().build_and_execute(|| {
		online();
		for n in 0..6u8 {
			Registration::of(OTHER, 2 + n, there(n.into())).done();
		}
		pass(COOLDOWN);
		// Six are far from where it stands, of whom five are free. It does not count itself, nor is its
		// own site taken.
		let beside = CellId(CELL.0 ^ 1);
		assert_noop!(move_to(beside, DEPOSIT), Error::<Test>::Dearer);
		assert_ok!(move_to(beside, DEPOSIT + 1));
		assert_eq!(deposit_of(DEVICE), DEPOSIT + 1);
		pass(COOLDOWN);
		// Six are near, of whom two are free. Whoever came would meet it too, far away.
		let price = DEPOSIT + 40 + 1;
		assert_eq!(Devices::price_of(there(6)), Some(price + 1));
		assert_noop!(move_to(there(6), price - 1), Error::<Test>::Dearer);
		assert_ok!(move_to(there(6), price));
		assert_eq!((deposit_of(DEVICE), on_hold(OWNER)), (price, price));
		pass(COOLDOWN);
		// What it no longer needs is free again.
		assert_ok!(move_to(CELL, DEPOSIT + 1));
		assert_eq!(on_hold(OWNER), DEPOSIT + 1);
	});
}

#[test]
fn move_should_be_refused_when_it_is_none_or_not_allowed() {
	new_test_ext().build_and_execute(|| {
		assert_noop!(move_to(site(1), DEPOSIT), Error::<Test>::UnknownDevice);
		online();
		Registration::of(OTHER, 2, site(2)).done();
		pass(COOLDOWN);
		assert_noop!(
			Devices::move_device(RuntimeOrigin::signed(OTHER), DEVICE, site(1), DEPOSIT),
			Error::<Test>::NotOwner
		);
		assert_noop!(move_to(CELL, DEPOSIT), Error::<Test>::Unchanged);
		assert_noop!(move_to(CellId(7), DEPOSIT), Error::<Test>::BadCell);
		assert_noop!(move_to(site(2), DEPOSIT), Error::<Test>::CellTaken);
		assert_noop!(move_to(CellId(site(2).0 ^ 1), DEPOSIT), Error::<Test>::SiteTaken);
		Devices::begin(DEVICE);
		assert_noop!(move_to(site(1), DEPOSIT), Error::<Test>::Obliged);
		Devices::finish(DEVICE);
		// A device that is said to be somewhere else stays where it says it is.
		let reason = SuspensionReason::FalseLocation;
		assert_ok!(Devices::suspend(RuntimeOrigin::signed(COMMITTEE), DEVICE, reason));
		assert_noop!(move_to(site(1), DEPOSIT), Error::<Test>::Stopped);
	});
}

#[test]
fn move_should_drop_the_offer_when_the_device_is_for_sale() {
	new_test_ext().build_and_execute(|| {
		online();
		pass(COOLDOWN);
		assert_ok!(Devices::offer_transfer(RuntimeOrigin::signed(OWNER), DEVICE, OTHER));
		assert_ok!(move_to(site(1), DEPOSIT));
		assert_eq!(Devices::offer(DEVICE), None);
	});
}

#[test]
fn device_should_be_handed_over_when_too_many_came_near_since() {
	new_test_ext().build_and_execute(|| {
		let devices: Vec<_> =
			(0..8u8).map(|n| Registration::of(OWNER, 1 + n, site(n.into())).done()).collect();
		assert_noop!(Registration::of(OWNER, 9, site(8)).send(), Error::<Test>::Crowded);
		let mut stricter = PARAMETERS;
		stricter.place.near.most = 3;
		assert_ok!(Devices::set_parameters(RuntimeOrigin::root(), stricter));
		assert_ok!(Devices::offer_transfer(RuntimeOrigin::signed(OWNER), devices[0], OTHER));
		// Seven others near, five more than are free, and two far ones too many.
		let price = DEPOSIT + 50 + 2;
		assert_ok!(Devices::accept_transfer(RuntimeOrigin::signed(OTHER), devices[0], price));
		assert_eq!(on_hold(OTHER), price);
	});
}
