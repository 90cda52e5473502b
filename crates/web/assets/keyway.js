// Keeps a page up to date. Without it every action still works, and a reload shows what is new.
"use strict";

const body = document.body;
let serverNow = Number(body.dataset.now);
let heardAt = performance.now();

// A page that answered a form has the form's address; a reload would send the form again.
if (location.pathname !== body.dataset.path) history.replaceState(null, "", body.dataset.path);

// Countdowns: the server says until when; here is only the ticking.
function tick() {
  const now = serverNow + (performance.now() - heardAt);
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.ceil((Number(element.dataset.until) - now) / 1000));
    if (element.localName === "progress") {
      element.value = left;
    } else {
      const text = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
      if (element.textContent !== text) element.textContent = text;
    }
  }
}

// Makes `old` equal to `fresh` and touches nothing that is equal already: focus, what is being typed, what is selected and
// what a screen reader reads stay where they are.
function become(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.localName === "details")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.localName === "progress" || old.matches(".countdown")) return;
  const keyed = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    let match = next.id ? keyed.get(next.id) : at;
    if (match && !isSame(match, next)) match = null;
    if (!match) {
      old.insertBefore(document.importNode(next, true), at);
      continue;
    }
    if (match !== at) old.insertBefore(match, at);
    else at = at.nextSibling;
    if (next.nodeType === Node.ELEMENT_NODE) become(match, next);
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue;
  }
  while (at) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}

function isSame(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  // A field for something else is another field: what was typed must not slip into it. So is another radio button.
  return old.id === fresh.id && old.dataset.for === fresh.dataset.for &&
    (old.type !== "radio" || old.value === fresh.value);
}

function refresh(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (fresh.body.dataset.view !== body.dataset.view) {
    // Logged out meanwhile, or the router has lost its power.
    location.replace(body.dataset.path);
    return;
  }
  serverNow = Number(fresh.body.dataset.now);
  heardAt = performance.now();
  const token = fresh.querySelector("input[name=token]");
  if (token) {
    for (const input of document.querySelectorAll("input[name=token]")) input.value = token.value;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (next) become(part, next);
  }
  // What was chosen may be gone.
  for (const fieldset of document.querySelectorAll("[data-live] fieldset")) {
    const usual = fieldset.querySelector("input[type=radio][checked]");
    if (usual && !fieldset.querySelector("input[type=radio]:checked")) usual.checked = true;
  }
  tick();
}

let asking = false;
let askAgain = false;

async function update() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    do {
      askAgain = false;
      // The header says that nobody did anything: a log-in ends although the page stays open.
      const answer = await fetch(body.dataset.path, { headers: { "X-Keyway-Refresh": "1" }, cache: "no-store" });
      if (answer.ok) refresh(await answer.text());
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (askAgain);
  } catch (error) {
    // The stream tells when the program is there again.
  } finally {
    asking = false;
  }
}

// A browser has few connections to one place: a page that nobody sees gives its own back.
let stream = null;

function listen() {
  if (document.hidden || stream) return;
  stream = new EventSource("/events");
  stream.addEventListener("hello", update);
  stream.addEventListener("change", update);
  stream.addEventListener("open", () => { document.getElementById("away").hidden = true; });
  stream.addEventListener("error", () => { document.getElementById("away").hidden = false; });
}

function leave() {
  if (stream) stream.close();
  stream = null;
}

setInterval(tick, 250);
tick();
listen();
document.addEventListener("visibilitychange", () => (document.hidden ? leave() : listen()));
window.addEventListener("pagehide", leave);
window.addEventListener("pageshow", listen);
