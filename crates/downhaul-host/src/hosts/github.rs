//! GitHub and GitHub Enterprise: the REST API of 2022-11-28, as its OpenAPI document describes it.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Kind, owner_and_name, people_and_teams};
use crate::http::{Http, Pace};
use crate::pull_request::{Edit, Issue, NewPullRequest, PullRequest, State};
use crate::{CodeHost, HostError, HostToken, RepositoryAddress};

pub(super) const KIND: Kind = Kind {
    name: "github",
    public: "github.com",
    hint: "github",
    api_variables: &["GITHUB_API_URL"],
    token_variables: &["DOWNHAUL_HOST_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"],
    git_user: "x-access-token",
    files: "blob",
    api: |address| match address.host.as_str() {
        "github.com" => "https://api.github.com".to_owned(),
        host => format!("{}://{host}/api/v3", address.scheme),
    },
    connect: |api, address, token, pace| Ok(Box::new(Github::new(api, address, token, pace)?)),
};

const PAGE: (&str, u32) = ("per_page", 100);

/// One repository on GitHub.
struct Github {
    http: Http,
    owner: String,
    name: String,
}

impl Github {
    fn new(api: &str, address: &RepositoryAddress, token: &HostToken, pace: Pace) -> Result<Self, HostError> {
        let (owner, name) = owner_and_name(address)?;
        let headers = [("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")];
        Ok(Github { http: Http::new(api, token, &headers, pace)?, owner, name })
    }

    /// A route below the repository.
    fn route<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["repos", self.owner.as_str(), self.name.as_str()], rest].concat()
    }
}

impl CodeHost for Github {
    fn name(&self) -> &str {
        self.http.host()
    }

    fn pull_requests_of(&self, branch: &str) -> Result<Vec<PullRequest>, HostError> {
        let head = format!("{}:{branch}", self.owner);
        let query = [("state", "all"), ("head", head.as_str()), ("sort", "created"), ("direction", "desc")];
        let pulls: Vec<Pull> = self.http.pages(&self.route(&["pulls"]), &query, PAGE)?;
        // An older server that does not know `head` answers with everything.
        Ok(pulls.into_iter().filter(|pull| pull.head.branch == branch).map(PullRequest::from).collect())
    }

    fn open(&self, prefix: &str) -> Result<Vec<PullRequest>, HostError> {
        let pulls: Vec<Pull> = self.http.pages(&self.route(&["pulls"]), &[("state", "open")], PAGE)?;
        Ok(pulls.into_iter().filter(|pull| pull.head.branch.starts_with(prefix)).map(PullRequest::from).collect())
    }

    fn create(&self, new: &NewPullRequest) -> Result<PullRequest, HostError> {
        let body = NewPull {
            title: &new.title,
            head: &new.branch,
            base: &new.base,
            body: &new.body,
            draft: new.draft,
            maintainer_can_modify: true,
        };
        Ok(self.http.make::<Pull>(&self.route(&["pulls"]), &body)?.into())
    }

    fn edit(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let number = number.to_string();
        let _: Pull = self.http.change(&Method::PATCH, &self.route(&["pulls", &number]), &Change::from(edit))?;
        Ok(())
    }

    fn label(&self, number: u64, labels: &[String]) -> Result<(), HostError> {
        let route = ["issues", &number.to_string(), "labels"];
        let _: serde_json::Value =
            self.http.change(&Method::POST, &self.route(&route), &json!({ "labels": labels }))?;
        Ok(())
    }

    fn ask_for_review(&self, number: u64, reviewers: &[String]) -> Result<(), HostError> {
        let (people, teams) = people_and_teams(reviewers);
        let route = ["pulls", &number.to_string(), "requested_reviewers"];
        let body = json!({ "reviewers": people, "team_reviewers": teams });
        let _: serde_json::Value = self.http.change(&Method::POST, &self.route(&route), &body)?;
        Ok(())
    }

    fn comment(&self, number: u64, text: &str) -> Result<(), HostError> {
        let route = ["issues", &number.to_string(), "comments"];
        let _: serde_json::Value = self.http.make(&self.route(&route), &json!({ "body": text }))?;
        Ok(())
    }

    fn comments(&self, number: u64) -> Result<Vec<String>, HostError> {
        let route = ["issues", &number.to_string(), "comments"];
        let comments: Vec<Comment> = self.http.pages(&self.route(&route), &[], PAGE)?;
        Ok(comments.into_iter().map(|comment| comment.body.unwrap_or_default()).collect())
    }

    fn issues(&self, label: &str) -> Result<Vec<Issue>, HostError> {
        let query = [("state", "open"), ("labels", label)];
        let issues: Vec<IssueOrPull> = self.http.pages(&self.route(&["issues"]), &query, PAGE)?;
        // GitHub counts pull requests among the issues.
        Ok(issues.into_iter().filter(|issue| issue.pull_request.is_none()).map(Issue::from).collect())
    }

    fn create_issue(&self, title: &str, body: &str, label: &str) -> Result<Issue, HostError> {
        let body = json!({ "title": title, "body": body, "labels": [label] });
        Ok(self.http.make::<IssueOrPull>(&self.route(&["issues"]), &body)?.into())
    }

    fn edit_issue(&self, number: u64, edit: &Edit) -> Result<(), HostError> {
        let route = ["issues", &number.to_string()];
        let _: IssueOrPull = self.http.change(&Method::PATCH, &self.route(&route), &Change::from(edit))?;
        Ok(())
    }
}

#[derive(Deserialize)]
struct Pull {
    number: u64,
    html_url: String,
    state: String,
    title: String,
    body: Option<String>,
    merged_at: Option<String>,
    head: Head,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "ref")]
    branch: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct Comment {
    body: Option<String>,
}

#[derive(Deserialize)]
struct IssueOrPull {
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    pull_request: Option<serde_json::Value>,
}

#[derive(Serialize)]
struct NewPull<'a> {
    title: &'a str,
    head: &'a str,
    base: &'a str,
    body: &'a str,
    draft: bool,
    maintainer_can_modify: bool,
}

#[derive(Serialize)]
struct Change<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

impl<'a> From<&'a Edit> for Change<'a> {
    fn from(edit: &'a Edit) -> Self {
        Change { title: edit.title.as_deref(), body: edit.body.as_deref(), state: edit.close.then_some("closed") }
    }
}

impl From<Pull> for PullRequest {
    fn from(pull: Pull) -> Self {
        let state = match (pull.state.as_str(), pull.merged_at) {
            (_, Some(_)) => State::Merged,
            ("open", None) => State::Open,
            _ => State::Closed,
        };
        PullRequest {
            number: pull.number,
            url: pull.html_url,
            branch: pull.head.branch,
            state,
            title: pull.title,
            body: pull.body.unwrap_or_default(),
            labels: pull.labels.into_iter().map(|label| label.name).collect(),
        }
    }
}

impl From<IssueOrPull> for Issue {
    fn from(issue: IssueOrPull) -> Self {
        Issue { number: issue.number, url: issue.html_url, title: issue.title, body: issue.body.unwrap_or_default() }
    }
}
