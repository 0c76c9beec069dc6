//! Filling a server with an estate: what the API can do is done through it, by the people of the estate; times and
//! the results of the server's own jobs are written by SQL afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::api::Api;
use super::postgres::Database;
use super::work::{Running, Secrets, Tokens, Work};
use crate::estate::{Environment, Estate, Role, Step, plan};

mod act;
mod backdate;
mod scale;
mod sql;

use act::Actor;
pub(super) use scale::Scale;
use sql::text;

/// Fills the running server with the estate in `file`, or with the project's own; once.
pub(super) fn run(work: &Work, file: Option<&Path>) -> Result<()> {
    let began = Instant::now();
    let own = crate::workspace_root().join("fixtures/estate/estate.toml");
    let file = file.unwrap_or(&own);
    let source = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut estate = Estate::parse(&source).with_context(|| format!("{} is no usable estate", file.display()))?;
    let (running, secrets) = running(work)?;
    let database = running.cluster.database(&running.version, &secrets);
    let api = Api::new(&running.url())?;
    let lifetimes = lifetimes(&api, &secrets)?;
    let left_out = estate.leave_out(|flag_type| lifetimes.contains_key(flag_type));
    if !left_out.is_empty() {
        crate::note(&format!(
            "this version lacks the types of these flags, which are left out: {}",
            left_out.join(", ")
        ));
    }
    let seeding = Seeding { api, secrets, database, estate: &estate };
    if !begin(&seeding.database, &source)? {
        crate::print(&format!("{} holds this estate already", running.url()));
        return Ok(());
    }
    let steps = plan(&estate, |flag_type| lifetimes.get(flag_type).copied().flatten());
    let tokens = seeding.fill(&steps)?.leaving_out(left_out);
    work.save_tokens(&running.version, &tokens)?;
    seeding.database.run("UPDATE seed.estate SET complete = true")?;
    let seconds = began.elapsed().as_secs_f32();
    crate::print(&format!("{} flags, {} steps at {} ({seconds:.0} s)", estate.flags.len(), steps.len(), running.url()));
    Ok(())
}

/// Fills the running server with very many flags and events; once.
pub(super) fn run_scale(work: &Work, scale: Scale) -> Result<()> {
    let began = Instant::now();
    let (running, secrets) = running(work)?;
    let database = running.cluster.database(&running.version, &secrets);
    if !begin(&database, &scale.source())? {
        crate::print(&format!("{} holds them already", running.url()));
        return Ok(());
    }
    let tokens = scale.fill(&Api::new(&running.url())?, &database, &secrets)?;
    work.save_tokens(&running.version, &tokens)?;
    database.run("UPDATE seed.estate SET complete = true")?;
    let seconds = began.elapsed().as_secs_f32();
    crate::print(&format!("{} at {} ({seconds:.0} s)", scale.source(), running.url()));
    Ok(())
}

fn running(work: &Work) -> Result<(Running, Secrets)> {
    let Some(running) = work.running()?.filter(Running::is_up) else {
        bail!("no server runs in {}: `cargo xtask unleash up` starts one", work.dir().display());
    };
    Ok((running, work.secrets()?))
}

/// Whether there is anything to do. The mark lives in the database, so it goes when the data go.
fn begin(database: &Database, source: &str) -> Result<bool> {
    let again = "`cargo xtask unleash down --purge`, then `up` and `seed`";
    database.run(
        "SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS seed;
         CREATE TABLE IF NOT EXISTS seed.estate (source text NOT NULL, complete boolean NOT NULL);",
    )?;
    let found = database.run(&format!("SELECT complete, source = {} FROM seed.estate", text(source)))?;
    match found.as_str() {
        "t|t" => Ok(false),
        "t|f" => bail!("the server holds another estate, or an older state of this one: {again}"),
        "" => {
            if database.run("SELECT count(*) FROM features")? != "0" {
                bail!("the server holds flags that no seeding made: {again}");
            }
            database.run(&format!("INSERT INTO seed.estate VALUES ({}, false)", text(source)))?;
            Ok(true)
        }
        _ => bail!("an earlier seeding did not come to its end, the server is half full: {again}"),
    }
}

/// The types of flags that this server has, with the days that each is expected to live.
fn lifetimes(api: &Api, secrets: &Secrets) -> Result<BTreeMap<String, Option<f64>>> {
    let answer = api.get("/api/admin/feature-types", &secrets.admin_token)?;
    let types = answer["types"].as_array().context("no flag types in the answer")?;
    let lifetime = |one: &Value| Some((one["id"].as_str()?.to_owned(), one["lifetimeDays"].as_f64()));
    Ok(types.iter().filter_map(lifetime).collect())
}

struct Seeding<'a> {
    api: Api,
    secrets: Secrets,
    database: Database,
    estate: &'a Estate,
}

/// An event of the server's log, as far as it matters for its time.
struct Logged {
    id: i64,
    kind: String,
    flag: Option<String>,
    environment: Option<String>,
}

impl Seeding<'_> {
    /// Everything, in the order in which it depends on each other; gives the tokens of the people.
    fn fill(&self, steps: &[Step<'_>]) -> Result<Tokens> {
        // Whole seconds read better in constraints and answers.
        let now = Timestamp::from_second(Timestamp::now().as_second())?;
        let tokens = self.people()?;
        let segments = self.furniture(now)?;
        self.flags(steps, &tokens, &segments, now)?;
        self.usage(now)?;
        self.database.run(&backdate::statements(self.estate, steps, &self.events()?, now)?)?;
        Ok(tokens)
    }

    /// Makes the users, and a personal access token for each.
    fn people(&self) -> Result<Tokens> {
        let mut tokens = Tokens::default();
        for user in &self.estate.users {
            // Never used again: whoever wants in has the token.
            let password = format!("{}-aA1!", super::work::random_hex()?);
            let root_role = match user.role {
                Role::Admin => 1,
                Role::Editor => 2,
                Role::Viewer => 3,
            };
            let body = json!({
                "username": user.name, "name": user.full_name, "email": format!("{}@example.com", user.name),
                "password": password, "rootRole": root_role, "sendEmail": false,
            });
            self.api.post("/api/admin/user-admin", &self.secrets.admin_token, &body)?;
            let token = self.api.personal_token(&user.name, &password)?;
            tokens.insert(&user.name, token, user.role == Role::Viewer);
        }
        Ok(tokens)
    }

    /// Context fields, kinds of tags, segments and applications; gives the ids of the segments by name.
    fn furniture(&self, now: Timestamp) -> Result<BTreeMap<String, i64>> {
        for field in &self.estate.context_fields {
            let values: Vec<Value> = field.values.iter().map(|value| json!({ "value": value })).collect();
            let body = json!({
                "name": field.name, "description": field.description, "stickiness": field.stickiness,
                "legalValues": values,
            });
            self.api.post("/api/admin/context", &self.secrets.admin_token, &body)?;
        }
        for kind in &self.estate.tag_types {
            let body = json!({ "name": kind.name, "description": kind.description, "icon": "" });
            self.api.post("/api/admin/tag-types", &self.secrets.admin_token, &body)?;
        }
        let mut ids = BTreeMap::new();
        for segment in &self.estate.segments {
            let constraints: Vec<Value> =
                segment.constraints.iter().map(|constraint| act::constraint(constraint, now)).collect();
            // Of a segment that belongs to no project, a Viewer does not see the changes.
            let body = json!({
                "name": segment.name,
                "description": segment.description,
                "constraints": constraints,
                "project": "default",
            });
            let made = self.api.post("/api/admin/segments", &self.secrets.admin_token, &body)?;
            ids.insert(segment.name.clone(), made["id"].as_i64().context("a segment without id")?);
        }
        Ok(ids)
    }

    /// Lives through the history of all flags.
    fn flags(
        &self,
        steps: &[Step<'_>],
        tokens: &Tokens,
        segments: &BTreeMap<String, i64>,
        now: Timestamp,
    ) -> Result<()> {
        let mut actor = Actor::new(&self.api, &self.database, segments, now);
        for step in steps {
            let own = tokens.of(&step.flag.by).context("a flag without a maker")?;
            let token = if step.flag.by_token { &self.secrets.admin_token } else { own };
            actor.act(step, token).with_context(|| format!("{}: {}", step.flag.name, step.action.event().0))?;
        }
        Ok(())
    }

    /// Sends what SDKs would have sent, and waits until the server has stored it.
    fn usage(&self, now: Timestamp) -> Result<()> {
        let (production, development) = (&self.secrets.production_token, &self.secrets.development_token);
        for application in &self.estate.applications {
            let body = json!({
                "appName": application.name, "instanceId": format!("{}-1", application.name),
                "sdkVersion": application.sdk, "strategies": ["default", "flexibleRollout"],
                "started": backdate::before(now, 1.0), "interval": 15000,
            });
            self.api.post("/api/client/register", production, &body)?;
        }
        for (environment, token) in [("development", development), ("production", production)] {
            for (application, toggles) in self.reported(environment) {
                for hours in [30.0, 6.0, 0.0] {
                    let bucket = json!({
                        "start": backdate::before(now, (hours + 0.02) / 24.0),
                        "stop": backdate::before(now, hours / 24.0),
                        "toggles": toggles,
                    });
                    let body = json!({
                        "appName": application, "instanceId": format!("{application}-1"), "bucket": bucket,
                    });
                    self.api.post("/api/client/metrics", token, &body)?;
                }
            }
        }
        self.wait_for_metrics()
    }

    /// What each application reported for an environment.
    fn reported(&self, environment: &str) -> BTreeMap<&str, serde_json::Map<String, Value>> {
        let mut by_application: BTreeMap<&str, serde_json::Map<String, Value>> = BTreeMap::new();
        for flag in &self.estate.flags {
            let state = flag.environments().into_iter().find(|(name, _)| *name == environment).map(|(_, state)| state);
            if let Some(metrics) = state.and_then(|state: &Environment| state.metrics.as_ref()) {
                let counts = json!({ "yes": metrics.yes, "no": metrics.no, "variants": metrics.variants });
                by_application.entry(&metrics.application).or_default().insert(flag.name.clone(), counts);
            }
        }
        if environment == "production" {
            for (unknown, application) in
                self.estate.unknown.iter().filter_map(|one| Some((one, one.seen_by.as_ref()?)))
            {
                let counts = json!({ "yes": 0, "no": 4, "variants": {} });
                by_application.entry(application).or_default().insert(unknown.name.clone(), counts);
            }
        }
        by_application
    }

    /// The server keeps reports in memory for five seconds.
    fn wait_for_metrics(&self) -> Result<()> {
        let reporting = |state: &Environment| state.metrics.is_some();
        let pairs = self.estate.flags.iter().flat_map(|flag| flag.environments());
        let wanted = pairs.filter(|(_, state)| reporting(state)).count();
        let query = "SELECT count(*) FROM (SELECT DISTINCT feature_name, environment FROM client_metrics_env
             WHERE feature_name IN (SELECT name FROM features)) AS seen";
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.database.run(query)?.parse::<usize>()? < wanted {
            if Instant::now() > deadline {
                bail!("the server did not store the metrics within a minute");
            }
            sleep(Duration::from_millis(500));
        }
        // It moves the stages of the flags right after; ours are written over them.
        sleep(Duration::from_secs(1));
        Ok(())
    }

    /// The server's log, oldest first.
    fn events(&self) -> Result<Vec<Logged>> {
        let rows = self
            .database
            .run("SELECT json_build_array(id, type, feature_name, environment) FROM events ORDER BY id")?;
        let parsed = rows.lines().map(|row| {
            let (id, kind, flag, environment) = serde_json::from_str(row)?;
            Ok(Logged { id, kind, flag, environment })
        });
        parsed.collect()
    }
}
