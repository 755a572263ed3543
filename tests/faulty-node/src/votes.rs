//! Two votes in one round of finality.

use std::{fmt, sync::Arc};

use codec::{Decode, DecodeAll, Encode};
use finality_grandpa::{Message, Precommit, Prevote};
use pogcs_node::overlay::Parts;
use pogcs_runtime::{
	opaque::{Block, Header},
	BlockNumber, Hash,
};
use sc_consensus_pogcs::LOG_TARGET;
use sc_network::{
	error::Error as NetworkError, service::traits::NotificationEvent, MessageSink,
	NotificationService, PeerId, ProtocolName,
};
use sp_blockchain::HeaderBackend;
use sp_consensus_grandpa::{sign_message, RoundNumber, SetId, SignedMessage};
use sp_runtime::traits::Header as _;

/// First byte of a vote among GRANDPA's messages.
const VOTE: u8 = 0;

/// A vote as GRANDPA sends it. `sc-consensus-grandpa` keeps its type to itself.
#[derive(Encode, Decode)]
struct Vote {
	kind: u8,
	round: RoundNumber,
	set_id: SetId,
	message: SignedMessage<Header>,
}

/// Sends what finality sends, and with each vote of this node's a second one that contradicts it.
pub struct TwoVotes {
	inner: Box<dyn NotificationService>,
	parts: Arc<Parts>,
}

impl TwoVotes {
	/// Sends through `inner`.
	pub fn new(inner: Box<dyn NotificationService>, parts: Parts) -> Self {
		Self { inner, parts: Arc::new(parts) }
	}

	/// The encoded vote for the parent of what `notification` votes for; `None` if it is no vote of
	/// this node's.
	fn contradiction(&self, notification: &[u8]) -> Option<Vec<u8>> {
		if notification.first() != Some(&VOTE) {
			return None;
		}
		let Vote { kind, round, set_id, message } =
			Vote::decode_all(&mut &notification[..]).ok()?;
		let SignedMessage::<Header> { message, id, .. } = message;
		let other = match message {
			Message::Prevote(Prevote { target_hash, target_number }) => {
				let (target_hash, target_number) = self.parent(target_hash, target_number)?;
				Message::Prevote(Prevote { target_hash, target_number })
			}
			Message::Precommit(Precommit { target_hash, target_number }) => {
				let (target_hash, target_number) = self.parent(target_hash, target_number)?;
				Message::Precommit(Precommit { target_hash, target_number })
			}
			// Proposals bind nobody.
			Message::PrimaryPropose(_) => return None,
		};
		// There is no key to sign with if the vote is somebody else's and only passed on.
		let message = sign_message(self.parts.keystore.clone(), other, id, round, set_id)?;
		log::debug!(target: LOG_TARGET, "votes twice in round {round} of set {set_id}");
		Some(Vote { kind, round, set_id, message }.encode())
	}

	fn parent(&self, hash: Hash, number: BlockNumber) -> Option<(Hash, BlockNumber)> {
		let header: Header = HeaderBackend::<Block>::header(&*self.parts.client, hash).ok()??;
		Some((*header.parent_hash(), number.checked_sub(1)?))
	}
}

impl fmt::Debug for TwoVotes {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_tuple("TwoVotes").field(&self.inner).finish()
	}
}

#[async_trait::async_trait]
impl NotificationService for TwoVotes {
	async fn open_substream(&mut self, peer: PeerId) -> Result<(), ()> {
		self.inner.open_substream(peer).await
	}

	async fn close_substream(&mut self, peer: PeerId) -> Result<(), ()> {
		self.inner.close_substream(peer).await
	}

	fn send_sync_notification(&mut self, peer: &PeerId, notification: Vec<u8>) {
		let second = self.contradiction(&notification);
		self.inner.send_sync_notification(peer, notification);
		if let Some(second) = second {
			self.inner.send_sync_notification(peer, second);
		}
	}

	async fn send_async_notification(
		&mut self,
		peer: &PeerId,
		notification: Vec<u8>,
	) -> Result<(), NetworkError> {
		let second = self.contradiction(&notification);
		self.inner.send_async_notification(peer, notification).await?;
		match second {
			Some(second) => self.inner.send_async_notification(peer, second).await,
			None => Ok(()),
		}
	}

	async fn set_handshake(&mut self, handshake: Vec<u8>) -> Result<(), ()> {
		self.inner.set_handshake(handshake).await
	}

	fn try_set_handshake(&mut self, handshake: Vec<u8>) -> Result<(), ()> {
		self.inner.try_set_handshake(handshake)
	}

	async fn next_event(&mut self) -> Option<NotificationEvent> {
		self.inner.next_event().await
	}

	fn clone(&mut self) -> Result<Box<dyn NotificationService>, ()> {
		let inner = self.inner.clone()?;
		Ok(Box::new(Self { inner, parts: Arc::clone(&self.parts) }))
	}

	fn protocol(&self) -> &ProtocolName {
		self.inner.protocol()
	}

	fn message_sink(&self, peer: &PeerId) -> Option<Box<dyn MessageSink>> {
		self.inner.message_sink(peer)
	}
}
