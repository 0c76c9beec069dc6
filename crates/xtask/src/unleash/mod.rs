//! A real, pinned Unleash server with a PostgreSQL of its own, on loopback only.

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

mod api;
mod install;
mod postgres;
mod process;
mod programs;
mod seed;
mod server;
mod work;

use work::{Running, Work};

/// The version that the committed npm lock pins.
const PINNED: &str = "8.2.0";

/// `cargo xtask unleash …`
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// Version of the server; another one than the pinned is installed without the lock, and has a work folder of its
    /// own, so that two can run side by side.
    #[arg(long, global = true, value_name = "VERSION", env = "UNLEASH_VERSION", default_value = PINNED)]
    version: String,
    /// Work folder: data, secrets and logs of one server. What npm installed is shared by all.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Verb {
    /// Install what is missing, start PostgreSQL and the server, wait until they answer.
    Up {
        /// Leave the server's own limit on searches (15 a minute) as it is.
        #[arg(long)]
        default_limits: bool,
    },
    /// Fill the server with an estate of flags, once.
    Seed {
        /// The estate; `fixtures/estate/estate.toml` unless told.
        #[arg(long, value_name = "FILE")]
        estate: Option<PathBuf>,
        /// No estate, but so many flags and events, written into the database: for measuring captures.
        #[arg(long, value_name = "FLAGS,EVENTS", conflicts_with = "estate")]
        scale: Option<seed::Scale>,
    },
    /// Stop what `up` started.
    Down {
        /// Forget the data, the secrets and the logs too; what npm installed stays.
        #[arg(long)]
        purge: bool,
    },
    /// Say what runs and where.
    Status,
    /// Print `export KEY=VALUE` lines for a shell.
    Env,
}

/// Does what was asked.
///
/// # Errors
/// [`crate::Lacking`] when this machine lacks a program or an account; any other error says what failed.
pub fn run(args: &Args) -> Result<()> {
    install::check_version(&args.version)?;
    let work = Work::open(args.dir.as_deref(), &args.version)?;
    match &args.verb {
        Verb::Up { default_limits } => up(&work, &args.version, *default_limits),
        Verb::Seed { scale: Some(scale), .. } => seed::run_scale(&work, *scale),
        Verb::Seed { estate, .. } => seed::run(&work, estate.as_deref()),
        Verb::Down { purge } => down(&work, *purge),
        Verb::Status => status(&work),
        Verb::Env => env(&work),
    }
}

fn up(work: &Work, version: &str, default_limits: bool) -> Result<()> {
    let wish = server::Wish { version: version.to_owned(), default_limits };
    if let Some(running) = work.running()?.filter(|running| running.is_up() && running.fits(&wish)) {
        crate::print(&format!("unleash-server {} runs at {}", running.version, running.url()));
        return Ok(());
    }
    // The cheap look first: without PostgreSQL nothing needs to be fetched.
    let postgres = programs::find()?;
    let program = install::program(&work.programs()?, &wish.version)?;
    let secrets = work.secrets()?;
    let cluster = postgres::start(work, &postgres, &secrets)?;
    let running = server::start(work, &program, &wish, &cluster, &secrets)?;
    crate::print(&format!("unleash-server {} runs at {}", running.version, running.url()));
    Ok(())
}

fn down(work: &Work, purge: bool) -> Result<()> {
    if let Some(mut running) = work.running()? {
        if let Some(server) = running.server.take().filter(process::Mark::is_alive) {
            process::end(&server, process::Signal::Term)?;
            crate::note("server stopped");
        }
        if let Some(postgres) = running.cluster.process.take().filter(process::Mark::is_alive) {
            // For PostgreSQL an interrupt is the fast shutdown; the gentle one waits for clients.
            process::end(&postgres, process::Signal::Interrupt)?;
            crate::note("PostgreSQL stopped");
        }
        work.save_running(&running)?;
    }
    if purge {
        work.purge()?;
        crate::note("data, secrets and logs deleted");
    }
    Ok(())
}

fn status(work: &Work) -> Result<()> {
    let line = match work.running()? {
        Some(running) if running.is_up() => {
            let seeded = if work.tokens(&running.version)?.is_empty() { "not seeded" } else { "seeded" };
            format!("up: unleash-server {} at {}, {seeded}", running.version, running.url())
        }
        Some(_) => "down".to_owned(),
        None => "down, and never started here".to_owned(),
    };
    crate::print(&format!("{line}\nwork folder: {}", work.dir().display()));
    Ok(())
}

fn env(work: &Work) -> Result<()> {
    let Some(running) = work.running()?.filter(Running::is_up) else {
        anyhow::bail!("no server runs in {}: `cargo xtask unleash up` starts one", work.dir().display());
    };
    let secrets = work.secrets()?;
    let tokens = work.tokens(&running.version)?;
    let url = running.url();
    let reader = tokens.reader().unwrap_or(&secrets.admin_token);
    let mut lines = vec![
        ("UNLEASH_URL".to_owned(), url),
        ("UNLEASH_TOKEN".to_owned(), reader.to_owned()),
        ("UNLEASH_ADMIN_TOKEN".to_owned(), secrets.admin_token.clone()),
        ("UNLEASH_BACKEND_TOKEN".to_owned(), secrets.production_token.clone()),
        ("UNLEASH_BACKEND_TOKEN_DEVELOPMENT".to_owned(), secrets.development_token.clone()),
        ("UNLEASH_FRONTEND_TOKEN".to_owned(), secrets.frontend_token.clone()),
        ("UNLEASH_ADMIN_PASSWORD".to_owned(), secrets.admin_password.clone()),
        ("UNLEASH_DATABASE_URL".to_owned(), running.database_url(&secrets)),
        ("UNLEASH_LEFT_OUT".to_owned(), tokens.left_out().join(",")),
    ];
    lines.extend(tokens.iter().map(|(user, token)| (format!("UNLEASH_TOKEN_{}", user.to_uppercase()), token.clone())));
    for (key, value) in lines {
        crate::print(&format!("export {key}={}", shell_quoted(&value)));
    }
    Ok(())
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_value_is_one_word_for_the_shell() {
        assert_eq!(super::shell_quoted("*:*.a b"), "'*:*.a b'");
        assert_eq!(super::shell_quoted("it's"), r"'it'\''s'");
    }
}
