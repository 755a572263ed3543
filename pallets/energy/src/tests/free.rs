//! The transaction that needs no money, and the ones that do.

use codec::{Decode, DecodeWithMemTracking, Encode};
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	traits::{
		fungible::Mutate,
		tokens::{Fortitude, Precision, Preservation},
	},
};
use pogcs_primitives::{wire::EnergyReport, DeviceId, Interval};
use scale_info::TypeInfo;
use sp_runtime::{
	impl_tx_ext_default,
	traits::{DispatchInfoOf, DispatchOriginOf, DispatchTransaction, TransactionExtension},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

use crate::{mock::*, Call, UnlessFree};

/// Takes so much from who signed; stands in for the fee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
struct Toll(u128);

impl TransactionExtension<RuntimeCall> for Toll {
	const IDENTIFIER: &'static str = "Toll";
	type Implicit = ();
	type Val = ();
	type Pre = ();

	fn prepare(
		self,
		_: (),
		origin: &DispatchOriginOf<RuntimeCall>,
		_: &RuntimeCall,
		_: &DispatchInfoOf<RuntimeCall>,
		_: usize,
	) -> Result<(), TransactionValidityError> {
		let who = frame_system::ensure_signed(origin.clone()).expect("all here are signed");
		let taken = Balances::burn_from(
			&who,
			self.0,
			Preservation::Expendable,
			Precision::Exact,
			Fortitude::Polite,
		);
		taken.map(|_| ()).map_err(|_| InvalidTransaction::Payment.into())
	}

	impl_tx_ext_default!(RuntimeCall; weight validate);
}

/// Sends a transaction through the fee and into the chain.
fn transact(who: u64, call: RuntimeCall) -> Result<(), TransactionValidityError> {
	let info = call.get_dispatch_info();
	UnlessFree(Toll(50)).dispatch_transaction(RuntimeOrigin::signed(who), call, &info, 100, 0).map(
		|dispatched| {
			assert_ok!(dispatched);
		},
	)
}

fn prepaid(report: EnergyReport) -> RuntimeCall {
	Call::report_prepaid { report }.into()
}

#[test]
fn device_without_money_should_report_when_it_is_prepaid() {
	new_test_ext().build_and_execute(|| {
		let (device, no_money) = (account_of(DEVICE), Err(InvalidTransaction::Payment.into()));
		assert_eq!(Balances::free_balance(device), 0);
		assert_eq!(transact(device, prepaid(report())), no_money);
		assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(OWNER), DEVICE, 3));
		assert_ok!(transact(device, prepaid(report())));
		assert!(Energy::record(DEVICE, Interval(9)).is_some());
		assert_eq!(Energy::quota(DEVICE), 2);
		// The interval is on record: for once more it would have to pay, and cannot.
		assert_eq!(transact(device, prepaid(report())), no_money);
		assert_eq!(Energy::quota(DEVICE), 2);
		pass(1);
		// A lie is free too, and used up.
		let lie = EnergyReport { green_draw: mwh(901), ..report() };
		assert_ok!(transact(device, prepaid(lie)));
		assert_ok!(transact(device, prepaid(lie)));
		assert_eq!(Energy::quota(DEVICE), 0);
		assert_eq!(transact(device, prepaid(lie)), no_money);
		assert_eq!(Energy::record(DEVICE, Interval(10)), None);
	});
}

#[test]
fn fee_should_be_taken_when_the_call_is_another() {
	new_test_ext().build_and_execute(|| {
		assert_ok!(Energy::buy_quota(RuntimeOrigin::signed(OWNER), DEVICE, 3));
		let signature = sign(&report(), &key_of(DEVICE));
		let signed: RuntimeCall = Call::report { report: report(), signature }.into();
		assert_ok!(transact(PAYER, signed.clone()));
		assert_eq!(Balances::free_balance(PAYER), RICH - 50);
		let no_money = Err(InvalidTransaction::Payment.into());
		assert_eq!(transact(account_of(DEVICE), signed), no_money);
		let quota = Call::buy_quota { device: DeviceId(3), reports: 1 };
		assert_ok!(transact(OWNER, quota.into()));
		// Three reports and one more, one deposit and one fee.
		assert_eq!(Balances::free_balance(OWNER), RICH - 9 - 11 - 3 - 50);
	});
}

#[test]
fn wallet_should_see_the_fee_alone_when_it_is_wrapped() {
	type Wrapped = UnlessFree<Toll>;
	assert_eq!(Wrapped::IDENTIFIER, Toll::IDENTIFIER);
	assert_eq!(UnlessFree(Toll(7)).encode(), Toll(7).encode());
	let seen = |all: Vec<sp_runtime::traits::TransactionExtensionMetadata>| {
		all.into_iter().map(|one| (one.identifier, one.ty, one.implicit)).collect::<Vec<_>>()
	};
	assert_eq!(seen(Wrapped::metadata()), seen(Toll::metadata()));
}
