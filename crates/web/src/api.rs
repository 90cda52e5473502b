//! The same for programs: JSON over HTTP, described by OpenAPI.
//!
//! A program gets a cookie and a token from `GET /api/session`; requests that change something send the token in the
//! header `X-Keyway-Token`. What a page does is `POST /api/actions` with the action that the page's form has.

use crate::pages::{perform, status, visitor};
use crate::site::Site;
use crate::visitors::Visitor;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use keyway_devices::printer::ConfigurationData;
use keyway_devices::view::{HomeView, RouterAdminView};
use keyway_devices::{Action, Refusal, SecretText};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use tokio_stream::wrappers::WatchStream;
use tokio_stream::{Stream, StreamExt};
use utoipa::{OpenApi, ToSchema};

/// The header with the token.
const TOKEN: &str = "x-keyway-token";

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/session", get(session).post(log_in).delete(log_out))
        .route("/password", post(set_password))
        .route("/home", get(home))
        .route("/router", get(router))
        .route("/actions", post(act))
        .route("/printers/{id}/configuration", get(configuration))
        .route("/events", get(events))
        .route("/openapi.json", get(description))
        .method_not_allowed_fallback(wrong_method)
        .fallback(missing)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Keyway",
        description = "Everything that the pages of the home do. A request that changes something \
        needs the header X-Keyway-Token with the token of GET /api/session, and its cookie."
    ),
    paths(session, log_in, log_out, set_password, home, router, act, configuration, events),
    components(schemas(Action, Refusal, HomeView, RouterAdminView, ConfigurationData))
)]
struct Description;

/// Who the caller is.
#[derive(Serialize, ToSchema)]
struct SessionState {
    /// To be sent in the header X-Keyway-Token.
    token: String,
    /// Whether it is logged in at the router.
    logged_in: bool,
    /// Whether the router has a password; if not, set one.
    has_password: bool,
}

/// A password.
#[derive(Deserialize, ToSchema)]
struct Password {
    /// The password.
    password: SecretText,
}

/// An answer that refuses.
struct Refused(Refusal);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (status(&self.0), Json(self.0)).into_response()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Refused {
        Refused(refusal)
    }
}

type Answer<T> = Result<T, Refusing>;

/// An answer that refuses, on the heap: it is rare, and large.
struct Refusing(Box<Response>);

impl IntoResponse for Refusing {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Box<Response>> for Refusing {
    fn from(response: Box<Response>) -> Refusing {
        Refusing(response)
    }
}

fn refuse(refusal: Refusal) -> Refusing {
    Refusing(Box::new(Refused(refusal).into_response()))
}

/// Reads a body.
fn body<T>(body: Result<Json<T>, JsonRejection>) -> Answer<T> {
    body.map(|Json(value)| value).map_err(|rejection| {
        let words = format!("The request is not as described: {}.", wrong(&rejection));
        let next = "Compare it with /api/openapi.json.";
        Refusing(Box::new((rejection.status(), Json(Refusal::new("bad-value", words, next))).into_response()))
    })
}

/// What is wrong with a body, without what stands in it: that may be a PIN or a password in the wrong place.
fn wrong(rejection: &JsonRejection) -> String {
    match rejection {
        JsonRejection::JsonDataError(error) => {
            let words = error.body_text();
            // The reader says first what it found, then what it expected, which is of the description alone.
            match (words.rsplit_once(", expected "), words.rsplit_once("missing field ")) {
                (Some((_, expected)), _) => format!("expected {expected}"),
                (None, Some((_, field))) => format!("missing field {field}"),
                (None, None) => "a value does not fit".to_owned(),
            }
        }
        JsonRejection::JsonSyntaxError(_) => "it is not JSON".to_owned(),
        JsonRejection::MissingJsonContentType(_) => "its Content-Type is not application/json".to_owned(),
        _ => "it cannot be read, or is too long".to_owned(),
    }
}

/// The caller of a request that changes something.
fn caller(site: &Site, headers: &HeaderMap) -> Answer<Visitor> {
    let visitor = visitor(site, headers)?;
    let token = headers.get(TOKEN).and_then(|token| token.to_str().ok());
    if token.is_some_and(|token| visitor.has_token(token)) {
        return Ok(visitor);
    }
    let next = "Get one from /api/session, and send its cookie too.";
    let refusal = Refusal::new("unauthorised", "The header X-Keyway-Token has no valid token.", next);
    Err(Refusing(Box::new((StatusCode::FORBIDDEN, Json(refusal)).into_response())))
}

async fn state(site: &Site, visitor: &Visitor) -> Response {
    let has_password = site.live.scene().await.home.router.has_password;
    let state = SessionState { token: visitor.token.clone(), logged_in: visitor.logged_in, has_password };
    let mut response = Json(state).into_response();
    if let Some(cookie) = visitor.cookie() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Who the caller is; sets the cookie.
#[utoipa::path(get, path = "/api/session",
    responses((status = 200, description = "Who the caller is.", body = SessionState)))]
async fn session(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    let visitor = visitor(&site, &headers)?;
    Ok(state(&site, &visitor).await)
}

/// Logs in at the router; the cookie and the token change.
#[utoipa::path(post, path = "/api/session", request_body = Password,
    params(("X-Keyway-Token" = String, Header, description = "the token of GET /api/session")),
    responses((status = 200, description = "Who the caller is now.", body = SessionState),
        (status = "4XX", description = "Why not; nothing has changed.", body = Refusal),
        (status = 507, description = "It could not be kept.", body = Refusal)))]
async fn log_in(
    State(site): State<Site>,
    headers: HeaderMap,
    request: Result<Json<Password>, JsonRejection>,
) -> Answer<Response> {
    let visitor = caller(&site, &headers)?;
    site.live.check_password(body(request)?.password).await.map_err(refuse)?;
    inside(&site, &visitor).await
}

/// Logs out.
#[utoipa::path(delete, path = "/api/session",
    params(("X-Keyway-Token" = String, Header, description = "the token of GET /api/session")),
    responses((status = 204, description = "The caller is logged out."),
        (status = "4XX", description = "Why not; nothing has changed.", body = Refusal)))]
async fn log_out(State(site): State<Site>, headers: HeaderMap) -> Answer<StatusCode> {
    let visitor = caller(&site, &headers)?;
    site.visitors.log_out(&visitor);
    Ok(StatusCode::NO_CONTENT)
}

/// Sets the router's password at the first start, and logs in.
#[utoipa::path(post, path = "/api/password", request_body = Password,
    params(("X-Keyway-Token" = String, Header, description = "the token of GET /api/session")),
    responses((status = 200, description = "Who the caller is now.", body = SessionState),
        (status = "4XX", description = "Why not; nothing has changed.", body = Refusal),
        (status = 507, description = "It could not be kept.", body = Refusal)))]
async fn set_password(
    State(site): State<Site>,
    headers: HeaderMap,
    request: Result<Json<Password>, JsonRejection>,
) -> Answer<Response> {
    let visitor = caller(&site, &headers)?;
    site.live.set_first_password(body(request)?.password).await.map_err(refuse)?;
    inside(&site, &visitor).await
}

async fn inside(site: &Site, visitor: &Visitor) -> Answer<Response> {
    let inside = site.visitors.log_in(visitor).map_err(|_| {
        refuse(Refusal::new("not-now", "There is no randomness at this moment.", "Try again."))
    })?;
    Ok(state(site, &inside).await)
}

/// The home as anybody sees it.
#[utoipa::path(get, path = "/api/home", responses((status = 200, description = "The home.", body = HomeView)))]
async fn home(State(site): State<Site>) -> Response {
    Json(site.live.scene().await.home.as_ref()).into_response()
}

/// The router as its owner sees it.
#[utoipa::path(get, path = "/api/router",
    responses((status = 200, description = "The router.", body = RouterAdminView),
        (status = 401, description = "The caller is not logged in.", body = Refusal),
        (status = 409, description = "The router is off.", body = Refusal)))]
async fn router(State(site): State<Site>, headers: HeaderMap) -> Answer<Response> {
    let visitor = visitor(&site, &headers)?;
    if !visitor.logged_in {
        return Err(refuse(Refusal::new(
            "unauthorised",
            "You are not logged in at the router.",
            "Log in first.",
        )));
    }
    let scene = site.live.scene().await;
    if !scene.home.router.power {
        return Err(refuse(Refusal::new("not-now", "The router is off.", "Plug it in first.")));
    }
    Ok(Json(scene.admin.as_ref()).into_response())
}

/// Does what a person does at a printer, at the router (logged in), at the computer or in the home.
#[utoipa::path(post, path = "/api/actions", request_body = Action,
    params(("X-Keyway-Token" = String, Header, description = "the token of GET /api/session")),
    responses((status = 204, description = "It is done, and kept if it must last."),
        (status = "4XX", description = "Why not; nothing has changed.", body = Refusal),
        (status = 507, description = "It is done and could not be kept.", body = Refusal)))]
async fn act(
    State(site): State<Site>,
    headers: HeaderMap,
    request: Result<Json<Action>, JsonRejection>,
) -> Answer<StatusCode> {
    let visitor = caller(&site, &headers)?;
    perform(&site, &visitor, body(request)?).await.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A printer's network configuration page, as it would be printed now.
#[utoipa::path(get, path = "/api/printers/{id}/configuration", params(("id" = String, Path, description = "the printer")),
    responses((status = 200, description = "The page.", body = ConfigurationData),
        (status = 404, description = "There is no such printer.", body = Refusal)))]
async fn configuration(
    State(site): State<Site>,
    id: Result<Path<String>, PathRejection>,
) -> Answer<Json<ConfigurationData>> {
    let found = match id {
        Ok(Path(id)) => site.live.configuration(&id).await,
        // What is no text is no printer's name.
        Err(_) => None,
    };
    found.map(Json).ok_or_else(|| {
        refuse(Refusal::new("not-found", "There is no such printer.", "GET /api/home lists them."))
    })
}

/// Server-sent events: `home` with the whole view at each change, the present one first.
#[utoipa::path(get, path = "/api/events",
    responses((status = 200, description = "The stream.", body = String, content_type = "text/event-stream")))]
async fn events(State(site): State<Site>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let scenes = WatchStream::new(site.live.follow()).map(|scene| {
        let event = Event::default().event("home").json_data(scene.home.as_ref());
        Ok(event.unwrap_or_default())
    });
    Sse::new(scenes).keep_alive(KeepAlive::default())
}

async fn description() -> Response {
    Json(Description::openapi()).into_response()
}

async fn wrong_method() -> Response {
    let next = "GET /api/openapi.json says which methods it has.";
    let refusal = Refusal::new("not-found", "This address has no such method.", next);
    (StatusCode::METHOD_NOT_ALLOWED, Json(refusal)).into_response()
}

async fn missing() -> Response {
    refuse(Refusal::new("not-found", "The API has no such address.", "GET /api/openapi.json lists them."))
        .into_response()
}
