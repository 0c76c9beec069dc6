//! Starting the Unleash server and waiting until it answers.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::api::{self, Api};
use super::install::Program;
use super::postgres::{Cluster, Database};
use super::process::{self, Mark, Signal};
use super::work::{Running, Secrets, Work, free_port, tail};

/// Loaded machines take minutes for the first migration.
const PATIENCE: Duration = Duration::from_secs(300);

/// What `up` was asked for.
pub(super) struct Wish {
    /// Version of the server.
    pub(super) version: String,
    /// Leave the limit on searches as it is.
    pub(super) default_limits: bool,
}

/// Starts the server on a database, ends another one of this folder first, and waits until it answers.
pub(super) fn start(
    work: &Work,
    program: &Program,
    wish: &Wish,
    cluster: &Cluster,
    secrets: &Secrets,
) -> Result<Running> {
    let before = work.running()?;
    if let Some(old) = before.as_ref().and_then(|running| running.server.as_ref()).filter(|mark| mark.is_alive()) {
        process::end(old, Signal::Term)?;
    }
    let mut running = Running {
        version: wish.version.clone(),
        default_limits: wish.default_limits,
        port: free_port(before.map(|running| running.port))?,
        server: None,
        cluster: cluster.clone(),
    };
    // Before anything can fail: `down` must know the PostgreSQL that runs already.
    work.save_running(&running)?;
    let database = cluster.database(&wish.version, secrets);
    database.create_if_missing()?;
    crate::note(&format!("starting unleash-server {} at {}", wish.version, running.url()));
    let log = work.log("server.log");
    let out = File::create(&log)?;
    let mut child = Command::new(&program.node)
        .arg(&program.script)
        .env_clear()
        .envs(environment(wish, &running.url(), running.port, &database, secrets))
        .current_dir(program.script.parent().unwrap_or(Path::new("/")))
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(out)
        .spawn()
        .context("cannot run Node")?;
    running.server = Mark::of(child.id());
    work.save_running(&running)?;
    wait_until_healthy(&mut child, &running.url(), &log)?;
    let admin = Api::new(&running.url())?;
    admin.get("/api/admin/projects", &secrets.admin_token).context("the server does not take the admin token")?;
    Ok(running)
}

fn wait_until_healthy(child: &mut Child, url: &str, log: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !api::is_healthy(url) {
        if let Some(status) = child.try_wait()? {
            bail!("the server ended while starting ({status}):\n{}", tail(log));
        }
        if Instant::now() > deadline {
            bail!("the server does not answer after {} s:\n{}", PATIENCE.as_secs(), tail(log));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

/// Everything the server is told. The caller's own variables are left out: an exported `DATABASE_URL` or
/// `UNLEASH_URL` would lead it elsewhere. Only what tunes the server on purpose is handed on.
fn environment(wish: &Wish, url: &str, port: u16, database: &Database, secrets: &Secrets) -> Vec<(String, String)> {
    let backend = format!("{},{}", secrets.production_token, secrets.development_token);
    let mut all: Vec<(String, String)> = std::env::vars().filter(|(key, _)| is_handed_on(key)).collect();
    if !wish.default_limits {
        all.push(("SEARCH_FEATURES_RATE_LIMIT_PER_MINUTE".to_owned(), "100000".to_owned()));
    }
    let ours = [
        ("NODE_ENV", "production"),
        ("TZ", "UTC"),
        ("CHECK_VERSION", "false"),
        ("SEND_TELEMETRY", "false"),
        ("DO_NOT_TRACK", "1"),
        ("DATABASE_URL", &database.url()),
        ("DATABASE_SSL", "false"),
        ("HTTP_HOST", "127.0.0.1"),
        ("HTTP_PORT", &port.to_string()),
        ("UNLEASH_URL", url),
        ("UNLEASH_DEFAULT_ADMIN_USERNAME", "admin"),
        ("UNLEASH_DEFAULT_ADMIN_PASSWORD", &secrets.admin_password),
        ("INIT_ADMIN_API_TOKENS", &secrets.admin_token),
        // Version 7 renamed client tokens to backend tokens.
        ("INIT_BACKEND_API_TOKENS", &backend),
        ("INIT_CLIENT_API_TOKENS", &backend),
        ("INIT_FRONTEND_API_TOKENS", &secrets.frontend_token),
        ("UNLEASH_ALLOW_PRIVATE_URL_IN_INTEGRATION", "true"),
        ("LOG_LEVEL", "warn"),
    ];
    all.extend(ours.map(|(key, value)| (key.to_owned(), value.to_owned())));
    all
}

fn is_handed_on(key: &str) -> bool {
    matches!(key, "PATH" | "HOME" | "TMPDIR" | "LANG" | "NODE_OPTIONS")
        || key.starts_with("UNLEASH_EXPERIMENTAL_")
        || key.ends_with("_RATE_LIMIT_PER_MINUTE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_would_lead_the_server_elsewhere_stay_behind() {
        for key in ["DATABASE_URL", "DATABASE_HOST", "UNLEASH_URL", "IMPORT_FILE", "BASE_URI_PATH", "HTTP_PROXY"] {
            assert!(!is_handed_on(key), "{key}");
        }
        assert!(is_handed_on("UNLEASH_EXPERIMENTAL_EXTENDED_USAGE_METRICS"));
        assert!(is_handed_on("PATH"));
    }
}
