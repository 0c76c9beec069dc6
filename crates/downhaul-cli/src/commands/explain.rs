//! `downhaul explain`: the page of a rule.

use crate::args::ExplainArgs;
use crate::errors::{CliError, Exit, did_you_mean};
use crate::output;

pub(crate) fn run(args: &ExplainArgs) -> Result<Exit, CliError> {
    let rules = downhaul_policy::rules();
    let Some(rule) = rules.iter().find(|rule| rule.id == args.subject) else {
        let near = did_you_mean(&args.subject, rules.iter().map(|rule| rule.id));
        let hint = near.map_or_else(
            || "`downhaul rules` lists them".to_owned(),
            |near| format!("did you mean `{near}`? `downhaul rules` lists all"),
        );
        return Err(CliError::usage(format!("there is no rule `{}`", args.subject)).hint(hint));
    };
    output::print(rule.docs.as_bytes())?;
    Ok(Exit::Clean)
}
