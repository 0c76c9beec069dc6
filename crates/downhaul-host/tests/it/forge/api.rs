//! The API: one memory, told in the words of GitHub, GitLab or Gitea, by the root of the route.

use serde_json::{Value, json};

use super::wire::{Answer, Request};

/// A pull request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) branch: String,
    pub(crate) base: String,
    pub(crate) draft: bool,
    pub(crate) open: bool,
    pub(crate) merged: bool,
    pub(crate) labels: Vec<String>,
    pub(crate) reviewers: Vec<String>,
}

/// An issue.
#[derive(Debug, Clone, Default)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) open: bool,
    pub(crate) labels: Vec<String>,
}

/// A comment below a pull request.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) number: u64,
    pub(crate) body: String,
}

/// What the forge remembers.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) pulls: Vec<Pull>,
    pub(crate) issues: Vec<Issue>,
    pub(crate) comments: Vec<Comment>,
    /// Requests that write, as `METHOD /path`.
    pub(crate) writes: Vec<String>,
    next: u64,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Github,
    Gitlab,
    Gitea,
}

impl Memory {
    pub(crate) fn answer(&mut self, request: &Request, url: &str, branch_exists: &dyn Fn(&str) -> bool) -> Answer {
        let roots = [
            ("/api/v3/repos/acme/shop/", Dialect::Github),
            ("/api/v4/projects/acme%2Fshop/", Dialect::Gitlab),
            ("/api/v1/repos/acme/shop/", Dialect::Gitea),
        ];
        if request.method != "GET" {
            self.writes.push(format!("{} {}", request.method, request.path));
        }
        if request.path == "/api/v4/users" {
            return Answer::json(200, &json!([{ "id": 7, "username": request.parameter("username") }]));
        }
        for (root, dialect) in roots {
            if let Some(rest) = request.path.strip_prefix(root) {
                let segments: Vec<&str> = rest.split('/').collect();
                return self.route(dialect, &segments, request, url, branch_exists);
            }
        }
        not_found()
    }

    fn route(
        &mut self,
        dialect: Dialect,
        segments: &[&str],
        request: &Request,
        url: &str,
        branch_exists: &dyn Fn(&str) -> bool,
    ) -> Answer {
        let body = request.json();
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        match (request.method.as_str(), segments) {
            ("GET", ["pulls" | "merge_requests"]) => self.list_pulls(dialect, request, url),
            ("POST", ["pulls" | "merge_requests"]) => self.create_pull(dialect, &body, url, branch_exists),
            ("PATCH" | "PUT", ["pulls" | "merge_requests", n]) => self.edit_pull(dialect, number(n), &body, url),
            ("POST", ["pulls", n, "requested_reviewers"]) => self.review(dialect, number(n), &body, url),
            ("POST", ["issues", n, "labels"]) => self.label(number(n), &body),
            ("GET", ["labels"]) => Answer::json(200, &json!([{ "id": 1, "name": "label-1" }])),
            ("POST", ["labels"]) => Answer::json(201, &json!({ "id": 2, "name": body["name"] })),
            ("GET", ["issues" | "merge_requests", n, "comments" | "notes"]) => {
                let said = self.comments.iter().filter(|comment| comment.number == number(n));
                Answer::json(200, &said.map(|comment| json!({ "body": comment.body })).collect())
            }
            ("POST", ["issues" | "merge_requests", n, "comments" | "notes"]) => {
                self.comments.push(Comment { number: number(n), body: text(&body["body"]) });
                Answer::json(201, &json!({ "id": 1, "body": body["body"] }))
            }
            ("GET", ["issues"]) => self.list_issues(request, url),
            ("POST", ["issues"]) => self.create_issue(&body, url),
            ("PATCH" | "PUT", ["issues", n]) => self.edit_issue(number(n), &body, url),
            _ => not_found(),
        }
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn list_pulls(&self, dialect: Dialect, request: &Request, url: &str) -> Answer {
        let state = request.parameter("state").unwrap_or_else(|| "open".to_owned());
        let head = request.parameter("head").map(|head| head.trim_start_matches("acme:").to_owned());
        let branch = head.or_else(|| request.parameter("source_branch"));
        let mut pulls: Vec<&Pull> = self
            .pulls
            .iter()
            .filter(|pull| state == "all" || pull.open)
            .filter(|pull| branch.as_ref().is_none_or(|branch| pull.branch == *branch))
            .collect();
        pulls.reverse();
        let page: usize = request.parameter("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        let size = request.parameter("per_page").or_else(|| request.parameter("limit"));
        let size: usize = size.and_then(|size| size.parse().ok()).unwrap_or(30);
        let shown = pulls.into_iter().skip((page - 1) * size).take(size);
        Answer::json(200, &shown.map(|pull| told(dialect, pull, url)).collect())
    }

    fn create_pull(
        &mut self,
        dialect: Dialect,
        body: &Value,
        url: &str,
        branch_exists: &dyn Fn(&str) -> bool,
    ) -> Answer {
        let branch = text(&body[if dialect == Dialect::Gitlab { "source_branch" } else { "head" }]);
        let base = text(&body[if dialect == Dialect::Gitlab { "target_branch" } else { "base" }]);
        if !branch_exists(&branch) || !branch_exists(&base) || text(&body["title"]).is_empty() {
            let errors = json!([{ "resource": "PullRequest", "field": "head", "code": "invalid" }]);
            return Answer::json(422, &json!({ "message": "Validation Failed", "errors": errors }));
        }
        if self.pulls.iter().any(|pull| pull.open && pull.branch == branch) {
            let status = if dialect == Dialect::Github { 422 } else { 409 };
            return Answer::json(status, &json!({ "message": "A pull request already exists" }));
        }
        let title = text(&body["title"]);
        let bare = title.trim_start_matches("Draft: ").trim_start_matches("WIP: ").to_owned();
        let pull = Pull {
            number: self.number(),
            draft: body["draft"] == true || bare != title,
            title,
            body: text(&body[if dialect == Dialect::Gitlab { "description" } else { "body" }]),
            branch,
            base,
            open: true,
            ..Pull::default()
        };
        self.pulls.push(pull.clone());
        Answer::json(201, &told(dialect, &pull, url))
    }

    fn edit_pull(&mut self, dialect: Dialect, number: u64, body: &Value, url: &str) -> Answer {
        let Some(pull) = self.pulls.iter_mut().find(|pull| pull.number == number) else { return not_found() };
        if let Some(title) = body["title"].as_str() {
            title.clone_into(&mut pull.title);
        }
        if let Some(text) = body["body"].as_str().or(body["description"].as_str()) {
            text.clone_into(&mut pull.body);
        }
        if body["state"] == "closed" || body["state_event"] == "close" {
            pull.open = false;
        }
        if let Some(labels) = body["add_labels"].as_str() {
            pull.labels.extend(labels.split(',').map(str::to_owned));
        }
        if let Some(ids) = body["reviewer_ids"].as_array() {
            pull.reviewers.extend(ids.iter().map(Value::to_string));
        }
        Answer::json(200, &told(dialect, pull, url))
    }

    fn review(&mut self, dialect: Dialect, number: u64, body: &Value, url: &str) -> Answer {
        let Some(pull) = self.pulls.iter_mut().find(|pull| pull.number == number) else { return not_found() };
        let asked = [&body["reviewers"], &body["team_reviewers"]].into_iter().filter_map(Value::as_array).flatten();
        let asked: Vec<String> = asked.map(text).collect();
        if asked.iter().any(|name| name == "ghost") {
            return Answer::json(422, &json!({ "message": "Reviews may only be requested from collaborators." }));
        }
        pull.reviewers.extend(asked);
        Answer::json(201, &told(dialect, pull, url))
    }

    fn label(&mut self, number: u64, body: &Value) -> Answer {
        let Some(pull) = self.pulls.iter_mut().find(|pull| pull.number == number) else { return not_found() };
        pull.labels.extend(body["labels"].as_array().into_iter().flatten().map(text));
        Answer::json(200, &json!([]))
    }

    fn list_issues(&self, request: &Request, url: &str) -> Answer {
        let label = request.parameter("labels").unwrap_or_default();
        let open = self.issues.iter().filter(|issue| issue.open && issue.labels.contains(&label));
        Answer::json(200, &open.map(|issue| told_issue(issue, url)).collect())
    }

    fn create_issue(&mut self, body: &Value, url: &str) -> Answer {
        let labels = match &body["labels"] {
            Value::String(label) => vec![label.clone()],
            labels => labels.as_array().into_iter().flatten().map(text).collect(),
        };
        let issue = Issue {
            number: self.number(),
            title: text(&body["title"]),
            body: text(if body["body"].is_string() { &body["body"] } else { &body["description"] }),
            open: true,
            labels,
        };
        self.issues.push(issue.clone());
        Answer::json(201, &told_issue(&issue, url))
    }

    fn edit_issue(&mut self, number: u64, body: &Value, url: &str) -> Answer {
        let Some(issue) = self.issues.iter_mut().find(|issue| issue.number == number) else { return not_found() };
        if let Some(text) = body["body"].as_str().or(body["description"].as_str()) {
            text.clone_into(&mut issue.body);
        }
        Answer::json(200, &told_issue(issue, url))
    }
}

fn told(dialect: Dialect, pull: &Pull, url: &str) -> Value {
    let page = format!("{url}/acme/shop/pull/{}", pull.number);
    let labels: Vec<Value> = pull.labels.iter().map(|name| json!({ "id": 1, "name": name })).collect();
    match dialect {
        Dialect::Github | Dialect::Gitea => json!({
            "number": pull.number,
            "html_url": page,
            "state": if pull.open { "open" } else { "closed" },
            "title": pull.title,
            "body": pull.body,
            "draft": pull.draft,
            "merged": pull.merged,
            "merged_at": pull.merged.then_some("2026-11-01T00:00:00Z"),
            "head": { "ref": pull.branch },
            "base": { "ref": pull.base },
            "labels": labels,
        }),
        Dialect::Gitlab => json!({
            "iid": pull.number,
            "web_url": page,
            "state": if pull.merged { "merged" } else if pull.open { "opened" } else { "closed" },
            "title": pull.title,
            "description": pull.body,
            "source_branch": pull.branch,
            "target_branch": pull.base,
            "labels": pull.labels,
        }),
    }
}

fn told_issue(issue: &Issue, url: &str) -> Value {
    let page = format!("{url}/acme/shop/issues/{}", issue.number);
    json!({
        "number": issue.number,
        "iid": issue.number,
        "html_url": page,
        "web_url": page,
        "title": issue.title,
        "body": issue.body,
        "description": issue.body,
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn not_found() -> Answer {
    Answer::json(404, &json!({ "message": "Not Found" }))
}
