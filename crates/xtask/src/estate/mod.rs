//! An estate of flags as data: what a server is filled with, and what is true about each flag.
//!
//! All times are days before the seeding, so an estate never grows old in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

mod check;
mod expect;
mod plan;

pub use expect::{Expectation, RULES};
pub use plan::{Action, Step, plan};

/// Everything a server is filled with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estate {
    /// What this estate is, in a sentence.
    pub about: String,
    /// When the server was set up: users, segments and the like are as old.
    pub began_days: f64,
    /// The people. The first [`Role::Viewer`] is the one whose token tools use.
    #[serde(rename = "user")]
    pub users: Vec<User>,
    /// Fields of the evaluation context beyond the built-in ones.
    #[serde(default, rename = "context_field")]
    pub context_fields: Vec<ContextField>,
    /// Kinds of tags.
    #[serde(default, rename = "tag_type")]
    pub tag_types: Vec<TagType>,
    /// Reusable sets of constraints.
    #[serde(default, rename = "segment")]
    pub segments: Vec<Segment>,
    /// Programs that evaluate flags.
    #[serde(default, rename = "application")]
    pub applications: Vec<Application>,
    /// Names that the server does not have.
    #[serde(default, rename = "unknown")]
    pub unknown: Vec<Unknown>,
    /// The flags.
    #[serde(rename = "flag")]
    pub flags: Vec<Flag>,
    /// What is true about the server itself.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

impl Estate {
    /// Takes out flags of types that a server does not have, and flags that need them; gives the names.
    pub fn leave_out(&mut self, has_type: impl Fn(&str) -> bool) -> Vec<String> {
        let mut left_out: Vec<String> = Vec::new();
        loop {
            let lacks = |flag: &Flag| {
                !has_type(&flag.flag_type) || flag.parent.as_ref().is_some_and(|parent| left_out.contains(&parent.flag))
            };
            let names: Vec<String> =
                self.flags.iter().filter(|flag| lacks(flag)).map(|flag| flag.name.clone()).collect();
            if names.is_empty() {
                return left_out;
            }
            self.flags.retain(|flag| !names.contains(&flag.name));
            left_out.extend(names);
        }
    }
}

/// A person with a login.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Login name; lower case letters.
    pub name: String,
    /// Name for people.
    pub full_name: String,
    /// Root role.
    pub role: Role,
}

/// Root roles of Unleash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything.
    Admin,
    /// May change flags.
    Editor,
    /// May read.
    Viewer,
}

/// A field of the evaluation context.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextField {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whether rollouts may stick to it.
    #[serde(default)]
    pub stickiness: bool,
    /// The values it may have; none means any.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A kind of tags.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagType {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// A reusable set of constraints.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Who is in it.
    pub description: String,
    /// And-ed; none means everyone.
    #[serde(default, rename = "constraint")]
    pub constraints: Vec<Constraint>,
}

/// A program that evaluates flags.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// SDK and version, as SDKs report themselves.
    pub sdk: String,
}

/// A name that the server does not have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// The name.
    pub name: String,
    /// A running application that asked for it, if any did.
    pub seen_by: Option<String>,
    /// Whether the code base beside the estate evaluates it.
    pub in_code: bool,
    /// The flag that was probably meant.
    pub meant: Option<String>,
    /// What is true about it.
    pub expect: Vec<Expectation>,
    /// Why, for people.
    pub why: Option<String>,
}

/// A flag, its history and what is true about it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Its name.
    pub name: String,
    /// The server's word for its type.
    #[serde(rename = "type")]
    pub flag_type: String,
    /// What it does.
    pub description: Option<String>,
    /// Who made it and changes it.
    pub by: String,
    /// An admin token does it all, so the log names nobody.
    #[serde(default)]
    pub by_token: bool,
    /// When it was made.
    pub age_days: f64,
    /// Labels, as `kind:value`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The last day it may live: becomes the label `expires:` with a date. Negative in the future.
    pub expires_days: Option<f64>,
    /// Links that people attached.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Another flag that this one needs; set when it was made.
    pub parent: Option<Parent>,
    /// When a person marked it stale.
    pub stale_days: Option<f64>,
    /// How it was completed.
    pub completed: Option<Completed>,
    /// When it was archived.
    pub archived_days: Option<f64>,
    /// When an SDK first asked for it outside production.
    pub pre_live_days: Option<f64>,
    /// When an SDK first asked for it in production while it was on there.
    pub live_days: Option<f64>,
    /// The environment `development`.
    #[serde(default)]
    pub development: Environment,
    /// The environment `production`.
    #[serde(default)]
    pub production: Environment,
    /// What is true about it: a rule and a reason each. What is not listed must not be found.
    pub expect: Vec<Expectation>,
    /// Why, for people.
    pub why: Option<String>,
}

/// A link that people attached to a flag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// What it is.
    pub title: String,
}

/// A flag that another one needs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parent {
    /// Its name.
    pub flag: String,
    /// Whether it must be on, or off.
    #[serde(default = "yes")]
    pub on: bool,
    /// If any: it must serve one of these.
    #[serde(default)]
    pub variants: Vec<String>,
}

/// How a flag was completed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completed {
    /// When.
    pub days: f64,
    /// The feature stays, or goes.
    pub kept: bool,
    /// The variant that stays.
    pub variant: Option<String>,
}

/// A flag in one environment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// When it was switched on; empty means never.
    #[serde(default)]
    pub on_days: Vec<f64>,
    /// When it was switched off.
    #[serde(default)]
    pub off_days: Vec<f64>,
    /// Who gets it, or-ed.
    #[serde(default, rename = "strategy")]
    pub strategies: Vec<Strategy>,
    /// When an SDK last asked for it, if there are no metrics.
    pub last_seen_days: Option<f64>,
    /// What SDKs reported in the last two days.
    pub metrics: Option<Metrics>,
}

/// One way of choosing who gets a flag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strategy {
    /// Days and percent of each step; the first step makes the strategy.
    pub rollout: Vec<(f64, u8)>,
    /// What the rollout sticks to.
    #[serde(default = "default_stickiness")]
    pub stickiness: String,
    /// And-ed.
    #[serde(default, rename = "constraint")]
    pub constraints: Vec<Constraint>,
    /// Names of segments.
    #[serde(default)]
    pub segments: Vec<String>,
    /// Served variants.
    #[serde(default, rename = "variant")]
    pub variants: Vec<Variant>,
    /// Switched off on its own.
    #[serde(default)]
    pub disabled: bool,
}

/// A condition on the context.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// The context field.
    pub field: String,
    /// The server's word for what is asked.
    pub operator: String,
    /// What is compared with.
    #[serde(default)]
    pub values: Vec<String>,
    /// For dates: days before the seeding; negative in the future.
    pub days: Option<f64>,
    /// True where the operator is false.
    #[serde(default)]
    pub inverted: bool,
}

/// A named value that a flag can serve.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Share out of 1000.
    pub weight: u32,
    /// A text that comes with it.
    pub payload: Option<String>,
}

/// What SDKs reported.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// The application.
    pub application: String,
    /// Answers "on" in each reported hour.
    pub yes: u64,
    /// Answers "off".
    pub no: u64,
    /// Answers by variant.
    #[serde(default)]
    pub variants: BTreeMap<String, u64>,
}

impl Estate {
    /// Reads an estate from a file.
    ///
    /// # Errors
    /// The file cannot be read, is no estate, or contradicts itself; the text says how to mend it.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is no usable estate", path.display()))
    }

    /// Reads an estate from its text.
    ///
    /// # Errors
    /// The text is no estate, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self> {
        let estate: Estate = toml::from_str(text)?;
        let wrong = check::contradictions(&estate);
        if !wrong.is_empty() {
            bail!("{}", wrong.join("\n"));
        }
        Ok(estate)
    }

    /// Every name with what is true about it: flags, then names the server does not have.
    pub fn expectations(&self) -> impl Iterator<Item = (&str, &[Expectation])> {
        let flags = self.flags.iter().map(|flag| (flag.name.as_str(), flag.expect.as_slice()));
        flags.chain(self.unknown.iter().map(|unknown| (unknown.name.as_str(), unknown.expect.as_slice())))
    }

    /// The rules that something is expected of.
    pub fn expected_rules(&self) -> BTreeSet<&str> {
        self.all_expected().map(Expectation::rule).collect()
    }

    /// Everything that is expected, of flags, names and the server.
    pub fn all_expected(&self) -> impl Iterator<Item = &Expectation> {
        self.expectations().flat_map(|(_, expect)| expect).chain(&self.expect)
    }
}

impl Flag {
    /// Its environments by name.
    pub fn environments(&self) -> [(&'static str, &Environment); 2] {
        [("development", &self.development), ("production", &self.production)]
    }
}

fn yes() -> bool {
    true
}

fn default_stickiness() -> String {
    "default".to_owned()
}
