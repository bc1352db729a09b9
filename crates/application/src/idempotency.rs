//! Requests that are carried out once, however often they are sent: a caller names a request by a key
//! of its own.
//!
//! The key is used up in the transaction of the change itself, so that there is either both or
//! neither. The answer is kept after it; where it is missing, a repeated request is told what the
//! first one changed.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use domain::{
    Error, Result,
    access::Actor,
    idempotency::{DoneRequest, IdempotencyKey, KeptAnswer, KeyedRequest},
    jobs::{NewJob, PruneIdempotencyKeys},
    time::Timestamp,
};
use futures::future::BoxFuture;
use persistence::{KeyClaim, WriteTx};

use crate::{
    ActorContext, Tx,
    worker::{Due, Inside},
};

/// How long a key stands for its request.
pub const LIFETIME: Duration = Duration::from_hours(24);

/// What a key stands for.
#[derive(Debug)]
pub enum Claimed {
    /// Nothing yet: the request is to be carried out, by the context of the claim.
    New(Claim),
    /// It was carried out before, with this answer.
    Done(KeptAnswer),
}

/// What became of a request with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It changed nothing: it can be sent again.
    Nothing,
    /// It was carried out.
    Done,
    /// It changed nothing, because another process had carried it out.
    DoneElsewhere,
    /// It changed nothing, because another process is at it.
    BusyElsewhere,
}

/// The requests with keys this process is at.
pub(crate) type Running = Mutex<HashSet<(String, IdempotencyKey)>>;

/// A request with a key, and what becomes of it.
#[derive(Debug)]
pub(crate) struct Ticket {
    request: KeyedRequest,
    fate: AtomicU8,
}

const NOTHING: u8 = 0;
const DONE: u8 = 1;
const DONE_ELSEWHERE: u8 = 2;
const BUSY_ELSEWHERE: u8 = 3;

/// The right of one request to be carried out under its key. Dropped, it leaves the key to the next.
pub struct Claim {
    cx: ActorContext,
    ticket: Arc<Ticket>,
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("fate", &self.fate())
            .finish_non_exhaustive()
    }
}

/// Claims a key for a request. `fingerprint` tells it from others.
pub async fn claim(cx: &ActorContext, key: IdempotencyKey, fingerprint: String) -> Result<Claimed> {
    // What is answered holds the token, and is kept.
    if cx.preview().is_some() {
        return Err(Error::invalid(
            "Idempotency-Key",
            "cannot be sent along with a preview token",
        ));
    }
    let request = KeyedRequest {
        owner: owner(cx)?,
        key,
        fingerprint,
    };
    let running = (request.owner.clone(), request.key.clone());
    let is_first = lock(cx.app().running_requests()).insert(running);
    if !is_first {
        return Err(busy());
    }
    let ticket = Arc::new(Ticket {
        request,
        fate: AtomicU8::new(NOTHING),
    });
    // From here on, whatever happens, the place among those that run is left again.
    let claim = Claim {
        cx: cx.keyed(Arc::clone(&ticket)),
        ticket,
    };
    Ok(match claim.done().await? {
        Some(answer) => Claimed::Done(answer),
        None => Claimed::New(claim),
    })
}

impl Claim {
    /// Who carries the request out.
    pub fn cx(&self) -> &ActorContext {
        &self.cx
    }

    /// What became of it so far.
    pub fn fate(&self) -> Fate {
        match self.ticket.fate.load(Ordering::Acquire) {
            DONE => Fate::Done,
            DONE_ELSEWHERE => Fate::DoneElsewhere,
            BUSY_ELSEWHERE => Fate::BusyElsewhere,
            _ => Fate::Nothing,
        }
    }

    /// Keeps what was answered to the request.
    pub async fn keep(&self, answer: &KeptAnswer) -> Result<()> {
        let tx = self
            .cx
            .app()
            .store()
            .begin(self.cx.origin().clone())
            .await?;
        match tx.keep_answer(&self.ticket.request, answer).await {
            Ok(()) => tx.seal().await?.commit().await,
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// The answer to the same request, if it was carried out before.
    pub async fn done(&self) -> Result<Option<KeptAnswer>> {
        let request = &self.ticket.request;
        let since = since(self.cx.now());
        let reader = self.cx.reader();
        let done = reader.done_request(&request.owner, &request.key, since);
        match done.await? {
            None => Ok(None),
            Some(done) if done.fingerprint != request.fingerprint => Err(Error::invalid(
                "Idempotency-Key",
                "was used for another request: every request needs a key of its own",
            )),
            Some(DoneRequest {
                answer: Some(answer),
                ..
            }) => Ok(Some(answer)),
            Some(DoneRequest { target, .. }) => Err(lost(target.as_deref())),
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let KeyedRequest { owner, key, .. } = &self.ticket.request;
        lock(self.cx.app().running_requests()).remove(&(owner.clone(), key.clone()));
    }
}

impl Ticket {
    /// Uses the key up in a transaction, unless another transaction of the request has done so.
    pub(crate) async fn claim_in(&self, tx: &mut WriteTx, now: Timestamp) -> Result<()> {
        if self.fate.load(Ordering::Acquire) == DONE {
            return Ok(());
        }
        let (fate, error) = match tx.claim_key(&self.request, since(now), now).await? {
            KeyClaim::First => return Ok(()),
            KeyClaim::Used => (DONE_ELSEWHERE, lost(None)),
            KeyClaim::Busy => (BUSY_ELSEWHERE, busy()),
        };
        self.fate.store(fate, Ordering::Release);
        Err(error)
    }

    /// The transaction that used the key up was committed.
    pub(crate) fn committed(&self) {
        self.fate.store(DONE, Ordering::Release);
    }
}

/// Whose key it is. Addresses are not kept as they are.
fn owner(cx: &ActorContext) -> Result<String> {
    let address = match (cx.actor(), cx.origin().address) {
        (Actor::Anonymous, Some(address)) => address.to_string(),
        (actor, _) => return Ok(actor.to_string()),
    };
    let keys = cx.app().keys();
    let name = keys.pseudonym("idempotency address", &address, cx.now())?;
    Ok(format!("{}:{name}", cx.actor()))
}

/// What those are told who come while another request with their key is carried out.
pub fn busy() -> Error {
    Error::conflict(
        "a request with this `Idempotency-Key` is being carried out: try again in a moment",
    )
}

fn lost(target: Option<&str>) -> Error {
    let of = target.map_or_else(String::new, |target| format!(" It changed {target}."));
    Error::conflict(format!(
        "the request with this `Idempotency-Key` was carried out, but its answer is not kept.{of}"
    ))
}

fn since(now: Timestamp) -> Timestamp {
    now - LIFETIME
}

fn lock(running: &Running) -> std::sync::MutexGuard<'_, HashSet<(String, IdempotencyKey)>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Does [`PruneIdempotencyKeys`].
#[derive(Debug)]
pub(crate) struct KeyPruner;

impl Inside for KeyPruner {
    type Job = PruneIdempotencyKeys;

    fn run<'a>(
        &'a self,
        tx: &'a mut Tx,
        due: Due<PruneIdempotencyKeys>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let now = tx.cx().now();
            if tx.store_tx().prune_keys(since(now)).await? {
                tx.enqueue(NewJob::at(now, &due.job)?);
            }
            Ok(())
        })
    }
}
