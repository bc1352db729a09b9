//! The operations on entries that a batch may hold.

use application::{batch::Command, custom_fields::faults_of, lifecycle::Step};
use domain::{
    id::{EntryId, Id, kinds},
    lifecycle::Verb,
};

use super::{
    steps::{Note, PLAIN, Times},
    write::{New, Own, Patch, TrashEntry, WORDS, Writable},
};
use crate::{
    error::Problem,
    rest::{
        batch::{Operation, Sent},
        parameters::Nothing,
        write::{DeleteById, on_use},
    },
};

/// The operations on entries of one kind.
pub(in crate::rest) fn operations<E: Writable + 'static, T: Own + 'static>() -> Vec<Operation> {
    let mut all = vec![
        Operation::create(E::LIST, WORDS, create::<T>),
        Operation::update(E::LIST, WORDS, update::<E, T>),
        Operation::delete(E::LIST, |sent| {
            sent.query::<TrashEntry<E>>()?;
            let step = Step {
                expected: sent.version()?,
                note: None,
            };
            let (id, verb) = (entry::<E>(sent)?, Verb::Trash);
            Ok(Command::Step { id, verb, step })
        }),
        Operation::at("POST", &[E::LIST, "{}", "purge"], None, |sent| {
            let query = sent.query::<DeleteById<E>>()?;
            let (id, step) = noted::<E>(sent)?;
            let on_use = on_use::<E::Kind>(&query)?;
            Ok(Command::Purge { id, step, on_use })
        }),
        step::<E>("schedule", |sent, id| {
            let expected = sent.version()?;
            let (schedule, note) = sent.body::<Times>(&[], |_times| Vec::new())?;
            let step = Step { expected, note };
            Ok(Command::Schedule { id, step, schedule })
        }),
        Operation::at(
            "POST",
            &[E::LIST, "{}", "revisions", "{}", "restore"],
            Some(&[]),
            |sent| {
                sent.query::<Nothing>()?;
                let (id, step) = noted::<E>(sent)?;
                let revision = sent.id_at::<kinds::Revision>(1)?;
                Ok(Command::RestoreRevision { id, revision, step })
            },
        ),
    ];
    for doing in PLAIN {
        let verb = doing.verb;
        all.push(step::<E>(doing.word, move |sent, id| {
            let (_, step) = noted::<E>(sent)?;
            Ok(match verb {
                Some(verb) => Command::Step { id, verb, step },
                None => Command::DiscardPending { id, step },
            })
        }));
    }
    all
}

fn create<T: Own>(sent: &Sent<'_>) -> Result<Command, Problem> {
    sent.query::<Nothing>()?;
    let made = sent.body::<New<T>>(WORDS, |made| {
        let editions = sent.editions();
        let edition = made.edition.and_then(|id| editions.get(id).ok());
        let code = edition.map(|edition| edition.code.as_str());
        faults_of(sent.cx(), code, &made.change, true)
    })?;
    let edition = made
        .edition
        .ok_or_else(|| Problem::not_found("the edition"))?;
    Ok(Command::CreateEntry {
        edition,
        change: Box::new(made.change),
    })
}

fn update<E: Writable, T: Own>(sent: &Sent<'_>) -> Result<Command, Problem> {
    sent.query::<Nothing>()?;
    let (id, expected) = (entry::<E>(sent)?, sent.version()?);
    let change =
        sent.body::<Patch<T>>(WORDS, |change| faults_of(sent.cx(), None, change, false))?;
    Ok(Command::ChangeEntry {
        id,
        expected,
        change: Box::new(change),
    })
}

/// A step below an entry.
fn step<E: Writable>(
    word: &'static str,
    read: impl Fn(&Sent<'_>, EntryId) -> Result<Command, Problem> + Send + Sync + 'static,
) -> Operation {
    let path = [E::LIST, "{}", word];
    Operation::at("POST", &path, Some(&[]), move |sent| {
        sent.query::<Nothing>()?;
        read(sent, entry::<E>(sent)?)
    })
}

fn entry<E: Writable>(sent: &Sent<'_>) -> Result<EntryId, Problem> {
    let id: Id<E::Kind> = sent.id()?;
    Ok(EntryId::new(E::PREFIX.parse()?, id.uuid()))
}

/// The entry of a step, the version it was decided on and what is said about it.
fn noted<E: Writable>(sent: &Sent<'_>) -> Result<(EntryId, Step), Problem> {
    let (id, expected) = (entry::<E>(sent)?, sent.version()?);
    let note = sent.optional_body::<Note>()?;
    Ok((id, Step { expected, note }))
}
