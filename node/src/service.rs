//! Puts the node together: database, pool, import queue, network, authoring, finality.

use std::{sync::Arc, time::Duration};

use pogcs_runtime::{opaque::Block, AccountId, RuntimeApi};
use sc_client_api::BlockBackend;
use sc_consensus_grandpa::SharedVoterState;
use sc_consensus_pogcs::{
	inherents::SlotProvider, select::SelectUntainted, PogcsBlockImport, PogcsLink, SlotDuration,
	WorkerParams,
};
use sc_consensus_slots::{BackoffAuthoringOnFinalizedHeadLagging, SlotProportion};
use sc_service::{error::Error as ServiceError, Configuration, TaskManager, WarpSyncConfig};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;

use crate::{
	overlay::{Overlay, Parts},
	process, rpc,
	warp::SeparateTarget,
};

/// Blocks between justifications that are kept. A device then always finds a recent one.
const JUSTIFICATION_PERIOD: u32 = 8;

/// The share of a slot for proposing; the rest is for spreading and importing the block.
const PROPOSAL_PORTION: f32 = 2.0 / 3.0;

/// What a runtime may call of its node: Substrate's functions and the proof verifier.
pub type HostFunctions = (sp_io::SubstrateHostFunctions, pogcs_proof::HostFunctions);
type Executor = sc_executor::WasmExecutor<HostFunctions>;

/// The node's client.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
type FullBackend = sc_service::TFullBackend<Block>;
type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
type GrandpaBlockImport =
	sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, FullSelectChain>;

/// Makes the inherents: time, and the slot that it lies in.
#[derive(Clone, Copy)]
pub struct Inherents(SlotDuration);

#[async_trait::async_trait]
impl sp_inherents::CreateInherentDataProviders<Block, ()> for Inherents {
	type InherentDataProviders = (SlotProvider, sp_timestamp::InherentDataProvider);

	async fn create_inherent_data_providers(
		&self,
		_: <Block as sp_runtime::traits::Block>::Hash,
		(): (),
	) -> Result<Self::InherentDataProviders, Box<dyn std::error::Error + Send + Sync>> {
		let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
		Ok((SlotProvider::at(*timestamp, self.0), timestamp))
	}
}

/// The engine's block import, over finality's.
pub type EngineBlockImport = PogcsBlockImport<Block, FullClient, GrandpaBlockImport, Inherents>;

/// What every command that touches the chain needs.
pub type Service = sc_service::PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	sc_transaction_pool::TransactionPoolHandle<Block, FullClient>,
	(EngineBlockImport, PogcsLink<Block>, GrandpaLink, Inherents, Option<Telemetry>),
>;

/// Opens database and pool and builds the import queue.
pub fn new_partial(config: &Configuration) -> Result<Service, ServiceError> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;

	let executor = sc_service::new_wasm_executor::<HostFunctions>(&config.executor);
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			executor,
			vec![Arc::new(sc_consensus_grandpa::GrandpaPruningFilter)],
		)?;
	let client = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (grandpa_block_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	)?;

	let engine = sc_consensus_pogcs::configuration::<Block, _, AccountId>(&*client)?;
	let inherents = Inherents(SlotDuration::from_millis(engine.slot_duration));
	let (block_import, link) = sc_consensus_pogcs::block_import(
		engine,
		grandpa_block_import.clone(),
		client.clone(),
		inherents,
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
		config.prometheus_registry(),
	)?;
	let import_queue = sc_consensus_pogcs::import_queue(
		block_import.clone(),
		Some(Box::new(grandpa_block_import)),
		client.clone(),
		link.clone(),
		&task_manager.spawn_essential_handle(),
		config.prometheus_registry(),
	);

	Ok(sc_service::PartialComponents {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (block_import, link, grandpa_link, inherents, telemetry),
	})
}

/// Starts a node, with `overlay` over its parts.
pub fn new_full<N>(
	config: Configuration,
	overlay: Box<dyn Overlay>,
) -> Result<TaskManager, ServiceError>
where
	N: sc_network::NetworkBackend<Block, <Block as sp_runtime::traits::Block>::Hash>,
{
	let sc_service::PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: (block_import, link, grandpa_link, inherents, mut telemetry),
	} = new_partial(&config)?;

	let mut net_config = sc_network::config::FullNetworkConfiguration::<_, _, N>::new(
		&config.network,
		config.prometheus_registry().cloned(),
	);
	let metrics = N::register_notification_metrics(config.prometheus_registry());
	if let Some(registry) = config.prometheus_registry() {
		process::register_metrics(registry)?;
	}
	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| ServiceError::Other("the database has no genesis block".into()))?;
	let grandpa_protocol_name =
		sc_consensus_grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_protocol, grandpa_notifications) =
		sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
			grandpa_protocol_name.clone(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
	net_config.add_notification_protocol(grandpa_protocol);

	let warp_proofs = sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::default(),
	);
	let warp_sync = Arc::new(SeparateTarget::new(Arc::new(warp_proofs)));
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let parts = Parts {
		client: client.clone(),
		keystore: keystore_container.keystore(),
		link: link.clone(),
		sync: sync_service.clone(),
	};
	let block_import = overlay.own_blocks(block_import, &parts);
	let grandpa_notifications = overlay.votes(grandpa_notifications, &parts);

	let role = config.role;
	let name = config.network.node_name.clone();
	let force_authoring = config.force_authoring;
	let enable_grandpa = !config.disable_grandpa;
	let prometheus_registry = config.prometheus_registry().cloned();
	let shared_voter_state = SharedVoterState::empty();

	let rpc_builder = {
		let client = client.clone();
		let pool = transaction_pool.clone();
		let shared_voter_state = shared_voter_state.clone();
		let shared_authority_set = grandpa_link.shared_authority_set().clone();
		let justification_stream = grandpa_link.justification_stream();
		let finality_provider = sc_consensus_grandpa::FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(shared_authority_set.clone()),
		);
		Box::new(move |subscription_executor| {
			rpc::create_full(rpc::FullDeps {
				client: client.clone(),
				pool: pool.clone(),
				grandpa: rpc::GrandpaDeps {
					shared_voter_state: shared_voter_state.clone(),
					shared_authority_set: shared_authority_set.clone(),
					justification_stream: justification_stream.clone(),
					subscription_executor,
					finality_provider: finality_provider.clone(),
				},
			})
			.map_err(Into::into)
		})
	};

	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		network: Arc::new(network.clone()),
		client: client.clone(),
		keystore: keystore_container.keystore(),
		task_manager: &mut task_manager,
		transaction_pool: transaction_pool.clone(),
		rpc_builder,
		backend: backend.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		config,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if role.is_authority() {
		let env = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			prometheus_registry.as_ref(),
			telemetry.as_ref().map(|telemetry| telemetry.handle()),
		);
		let worker = sc_consensus_pogcs::start(WorkerParams {
			keystore: keystore_container.keystore(),
			client: client.clone(),
			select_chain: SelectUntainted::new(client.clone(), select_chain),
			env,
			block_import,
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			create_inherent_data_providers: inherents,
			force_authoring,
			backoff: Some(BackoffAuthoringOnFinalizedHeadLagging::default()),
			link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_PORTION),
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		});
		task_manager.spawn_essential_handle().spawn_blocking(
			"pogcs-worker",
			Some("block-authoring"),
			worker,
		);
	}

	if enable_grandpa {
		let keystore = role.is_authority().then(|| keystore_container.keystore());
		let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: Duration::from_millis(333),
				justification_generation_period: JUSTIFICATION_PERIOD,
				name: Some(name),
				observer_enabled: false,
				keystore,
				local_role: role,
				telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
				protocol_name: grandpa_protocol_name,
			},
			link: grandpa_link,
			network,
			sync: Arc::new(sync_service),
			notification_service: grandpa_notifications,
			voting_rule: sc_consensus_grandpa::VotingRulesBuilder::default().build(),
			prometheus_registry,
			shared_voter_state,
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
	}
	Ok(task_manager)
}
