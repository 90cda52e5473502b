//! What every request has to pass, and what every answer says.

use crate::site::Site;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What a page may load: from here only, and no script or style that stands in the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'; object-src 'none'";

/// Refuses requests for another host (a page elsewhere that points its name here) and forms that another page sends;
/// says in every answer what a browser may do with it.
pub(crate) async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = if !is_ours(request.headers(), &site) {
        let words = "This program answers only under the address that it printed.\n";
        (StatusCode::MISDIRECTED_REQUEST, words).into_response()
    } else if changes && is_from_elsewhere(request.headers()) {
        (StatusCode::FORBIDDEN, "This came from another page, and was not done.\n").into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether the request is for an address of ours: a literal one, or `localhost`.
fn is_ours(headers: &HeaderMap, site: &Site) -> bool {
    host(headers).is_some_and(|name| {
        is_of_this_machine(name) || site.names().iter().any(|known| known.eq_ignore_ascii_case(name))
    })
}

/// Whether a name cannot be one that a page elsewhere points here: a literal address, or `localhost`.
pub(crate) fn is_of_this_machine(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost") || name.parse::<std::net::IpAddr>().is_ok()
}

/// The name that a request is for, without its port.
pub(crate) fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    Some(name.map_or(host, |(name, _)| name).trim_start_matches('[').trim_end_matches(']'))
}

/// Whether a browser says that the request was made by a page of another origin. Programs say nothing.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin" && site != "none";
    }
    match (headers.get(header::ORIGIN), headers.get(header::HOST).and_then(|host| host.to_str().ok())) {
        (Some(origin), Some(host)) => origin.to_str().ok() != Some(&format!("http://{host}")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_other_pages_are_recognised() {
        for (name, value, elsewhere) in [
            ("sec-fetch-site", "same-origin", false),
            ("sec-fetch-site", "none", false),
            ("sec-fetch-site", "same-site", true),
            ("sec-fetch-site", "cross-site", true),
            ("origin", "http://127.0.0.1:8080", false),
            ("origin", "https://evil.example", true),
            ("origin", "null", true),
            ("accept", "*/*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
            headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
            assert_eq!(is_from_elsewhere(&headers), elsewhere, "{name}: {value}");
        }
    }
}
