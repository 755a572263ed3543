//! Proxies: an owner lets a manager's key run its devices, and nothing else.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::{ConstU128, ConstU32, InstanceFilter};
use scale_info::TypeInfo;
use sp_runtime::traits::BlakeTwo256;

use crate::{token::deposit, Balances, Runtime, RuntimeCall, RuntimeEvent, System};

/// What a proxy may do.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Everything.
	#[default]
	Any,
	/// Everything but moving money.
	NonTransfer,
	/// Devices, their reports and their work.
	Devices,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			Self::Any => true,
			Self::NonTransfer => !matches!(
				call,
				RuntimeCall::Balances(..)
					| RuntimeCall::Assets(..)
					| RuntimeCall::Nfts(..)
					| RuntimeCall::Sudo(..)
					| RuntimeCall::Devices(
						// Selling a device, or letting it be replaced, takes it from its owner.
						pallet_devices::Call::offer_transfer { .. }
							| pallet_devices::Call::accept_transfer { .. }
							| pallet_devices::Call::rotate_key { .. }
							| pallet_devices::Call::request_rescue { .. }
					) | RuntimeCall::Energy(
					pallet_energy::Call::transfer { .. } | pallet_energy::Call::retire { .. }
				) | RuntimeCall::Hours(pallet_hours::Call::transfer { .. })
					| RuntimeCall::Market(
						// Whoever chooses when somebody trades can trade around it, for himself.
						pallet_market::Call::buy { .. }
							| pallet_market::Call::sell { .. }
							| pallet_market::Call::buy_flexible { .. }
							| pallet_market::Call::buy_each { .. }
							| pallet_market::Call::sell_each { .. }
							| pallet_market::Call::place_order { .. }
							| pallet_market::Call::deposit { .. }
					) | RuntimeCall::Tasks(
					// Rewards and the price of hours are paid to others.
					pallet_tasks::Call::open { .. }
						| pallet_tasks::Call::open_contract { .. }
						| pallet_tasks::Call::resell { .. }
				) | RuntimeCall::Credentials(pallet_credentials::Call::describe { .. })
					| RuntimeCall::Pools(pallet_pools::Call::pay_in { .. })
			),
			Self::Devices => matches!(
				call,
				RuntimeCall::Devices(
					pallet_devices::Call::bind { .. }
						| pallet_devices::Call::set_state { .. }
						| pallet_devices::Call::renew { .. }
						| pallet_devices::Call::check_certificate { .. }
						| pallet_devices::Call::request_challenge { .. }
						| pallet_devices::Call::commit_challenge { .. }
						| pallet_devices::Call::open_challenge { .. }
						| pallet_devices::Call::declare_maintenance { .. }
						| pallet_devices::Call::cancel_maintenance { .. }
						| pallet_devices::Call::appeal { .. }
						| pallet_devices::Call::close_appeal { .. }
				) | RuntimeCall::Energy(
					pallet_energy::Call::report { .. }
						| pallet_energy::Call::open_report { .. }
						| pallet_energy::Call::show_batch { .. }
						| pallet_energy::Call::claim { .. }
				) | RuntimeCall::Tasks(
					pallet_tasks::Call::accept { .. }
						| pallet_tasks::Call::release { .. }
						| pallet_tasks::Call::commit { .. }
						| pallet_tasks::Call::prove { .. }
						| pallet_tasks::Call::enter { .. }
						| pallet_tasks::Call::commit_answer { .. }
						| pallet_tasks::Call::open_answer { .. }
						| pallet_tasks::Call::conclude { .. }
				) | RuntimeCall::Pools(
					pallet_pools::Call::promise { .. }
						| pallet_pools::Call::take_back { .. }
						| pallet_pools::Call::settle { .. }
						| pallet_pools::Call::claim { .. }
						| pallet_pools::Call::split { .. }
				)
			),
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		match (self, other) {
			(Self::Any, _) => true,
			(Self::NonTransfer, other) => *other != Self::Any,
			(Self::Devices, other) => *other == Self::Devices,
		}
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ConstU128<{ deposit(1, 8) }>;
	type ProxyDepositFactor = ConstU128<{ deposit(0, 37) }>;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = crate::weights::pallet_proxy::WeightInfo<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<{ deposit(1, 8) }>;
	type AnnouncementDepositFactor = ConstU128<{ deposit(0, 68) }>;
	type BlockNumberProvider = System;
}
