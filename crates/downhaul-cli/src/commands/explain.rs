//! `downhaul explain`: the page of a rule.

use downhaul_policy::did_you_mean;

use crate::args::ExplainArgs;
use crate::errors::{CliError, Exit};
use crate::output;

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let rule = downhaul_policy::rule(&args.subject).ok_or_else(|| unknown(&args.subject))?;
    output::print(rule.info.docs.as_bytes())?;
    Ok(Exit::Clean)
}

fn unknown(subject: &str) -> CliError {
    let ids = || downhaul_policy::rules().map(|rule| rule.info.id);
    let near = did_you_mean(subject, ids()).or_else(|| ids().find(|id| id.starts_with(subject)));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`? `downhaul rules` lists all"),
        None => "`downhaul rules` lists them".to_owned(),
    };
    CliError::usage(format!("there is no rule `{subject}`")).hint(hint)
}
