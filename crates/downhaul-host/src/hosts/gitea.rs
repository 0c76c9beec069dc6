//! Gitea and Forgejo: their API v1, which resembles GitHub's and differs in lists, labels and drafts.

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Kind, owner_and_name, people_and_teams};
use crate::http::Http;
use crate::pull_request::{Edit, Issue, NewPullRequest, PullRequest, State};
use crate::{CodeHost, HostError};

pub(super) const KIND: Kind = Kind {
    name: "gitea",
    public: "codeberg.org",
    hint: "gitea",
    api_variables: &[],
    token_variables: &["DOWNHAUL_HOST_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN"],
    git_user: "oauth2",
    files: "src/commit",
    api: |address| format!("{}://{}/api/v1", address.scheme, address.host),
    connect: |api, address, token, pace| {
        let (owner, name) = owner_and_name(address)?;
        Ok(Box::new(Gitea { http: Http::new(api, token, &[], pace)?, owner, name }))
    },
};

/// The server gives no more a page, whatever is asked for.
const PAGE: (&str, u32) = ("limit", 50);

/// What a draft's title begins with.
const DRAFT: &str = "WIP: ";

/// One repository on Gitea or Forgejo.
struct Gitea {
    http: Http,
    owner: String,
    name: String,
}

impl Gitea {
    fn route<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["repos", self.owner.as_str(), self.name.as_str()], rest].concat()
    }

    /// The numbers of labels; one that is not there yet is made.
    fn label_ids(&self, names: &[String]) -> Result<Vec<u64>, HostError> {
        let known: Vec<Label> = self.http.pages(&self.route(&["labels"]), &[], PAGE)?;
        let id = |name: &String| match known.iter().find(|label| label.name == *name) {
            Some(label) => Ok(label.id),
            None => {
                let body = json!({ "name": name, "color": "#1f6feb" });
                Ok(self.http.make::<Label>(&self.route(&["labels"]), &body)?.id)
            }
        };
        names.iter().map(id).collect()
    }

    fn pulls(&self, state: &str) -> Result<Vec<Pull>, HostError> {
        self.http.pages(&self.route(&["pulls"]), &[("state", state), ("sort", "recentupdate")], PAGE)
    }
}

impl CodeHost for Gitea {
    fn name(&self) -> &str {
        self.http.host()
    }

    fn pull_requests_of(&self, branch: &str) -> Result<Vec<PullRequest>, HostError> {
        let pulls = self.pulls("all")?.into_iter().filter(|pull| pull.head.branch == branch);
        let mut pulls: Vec<PullRequest> = pulls.map(PullRequest::from).collect();
        pulls.sort_by_key(|pull| std::cmp::Reverse(pull.number));
        Ok(pulls)
    }

    fn open(&self, prefix: &str) -> Result<Vec<PullRequest>, HostError> {
        let pulls = self.pulls("open")?.into_iter().filter(|pull| pull.head.branch.starts_with(prefix));
        Ok(pulls.map(PullRequest::from).collect())
    }

    fn create(&self, new: &NewPullRequest) -> Result<PullRequest, HostError> {
        let title = if new.draft { format!("{DRAFT}{}", new.title) } else { new.title.clone() };
        let body = json!({ "head": new.branch, "base": new.base, "title": title, "body": new.body });
        Ok(self.http.make::<Pull>(&self.route(&["pulls"]), &body)?.into())
    }

    fn edit(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let route = ["pulls", &number.to_string()];
        let _: Value = self.http.change(&Method::PATCH, &self.route(&route), &change(edit))?;
        Ok(())
    }

    fn label(&self, number: u64, labels: &[String]) -> Result<(), HostError> {
        let route = ["issues", &number.to_string(), "labels"];
        let body = json!({ "labels": self.label_ids(labels)? });
        let _: Value = self.http.change(&Method::POST, &self.route(&route), &body)?;
        Ok(())
    }

    fn ask_for_review(&self, number: u64, reviewers: &[String]) -> Result<(), HostError> {
        let (people, teams) = people_and_teams(reviewers);
        let route = ["pulls", &number.to_string(), "requested_reviewers"];
        let body = json!({ "reviewers": people, "team_reviewers": teams });
        let _: Value = self.http.change(&Method::POST, &self.route(&route), &body)?;
        Ok(())
    }

    fn comment(&self, number: u64, text: &str) -> Result<(), HostError> {
        let route = ["issues", &number.to_string(), "comments"];
        let _: Value = self.http.make(&self.route(&route), &json!({ "body": text }))?;
        Ok(())
    }

    fn comments(&self, number: u64) -> Result<Vec<String>, HostError> {
        let route = ["issues", &number.to_string(), "comments"];
        // All of them come at once: this list has no pages.
        let comments: Vec<Comment> = self.http.get(&self.route(&route), &[])?;
        Ok(comments.into_iter().map(|comment| comment.body).collect())
    }

    fn issues(&self, label: &str) -> Result<Vec<Issue>, HostError> {
        let query = [("state", "open"), ("type", "issues"), ("labels", label)];
        let issues: Vec<GiteaIssue> = self.http.pages(&self.route(&["issues"]), &query, PAGE)?;
        Ok(issues.into_iter().map(Issue::from).collect())
    }

    fn create_issue(&self, title: &str, body: &str, label: &str) -> Result<Issue, HostError> {
        let labels = self.label_ids(&[label.to_owned()])?;
        let body = json!({ "title": title, "body": body, "labels": labels });
        Ok(self.http.make::<GiteaIssue>(&self.route(&["issues"]), &body)?.into())
    }

    fn edit_issue(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let route = ["issues", &number.to_string()];
        let _: Value = self.http.change(&Method::PATCH, &self.route(&route), &change(edit))?;
        Ok(())
    }
}

fn change(edit: &Edit) -> Value {
    let mut change = serde_json::Map::new();
    let mut set = |key: &str, value: Option<&str>| value.map(|value| change.insert(key.to_owned(), json!(value)));
    set("title", edit.title.as_deref());
    set("body", edit.body.as_deref());
    set("state", edit.close.then_some("closed"));
    Value::Object(change)
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    html_url: String,
    state: String,
    title: String,
    body: Option<String>,
    #[serde(default)]
    merged: bool,
    head: Head,
    labels: Option<Vec<Label>>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    branch: String,
}

#[derive(Deserialize)]
struct Label {
    #[serde(default)]
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Comment {
    body: String,
}

#[derive(Deserialize)]
struct GiteaIssue {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
}

impl From<Pull> for PullRequest {
    fn from(pull: Pull) -> Self {
        let state = match (pull.merged, pull.state.as_str()) {
            (true, _) => State::Merged,
            (false, "open") => State::Open,
            (false, _) => State::Closed,
        };
        PullRequest {
            number: pull.number,
            url: pull.html_url,
            branch: pull.head.branch,
            state,
            title: pull.title.strip_prefix(DRAFT).unwrap_or(&pull.title).to_owned(),
            body: pull.body.unwrap_or_default(),
            labels: pull.labels.unwrap_or_default().into_iter().map(|label| label.name).collect(),
        }
    }
}

impl From<GiteaIssue> for Issue {
    fn from(issue: GiteaIssue) -> Self {
        Issue { number: issue.number, url: issue.html_url, title: issue.title, body: issue.body.unwrap_or_default() }
    }
}
