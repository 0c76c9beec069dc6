//! Who can do what on the flag server: tokens, people, roles. Names and dates only; no secret has a place here.

use jiff::Timestamp;

/// All that is known of access. What could not be read is empty, and a gap of the snapshot says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// The API tokens that the caller may see.
    pub tokens: Vec<ApiToken>,
    /// The people with a login.
    pub users: Vec<User>,
    /// How many may do everything.
    pub admins: Option<Admins>,
    /// Numbers that the server gives to anyone who may log in.
    pub counts: Option<Headcount>,
    /// The roles, with what they allow.
    pub roles: Vec<Role>,
    /// Who holds which role in which project.
    pub grants: Vec<Grant>,
    /// Accounts of programs.
    pub service_accounts: Vec<ServiceAccount>,
}

/// A set of names, or all there are and will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// No limit.
    All,
    /// These only.
    Only(Vec<String>),
}

impl Scope {
    /// Whether `name` is in it.
    pub fn contains(&self, name: &str) -> bool {
        match self {
            Scope::All => true,
            Scope::Only(names) => names.iter().any(|known| known == name),
        }
    }
}

/// An API token: everything about it but the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// What its makers call it.
    pub name: String,
    /// What it opens.
    pub kind: TokenKind,
    /// Where it is good.
    pub projects: Scope,
    /// Where it is good.
    pub environments: Scope,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it stops working; `None` means never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used; `None` means never.
    pub seen_at: Option<Timestamp>,
    /// How the server keeps it; `None` when the server does not say.
    pub storage: Option<TokenStorage>,
}

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Everything, with nobody behind it.
    Admin,
    /// Evaluation on servers.
    Backend,
    /// Evaluation in browsers and apps; not a secret.
    Frontend,
    /// Any other word of the server.
    Other(String),
}

/// How the server keeps a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStorage {
    /// In clear: whoever reads the database has it.
    Clear,
    /// As a hash.
    Hashed,
}

/// Somebody, as the server names and numbers people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The server's id; the same as in the event log.
    pub id: Option<i64>,
    /// The name the server gives.
    pub name: String,
}

/// Somebody with a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who.
    pub person: Person,
    /// Name of the role that holds everywhere.
    pub role: Option<String>,
    /// When the account was made.
    pub created_at: Option<Timestamp>,
    /// When they were last there; `None` means never.
    pub seen_at: Option<Timestamp>,
}

/// How many may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admins {
    /// People.
    pub people: u32,
    /// Programs.
    pub service_accounts: u32,
}

/// Numbers that the server gives to anyone who may log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headcount {
    /// People with a login.
    pub people: u32,
    /// Accounts of programs.
    pub service_accounts: u32,
    /// Tokens of the kind [`TokenKind::Admin`], expired ones included; `None` when the server does not say, as it
    /// may when there are none.
    pub admin_tokens: Option<u32>,
}

/// A role, with what it allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The server's id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where it counts.
    pub reach: RoleReach,
    /// What it allows; `None` when the server does not say.
    pub permissions: Option<Vec<Permission>>,
}

/// Where a role counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleReach {
    /// On the whole server.
    Everywhere,
    /// In the projects where somebody holds it.
    Project,
}

/// One thing that a role allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// What may be done.
    pub right: Right,
    /// In this environment only; `None` means in all.
    pub environment: Option<String>,
}

/// What may be done. What no rule asks about is [`Right::Other`] with the server's word for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// Everything.
    Everything,
    /// Saying yes to the change of somebody else.
    ApproveChange,
    /// Putting an approved change into effect.
    ApplyChange,
    /// Changing without asking anybody.
    BypassApproval,
    /// Anything else, by the server's name.
    Other(String),
}

/// Who holds which roles in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The project.
    pub project: String,
    /// Who; for a group, its members.
    pub people: Vec<Person>,
    /// The group, if they hold the roles as its members.
    pub group: Option<String>,
    /// Ids of the roles.
    pub roles: Vec<i64>,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// An account of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Which.
    pub person: Person,
    /// Name of the role that holds everywhere.
    pub role: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Its tokens, without their secrets.
    pub tokens: Vec<AccountToken>,
}

/// A token of an account, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountToken {
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it stops working; `None` means never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used; `None` means never.
    pub seen_at: Option<Timestamp>,
}
