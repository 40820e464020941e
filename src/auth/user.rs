//! People.

use super::Role;
use crate::{
    clock::Timestamp,
    error::{Error, Result},
    id::UserId,
    text,
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// E-mail address, lower case; what one signs in with.
    pub email: String,
    /// Name that others see.
    pub name: String,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// A person in a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The person.
    pub user: User,
    /// What the person is there.
    pub role: Role,
}

/// A person to be added to the actor's site.
#[derive(Clone)]
pub struct NewUser {
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Password in clear; only its hash is kept.
    pub password: String,
    /// What the person will be.
    pub role: Role,
}

/// Brings an e-mail address into the form we keep.
pub fn normal_email(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let looks_right = email.len() <= 254
        && email.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty()
                && domain.contains('.')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        })
        && !email
            .chars()
            .any(|character| character.is_whitespace() || character.is_control());
    if looks_right {
        Ok(email)
    } else {
        Err(Error::invalid("input.email", "is not an e-mail address"))
    }
}

/// Brings a name into the form we keep: one line that others can read.
pub fn normal_name(name: &str) -> Result<String> {
    let name = name.trim();
    if text::is_blank(name) {
        return Err(Error::invalid("input.name", "must not be empty"));
    }
    if name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid(
            "input.name",
            format!("must be one line of at most {LONGEST_NAME} characters"),
        ));
    }
    Ok(name.to_owned())
}
