//! A private PostgreSQL on loopback, for throw-away data.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::process::Mark;
use super::programs::Programs;
use super::work::{Secrets, Work, free_port, ignore_missing, tail};
use crate::Lacking;

const SUPERUSER: &str = "unleash";

/// A PostgreSQL cluster of ours.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Cluster {
    /// Where it listens.
    pub(super) port: u16,
    /// The server process; `None` once it was stopped.
    pub(super) process: Option<Mark>,
    data: Folder,
    psql: PathBuf,
}

/// Where the data are.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Folder {
    path: PathBuf,
    /// Made for the data alone, outside of the work folder; goes with them.
    temporary: Option<PathBuf>,
}

/// One database of the cluster.
pub(super) struct Database {
    /// Its name.
    pub(super) name: String,
    port: u16,
    password: String,
    psql: PathBuf,
}

/// The account that PostgreSQL runs as, when it cannot be ours: it refuses to run as root.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

impl Cluster {
    /// Whether its process runs.
    pub(super) fn is_alive(&self) -> bool {
        self.process.as_ref().is_some_and(Mark::is_alive)
    }

    /// The database that a version of the server uses: migrations of one version do not suit another.
    pub(super) fn database(&self, version: &str, secrets: &Secrets) -> Database {
        let suffix: String = version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        Database {
            name: format!("unleash_{suffix}").to_lowercase(),
            port: self.port,
            password: secrets.database_password.clone(),
            psql: self.psql.clone(),
        }
    }

    /// Deletes the data. It must not run any more.
    pub(super) fn delete(&self) -> Result<()> {
        if self.is_alive() {
            bail!("PostgreSQL still runs");
        }
        ignore_missing(fs::remove_dir_all(&self.data.path))?;
        self.data.temporary.as_ref().map_or(Ok(()), |parent| ignore_missing(fs::remove_dir_all(parent)))
    }
}

impl Database {
    /// A URL with the password in it.
    pub(super) fn url(&self) -> String {
        format!("postgres://{SUPERUSER}:{}@127.0.0.1:{}/{}", self.password, self.port, self.name)
    }

    /// Makes the database, unless it is there.
    pub(super) fn create_if_missing(&self) -> Result<()> {
        let there = self.psql("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{}'", self.name))?;
        if there.is_empty() {
            self.psql("postgres", &format!("CREATE DATABASE {}", self.name))?;
        }
        Ok(())
    }

    /// Runs statements one after the other, stops at the first that fails; gives the rows, one a line.
    pub(super) fn run(&self, sql: &str) -> Result<String> {
        self.psql(&self.name, sql)
    }

    fn psql(&self, database: &str, sql: &str) -> Result<String> {
        let mut child = Command::new(&self.psql)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", SUPERUSER, "-f", "-"])
            .args(["-p", &self.port.to_string(), "-d", database])
            .env("PGPASSWORD", &self.password)
            .env_remove("PGOPTIONS")
            .env_remove("PGSERVICE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run psql")?;
        if let Some(mut stdin) = child.stdin.take() {
            let text = sql.to_owned();
            // On a thread of its own: psql answers while it reads, and neither pipe may fill up.
            std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        }
        let answer = child.wait_with_output()?;
        if !answer.status.success() {
            bail!("psql: {}", String::from_utf8_lossy(&answer.stderr).trim());
        }
        Ok(String::from_utf8(answer.stdout)?.trim_end().to_owned())
    }
}

/// Starts the cluster of the work folder, made before if need be.
pub(super) fn start(work: &Work, programs: &Programs, secrets: &Secrets) -> Result<Cluster> {
    let before = work.running()?.map(|running| running.cluster);
    if let Some(cluster) = before.as_ref().filter(|cluster| cluster.is_alive()) {
        return Ok(cluster.clone());
    }
    let account = account()?;
    let data = match &before {
        Some(cluster) if cluster.data.path.is_dir() => cluster.data.clone(),
        _ => data_folder(work, account)?,
    };
    if !data.path.join("PG_VERSION").is_file() {
        create(work, programs, &data.path, account, secrets)?;
    }
    let port = free_port(before.map(|cluster| cluster.port))?;
    crate::note(&format!("starting PostgreSQL on 127.0.0.1:{port}"));
    let log = work.log("postgres.log");
    run_to_log(&log, command(&programs.pg_ctl, account).arg("-D").arg(&data.path).args(start_options(port)))
        .context("PostgreSQL did not start")?;
    let pid = fs::read_to_string(data.path.join("postmaster.pid"))?;
    let process = pid.lines().next().and_then(|pid| pid.trim().parse().ok()).and_then(Mark::of);
    if process.is_none() {
        bail!("PostgreSQL ended right after its start:\n{}", tail(&log));
    }
    Ok(Cluster { port, process, data, psql: programs.psql.clone() })
}

fn start_options(port: u16) -> Vec<String> {
    // No Unix socket: its path can be longer than a socket's may be. No syncing: the data can be made anew.
    let settings = [
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        "unix_socket_directories=".to_owned(),
        "max_connections=50".to_owned(),
        "fsync=off".to_owned(),
        "synchronous_commit=off".to_owned(),
        "full_page_writes=off".to_owned(),
    ];
    let settings: Vec<String> = settings.iter().map(|setting| format!("-c {setting}")).collect();
    vec!["-w".into(), "-t".into(), "60".into(), "-o".into(), settings.join(" "), "start".into()]
}

fn create(work: &Work, programs: &Programs, data: &Path, account: Option<Account>, secrets: &Secrets) -> Result<()> {
    crate::note("creating the database cluster");
    let password = data.with_extension("password");
    ignore_missing(fs::remove_file(&password))?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&password)?;
    file.write_all(secrets.database_password.as_bytes())?;
    give(&password, account)?;
    let result = run_to_log(
        &work.log("initdb.log"),
        command(&programs.initdb, account)
            .arg("-D")
            .arg(data)
            .args(["-U", SUPERUSER, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"])
            .arg(format!("--pwfile={}", password.display())),
    );
    ignore_missing(fs::remove_file(&password))?;
    result.context("initdb failed")
}

/// In the work folder, or in the folder for temporary files where the account cannot enter the work folder
/// (below a home that is closed to others, say).
fn data_folder(work: &Work, account: Option<Account>) -> Result<Folder> {
    let mut temporary = None;
    if account.is_some() && !can_enter(work.dir(), account) {
        let parent = tempfile::Builder::new().prefix("unleash-").tempdir()?.keep();
        give(&parent, account)?;
        temporary = Some(parent);
    }
    let path = temporary.as_deref().unwrap_or(work.dir()).join("pgdata");
    ignore_missing(fs::remove_dir_all(&path))?;
    fs::DirBuilder::new().mode(0o700).create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    give(&path, account)?;
    Ok(Folder { path, temporary })
}

fn can_enter(dir: &Path, account: Option<Account>) -> bool {
    let status = command(Path::new("test"), account).arg("-x").arg(dir).status();
    status.is_ok_and(|status| status.success())
}

fn give(path: &Path, account: Option<Account>) -> Result<()> {
    match account {
        Some(Account { uid, gid }) => chown(path, Some(uid), Some(gid)).context("cannot hand a file to PostgreSQL"),
        None => Ok(()),
    }
}

fn account() -> Result<Option<Account>> {
    let ours = tempfile::tempfile().and_then(|file| file.metadata()).context("cannot tell which user this is")?.uid();
    if ours != 0 {
        return Ok(None);
    }
    let id = |option: &str| -> Option<u32> {
        let answer = Command::new("id").args([option, "postgres"]).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(answer.stdout).ok()?.trim().parse().ok()
    };
    match (id("-u"), id("-g")) {
        (Some(uid), Some(gid)) => Ok(Some(Account { uid, gid })),
        _ => Err(Lacking(
            "PostgreSQL refuses to run as root, and there is no user postgres: on Debian the package postgresql makes one"
                .to_owned(),
        )
        .into()),
    }
}

fn command(program: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null());
    if let Some(Account { uid, gid }) = account {
        command.uid(uid).gid(gid);
    }
    command
}

fn run_to_log(log: &Path, command: &mut Command) -> Result<()> {
    let out = File::create(log)?;
    let status = command.stdout(out.try_clone()?).stderr(out).process_group(0).status()?;
    match status.success() {
        true => Ok(()),
        false => bail!("{}", tail(log)),
    }
}
