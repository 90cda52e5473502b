//! Who visits: a cookie for each browser, a token for its forms, and whether it is logged in at the router.

use axum::http::{HeaderMap, HeaderValue, header};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

/// The cookie's name.
const COOKIE: &str = "keyway";
/// What a page's script says when it asks by itself: nobody did anything.
const REFRESH: &str = "x-keyway-refresh";
/// A log-in ends when nothing came for this long.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Visitors that are remembered; those longest away are forgotten first, the logged-in ones last.
const MOST: usize = 1024;

/// All visitors.
#[derive(Clone, Default)]
pub(crate) struct Visitors(Arc<Mutex<HashMap<String, Seen>>>);

struct Seen {
    token: String,
    last: Instant,
    logged_in: bool,
}

/// One visitor, for one request.
#[derive(Clone)]
pub(crate) struct Visitor {
    id: String,
    /// What its forms must have.
    pub(crate) token: String,
    /// Whether it is logged in at the router.
    pub(crate) logged_in: bool,
    /// Whether its browser has no cookie yet.
    is_new: bool,
}

impl Visitors {
    /// Recognises a visitor by its cookie, or makes a new one.
    pub(crate) fn recognise(&self, headers: &HeaderMap) -> Result<Visitor, getrandom::Error> {
        let now = Instant::now();
        let mut all = self.lock();
        if let Some(id) = cookie(headers)
            && let Some(seen) = all.get_mut(id)
        {
            if now.duration_since(seen.last) > IDLE {
                seen.logged_in = false;
            }
            if !headers.contains_key(REFRESH) {
                seen.last = now;
            }
            let (token, logged_in) = (seen.token.clone(), seen.logged_in);
            return Ok(Visitor { id: id.to_owned(), token, logged_in, is_new: false });
        }
        if all.len() >= MOST {
            let oldest =
                all.iter().min_by_key(|(_, seen)| (seen.logged_in, seen.last)).map(|(id, _)| id.clone());
            oldest.and_then(|id| all.remove(&id));
        }
        let (id, token) = (random()?, random()?);
        all.insert(id.clone(), Seen { token: token.clone(), last: now, logged_in: false });
        Ok(Visitor { id, token, logged_in: false, is_new: true })
    }

    /// The visitor has proved the password. It gets a new cookie, so that one that somebody planted is worth nothing.
    pub(crate) fn log_in(&self, visitor: &Visitor) -> Result<Visitor, getrandom::Error> {
        let (id, token) = (random()?, random()?);
        let mut all = self.lock();
        all.remove(&visitor.id);
        all.insert(id.clone(), Seen { token: token.clone(), last: Instant::now(), logged_in: true });
        Ok(Visitor { id, token, logged_in: true, is_new: true })
    }

    /// The visitor leaves.
    pub(crate) fn log_out(&self, visitor: &Visitor) {
        if let Some(seen) = self.lock().get_mut(&visitor.id) {
            seen.logged_in = false;
        }
    }

    /// Nobody else is logged in any more: the password changed.
    pub(crate) fn log_out_others(&self, visitor: &Visitor) {
        for (id, seen) in self.lock().iter_mut() {
            seen.logged_in &= *id == visitor.id;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visitor {
    /// Whether a form or a request of the API has this visitor's token.
    pub(crate) fn has_token(&self, token: &str) -> bool {
        token.as_bytes().ct_eq(self.token.as_bytes()).into()
    }

    /// What the answer has to say so that the browser keeps the cookie; `None` when it has it already.
    pub(crate) fn cookie(&self) -> Option<HeaderValue> {
        let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", self.id);
        self.is_new.then(|| HeaderValue::from_str(&cookie).ok()).flatten()
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE && value.len() == 32).then_some(value)
    })
}

/// 128 bits in hexadecimal.
fn random() -> Result<String, getrandom::Error> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets)?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(visitor: &Visitor) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, format!("a=b; {COOKIE}={}", visitor.id).parse().unwrap());
        headers
    }

    #[test]
    fn a_log_in_changes_the_cookie_and_the_token() {
        let visitors = Visitors::default();
        let first = visitors.recognise(&HeaderMap::new()).unwrap();
        assert!(first.cookie().is_some() && !first.logged_in);
        let again = visitors.recognise(&headers(&first)).unwrap();
        assert!(again.cookie().is_none() && again.has_token(&first.token) && !again.has_token(""));
        let inside = visitors.log_in(&again).unwrap();
        assert!(inside.id != first.id && !inside.has_token(&first.token));
        assert!(!visitors.recognise(&headers(&first)).unwrap().logged_in, "the old cookie is worth nothing");
        assert!(visitors.recognise(&headers(&inside)).unwrap().logged_in);
        visitors.log_out(&inside);
        assert!(!visitors.recognise(&headers(&inside)).unwrap().logged_in);
    }

    #[test]
    fn a_crowd_of_strangers_does_not_push_the_owner_out() {
        let visitors = Visitors::default();
        let stranger = visitors.recognise(&HeaderMap::new()).unwrap();
        let owner = visitors.log_in(&stranger).unwrap();
        for _ in 0..2 * MOST {
            visitors.recognise(&HeaderMap::new()).unwrap();
        }
        assert!(visitors.lock().len() <= MOST);
        assert!(visitors.recognise(&headers(&owner)).unwrap().logged_in);
    }
}
