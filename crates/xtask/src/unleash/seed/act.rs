//! One step of a flag's history, done through the API.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::api::Api;
use super::super::postgres::Database;
use super::backdate::before;
use super::sql::text;
use crate::estate::{Action, Constraint, Flag, Step, Strategy, Variant};

/// Does steps, and remembers the ids of the strategies it made.
pub(super) struct Actor<'a> {
    api: &'a Api,
    database: &'a Database,
    segments: &'a BTreeMap<String, i64>,
    now: Timestamp,
    strategies: BTreeMap<(String, &'static str, usize), String>,
}

impl<'a> Actor<'a> {
    /// `segments` gives the ids of segments by name.
    pub(super) fn new(
        api: &'a Api,
        database: &'a Database,
        segments: &'a BTreeMap<String, i64>,
        now: Timestamp,
    ) -> Self {
        Actor { api, database, segments, now, strategies: BTreeMap::new() }
    }

    /// Does one step as the person whose token this is.
    pub(super) fn act(&mut self, step: &Step<'_>, token: &str) -> Result<()> {
        let flag = step.flag;
        let all = "/api/admin/projects/default/features";
        let one = format!("{all}/{}", flag.name);
        match &step.action {
            Action::Create => {
                let mut body = json!({ "name": flag.name, "type": flag.flag_type });
                if let Some(description) = &flag.description {
                    body["description"] = json!(description);
                }
                self.api.post(all, token, &body)
            }
            Action::Tag(kind, value) => self.tag(&flag.name, token, kind, value),
            Action::TagExpires(days) => {
                let day = before(self.now, *days).strftime("%Y-%m-%d").to_string();
                self.tag(&flag.name, token, "expires", &day)
            }
            Action::Link(link) => {
                self.api.post(&format!("{one}/link"), token, &json!({ "url": link.url, "title": link.title }))
            }
            Action::Depend(parent) => {
                let mut body = json!({ "feature": parent.flag, "enabled": parent.on });
                if !parent.variants.is_empty() {
                    body["variants"] = json!(parent.variants);
                }
                self.api.post(&format!("{one}/dependencies"), token, &body)
            }
            Action::AddStrategy { environment, index } => {
                let strategy = strategy(flag, environment, *index)?;
                let percent = strategy.rollout.first().map_or(100, |(_, percent)| *percent);
                let path = format!("{one}/environments/{environment}/strategies");
                let made = self.api.post(&path, token, &self.strategy_body(flag, strategy, percent)?)?;
                let id = made["id"].as_str().context("a strategy without id")?;
                self.strategies.insert((flag.name.clone(), environment, *index), id.to_owned());
                Ok(made)
            }
            Action::UpdateStrategy { environment, index, percent } => {
                let strategy = strategy(flag, environment, *index)?;
                let id = self.strategies.get(&(flag.name.clone(), *environment, *index)).context("not made yet")?;
                let path = format!("{one}/environments/{environment}/strategies/{id}");
                self.api.put(&path, token, &self.strategy_body(flag, strategy, *percent)?)
            }
            Action::On(environment) => {
                self.api.post(&format!("{one}/environments/{environment}/on"), token, &json!({}))
            }
            Action::Off(environment) => {
                self.api.post(&format!("{one}/environments/{environment}/off"), token, &json!({}))
            }
            Action::MarkStale => {
                let body = json!({ "features": [flag.name], "stale": true });
                self.api.post("/api/admin/projects/default/stale", token, &body)
            }
            Action::PassLifetime => self.pass_lifetime(&flag.name),
            Action::Complete(completed) => {
                let status = if completed.kept { "kept" } else { "discarded" };
                let mut body = json!({ "status": status });
                if let Some(variant) = &completed.variant {
                    body["statusValue"] = json!(variant);
                }
                self.api.post(&format!("{one}/lifecycle/complete"), token, &body)
            }
            Action::Archive => self.api.delete(&one, token),
        }
        .map(drop)
    }

    fn tag(&self, flag: &str, token: &str, kind: &str, value: &str) -> Result<Value> {
        self.api.post(&format!("/api/admin/features/{flag}/tags"), token, &json!({ "type": kind, "value": value }))
    }

    /// What the server's sweep logs, once a minute, about flags that outlived their type.
    fn pass_lifetime(&self, flag: &str) -> Result<Value> {
        let name = text(flag);
        self.database.run(&format!(
            "INSERT INTO events (type, created_by, created_by_user_id, feature_name, project)
             VALUES ('feature-potentially-stale-on', 'unleash_system_user', -1337, {name}, 'default');"
        ))?;
        Ok(Value::Null)
    }

    fn strategy_body(&self, flag: &Flag, strategy: &Strategy, percent: u8) -> Result<Value> {
        let parameters =
            json!({ "rollout": percent.to_string(), "stickiness": strategy.stickiness, "groupId": flag.name });
        let constraints: Vec<Value> = strategy.constraints.iter().map(|one| constraint(one, self.now)).collect();
        let segments = strategy.segments.iter().map(|name| self.segments.get(name).context("a segment without id"));
        let variants: Vec<Value> = strategy.variants.iter().map(|one| variant(one, strategy)).collect();
        Ok(json!({
            "name": "flexibleRollout",
            "parameters": parameters,
            "constraints": constraints,
            "segments": segments.collect::<Result<Vec<_>>>()?,
            "variants": variants,
            "disabled": strategy.disabled,
        }))
    }
}

fn variant(variant: &Variant, of: &Strategy) -> Value {
    // The server wants one variant that takes what the others leave: the last of the heaviest.
    let heaviest = of.variants.iter().max_by_key(|other| other.weight).map(|other| &other.name);
    let kind = if heaviest == Some(&variant.name) { "variable" } else { "fix" };
    let mut body = json!({
        "name": variant.name, "weight": variant.weight, "weightType": kind, "stickiness": of.stickiness,
    });
    if let Some(payload) = &variant.payload {
        body["payload"] = json!({ "type": "string", "value": payload });
    }
    body
}

/// A constraint as the API takes it; dates are counted from `now`.
pub(super) fn constraint(constraint: &Constraint, now: Timestamp) -> Value {
    let mut body = json!({
        "contextName": constraint.field, "operator": constraint.operator, "inverted": constraint.inverted,
        "caseInsensitive": false,
    });
    match constraint.days {
        Some(days) => body["value"] = json!(before(now, days)),
        None => body["values"] = json!(constraint.values),
    }
    body
}

fn strategy<'f>(flag: &'f Flag, environment: &str, index: usize) -> Result<&'f Strategy> {
    let state = flag.environments().into_iter().find(|(name, _)| *name == environment).map(|(_, state)| state);
    state.and_then(|state| state.strategies.get(index)).context("no such strategy")
}
