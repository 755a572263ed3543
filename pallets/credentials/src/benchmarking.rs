//! What the calls cost.

use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	Get,
};
use frame_system::RawOrigin;
use pogcs_primitives::{traits::IntervalClock, CredentialKind, Interval};
use sp_runtime::{DispatchResult, SaturatedConversion, Saturating};

use crate::*;

const KIND: CredentialKind = CredentialKind(1);
const NOW: Interval = Interval(1_000);

/// Gives an account enough for everything that it does here.
fn enrich<T: Config>(who: &T::AccountId) -> DispatchResult {
	let amount = T::Currency::minimum_balance()
		.saturating_add(T::Deposit::get())
		.saturating_add(T::IssuerDeposit::get())
		.saturating_add(T::KindPrice::get())
		.saturating_mul(10u32.into());
	T::Currency::mint_into(who, amount).map(|_| ())
}

fn rich<T: Config>(name: &'static str) -> Result<T::AccountId, BenchmarkError> {
	T::Clock::set_for_benchmark(NOW, [1; 32]);
	let who: T::AccountId = account(name, 0, 0);
	enrich::<T>(&who)?;
	Ok(who)
}

fn name<T: Config>() -> NameOf<T> {
	NameOf::<T>::truncate_from(vec![b'n'; T::MaxNameLength::get().saturated_into()])
}

fn url<T: Config>() -> UrlOf<T> {
	let mut url = b"https://".to_vec();
	url.resize(T::MaxUrlLength::get().saturated_into(), b'u');
	UrlOf::<T>::truncate_from(url)
}

/// Terms that run out after an offer would lapse.
fn terms<T: Config>() -> Terms {
	let until = NOW.checked_add(T::OfferTerm::get().saturating_add(1));
	Terms { until, document: Some([7; 32]) }
}

/// An issuer and a subject, both of whom have money, and a kind that means something.
fn issuer<T: Config>() -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let (issuer, subject) = (rich::<T>("issuer")?, rich::<T>("subject")?);
	Pallet::<T>::do_describe(issuer.clone(), KIND, name::<T>(), Some([1; 32]))?;
	Ok((issuer, subject))
}

fn offered<T: Config>() -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let (issuer, subject) = issuer::<T>()?;
	Pallet::<T>::do_issue(issuer.clone(), subject.clone(), KIND, terms::<T>())?;
	Ok((issuer, subject))
}

fn accepted<T: Config>() -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let (issuer, subject) = offered::<T>()?;
	Pallet::<T>::do_accept(subject.clone(), issuer.clone(), KIND, terms::<T>())?;
	Ok((issuer, subject))
}

/// A credential, and an offer to renew it.
fn renewing<T: Config>() -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let (issuer, subject) = accepted::<T>()?;
	Pallet::<T>::do_issue(issuer.clone(), subject.clone(), KIND, terms::<T>())?;
	Ok((issuer, subject))
}

/// A credential without end, for other pallets' benchmarks.
pub(crate) fn create<T: Config>(
	who: &T::AccountId,
	issuer: &T::AccountId,
	kind: CredentialKind,
) -> DispatchResult {
	enrich::<T>(who)?;
	enrich::<T>(issuer)?;
	let terms = Terms { until: None, document: Some([7; 32]) };
	if !Kinds::<T>::contains_key(issuer, kind) {
		Pallet::<T>::do_describe(issuer.clone(), kind, name::<T>(), None)?;
	}
	Pallet::<T>::do_issue(issuer.clone(), who.clone(), kind, terms)?;
	Pallet::<T>::do_accept(who.clone(), issuer.clone(), kind, terms)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn publish() -> Result<(), BenchmarkError> {
		let issuer = rich::<T>("issuer")?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()), name::<T>(), url::<T>());
		assert!(Issuers::<T>::contains_key(issuer));
		Ok(())
	}

	#[benchmark]
	fn unpublish() -> Result<(), BenchmarkError> {
		let issuer = rich::<T>("issuer")?;
		Pallet::<T>::do_publish(issuer.clone(), name::<T>(), url::<T>())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()));
		assert!(!Issuers::<T>::contains_key(issuer));
		Ok(())
	}

	#[benchmark]
	fn describe() -> Result<(), BenchmarkError> {
		let issuer = rich::<T>("issuer")?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()), KIND, name::<T>(), Some([1; 32]));
		assert!(Kinds::<T>::contains_key(issuer, KIND));
		Ok(())
	}

	#[benchmark]
	fn issue() -> Result<(), BenchmarkError> {
		let (issuer, subject) = issuer::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()), subject.clone(), KIND, terms::<T>());
		assert!(Offers::<T>::contains_key((subject, issuer, KIND)));
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let (issuer, subject) = offered::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()), subject.clone(), KIND);
		assert!(!Offers::<T>::contains_key((subject, issuer, KIND)));
		Ok(())
	}

	#[benchmark]
	fn revoke() -> Result<(), BenchmarkError> {
		let (issuer, subject) = renewing::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(issuer.clone()), subject.clone(), KIND, Reason::Changed);
		assert!(!Offers::<T>::contains_key((&subject, &issuer, KIND)));
		assert!(!Pallet::<T>::stands(&subject, &issuer, KIND));
		Ok(())
	}

	#[benchmark]
	fn accept() -> Result<(), BenchmarkError> {
		let (issuer, subject) = offered::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(subject.clone()), issuer.clone(), KIND, terms::<T>());
		assert!(Pallet::<T>::stands(&subject, &issuer, KIND));
		Ok(())
	}

	#[benchmark]
	fn decline() -> Result<(), BenchmarkError> {
		let (issuer, subject) = offered::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(subject.clone()), issuer.clone(), KIND);
		assert!(!Offers::<T>::contains_key((subject, issuer, KIND)));
		Ok(())
	}

	#[benchmark]
	fn give_up() -> Result<(), BenchmarkError> {
		let (issuer, subject) = accepted::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(subject.clone()), issuer.clone(), KIND);
		assert!(!Credentials::<T>::contains_key((subject, issuer, KIND)));
		Ok(())
	}

	#[benchmark]
	fn remove() -> Result<(), BenchmarkError> {
		let (issuer, subject) = renewing::<T>()?;
		let who: T::AccountId = whitelisted_caller();
		T::Clock::set_for_benchmark(Interval(u32::MAX), [1; 32]);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), subject.clone(), issuer.clone(), KIND);
		assert!(!Issued::<T>::contains_key((issuer, subject, KIND)));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
