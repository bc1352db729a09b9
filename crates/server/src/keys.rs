//! Where the keys of the site are kept: a file only its owner may read, or a setting.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use application::{
    App,
    keys::{self, KeySet},
};
use domain::{Error, Result, time::Timestamp, users::Secret};

use tracing::{debug, warn};

use crate::config::Config;

/// The keys a server signs with; made at its first start where the database is a file of its own.
pub(crate) fn load(config: &Config, now: Timestamp) -> Result<KeySet> {
    KeySet::parse(read_or_make(config, now)?.reveal()).map_err(|error| named(&error, config))
}

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Takes over what a command writes into the file, for as long as the server runs.
pub(crate) async fn follow(config: Config, app: Arc<App>) {
    let path = config.keys_file();
    let seen = || fs::metadata(&path).and_then(|file| file.modified()).ok();
    // What was written between the first reading and this is taken over at the first look.
    let mut known = None;
    while config.keys.value.is_empty() {
        tokio::time::sleep(LOOK).await;
        let now = seen();
        if now.is_none() || now == known {
            continue;
        }
        match load(&config, app.now()) {
            Ok(keys) => {
                app.set_keys(keys);
                debug!("the keys are those of the file");
            }
            Err(error) => warn!(%error, "the keys stay as they were"),
        }
        known = now;
    }
}

/// The text of the keys, as they are kept.
pub(crate) fn read(config: &Config) -> Result<Option<Secret>> {
    if !config.keys.value.is_empty() {
        return Ok(Some(Secret::new(config.keys.value.clone())));
    }
    read_file(&config.keys_file())
}

fn read_or_make(config: &Config, now: Timestamp) -> Result<Secret> {
    if let Some(text) = read(config)? {
        return Ok(text);
    }
    if !config.database_url().starts_with("sqlite:") {
        return Err(Error::invalid(
            "keys.file",
            "a server on PostgreSQL has to be given its keys, since all servers of one database share them: write what `colophon keys generate` prints into a file that only its owner can read and name it here, or set COLOPHON_KEYS__VALUE",
        ));
    }
    let path = config.keys_file();
    write_new(&path, &keys::generate(now)?)?;
    read_file(&path)?.ok_or_else(|| wrong(&path, "was made and is not there"))
}

/// Puts keys in the place of those in the file.
pub(crate) fn replace(config: &Config, text: &Secret) -> Result<PathBuf> {
    if !config.keys.value.is_empty() {
        return Err(Error::invalid(
            "keys.value",
            "is a setting, which this command cannot change; keep the keys in a file",
        ));
    }
    let path = config.keys_file();
    let beside = write_beside(&path, text)?;
    keep_owner(&path, &beside)
        .and_then(|()| fs::rename(&beside, &path))
        .map_err(|error| {
            drop(fs::remove_file(&beside));
            wrong(&path, error)
        })?;
    sync_folder(&path)?;
    Ok(path)
}

fn read_file(path: &Path) -> Result<Option<Secret>> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(path, error)),
    };
    if metadata.mode() & 0o077 != 0 {
        return Err(wrong(
            path,
            format!("others may read it: run chmod 600 {}", path.display()),
        ));
    }
    let text = fs::read_to_string(path).map_err(|error| wrong(path, error))?;
    Ok(Some(Secret::new(text)))
}

/// Makes the file unless another process did so first; whole or not at all.
fn write_new(path: &Path, text: &Secret) -> Result<()> {
    let beside = write_beside(path, text)?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside).map_err(|error| wrong(&beside, error))?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(wrong(path, error)),
        Ok(()) | Err(_) => sync_folder(path),
    }
}

/// A server that could read the file before can read it after.
fn keep_owner(old: &Path, new: &Path) -> io::Result<()> {
    let (was, is) = (fs::metadata(old)?, fs::metadata(new)?);
    if (was.uid(), was.gid()) == (is.uid(), is.gid()) {
        return Ok(());
    }
    std::os::unix::fs::chown(new, Some(was.uid()), Some(was.gid()))
}

fn write_beside(path: &Path, text: &Secret) -> Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| wrong(path, error))?;
    }
    // A name nobody can foresee, and a file nobody has made before.
    let beside = path.with_extension(keys::passphrase()?);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)
        .map_err(|error| wrong(&beside, error))?;
    file.write_all(text.reveal().as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| wrong(&beside, error))?;
    Ok(beside)
}

/// A name that is not on the disk is lost with the power.
fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| wrong(folder, error))
}

fn wrong(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::invalid("keys.file", format!("{}: {why}", path.display()))
}

fn named(error: &Error, config: &Config) -> Error {
    if config.keys.value.is_empty() {
        wrong(&config.keys_file(), error)
    } else {
        Error::invalid("keys.value", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn config(folder: &Path) -> Config {
        let mut config = Config::defaults().unwrap();
        config.data.directory = folder.to_owned();
        config
    }

    fn now() -> Timestamp {
        "2026-03-01T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn keys_are_made_once_and_nobody_else_may_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        load(&config, now()).unwrap();
        let first = read(&config).unwrap().unwrap();
        load(&config, now()).unwrap();
        assert_eq!(read(&config).unwrap().unwrap(), first);
        assert_eq!(
            fs::metadata(config.keys_file()).unwrap().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

        fs::set_permissions(config.keys_file(), fs::Permissions::from_mode(0o640)).unwrap();
        let error = load(&config, now()).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_server_on_postgresql_must_be_given_its_keys() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.database.url = "postgres://localhost/colophon".to_owned();
        let error = load(&config, now()).unwrap_err().to_string();
        assert!(error.contains("colophon keys generate"), "{error}");
        config.keys.value = keys::generate(now()).unwrap().reveal().to_owned();
        load(&config, now()).unwrap();
    }

    #[test]
    fn what_is_wrong_with_keys_does_not_repeat_them() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.keys.value =
            "{\"version\":1,\"keys\":[{\"kid\":\"a\",\"ed25519\":\"hush\"}]}".to_owned();
        let error = load(&config, now()).unwrap_err().to_string();
        assert!(
            error.contains("keys.value") && !error.contains("hush"),
            "{error}"
        );
    }

    #[test]
    fn a_rotation_keeps_what_was_signed_before_valid_for_a_month() {
        let first = keys::generate(now()).unwrap();
        let second = keys::rotate(first.reveal(), now()).unwrap();
        let listed = keys::list(second.reveal()).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[1].retired_at, Some(now()));
        let later = now() + chrono::TimeDelta::days(32);
        assert_eq!(
            keys::list(keys::rotate(second.reveal(), later).unwrap().reveal())
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn keys_are_rotated_as_often_as_one_likes() {
        let mut text = keys::generate(now()).unwrap();
        for _ in 0..30 {
            text = keys::rotate(text.reveal(), now()).unwrap();
        }
        KeySet::parse(text.reveal()).unwrap();
    }
}
