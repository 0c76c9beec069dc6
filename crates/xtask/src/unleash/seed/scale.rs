//! A server with very many flags and events, written into its database: only the size matters, and through the API it
//! would take an hour.

use std::str::FromStr;

use anyhow::{Result, bail};
use serde_json::json;

use super::super::api::Api;
use super::super::postgres::Database;
use super::super::work::{Secrets, Tokens};

/// Who may read; made through the API, as its token must be.
const READER: &str = "reader";

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scale {
    flags: u32,
    events: u32,
}

impl FromStr for Scale {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.trim().parse::<u32>().ok().filter(|number| *number > 0);
        let parts = text.split_once(',').and_then(|(flags, events)| Some((number(flags)?, number(events)?)));
        match parts {
            Some((flags, events)) if events >= flags => Ok(Scale { flags, events }),
            Some(_) => Err("each flag is made by an event: there cannot be fewer events than flags".to_owned()),
            None => Err("write FLAGS,EVENTS, for example 5000,100000".to_owned()),
        }
    }
}

impl Scale {
    /// What the mark in the database says.
    pub(super) fn source(self) -> String {
        format!("scale {},{}", self.flags, self.events)
    }

    /// Fills the server; gives the token of one who may read.
    pub(super) fn fill(self, api: &Api, database: &Database, secrets: &Secrets) -> Result<Tokens> {
        let password = format!("{}-aA1!", super::super::work::random_hex()?);
        let body = json!({
            "username": READER, "name": "Reader", "email": format!("{READER}@example.com"), "password": password,
            "rootRole": 3, "sendEmail": false,
        });
        api.post("/api/admin/user-admin", &secrets.admin_token, &body)?;
        let mut tokens = Tokens::default();
        tokens.insert(READER, api.personal_token(READER, &password)?, true);
        database.run(&self.statements())?;
        let found = database.run("SELECT count(*) FROM features")?;
        if found != self.flags.to_string() {
            bail!("{found} flags were written instead of {}", self.flags);
        }
        // The server plans its answers by what it knows of the tables.
        database.run("ANALYZE")?;
        Ok(tokens)
    }

    /// A third of the flags stay in their first stage, half are evaluated each hour, a quarter have constraints. The
    /// events after the first of each flag are mostly changes of strategies, with the strategy before and after.
    fn statements(self) -> String {
        let Scale { flags, events } = self;
        format!(
            r#"
BEGIN;
CREATE TEMPORARY TABLE scale ON COMMIT DROP AS
  SELECT i, 'scale-' || lpad(i::text, 5, '0') AS name, now() - (i % 400 + 1) * interval '1 day' AS made,
         (ARRAY['release', 'experiment', 'operational', 'kill-switch', 'permission'])[i % 5 + 1] AS type
  FROM generate_series(1, {flags}) AS i;
CREATE TEMPORARY TABLE scale_environment ON COMMIT DROP AS
  SELECT name AS environment FROM environments WHERE name IN ('development', 'production');
INSERT INTO features (name, project, type, description, created_at)
  SELECT name, 'default', type, 'Flag number ' || i, made FROM scale;
INSERT INTO feature_environments (feature_name, environment, enabled)
  SELECT name, environment, i % 3 <> 0 FROM scale, scale_environment;
INSERT INTO feature_strategies (id, feature_name, project_name, environment, strategy_name, parameters, constraints)
  SELECT gen_random_uuid(), name, 'default', environment, 'flexibleRollout',
         jsonb_build_object('rollout', (i % 101)::text, 'stickiness', 'default', 'groupId', name),
         CASE WHEN i % 4 = 0 THEN '[{{"contextName": "userId", "operator": "IN", "values": ["a", "b", "c"]}}]'::jsonb
              ELSE '[]'::jsonb END
  FROM scale, scale_environment;
INSERT INTO feature_lifecycles (feature, stage, created_at) SELECT name, 'initial', made FROM scale;
INSERT INTO feature_lifecycles (feature, stage, created_at)
  SELECT name, 'pre-live', made + interval '1 hour' FROM scale WHERE i % 3 <> 0;
INSERT INTO feature_lifecycles (feature, stage, created_at)
  SELECT name, 'live', made + interval '2 hours' FROM scale WHERE i % 3 = 2;
INSERT INTO client_metrics_env (feature_name, app_name, environment, timestamp, yes, no)
  SELECT name, 'shop', 'production', date_trunc('hour', now()) - hour * interval '1 hour', 100 + i, i % 7
  FROM scale, generate_series(1, 24) AS hour WHERE i % 2 = 0;
INSERT INTO last_seen_at_metrics (feature_name, environment, last_seen_at)
  SELECT name, 'production', now() - interval '1 minute' FROM scale WHERE i % 2 = 0;
INSERT INTO events (type, created_at, created_by, created_by_user_id, project, feature_name, data, announced)
  SELECT 'feature-created', made, 'reader@example.com', 1, 'default', name,
         json_build_object('name', name, 'type', type, 'project', 'default'), true
  FROM scale ORDER BY i;
INSERT INTO events (type, created_at, created_by, created_by_user_id, project, environment, feature_name, data,
                    pre_data, announced)
  SELECT CASE WHEN n % 4 = 0 THEN 'feature-environment-enabled' ELSE 'feature-strategy-update' END,
         now() - ({events} - n) * interval '1 minute', 'user-' || n % 50 || '@example.com', 2 + n % 50, 'default',
         'production', 'scale-' || lpad((n % {flags} + 1)::text, 5, '0'),
         CASE WHEN n % 4 = 0 THEN NULL ELSE json_build_object('id', md5((n % {flags})::text), 'name',
           'flexibleRollout', 'constraints', '[]'::json, 'segments', '[]'::json, 'parameters',
           json_build_object('rollout', (n % 101)::text, 'stickiness', 'default', 'groupId', 'scale')) END,
         CASE WHEN n % 4 = 0 THEN NULL ELSE jsonb_build_object('id', md5((n % {flags})::text), 'name',
           'flexibleRollout', 'constraints', '[]'::jsonb, 'segments', '[]'::jsonb, 'parameters',
           jsonb_build_object('rollout', ((n + 100) % 101)::text, 'stickiness', 'default', 'groupId', 'scale')) END,
         true
  FROM generate_series({flags} + 1, {events}) AS n;
COMMIT;
"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn a_scale_is_two_numbers_and_no_flag_comes_without_an_event() {
        assert_eq!("5000, 100000".parse(), Ok(Scale { flags: 5000, events: 100_000 }));
        for bad in ["", "5000", "a,b", "0,10", "10,5"] {
            assert!(bad.parse::<Scale>().is_err(), "{bad}");
        }
    }
}
