//! The pages.

pub(crate) mod acts;
mod files;
mod front;
mod paper;

use crate::forms::Form;
use crate::live::Scene;
use crate::site::Site;
use crate::visitors::Visitor;
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keyway_devices::action::RouterAction;
use keyway_devices::session::Method;
use keyway_devices::view::{
    AssistantView, ComputerView, Display, HomeKind, HomeView, PrinterView, RouterAdminView, RouterView,
};
use keyway_devices::{Action, Refusal, SecretText};
use keyway_home::{Cause, Side};

pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/", get(show))
        .route("/help", get(show))
        .route("/router", get(show))
        .route("/computer", get(show))
        .route("/printer/{id}", get(show))
        .route("/printer/{id}/web", get(show))
        .route("/printer/{id}/paper/{number}", get(paper::sheet))
        .route("/printer/{id}/configuration", get(paper::configuration))
        .route("/act", post(act).get(away))
        .route("/router/password", post(set_password).get(to_router))
        .route("/router/login", post(log_in).get(to_router))
        .route("/router/logout", post(log_out).get(to_router))
        .route("/events", get(files::events))
        .route("/assets/{name}", get(files::asset))
        .method_not_allowed_fallback(wrong_method)
        .fallback(missing)
}

/// Somebody asked for the address of a form.
async fn away() -> Redirect {
    Redirect::to("/")
}

/// Somebody asked for the address of one of the router's forms.
async fn to_router() -> Redirect {
    Redirect::to("/router")
}

async fn wrong_method() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, "Pages are looked at with GET; their forms go to /act.\n")
        .into_response()
}

/// A page by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Front,
    Help,
    Router,
    Computer,
    Printer(String),
    PrinterWeb(String),
}

impl Place {
    fn parse(path: &str) -> Option<Place> {
        Some(match path {
            "/" => Place::Front,
            "/help" => Place::Help,
            "/router" => Place::Router,
            "/computer" => Place::Computer,
            other => {
                let rest = other.strip_prefix("/printer/")?;
                let (id, web) = rest.strip_suffix("/web").map_or((rest, false), |id| (id, true));
                let is_id = !id.is_empty() && id.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
                match (is_id, web) {
                    (true, true) => Place::PrinterWeb(id.to_owned()),
                    (true, false) => Place::Printer(id.to_owned()),
                    (false, _) => return None,
                }
            }
        })
    }

    fn path(&self) -> String {
        match self {
            Place::Front => "/".to_owned(),
            Place::Help => "/help".to_owned(),
            Place::Router => "/router".to_owned(),
            Place::Computer => "/computer".to_owned(),
            Place::Printer(id) => format!("/printer/{id}"),
            Place::PrinterWeb(id) => format!("/printer/{id}/web"),
        }
    }
}

/// What every page has.
struct Page<'a> {
    /// Which entry of the navigation it belongs to.
    place: &'a str,
    /// Which page it is: a page that turns into another is loaded anew.
    view: &'static str,
    path: String,
    token: &'a str,
    now: u64,
    kind: HomeKind,
    printers: &'a [PrinterView],
    refusal: Option<Refusal>,
}

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage<'a> {
    page: Page<'a>,
    home: &'a HomeView,
    picture: front::Picture,
}

/// The front page of a router alone.
#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage<'a> {
    page: Page<'a>,
    router: &'a RouterView,
    logged_in: bool,
}

#[derive(Template)]
#[template(path = "printer.html")]
struct PrinterPage<'a> {
    page: Page<'a>,
    printer: &'a PrinterView,
}

#[derive(Template)]
#[template(path = "printer_web.html")]
struct PrinterWebPage<'a> {
    page: Page<'a>,
    printer: &'a PrinterView,
}

#[derive(Template)]
#[template(path = "router.html")]
struct RouterPage<'a> {
    page: Page<'a>,
    admin: &'a RouterAdminView,
}

#[derive(Template)]
#[template(path = "router_login.html")]
struct LoginPage<'a> {
    page: Page<'a>,
    router: &'a RouterView,
}

#[derive(Template)]
#[template(path = "computer.html")]
struct ComputerPage<'a> {
    page: Page<'a>,
    computer: &'a ComputerView,
    assistant: &'a AssistantView,
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage<'a> {
    page: Page<'a>,
    rows: Vec<HelpRow>,
}

/// What can go wrong, for the help page.
struct HelpRow {
    code: &'static str,
    what: &'static str,
    next: &'static str,
}

fn help_rows() -> Vec<HelpRow> {
    let rows = Cause::CODES.iter().filter_map(|code| {
        let words = Cause::from_code(code)?.words(Side::Computer);
        Some(HelpRow { code, what: words.what, next: words.next })
    });
    rows.collect()
}

/// Makes a page; `None` when there is no such page here.
fn render(place: &Place, scene: &Scene, visitor: &Visitor, refusal: Option<Refusal>) -> Option<String> {
    let home = scene.home.as_ref();
    let inside = visitor.logged_in && home.router.power;
    let (name, view) = match place {
        Place::Front if home.kind.is_demo() => ("home", "front"),
        Place::Front if inside => ("home", "status"),
        Place::Front => ("home", "status-log-in"),
        Place::Help => ("help", "help"),
        Place::Router if inside => ("router", "router"),
        Place::Router => ("router", "log-in"),
        Place::Computer => ("computer", "computer"),
        Place::Printer(id) => (id.as_str(), "panel"),
        Place::PrinterWeb(id) => (id.as_str(), "own-page"),
    };
    let page = Page {
        place: name,
        view,
        path: place.path(),
        token: &visitor.token,
        now: home.now,
        kind: home.kind,
        printers: &home.printers,
        refusal,
    };
    let find = |id: &str| home.printers.iter().find(|printer| printer.id == id);
    let html = match place {
        Place::Front if home.kind == HomeKind::Router => {
            StatusPage { page, router: &home.router, logged_in: inside }.render()
        }
        Place::Computer if home.kind == HomeKind::Router => return None,
        Place::Front => FrontPage { page, home, picture: front::picture(home) }.render(),
        Place::Help => HelpPage { page, rows: help_rows() }.render(),
        Place::Router if inside => RouterPage { page, admin: scene.admin.as_ref() }.render(),
        Place::Router => LoginPage { page, router: &home.router }.render(),
        Place::Computer => {
            let computer = &home.computer;
            ComputerPage { page, computer, assistant: &computer.assistant }.render()
        }
        Place::Printer(id) => PrinterPage { page, printer: find(id)? }.render(),
        Place::PrinterWeb(id) => PrinterWebPage { page, printer: find(id)? }.render(),
    };
    // A page is made of plain data: nothing in it fails to be shown.
    Some(html.unwrap_or_default())
}

/// Answers with a page.
async fn answer(
    site: &Site,
    visitor: &Visitor,
    place: &Place,
    status: StatusCode,
    refusal: Option<Refusal>,
) -> Response {
    let scene = site.live.scene().await;
    match render(place, &scene, visitor, refusal) {
        Some(html) => with_cookie((status, Html(html)).into_response(), visitor),
        None => nothing(&scene, visitor),
    }
}

fn with_cookie(mut response: Response, visitor: &Visitor) -> Response {
    if let Some(cookie) = visitor.cookie() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn nothing(scene: &Scene, visitor: &Visitor) -> Response {
    let here =
        if scene.home.kind.is_demo() { "Here is the home instead." } else { "Here is the router instead." };
    let refusal = Refusal::new("not-found", "There is no such page.", here);
    let html = render(&Place::Front, scene, visitor, Some(refusal)).unwrap_or_default();
    with_cookie((StatusCode::NOT_FOUND, Html(html)).into_response(), visitor)
}

/// The visitor, or the answer when none can be made.
pub(crate) fn visitor(site: &Site, headers: &HeaderMap) -> Result<Visitor, Box<Response>> {
    site.visitors.recognise(headers).map_err(|_| {
        let words = "There is no randomness at this moment; try again.\n";
        Box::new((StatusCode::SERVICE_UNAVAILABLE, words).into_response())
    })
}

/// The status of a refusal.
pub(crate) fn status(refusal: &Refusal) -> StatusCode {
    match refusal.code.as_str() {
        "not-found" => StatusCode::NOT_FOUND,
        "unauthorised" => StatusCode::UNAUTHORIZED,
        "throttled" => StatusCode::TOO_MANY_REQUESTS,
        "store" => StatusCode::INSUFFICIENT_STORAGE,
        "not-now" | "wps-off" | "hidden" | "wpa3-only" | "locked" | "overlap" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

async fn show(State(site): State<Site>, headers: HeaderMap, uri: axum::http::Uri) -> Response {
    let visitor = match visitor(&site, &headers) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    match Place::parse(uri.path()) {
        Some(place) => answer(&site, &visitor, &place, StatusCode::OK, None).await,
        None => nothing(&site.live.scene().await, &visitor),
    }
}

async fn missing(State(site): State<Site>, headers: HeaderMap) -> Response {
    match visitor(&site, &headers) {
        Ok(visitor) => nothing(&site.live.scene().await, &visitor),
        Err(response) => *response,
    }
}

/// Does what a form says, and shows the page that it stands on.
async fn act(
    State(site): State<Site>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let form = Form::new(fields);
    let visitor = match visitor(&site, &headers) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let place = form.field("back").and_then(Place::parse).unwrap_or(Place::Front);
    let done = match checked(&visitor, &form).and_then(|()| form.action()) {
        Ok(action) => perform(&site, &visitor, action).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => with_cookie(Redirect::to(&place.path()).into_response(), &visitor),
        Err(refusal) => answer(&site, &visitor, &place, status(&refusal), Some(refusal)).await,
    }
}

/// Does an action, if this visitor may.
///
/// # Errors
/// [`Refusal`]: nothing has changed.
pub(crate) async fn perform(site: &Site, visitor: &Visitor, action: Action) -> Result<(), Refusal> {
    let at_router = matches!(action, Action::Router { .. });
    if at_router && !visitor.logged_in {
        return Err(Refusal::new("unauthorised", "You are not logged in at the router.", "Log in first."));
    }
    let changes_password = matches!(&action, Action::Router { action: RouterAction::ChangePassword { .. } });
    site.live.perform(action).await?;
    if changes_password {
        site.visitors.log_out_others(visitor);
    }
    Ok(())
}

fn checked(visitor: &Visitor, form: &Form) -> Result<(), Refusal> {
    if form.field("token").is_some_and(|token| visitor.has_token(token)) {
        return Ok(());
    }
    let next = "Here is the page anew: do it again. If it happens again, allow cookies for this page.";
    Err(Refusal::new("bad-value", "This page was too old.", next))
}

async fn set_password(
    State(site): State<Site>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let form = Form::new(fields);
    let password = form.field("password").unwrap_or_default();
    let different = form.field("again") != Some(password);
    let password = SecretText::new(password);
    enter(&site, &headers, &form, async |site| {
        if different {
            let next = "Type the same password twice.";
            return Err(Refusal::new("bad-value", "The two passwords differ.", next));
        }
        site.live.set_first_password(password).await
    })
    .await
}

async fn log_in(
    State(site): State<Site>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let form = Form::new(fields);
    let password = SecretText::new(form.field("password").unwrap_or_default());
    enter(&site, &headers, &form, async |site| site.live.check_password(password).await).await
}

/// Lets a visitor in whose password `check` finds good.
async fn enter(
    site: &Site,
    headers: &HeaderMap,
    form: &Form,
    check: impl AsyncFnOnce(&Site) -> Result<(), Refusal>,
) -> Response {
    let visitor = match visitor(site, headers) {
        Ok(visitor) => visitor,
        Err(response) => return *response,
    };
    let checked = match checked(&visitor, form) {
        Ok(()) => check(site).await,
        Err(refusal) => Err(refusal),
    };
    let inside = checked.and_then(|()| {
        site.visitors
            .log_in(&visitor)
            .map_err(|_| Refusal::new("not-now", "There is no randomness.", "Try again."))
    });
    match inside {
        Ok(inside) => with_cookie(Redirect::to("/router").into_response(), &inside),
        Err(refusal) => answer(site, &visitor, &Place::Router, status(&refusal), Some(refusal)).await,
    }
}

async fn log_out(
    State(site): State<Site>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let form = Form::new(fields);
    match visitor(&site, &headers) {
        Ok(visitor) => {
            if checked(&visitor, &form).is_ok() {
                site.visitors.log_out(&visitor);
            }
            Redirect::to("/router").into_response()
        }
        Err(response) => *response,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_paths_and_only_those() {
        for path in ["/", "/help", "/router", "/computer", "/printer/study", "/printer/study/web"] {
            assert_eq!(Place::parse(path).map(|place| place.path()).as_deref(), Some(path));
        }
        for path in
            ["", "/printer/", "/printer/a/b", "//evil.example", "/printer/../x", "https://evil.example"]
        {
            assert_eq!(Place::parse(path), None, "{path}");
        }
    }

    #[test]
    fn help_knows_every_cause() {
        assert_eq!(help_rows().len(), Cause::CODES.len());
    }
}
