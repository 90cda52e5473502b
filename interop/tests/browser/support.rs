//! A running home, a browser, and what a person does in it.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use keyway_interop::keyway;
use keyway_interop::process::Process;
use keyway_interop::requirements;
use keyway_interop::scratch::Scratch;
use serde_json::{Value, json};

/// The longest that anything on a page may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The router's password in these tests.
pub(crate) const PASSWORD: &str = "a password for tests";

/// A home with its pages, and a browser that looks at them.
pub(crate) struct Visit {
    pub(crate) client: Client,
    pub(crate) url: String,
    demo: Process,
    _driver: Process,
    _profile: Scratch,
}

/// Runs a test with a home of its own and a browser of its own.
pub(crate) fn visit(test: impl AsyncFnOnce(&Visit) -> Result<(), CmdError>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let visit = Visit::begin().await;
        let result = test(&visit).await;
        let page = if result.is_err() { visit.describe().await } else { String::new() };
        let client = visit.client.clone();
        // The browser may be gone already.
        let _ = client.close().await;
        if let Err(error) = result {
            panic!("{error}\n{page}");
        }
        visit.assert_no_secrets();
    });
}

impl Visit {
    async fn begin() -> Visit {
        let mut command = Command::new(keyway::binary());
        command.args(["demo", "--listen", "127.0.0.1:0", "--json", "--seed", "11"]);
        let demo = Process::spawn("keyway demo", command);
        let line = demo.wait_for("home-open");
        let event: Value = serde_json::from_str(&line).expect("an event");
        let url = event["url"].as_str().expect("an address").trim_end_matches('/').to_owned();
        let (driver, port) = start_driver();
        let profile = Scratch::new("browser");
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--window-size=1280,1000".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
        ];
        arguments.push(format!("--user-data-dir={}", profile.file("profile").display()));
        let options = json!({ "binary": requirements::program("chromium"), "args": arguments });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let mut builder = ClientBuilder::new(hyper_connector());
        builder.capabilities(capabilities);
        let client = builder.connect(&format!("http://127.0.0.1:{port}")).await.expect("a browser");
        Visit { client, url, demo, _driver: driver, _profile: profile }
    }

    /// The page as it stands, for the message of a test that failed.
    async fn describe(&self) -> String {
        let at = self.client.current_url().await.map(String::from).unwrap_or_default();
        let text = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        format!("The page {at}:\n{text}")
    }

    /// Opens a page of the home.
    pub(crate) async fn open(&self, path: &str) -> Result<(), CmdError> {
        self.client.goto(&format!("{}{path}", self.url)).await
    }

    /// Clicks the button, link or item with these words, and waits for the page that comes of it.
    pub(crate) async fn click(&self, words: &str) -> Result<(), CmdError> {
        let element = self.clickable(words).await?;
        self.activate(element).await
    }

    /// Clicks. A form is sent and answered with a page before this returns: the browser drops a form that is on its way
    /// when it is told to go elsewhere. Enter instead of the mouse: what is heard meanwhile may move things.
    async fn activate(&self, element: Element) -> Result<(), CmdError> {
        if element.tag_name().await? == "summary" {
            return element.click().await;
        }
        self.client.execute("window.isOld = true", Vec::new()).await?;
        element.send_keys("\u{e007}").await?;
        let deadline = Instant::now() + PATIENCE;
        let script = "return !window.isOld && document.readyState === 'complete'";
        // Between two pages there is nothing that could run a script.
        while !matches!(self.client.execute(script, Vec::new()).await, Ok(Value::Bool(true))) {
            assert!(Instant::now() < deadline, "nothing came of a click");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    async fn clickable(&self, words: &str) -> Result<Element, CmdError> {
        let quoted = format!("\"{words}\"");
        let path = format!(
            "//*[self::button or self::a or self::summary][normalize-space(.)={quoted} or *[1][normalize-space(.)={quoted}] or \
             text()[normalize-space(.)={quoted}]]"
        );
        self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await
    }

    /// Clicks a key of the panel.
    pub(crate) async fn press(&self, key: &str) -> Result<(), CmdError> {
        let selector = format!("button[data-key='{key}']");
        let element = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(&selector)).await?;
        self.activate(element).await
    }

    /// Types into the field with this identifier.
    pub(crate) async fn fill(&self, id: &str, text: &str) -> Result<(), CmdError> {
        let field = self.client.wait().at_most(PATIENCE).for_element(Locator::Id(id)).await?;
        field.clear().await?;
        field.send_keys(text).await
    }

    /// The words of an element.
    pub(crate) async fn words(&self, selector: &str) -> Result<String, CmdError> {
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await?.text().await
    }

    /// Waits until these words stand on the page.
    pub(crate) async fn see(&self, words: &str) -> Result<(), CmdError> {
        let path = format!("//main//*[contains(normalize-space(.), \"{words}\")]");
        self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await?;
        Ok(())
    }

    /// Waits until a notice with this code stands on the page.
    pub(crate) async fn see_reason(&self, code: &str) -> Result<(), CmdError> {
        let selector = format!("[data-code='{code}']");
        self.client.wait().at_most(PATIENCE).for_element(Locator::Css(&selector)).await?;
        Ok(())
    }

    /// Sets the router's password, which logs in, and switches WPS on if it is to be.
    pub(crate) async fn prepare_router(&self, wps: bool) -> Result<(), CmdError> {
        self.open("/router").await?;
        self.fill("password", PASSWORD).await?;
        self.fill("again", PASSWORD).await?;
        self.click("Set the password").await?;
        if wps {
            self.click("Switch WPS on").await?;
            self.see("WPS is on").await?;
        }
        Ok(())
    }

    /// On the touch screen: makes a PIN and reads it.
    pub(crate) async fn make_pin(&self) -> Result<String, CmdError> {
        self.open("/printer/study").await?;
        for item in ["Wireless", "Wi-Fi Setup", "WPS PIN"] {
            self.click(item).await?;
        }
        self.words("#pin-shown").await
    }

    /// At the router's page: adds the device with this PIN.
    pub(crate) async fn add_pin(&self, pin: &str) -> Result<(), CmdError> {
        self.open("/router").await?;
        self.fill("pin", pin).await?;
        self.click("Add device").await
    }

    /// The printer's page says that it is on the network, and has an address.
    pub(crate) async fn see_online(&self, printer: &str) -> Result<String, CmdError> {
        self.open(&format!("/printer/{printer}")).await?;
        self.words("#address").await
    }

    /// The computer finds the printer, and a test page comes out of it.
    pub(crate) async fn see_test_page(&self, printer: &str) -> Result<(), CmdError> {
        self.open("/computer").await?;
        self.click("Print a test page").await?;
        self.see("The test page is printed").await?;
        self.open(&format!("/printer/{printer}")).await?;
        self.see("Test page").await
    }

    /// The network's passphrase, as its owner reads it on the router's page.
    pub(crate) async fn passphrase(&self) -> Result<String, CmdError> {
        self.open("/router").await?;
        self.click("Show the Wi-Fi password").await?;
        let element = self.client.find(Locator::Css("#passphrase code")).await?;
        Ok(element.prop("textContent").await?.unwrap_or_default())
    }

    /// Gives the printer in the study the network's name and password, on its own page.
    pub(crate) async fn join_by_password(&self) -> Result<(), CmdError> {
        let passphrase = self.passphrase().await?;
        self.open("/printer/study/web").await?;
        self.fill("ssid", "Home").await?;
        self.fill("passphrase", &passphrase).await?;
        self.click("Join").await
    }

    /// At the computer: begins the assistant, for the printer in the study with its screen.
    pub(crate) async fn begin_assistant(&self) -> Result<(), CmdError> {
        self.click("Begin").await?;
        let study = self.words("#assistant .item span").await?;
        self.click(&study).await?;
        self.click("A screen").await
    }

    /// Lets time pass in the home.
    pub(crate) async fn wait(&self, seconds: u64) -> Result<(), CmdError> {
        self.open("/").await?;
        self.fill("wait-seconds", &seconds.to_string()).await?;
        self.click("Let time pass").await
    }

    /// Saves a picture of the window.
    pub(crate) async fn picture(&self, name: &str) -> Result<(), CmdError> {
        if let Some(folder) = pictures() {
            let png = self.client.screenshot().await?;
            std::fs::write(folder.join(name), png).expect("the pictures' folder can be written");
        }
        Ok(())
    }

    fn assert_no_secrets(&self) {
        for line in self.demo.output().lines() {
            assert!(!line.contains(PASSWORD), "the program told the password: {line}");
        }
    }
}

/// Where pictures for the README go: only when they are wanted (`KEYWAY_PICTURES=folder`).
pub(crate) fn pictures() -> Option<PathBuf> {
    std::env::var_os("KEYWAY_PICTURES").map(PathBuf::from)
}

fn hyper_connector() -> hyper_util::client::legacy::connect::HttpConnector {
    hyper_util::client::legacy::connect::HttpConnector::new()
}

/// A driver, on a port of its own choice.
fn start_driver() -> (Process, u16) {
    let mut command = Command::new(requirements::program("chromedriver"));
    command.arg("--port=0");
    let driver = Process::spawn("chromedriver", command);
    let line = driver.wait_for("started successfully on port");
    let port = line.trim_end_matches('.').rsplit(' ').next().and_then(|port| port.parse().ok());
    (driver, port.unwrap_or_else(|| panic!("no port in: {line}")))
}
