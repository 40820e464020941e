//! Who calls, and whether they may: token, user, scope, allowances, in the platform's order.

use actix_web::{HttpRequest, HttpResponse};

use super::{Douyin, Refusal, answer::Family, get, pairs, state::State};
use crate::clock::Timestamp;

/// Codes of the checks that both families have, each with its own numbers.
struct Codes {
    invalid: Refusal,
    expired: Refusal,
    mismatch: Refusal,
    hand_off: Refusal,
}

const fn codes(family: Family) -> Codes {
    match family {
        Family::Old => Codes {
            invalid: (2_190_002, "access_token invalid"),
            expired: (2_190_008, "access_token expired"),
            mismatch: (2_190_015, "access_token does not match open_id"),
            hand_off: (2_190_004, "application lacks the capability"),
        },
        Family::New => Codes {
            invalid: (28_001_003, "access token invalid"),
            expired: (28_001_008, "access token expired"),
            mismatch: (28_001_015, "access token does not match open_id"),
            hand_off: (28_001_018, "application lacks the capability"),
        },
    }
}

const APP_LACKS: Refusal = (28_001_018, "application lacks the capability");
const USER_REFUSES: Refusal = (28_001_012, "user has not authorised");
const TOO_FREQUENT: Refusal = (28_003_018, "too frequent");
const USED_UP: Refusal = (28_003_017, "quota used up");
const OFFLINE: Refusal = (28_001_056, "this api was taken offline");

/// The token of a call: in the header, or, as before 2021, in the query.
fn token(request: &HttpRequest) -> String {
    let header = request
        .headers()
        .get("access-token")
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let query = || get(&pairs(request.query_string()), "access_token").map(ToOwned::to_owned);
    header.or_else(query).unwrap_or_default()
}

impl Douyin {
    /// Lets a call with a user's token in, or answers it.
    pub fn enter(
        &self,
        family: Family,
        request: &HttpRequest,
        scope: &str,
    ) -> Result<(), Box<HttpResponse>> {
        let (token, query, now) = (token(request), pairs(request.query_string()), self.now());
        let open_id = get(&query, "open_id").unwrap_or_default();
        let admitted = admit(&mut self.lock(), family, &token, open_id, scope, now);
        admitted.map_err(|refusal| Box::new(self.refuse(family, refusal)))
    }

    /// Lets a call with a token of the application in, or answers it.
    pub fn enter_as_app(
        &self,
        family: Family,
        request: &HttpRequest,
        scope: &str,
    ) -> Result<(), Box<HttpResponse>> {
        let (token, now) = (token(request), self.now());
        let admitted = admit_app(&mut self.lock(), family, &token, scope, now);
        admitted.map_err(|refusal| Box::new(self.refuse(family, refusal)))
    }

    /// The same for calls that read: they go offline one day, and an application may make so many a day.
    pub fn enter_to_read(
        &self,
        family: Family,
        request: &HttpRequest,
        scope: &str,
    ) -> Result<(), Box<HttpResponse>> {
        self.enter(family, request, scope)?;
        let now = self.now();
        let (is_offline, is_free) = {
            let mut state = self.lock();
            (state.settings.profile == "offline", state.take_read(now))
        };
        if is_offline {
            // Seen in the new envelope, whatever the call's own is.
            return Err(Box::new(self.refuse(Family::New, OFFLINE)));
        }
        if !is_free {
            return Err(Box::new(self.refuse(family, USED_UP)));
        }
        Ok(())
    }
}

fn admit(
    state: &mut State,
    family: Family,
    token: &str,
    open_id: &str,
    scope: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let codes = codes(family);
    let grant = state
        .grants
        .iter()
        .find(|grant| grant.access_token == token);
    let grant = grant.filter(|grant| !grant.revoked).ok_or(codes.invalid)?;
    if grant.access_ends <= now {
        return Err(codes.expired);
    }
    if open_id != state.settings.open_id {
        return Err(codes.mismatch);
    }
    if state.settings.profile == "handoff" {
        return Err(codes.hand_off);
    }
    let holds = |scopes: &[String]| scopes.iter().any(|known| known == scope);
    if !holds(&state.settings.app_scopes) {
        return Err(APP_LACKS);
    }
    if !holds(&grant.scopes) {
        return Err(USER_REFUSES);
    }
    if state.take_burst(now) {
        Ok(())
    } else {
        Err(TOO_FREQUENT)
    }
}

fn admit_app(
    state: &mut State,
    family: Family,
    token: &str,
    scope: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let codes = codes(family);
    let known = state
        .client_tokens
        .iter()
        .find(|known| known.token == token);
    let known = known.ok_or(codes.invalid)?;
    if known.ends <= now {
        return Err(codes.expired);
    }
    if !state.settings.app_scopes.iter().any(|known| known == scope) {
        return Err(APP_LACKS);
    }
    if state.take_burst(now) {
        Ok(())
    } else {
        Err(TOO_FREQUENT)
    }
}
