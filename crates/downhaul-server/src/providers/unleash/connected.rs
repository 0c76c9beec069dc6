//! What is connected to the server: applications with their SDKs, and integrations with their latest delivery.

use std::collections::{BTreeMap, BTreeSet};

use downhaul_core::{Application, Delivery, GapReason, Integration, SdkVersion, Source};

use super::access::scope;
use super::gaps::{self, Gaps};
use super::wire;
use crate::ServerError;
use crate::http::client::Session;

/// More a page is not had from the list of all applications.
const APPLICATIONS_A_PAGE: usize = 1000;
/// More a page is not had from the list of a project.
const OF_PROJECT_A_PAGE: usize = 100;

/// The applications, by name. Only the list of a project knows SDKs.
pub(super) fn applications(session: &Session<'_>, projects: &[String], gaps: &mut Gaps) -> Vec<Application> {
    let mut all = BTreeMap::new();
    match listed(session) {
        Ok((read, total)) => {
            note_missing(read.len(), total, "applications", gaps);
            all.extend(read.into_iter().map(|read| (read.app_name.clone(), application(read))));
        }
        Err(error) => return gaps.value(Source::Applications, Err(error)),
    }
    for project in projects {
        match of_project(session, project) {
            Ok((rows, total)) => {
                note_missing(rows.len(), total, &format!("applications of the project `{project}`"), gaps);
                rows.into_iter().for_each(|row| add_sdks(&mut all, row));
            }
            Err(error) => {
                let detail = format!("the SDKs of applications in the project `{project}` are not known: {error}");
                gaps.add(Source::Applications, gaps::reason(&error), detail);
                if matches!(error, ServerError::Unsupported { .. }) {
                    break;
                }
            }
        }
    }
    all.into_values().collect()
}

fn note_missing(given: usize, total: usize, what: &str, gaps: &mut Gaps) {
    if given < total {
        let detail = format!("the server counts {total} {what} and gave {given}; try again");
        gaps.add(Source::Applications, GapReason::Truncated, detail);
    }
}

fn listed(session: &Session<'_>) -> Result<(Vec<wire::Application>, usize), ServerError> {
    pages(APPLICATIONS_A_PAGE, |query| {
        let page: wire::Applications = session.get(&["metrics", "applications"], query)?;
        let total = page.total.unwrap_or(page.applications.len());
        Ok((page.applications, total))
    })
}

fn of_project(session: &Session<'_>, project: &str) -> Result<(Vec<wire::ProjectApplication>, usize), ServerError> {
    pages(OF_PROJECT_A_PAGE, |query| {
        let page: wire::ProjectApplications = session.get(&["projects", project, "applications"], query)?;
        Ok((page.applications, page.total))
    })
}

/// All rows of a list that comes in pages, with the greatest total that the server named.
pub(super) fn pages<T>(
    limit: usize,
    page: impl Fn(&[(&str, &str)]) -> Result<(Vec<T>, usize), ServerError>,
) -> Result<(Vec<T>, usize), ServerError> {
    let limit = limit.to_string();
    let (mut all, mut total) = (Vec::new(), 0);
    loop {
        let offset = all.len().to_string();
        let (rows, counted) = page(&[("limit", &limit), ("offset", &offset)])?;
        total = total.max(counted);
        let is_last = rows.is_empty();
        all.extend(rows);
        if is_last || all.len() >= total {
            return Ok((all, total));
        }
    }
}

fn application(read: wire::Application) -> Application {
    Application {
        name: read.app_name,
        created_at: read.created_at,
        seen_at: read.updated_at,
        environments: read.usage.into_iter().flat_map(|usage| usage.environments).collect(),
        sdks: None,
    }
}

fn add_sdks(all: &mut BTreeMap<String, Application>, row: wire::ProjectApplication) {
    let name = row.name;
    let application = all.entry(name.clone()).or_insert_with(|| Application {
        name,
        created_at: None,
        seen_at: None,
        environments: BTreeSet::new(),
        sdks: None,
    });
    application.environments.extend(row.environments);
    let versions = row.sdks.into_iter().flat_map(|sdk| {
        let name = sdk.name;
        sdk.versions.into_iter().map(move |version| SdkVersion { name: name.clone(), version })
    });
    application.sdks.get_or_insert_default().extend(versions);
}

/// The integrations, by id. Whether messages arrive is asked of those that are switched on.
pub(super) fn integrations(session: &Session<'_>, gaps: &mut Gaps) -> Vec<Integration> {
    let read = session.get::<wire::Addons>(&["addons"], &[]).map(|read| read.addons);
    let mut all: Vec<Integration> = gaps.value(Source::Integrations, read).into_iter().map(integration).collect();
    all.sort_by_key(|integration| integration.id);
    for integration in all.iter_mut().filter(|integration| integration.enabled) {
        match last_delivery(session, integration.id) {
            Ok(delivery) => integration.last_delivery = delivery,
            Err(error) => {
                let detail = format!(
                    "whether messages of the integration {} ({}) arrive is not known: {error}",
                    integration.id, integration.provider
                );
                gaps.add(Source::Integrations, gaps::reason(&error), detail);
                if matches!(error, ServerError::Unsupported { .. } | ServerError::Forbidden { .. }) {
                    break;
                }
            }
        }
    }
    all
}

fn integration(read: wire::Addon) -> Integration {
    Integration {
        id: read.id,
        provider: read.provider,
        description: read.description.filter(|text| !text.is_empty()),
        enabled: read.enabled,
        events: read.events,
        projects: scope(read.projects),
        environments: scope(read.environments),
        last_delivery: None,
    }
}

fn last_delivery(session: &Session<'_>, id: i64) -> Result<Option<Delivery>, ServerError> {
    let route = ["addons", &id.to_string(), "events"];
    let read: wire::AddonEvents = session.get(&route, &[("limit", "1")])?;
    let newest = read.integration_events.into_iter().max_by_key(|event| event.created_at);
    Ok(newest.map(|event| Delivery { at: event.created_at, succeeded: event.state == "success" }))
}
