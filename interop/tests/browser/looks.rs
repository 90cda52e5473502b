//! How the pages look and behave: small and large, without scripts, by keyboard.

use crate::support::visit;
use fantoccini::Locator;
use serde_json::Value;

const PAGES: [&str; 8] = [
    "/",
    "/help",
    "/router",
    "/computer",
    "/printer/study",
    "/printer/hall",
    "/printer/kitchen",
    "/printer/attic",
];

#[test]
fn no_page_is_wider_than_a_phone() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        for (width, height) in [(390, 844), (820, 1180), (1280, 1000)] {
            visit.client.set_window_size(width, height).await?;
            for page in PAGES {
                visit.open(page).await?;
                let script =
                    "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
                let excess = visit.client.execute(script, Vec::new()).await?;
                assert_eq!(excess, Value::from(0), "{page} at {width} pixels is too wide");
            }
        }
        visit.client.set_window_size(390, 844).await?;
        visit.open("/printer/study").await?;
        visit.picture("phone.png").await?;
        visit.client.set_window_size(1280, 1000).await?;
        visit.open("/").await?;
        visit.picture("home.png").await
    });
}

#[test]
fn every_field_has_a_label_and_every_identifier_is_unique() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        for page in PAGES.into_iter().chain(["/printer/study/web", "/printer/attic/web"]) {
            visit.open(page).await?;
            let script = "
                const bare = [...document.querySelectorAll('main input:not([type=hidden])')].filter((i) => !i.labels.length);
                const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
                const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
                const nameless = [...document.querySelectorAll('button, a')].filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label')));
                return [bare.map((i) => i.outerHTML), twice, nameless.map((e) => e.outerHTML), document.querySelectorAll('h1').length];";
            let found = visit.client.execute(script, Vec::new()).await?;
            assert_eq!(found, serde_json::json!([[], [], [], 1]), "{page}");
        }
        Ok(())
    });
}

#[test]
fn a_page_changes_by_itself() {
    visit(async |visit| {
        visit.prepare_router(true).await?;
        let first = visit.client.window().await?;
        let second = visit.client.new_window(true).await?.handle;
        visit.client.switch_to_window(second).await?;
        visit.open("/printer/study").await?;
        visit.client.switch_to_window(first.clone()).await?;
        let pin = visit.make_pin().await?;
        assert_eq!(pin.len(), 9, "eight digits and a space");
        visit.open("/router").await?;
        // The waiting device appears without a reload.
        visit.client.wait().for_element(Locator::Css("#waiting input[value*=':']")).await?;
        Ok(())
    });
}

#[test]
fn nothing_is_asked_of_another_machine() {
    visit(async |visit| {
        for page in PAGES {
            visit.open(page).await?;
            let script = "return performance.getEntriesByType('resource').map((e) => new URL(e.name).origin)\
                .filter((origin) => origin !== location.origin)";
            assert_eq!(visit.client.execute(script, Vec::new()).await?, Value::Array(Vec::new()), "{page}");
        }
        Ok(())
    });
}
