//! Why the chain refused something, and what to do about it, in plain words: one table for all
//! errors of the pallets that a device and its owner have to do with.
//!
//! The refusal itself is read from proven events, as two numbers. A pallet's errors are numbered in
//! the order in which they are declared, and a test compares this table with their source, so no word
//! in it comes from a node. The device signs nothing for another runtime than its checkpoint's, so the
//! numbers are those of this one.

/// An error: its name, what happened, and what to do.
type Row = (&'static str, &'static str, &'static str);

/// What the chain refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
	/// The pallet's name.
	pub pallet: &'static str,
	/// The error's name.
	pub name: &'static str,
	/// What happened.
	pub words: &'static str,
	/// What to do.
	pub advice: &'static str,
}

impl std::fmt::Display for Refusal {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let Self { pallet, name, words, advice } = self;
		write!(f, "{words} (error {pallet}.{name}). What to do: {advice}")
	}
}

/// Index in the runtime, name, errors.
const PALLETS: [(u8, &str, &[Row]); 4] =
	[(30, "devices", DEVICES), (31, "energy", ENERGY), (33, "tasks", TASKS), (36, "pools", POOLS)];

/// Looks an error up by the numbers that the chain gives it.
pub fn find(pallet: u8, error: u8) -> Option<Refusal> {
	let (_, pallet, rows) = PALLETS.iter().find(|(index, ..)| *index == pallet)?;
	let (name, words, advice) = rows.get(usize::from(error))?;
	Some(Refusal { pallet, name, words, advice })
}

/// Looks an error up by its name.
pub fn named(pallet: &str, error: &str) -> Option<Refusal> {
	let (_, pallet, rows) = PALLETS.iter().find(|(_, name, _)| *name == pallet)?;
	let (name, words, advice) = rows.iter().find(|(name, ..)| *name == error)?;
	Some(Refusal { pallet, name, words, advice })
}

const WAIT: &str = "nothing; it comes right by itself";
const MAKER: &str = "ask the maker of the device for a certificate that counts";
const METER: &str = "look at the meter, its clock and its wiring";
const LOST: &str = "nothing can be done for this chunk; if it happens again, lower `capacity`";
const CALLER: &str = "nothing for the device; correct the call and make it again";
const COMMITTEE: &str = "nothing; only governance makes this call";

const DEVICES: &[Row] = &[
	("MakerExists", "this maker is registered already", COMMITTEE),
	(
		"UnknownMaker",
		"the chain knows no maker with the key in the certificate",
		"compare the certificate with what the maker gave you, or ask governance to admit the maker",
	),
	("RevokedMaker", "certificates by this maker no longer count", "ask another maker, or let the \
	 device vouch for itself with devices.requestRescue"),
	("NotMaker", "this account does not speak for the maker", "sign with the maker's account"),
	(
		"NotCertified",
		"this maker does not vouch for the device",
		"nothing, if you are its owner; the maker has mistaken the device",
	),
	(
		"RevokedCertificate",
		"the maker took this certificate back",
		"ask the maker why; a device that was stopped for it can appeal with devices.appeal",
	),
	("NotRevoked", "the certificate has not been taken back", "nothing; it counts"),
	(
		"Overruled",
		"the maker was overruled about this certificate",
		"nothing; it cannot be taken back while the device is registered",
	),
	("ExpiredCertificate", "the certificate has run out", MAKER),
	(
		"NotLonger",
		"the certificate counts no longer than the one on record",
		"ask the maker for one that does, or show it again later",
	),
	(
		"UnknownClass",
		"the chain knows no such class of devices",
		"ask the maker which class the device is of; governance sets classes",
	),
	("BadClass", "a class like this cannot be", COMMITTEE),
	("BadDeposits", "deposits like these cannot be", COMMITTEE),
	("BadPlaceRules", "rules for places like these cannot be", COMMITTEE),
	("BadTerms", "terms like these cannot be", COMMITTEE),
	("BadMaintenanceRules", "rules for maintenance like these cannot be", COMMITTEE),
	("BadBenchmarkRules", "rules for the timed challenge like these cannot be", COMMITTEE),
	(
		"BadCertificate",
		"the maker did not sign this key, class and expiry",
		"take the certificate as the maker gave it, for this very device",
	),
	(
		"BadConsent",
		"the device did not consent to this owner, commitment, expiry and chain",
		"make a new consent with `pogcs-device consent`, for the account that registers",
	),
	(
		"StaleConsent",
		"the device's consent has run out, or counts for longer than the chain allows",
		"make a new one with `pogcs-device consent` and use it soon",
	),
	(
		"BadSignature",
		"the device's key did not sign this",
		"let the device itself sign it, with the key that is registered",
	),
	("BadCell", "the place is no cell of the finest resolution", "give an H3 index of resolution 15"),
	(
		"NonCanonical",
		"the commitment is no number that proofs can use",
		"take the commitment that `pogcs-device inspect` prints",
	),
	(
		"KeyTaken",
		"a device with this key is registered already",
		"deregister it first, or have it handed over with devices.offerTransfer",
	),
	(
		"KeyBarred",
		"this key was replaced, or its device was expelled",
		"make new keys with `pogcs-device keygen` and have them certified",
	),
	(
		"CellTaken",
		"another device stands in this very cell",
		"give the cell that this device really stands in",
	),
	(
		"SiteTaken",
		"another device stands on this site",
		"one site holds one device: give the cell that this one really stands in",
	),
	("Crowded", "too many devices stand near here", "put it somewhere else"),
	(
		"Dearer",
		"the place costs more by now than you agreed to",
		"look at its price again (priceOf), and agree to that",
	),
	(
		"CommitmentTaken",
		"another device has this commitment",
		"make new keys with `pogcs-device keygen`: no two devices may share a keys file",
	),
	(
		"NotValidator",
		"this account is no validator",
		"choose one that has stake bonded (devices.bind)",
	),
	(
		"UnknownDevice",
		"no such device is registered",
		"compare its number; it may have left the registry",
	),
	("NotOwner", "only the device's owner may do this", "sign with the owner's account"),
	(
		"NotOperator",
		"only the device, its owner or its manager may do this",
		"sign with one of their accounts",
	),
	("Unchanged", "it is so already", "nothing; if the device is Suspended all the same, its \
	 certificate has run out: devices.renew"),
	(
		"NotSettable",
		"this state follows by itself",
		"set the device Online, Leaving or Suspended; the rest follows",
	),
	(
		"Stopped",
		"the device was stopped by the committee or by its maker",
		"`pogcs-device status` has the reason, and until when devices.appeal is possible",
	),
	("NotStopped", "the device was not stopped", "nothing; there is nothing to appeal or to lift"),
	(
		"NotLeaving",
		"a device has to give notice before it leaves",
		"devices.setState(device, 'Leaving') first",
	),
	(
		"InNotice",
		"the device's notice is not over",
		"wait; `pogcs-device status` says until when",
	),
	(
		"Obliged",
		"the device still owes work, or is a member of a pool",
		"let it finish, give chunks back with tasks.release, and exit its pool",
	),
	("Exhausted", "there are no more device numbers", "tell whoever maintains the chain"),
	(
		"TooFar",
		"the device would have had to travel faster than devices do",
		"wait some intervals and move it again, or correct the cell",
	),
	(
		"TooSoon",
		"the device moved, or asked for a challenge, a short while ago",
		"wait; it is tried again by itself",
	),
	("NoOffer", "nobody offers this device to this account", "ask its owner for \
	 devices.offerTransfer to your account"),
	("OfferExpired", "the offer has run out", "ask its owner for a new one"),
	("Benched", "the device has passed its challenge", "nothing; it can take work"),
	("NotBenched", "the device has not passed its challenge yet", COMMITTEE),
	("ChallengeRuns", "a challenge of this device runs", "nothing; the device goes on with it"),
	(
		"NoChallenge",
		"there is no challenge, or it is at another step",
		"nothing; the device looks again, and asks for a new one",
	),
	("TooEarly", "the block that draws is not there yet", "nothing; the device tries again"),
	(
		"TooLate",
		"the challenge was answered too late",
		"nothing at first, the device asks again; if it happens often, look at its link and at what \
		 else keeps its processor busy",
	),
	(
		"NoRandomness",
		"the chain no longer has the randomness of that block",
		"nothing; the device asks for a new challenge",
	),
	(
		"BadLength",
		"the challenge's answer has a wrong length",
		"install the newest release of pogcs-device: this should not happen",
	),
	(
		"BadOpening",
		"the challenge's answer is wrong",
		"look for failing memory or an overclocked processor; the device asks for a new challenge",
	),
	(
		"BadWindow",
		"maintenance has to be declared ahead, in order, and for an interval at least",
		"declare it longer ahead, after what is declared already",
	),
	(
		"QuotaSpent",
		"the maintenance of this period is used up",
		"declare less, or later",
	),
	(
		"TooManyWindows",
		"too many windows of maintenance are on record",
		"declare fewer and longer ones",
	),
	("NoMaintenance", "no maintenance is declared that could be cancelled", "nothing"),
	(
		"AppealOver",
		"this suspension can no longer be appealed",
		"wait: the committee may expel the device, and later it may leave (devices.deregister)",
	),
	("AppealMade", "this suspension was appealed already", "wait for the committee"),
	("NoAppeal", "there is no open appeal", "nothing; devices.appeal makes one, while it is time"),
	("Undecided", "the committee can still decide", "wait until its time is over, then call \
	 devices.closeAppeal again"),
	("Decided", "the time to decide is over", COMMITTEE),
	(
		"NotFinal",
		"the suspension can still be appealed, or is being decided",
		COMMITTEE,
	),
	(
		"StillCertified",
		"the certificate counts, and so does its maker",
		"nothing; there is nothing to rescue the device from",
	),
	("RescueMade", "a rescue of this device runs or was granted", "nothing; complete it when it is \
	 ready"),
	("NoRescue", "there is no rescue at this step", "devices.requestRescue begins one"),
	(
		"RescueRuns",
		"a rescue runs",
		"complete it (devices.completeRescue) or cancel it (devices.cancelRescue) first",
	),
	(
		"Overflow",
		"a number is too large for the chain",
		"give smaller ones; intervals end with the clock",
	),
];

const ENERGY: &[Row] = &[
	(
		"PastInterval",
		"the interval ended too long ago to be reported",
		"nothing; that interval is lost. If it happens often, look at the link and at the fees",
	),
	("FutureInterval", "the interval has not ended yet", WAIT),
	("AlreadyReported", "this interval is reported already", "nothing; never run two programs with \
	 the same keys"),
	(
		"UnknownDevice",
		"no such device is registered",
		"register it; compare the key that `pogcs-device inspect` prints",
	),
	(
		"Suspended",
		"the device is suspended",
		"`pogcs-device status` says why, and what lets it go on",
	),
	(
		"BeforeRegistration",
		"the device was registered, moved or changed its key in this interval or after it",
		"nothing; it starts with the next one",
	),
	("Implausible", "more was generated than a panel of this class can", METER),
	(
		"BadSignature",
		"the device's key did not sign this report for this chain",
		"look whether the checkpoint is of this chain, and the keys of this device",
	),
	(
		"NonCanonicalRoot",
		"the root of the readings is no number that proofs can use",
		"install the newest release of pogcs-device: this should not happen",
	),
	("TooLarge", "a sum is larger than 32 readings can make it", METER),
	(
		"NoSun",
		"more was generated than the sun gives in this place at this hour",
		"look at the meter's clock, and at the cell that the device is registered in (devices.moveDevice)",
	),
	(
		"UnknownSky",
		"where the sun stood cannot be told for this cell and interval",
		"look at the cell that the device is registered in; if it is right, tell whoever maintains the \
		 chain",
	),
	("ImplausibleDraw", "compute of this class cannot draw so much", METER),
	("ImplausibleStorage", "a battery of this class cannot take or give so much", METER),
	(
		"NotConserved",
		"more energy went than came",
		"a meter is missing or turned round: look at panel, battery, grid and load",
	),
	("DrawAboveSupply", "compute drew more green energy than there was", METER),
	(
		"UnbackedSupply",
		"the chain knows of less green energy in the battery than the report uses",
		"nothing; the device reads the ledger and reports again",
	),
	(
		"UnbackedDraw",
		"compute cannot have drawn so much green energy by the chain's ledger",
		"nothing; the device reads the ledger and reports again",
	),
	(
		"NotDevice",
		"only the account of the device's own key may do this",
		"let the device itself send it",
	),
	(
		"NoQuota",
		"no prepaid report is left",
		"buy some with energy.buyQuota, or send the device money for fees",
	),
	("ZeroAmount", "nothing is no amount", CALLER),
	("FullQuota", "a device can have no more prepaid reports", "buy fewer"),
	(
		"NotOwner",
		"only the device's owner or manager may do this",
		"sign with one of their accounts",
	),
	(
		"StillRegistered",
		"what the ledger keeps of a registered device stays",
		"nothing; it can be forgotten once the device has left",
	),
	("NothingKept", "the ledger keeps nothing of this device", "nothing"),
	(
		"NotReported",
		"the device has no report of this interval, or it was removed",
		"claim intervals that were reported, and not too late",
	),
	(
		"NothingToClaim",
		"there is less than a watt-hour to claim",
		"wait: what compute drew can be claimed some intervals later",
	),
	("Insufficient", "the account holds less of this certificate", CALLER),
	("SameAccount", "sender and receiver are the same account", CALLER),
	("Expired", "the energy certificate has run out", "nothing; retire certificates in time"),
	("NotExpired", "the energy certificate has not run out", "wait until it has"),
	(
		"UnknownRetirement",
		"there is no such retirement, or its record was removed",
		CALLER,
	),
	("NotYours", "only who retired it may remove the record", "sign with that account"),
	("BadSize", "a batch is empty or too large", "its leader has to make another one"),
	("BadRoot", "the sums of a batch are wrong", "its leader has to make another one"),
	("UnknownBatch", "there is no such batch any more", "report by itself, without a leader"),
	("AlreadyShown", "what was drawn from this batch has been shown", "nothing"),
	("NotDrawn", "what is to be shown of this batch is not drawn yet", WAIT),
	(
		"Void",
		"the leader did not show what was drawn in time: the batch is void",
		"that interval is lost unless the device reported it itself; ask the leader",
	),
	("OtherReports", "other reports were drawn than were shown", "its leader has to show those"),
	("BadPath", "the report is not in the batch", "ask the leader for the right path"),
	("OtherInterval", "the report is of another interval than the batch", "ask the leader for the \
	 right batch"),
	(
		"NotOpener",
		"only the leader, the device, its owner or its manager may open its report",
		"sign with one of their accounts",
	),
	("BadCell", "no such cell can be put into a zone", COMMITTEE),
	("TooManyZoned", "too many cells are in zones", COMMITTEE),
	("NotZoned", "this cell is in no zone of its own", COMMITTEE),
	("Overflow", "the numbers are too large for the chain", METER),
];

const TASKS: &[Row] = &[
	("NoReward", "a task needs a reward", CALLER),
	("LowReward", "the reward is below the least that the chain allows", CALLER),
	("Empty", "a task needs a chunk", CALLER),
	("BadPixel", "an input is out of range", CALLER),
	("BadDeadline", "the deadline is past, or too far ahead", CALLER),
	("Overflow", "the numbers are too large for the chain", CALLER),
	("Exhausted", "there are no more numbers for tasks", "tell whoever maintains the chain"),
	("UnknownClass", "the chain knows no such class of devices", CALLER),
	("UnknownModel", "the chain knows no such model", CALLER),
	("BadModel", "the model's commitment is no number that proofs can use", COMMITTEE),
	("UnknownTask", "the task is not there any more", "nothing; it was closed"),
	("UnknownChunk", "the task has no such chunk", CALLER),
	("UnknownDevice", "no such device is registered", "register it"),
	(
		"NotYours",
		"only the device itself or its owner may do this",
		"look whether the keys are those that are registered",
	),
	(
		"Offline",
		"the device takes no work in the state that it is in",
		"`pogcs-device status` says why, and what lets it go on",
	),
	("Fresh", "the device was registered in this interval", "nothing; it starts with the next one"),
	("WrongClass", "the task is for devices of another class", "nothing; there will be others"),
	("Taken", "another device was faster", "nothing; there will be others"),
	(
		"Busy",
		"the device has as many chunks as it may have",
		"nothing; it takes more when it has proven one. If it happens often, lower `capacity`",
	),
	("Expired", "the task's deadline has passed", LOST),
	("NotOver", "the task still has time, or work left", "wait"),
	("NotAssigned", "the chunk is not assigned, so it cannot be given back", "nothing"),
	("TooSoon", "the device still has time to commit to the chunk", "wait"),
	(
		"NonCanonical",
		"the result's commitment is no number that proofs can use",
		"install the newest release of pogcs-device: this should not happen",
	),
	("NotCommitted", "the device has not committed to a result yet", WAIT),
	("TooEarly", "the interval's randomness is not there yet", WAIT),
	("TooLate", "the proof comes too late", LOST),
	("NoReport", "the interval of the work was not reported", LOST),
	("LittleEnergy", "less green energy was used than this work takes", LOST),
	("Insufficient", "the interval has less green energy left than this work takes", LOST),
	(
		"KeyNotInUse",
		"the proving key of this model is not in use any more",
		"get the key that is in use and name it as `proving_key` in device.toml",
	),
	("Spent", "this chunk was proven already", "nothing; it was paid once"),
	(
		"MalformedProof",
		"the bytes are no proof",
		"install the newest release of pogcs-device: this should not happen",
	),
	(
		"OutOfRange",
		"a score is outside of what can be proven",
		"look whether the model's file is the one that the chain knows (`models`)",
	),
	(
		"ProofRefused",
		"the proof does not prove this work",
		"look whether `proving_key` and `models` in device.toml are those that the chain has in use",
	),
	("Uneven", "a steady contract's chunks do not come out even over its intervals", CALLER),
	("NoHours", "the market has not so many hours for sale in this range", CALLER),
	("Overpriced", "the hours cost more than the maximum price", CALLER),
	("Underpriced", "the hours would bring less than was asked for", CALLER),
	("GateClosed", "the hours of this interval can no longer be bought or given up", CALLER),
	("Funds", "the account cannot pay for the hours", "send it money, and make the call again"),
	("MarketRefused", "the market does not trade this now", CALLER),
	(
		"ClaimsRefused",
		"the contract's hours are not there: its client gave them up, or other devices used them",
		"nothing; there will be others",
	),
	("BadJob", "the job cannot be done as it stands", CALLER),
	("TooManyChunks", "a contract cannot have so many chunks", CALLER),
	("BadCopies", "a chunk cannot be done by so few or so many devices", CALLER),
	("NoTimeToDraw", "work that is compared is drawn by lot, which takes three intervals", CALLER),
	("ChunkTooLarge", "a chunk takes more hours than a device must promise", CALLER),
	("CeilingNeedsGreen", "only green compute has a ceiling of carbon", CALLER),
	("CeilingTooLow", "the class emits more than that on its own panel and battery", CALLER),
	("NotBooked", "the contract has no hours in this interval, or they are settled", "nothing"),
	(
		"NotItsHour",
		"this chunk has its hour in another interval",
		"nothing; if it happens often, look whether the link to the nodes is slow",
	),
	(
		"NotOwed",
		"devices come first that owe hours of this interval and have no work for them",
		"nothing; promise hours through a pool to come first",
	),
	(
		"TooMuchCarbon",
		"the device's energy emitted more than the contract allows",
		"nothing can be done for this chunk; let compute draw less from the grid",
	),
	("NotSettled", "the pools have not settled this interval", "settle it there first"),
	("NotReplicated", "this task's chunks are proven and not compared", CALLER),
	("EntryNotOpen", "devices enter in the interval before the work, which has not begun", WAIT),
	("EntryOver", "devices enter in the interval before the work, which is over", "nothing"),
	("NoSeed", "what the draw is made from is not known", "nothing; the chain stood still"),
	(
		"Outdrawn",
		"other devices, or another one of this owner, have lower tickets",
		"nothing; chance chooses, and there will be others",
	),
	(
		"OwnerTwice",
		"this device did the chunk already, or another one of its owner did",
		"nothing; answers are only worth something from different owners",
	),
	("Decided", "the chunk is judged", "nothing"),
	(
		"NotDrawn",
		"chance chose other devices for this chunk",
		"nothing; who entered stands in later in the interval, if they do not come",
	),
	("NotBound", "the device is not bound to an answer of this chunk", "nothing"),
	(
		"WrongAnswer",
		"this is not the answer that the device is bound to",
		"look whether the folder `state/answers` is that of this device; run `pogcs-device work check`",
	),
	("NotAwaited", "the device has opened its answer, and nothing new came", "nothing"),
	(
		"OwnWork",
		"who asks for work does not check it: the device's owner is the client",
		"nothing; devices of others do it",
	),
	(
		"Uninsured",
		"the insurance has not enough money for this refund now",
		"try again when it has: it gets what members lose that miss their promises",
	),
];

const POOLS: &[Row] = &[
	("UnknownPool", "there is no such pool", CALLER),
	("UnknownClass", "the chain knows no such class of devices", CALLER),
	("UnknownDevice", "no such device is registered", "register it"),
	(
		"NotYours",
		"only the device's owner or manager may do this",
		"sign with one of their accounts",
	),
	("NotCreator", "only who founded the pool may do this", "ask its founder"),
	("Exhausted", "there are no more numbers for pools", "tell whoever maintains the chain"),
	("Overflow", "the numbers are too large for the chain", CALLER),
	("BadPenalty", "the penalty is outside of the chain's bounds", CALLER),
	("BadFee", "the leader's fee is above the chain's bound", CALLER),
	("BadCapacity", "a pool cannot have so few or so many members", CALLER),
	("NoGuests", "only a compute pool takes central capacity", "allow no guests"),
	("BadNotice", "the notice is too short or too long", CALLER),
	("ConditionTwice", "two conditions are of one kind", "keep one of them"),
	("BadCondition", "nobody could fail this condition, or nobody could meet it", CALLER),
	("NotEmpty", "the pool still has members or unfinished business", "wait until all have left"),
	("WrongClass", "the device is of another class than the pool's", "join a pool of its class"),
	(
		"NoPanel",
		"central capacity joins compute pools only, by the hour",
		"use pools.joinByHour",
	),
	("HasPanel", "a device with a panel does not join by the hour", "use pools.join"),
	(
		"Offline",
		"the device is not online",
		"`pogcs-device status` says why, and what lets it go on",
	),
	("AlreadyMember", "the device is a member of a pool", "exit there first (pools.exit)"),
	("NotMember", "the device is no member of this pool", "join it first"),
	("Full", "the pool is full", "join another one, or wait"),
	(
		"TooMuchCarbonPerKwh",
		"the device's class emits more per kWh than the pool allows",
		"join another pool",
	),
	(
		"TooMuchCarbonPerGpuHour",
		"the device's class emits more for an hour of computing than the pool allows",
		"join another pool",
	),
	(
		"BenchmarkTooOld",
		"the pool wants a timed challenge that was passed more recently",
		"join another pool: only a new key or the committee makes a device take the challenge again",
	),
	(
		"NoCredential",
		"the owner lacks a credential that the pool asks for",
		"get it from the issuer that the pool names, and accept it (credentials.accept)",
	),
	("WrongRegion", "the device stands outside of the pool's region", "join another pool"),
	("NotDrawn", "this pool draws lots for its places", "apply first (pools.apply)"),
	("NoLottery", "this pool draws no lots", "join it (pools.join)"),
	("AlreadyApplied", "the device has applied already", "wait for the draw"),
	("NotApplied", "the device has not applied", "apply first (pools.apply)"),
	("RoundClosed", "applications of this round are closed", "wait for the next round"),
	("RoundOver", "the last round is over and not cleared", "call pools.endRound, then apply"),
	("NoRound", "no round is running", "wait until one is opened"),
	("RoundRunning", "a round is running", "wait until it is over"),
	("ConditionsChanging", "new conditions are agreed upon", "wait until they hold"),
	("TooEarly", "the interval that draws this round is not over", WAIT),
	("TooLate", "nobody drew this round in time", "call pools.endRound; apply in the next one"),
	("AlreadyDrawn", "the round is drawn already", "nothing"),
	("AlreadyClaimed", "this ticket was looked at already", "nothing"),
	("NotWinner", "the ticket did not win, or it is too late to join with it", "apply again"),
	("StillClaiming", "tickets are still being listed", "wait until claims are over"),
	("Past", "the interval is past or runs already", "promise and take back ahead"),
	("TooFar", "the interval is too far ahead", "promise nearer ones"),
	("BadRange", "the range of intervals is empty or too long", "give several shorter ones"),
	("OutsideHours", "the interval is outside of the hours that were agreed", "promise within them"),
	("Dust", "this is too little to be promised", "promise more, or nothing"),
	(
		"BeyondCapability",
		"a device of this class cannot deliver so much in an interval",
		"promise less",
	),
	("NotOnline", "the member is leaving or suspended in its pool", "it can promise again when it \
	 is back"),
	(
		"Idle",
		"the member delivered nothing for two periods in which others did",
		"exit, and join again when it can deliver",
	),
	(
		"InMaintenance",
		"the device has declared maintenance for this interval",
		"promise others, or cancel it (devices.cancelMaintenance)",
	),
	(
		"TooManyPromises",
		"too many promises are not settled",
		"settle those whose intervals are final (pools.settle)",
	),
	(
		"OtherDepositor",
		"another account has money on hold for this promise",
		"let that account change it, or settle it first",
	),
	("NotPromised", "there is no such promise", "nothing"),
	("Sold", "these hours are sold", "nothing; they have to be delivered"),
	("ClaimsClosed", "the interval has begun, so its claims are closed", "promise later ones"),
	(
		"ClaimsRefused",
		"the ledger of claims takes no such amount, or nothing so far ahead",
		"promise another amount, or a nearer interval",
	),
	("NotFinal", "work may still be verified for this interval", "wait until it is final"),
	("NothingPromised", "nothing was promised for this interval, or it is settled", "nothing"),
	("BookClosed", "this interval's book is closed", "nothing; it was settled"),
	("Unsettled", "promises of this interval are not settled", "settle them (pools.settle)"),
	("Empty", "nothing is no amount", CALLER),
	("AlreadyLeaving", "the member is leaving already", "wait until its notice is over"),
	(
		"NoticeNotOver",
		"the member's notice or stay in the pool is not over",
		"say first that it leaves (pools.leave), and wait",
	),
	("PromisesOpen", "the member's promises are not settled", "settle them (pools.settle)"),
	("NotSuspended", "the member is not suspended in its pool", "nothing"),
	("StillSuspended", "the member's suspension in its pool is not over", "wait until it is"),
	("NoWeight", "the member delivered too little lately to have a vote on this", "nothing"),
	("AlreadyVoted", "the member has voted on this", "nothing"),
	("TooManyProposals", "too many proposals are open", "wait until some are closed"),
	("UnknownProposal", "there is no such proposal", CALLER),
	("VoteOver", "the vote is over", "nothing"),
	("VoteOpen", "the vote is not over", "wait until it is"),
	("ChangePending", "a change is agreed upon and not in force", "put it into force first"),
	("NothingPending", "nothing is agreed upon", "nothing"),
	("NotYet", "the change does not hold yet", "wait until it does"),
	("TooSmall", "the class is none of regional nodes", "only regional nodes stand for the lead"),
	("AlreadyStands", "the device stands for the lead already", "nothing"),
	("NotCandidate", "the device does not stand for the lead", "let it stand first"),
	("NotLeader", "the device does not lead this pool in this interval", "nothing; another one does"),
	(
		"BeyondPromise",
		"the member promised less for this interval than it is given",
		"the leader has to give the work to another member",
	),
	("UnknownChunk", "there is no such task or chunk, or it is over", "nothing"),
	("ChunkTaken", "another device has this chunk", "nothing"),
	(
		"DeviceUnable",
		"the task does not take this device, or it takes no more",
		"nothing; the leader has to give the work to another member",
	),
	(
		"BadReservePrice",
		"the least price that the pool asks for its hours is higher than pools may ask",
		"ask for less",
	),
];

#[cfg(test)]
mod tests {
	use super::*;

	/// The names of a pallet's errors, in their order.
	fn declared(source: &str) -> Vec<&str> {
		let (_, after) = source.split_once("#[pallet::error]").expect("errors");
		let (_, body) = after.split_once('{').expect("a body");
		let (body, _) = body.split_once("\n\t}").expect("an end");
		body.lines()
			.map(str::trim)
			.filter(|line| !line.is_empty() && !line.starts_with("//"))
			.map(|line| line.strip_suffix(',').expect("a plain variant"))
			.collect()
	}

	#[test]
	fn table_should_have_every_error_of_the_pallets_in_their_order() {
		let sources = [
			include_str!("../../../pallets/devices/src/lib.rs"),
			include_str!("../../../pallets/energy/src/lib.rs"),
			include_str!("../../../pallets/tasks/src/lib.rs"),
			include_str!("../../../pallets/pools/src/lib.rs"),
		];
		for ((_, pallet, rows), source) in PALLETS.into_iter().zip(sources) {
			let known: Vec<_> = rows.iter().map(|(name, ..)| *name).collect();
			let declared = declared(source);
			assert!(declared.len() > 30, "{pallet}: the source is not read well");
			assert_eq!(known, declared, "{pallet}");
		}
	}

	#[test]
	fn table_should_have_the_pallets_where_the_runtime_has_them() {
		let runtime = include_str!("../../../runtime/src/lib.rs");
		for (index, name, _) in PALLETS {
			let mut lines = runtime.lines().map(str::trim);
			lines.find(|line| *line == format!("#[runtime::pallet_index({index})]")).unwrap();
			let line = lines.next().unwrap();
			assert!(line.ends_with(&format!("= pallet_{name};")), "{line}");
		}
	}

	#[test]
	fn words_should_be_plain_and_say_what_to_do_when_any_is_shown() {
		for (index, pallet, rows) in PALLETS {
			for (error, (name, words, advice)) in (0u8..).zip(rows) {
				assert!(words.len() > 10 && !words.ends_with('.'), "{pallet}.{name}");
				assert!(!advice.is_empty() && !advice.ends_with('.'), "{pallet}.{name}");
				assert!(!words.contains(name) || name.len() < 8, "{pallet}.{name}");
				assert!(!words.contains("  ") && !advice.contains("  "), "{pallet}.{name}");
				let refusal = find(index, error).unwrap();
				assert_eq!((refusal.pallet, refusal.name), (pallet, *name));
			}
			assert_eq!(find(index, u8::try_from(rows.len()).unwrap()), None);
		}
		assert_eq!(find(2, 0), None);
		let shown = find(33, 17).unwrap().to_string();
		assert_eq!(
			shown,
			"another device was faster (error tasks.Taken). What to do: nothing; there will be others"
		);
	}
}
