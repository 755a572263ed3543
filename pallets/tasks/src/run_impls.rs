//! Devices that do a chunk which several do: they bind themselves to their answers, and open them.

use frame_support::{ensure, traits::Get};
use pogcs_primitives::{
	contracts::{commitment, continues, Unfit},
	jobs::Hash,
	records::{Assignment, DeviceState},
	traits::{Devices, Energy, IntervalClock, Lifecycle},
	units::{grams_per_gpu_hour, GramsPerGpuHour},
	DeviceId, Interval, MicroGpuHours, MilligramsCo2, TaskId,
};
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding as mul_div,
	traits::{CheckedAdd, Convert},
	DispatchError, DispatchResult, Rounding, SaturatedConversion,
};

use crate::{pallet::*, types::*};

/// What bonds are quoted for: a GPU-hour.
const MILLION: u128 = 1_000_000;

impl<T: Config> Pallet<T> {
	/// What a device has on hold while it does so much work: what it loses if it answers wrong or not
	/// at all, and what further devices are paid from. Rounded up.
	pub(crate) fn bond(work: MicroGpuHours) -> Result<BalanceOf<T>, Error<T>> {
		let rate: u128 = T::BondPerGpuHour::get().saturated_into();
		mul_div(rate, work.0.into(), MILLION, Rounding::Up)
			.and_then(|part| BalanceOf::<T>::try_from(part).ok())
			.and_then(|part| part.checked_add(&T::MinBond::get()))
			.ok_or(Error::<T>::Overflow)
	}

	pub(crate) fn do_commit_answer(
		who: T::AccountId,
		device: DeviceId,
		task: TaskId,
		chunk: u32,
		commitment: Hash,
	) -> DispatchResult {
		let info = Self::device_of(&who, device)?;
		let (contract, mut record) = Self::replicated(task, chunk)?;
		ensure!(record.outcome.is_none(), Error::<T>::Decided);
		let now = T::Clock::current();
		ensure!(record.interval == now, Error::<T>::NotItsHour);
		let round = record.round;
		let ran = |run: &RunOf<T>| run.device == device || round > 0 && run.owner == info.owner;
		ensure!(!record.runs.iter().any(ran), Error::<T>::OwnerTwice);
		let here = record.runs.iter().filter(|run| run.round == round).count();
		let places = usize::from(Self::places(&contract, round));
		ensure!(here < places, Error::<T>::Taken);

		let listed = record.entrants.iter().any(|entrant| entrant.device == device);
		let turn = Self::drawn_of(&contract, &record).contains(&device)
			|| Self::is_late() && (listed || round == 0);
		ensure!(turn, Error::<T>::NotDrawn);
		// Who entered may have said since that it leaves, and does this first.
		let able = matches!(info.state, DeviceState::Online | DeviceState::Running)
			|| listed && info.state == DeviceState::Leaving;
		ensure!(able, Error::<T>::Offline);
		ensure!(info.class == contract.class, Error::<T>::WrongClass);
		ensure!(now > info.since, Error::<T>::Fresh);
		// A device may have been sold since it entered, to the client for one.
		let drawn = listed
			&& info.owner != contract.client
			&& record.runs.iter().all(|run| run.owner != info.owner);

		let bond = Self::bond(contract.work)?;
		Self::hold_for(&who, HoldReason::Bond, bond)?;
		if round == 0 {
			Self::redeem(task, &contract)?;
			if here >= usize::from(record.asked) {
				// Nobody had answered for it, and it is being done.
				Self::ask_for_place(task, &contract, &mut record, now)?;
			}
			Self::count_underway(device, now, contract.work, true);
		}
		Engagements::<T>::try_append(device, Assignment { task, chunk })
			.map_err(|()| Error::<T>::Busy)?;
		T::Lifecycle::begin(device);
		record
			.runs
			.try_push(RunOf::<T> {
				device,
				owner: info.owner,
				by: who,
				bond,
				round,
				drawn,
				commitment,
				answer: None,
				unfit: None,
				carbon: MilligramsCo2::ZERO,
			})
			.map_err(|_| Error::<T>::Overflow)?;
		Replicated::<T>::insert(task, chunk, record);
		Self::deposit_event(Event::Bound { task, chunk, round, device, interval: now, drawn });
		Ok(())
	}

	pub(crate) fn do_open_answer(
		device: DeviceId,
		task: TaskId,
		chunk: u32,
		answer: Hash,
		salt: Hash,
	) -> DispatchResult {
		let (contract, mut record) = Self::replicated(task, chunk)?;
		ensure!(record.outcome.is_none(), Error::<T>::Decided);
		let (now, interval, round) = (T::Clock::current(), record.interval, record.round);
		// Before, somebody could still commit to what is opened.
		ensure!(now > interval, Error::<T>::TooEarly);
		ensure!(now.since(interval) <= T::OpenTime::get(), Error::<T>::TooLate);
		let newcomers = record.runs.iter().any(|run| run.round == round);
		let run =
			record.runs.iter_mut().find(|run| run.device == device).ok_or(Error::<T>::NotBound)?;
		match run.answer {
			None => {
				let bound = self::commitment(task, chunk, device, &answer, &salt);
				ensure!(run.commitment == bound, Error::<T>::WrongAnswer);
				if round == 0 {
					(run.unfit, run.carbon) = Self::measure(&contract, device, interval)?;
				}
			}
			Some((layer, earlier)) => {
				// Nothing to compare it with came since.
				ensure!(layer < round && newcomers, Error::<T>::NotAwaited);
				let same = continues((layer, &earlier), (round, &answer));
				ensure!(same, Error::<T>::WrongAnswer);
			}
		}
		run.answer = Some((round, answer));
		let unfit = run.unfit;
		Replicated::<T>::insert(task, chunk, record);
		Self::deposit_event(Event::AnswerOpened {
			task,
			chunk,
			device,
			layer: round,
			answer,
			unfit,
		});
		Ok(())
	}

	/// Uses up the energy of a device's work, and says whether it is what the contract asks for, and
	/// what it emitted.
	fn measure(
		contract: &ContractOf<T>,
		device: DeviceId,
		interval: Interval,
	) -> Result<(Option<Unfit>, MilligramsCo2), DispatchError> {
		let metered = T::Energy::interval(device, interval).ok_or(Error::<T>::NoReport)?;
		let info = T::Devices::device(device).ok_or(Error::<T>::UnknownDevice)?;
		let energy = T::JobEnergy::convert(contract.work);
		let carbon = metered.carbon_of(energy).unwrap_or(info.record.carbon.of(energy));
		let enough = if contract.green {
			T::Energy::draw_down(device, interval, energy).is_ok()
		} else {
			metered.compute_draw >= energy
		};
		let unfit = if !enough {
			Some(Unfit::Energy)
		} else if !Self::is_clean(contract, carbon) {
			Some(Unfit::Carbon)
		} else {
			None
		};
		Ok((unfit, carbon))
	}

	/// Whether a chunk's carbon is within the contract's ceiling.
	pub(crate) fn is_clean(contract: &ContractOf<T>, carbon: MilligramsCo2) -> bool {
		contract.carbon.is_none_or(|ceiling| {
			grams_per_gpu_hour(carbon, contract.work)
				.is_some_and(|grams| GramsPerGpuHour(grams) <= ceiling)
		})
	}
}
