// Keeps a page up to date. Without it every action still works, and a reload shows what is new.
"use strict";

document.documentElement.classList.add("scripts");

// Countdowns: the server says until when; here is only the ticking.
const opened = performance.now();
let serverNow = Number(document.body.dataset.now);
let heardAt = opened;

function tick() {
  const now = serverNow + (performance.now() - heardAt);
  for (const span of document.querySelectorAll(".countdown")) {
    const left = Math.max(0, Math.ceil((Number(span.dataset.until) - now) / 1000));
    const text = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    if (span.textContent !== text) span.textContent = text;
  }
}

// Parts that are marked live are replaced when they changed, but not under somebody's fingers.
function refresh(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  serverNow = Number(fresh.body.dataset.now);
  heardAt = performance.now();
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || part.id === "flash" || next.innerHTML === part.dataset.shown) continue;
    const busy = document.activeElement;
    const typing = busy && part.contains(busy) && busy.matches("input:not([type=radio])") && busy.value !== "";
    if (typing && next.querySelector("#" + CSS.escape(busy.id))) continue;
    const open = new Set([...part.querySelectorAll("details[open]")].map((details) => details.id));
    const checked = [...part.querySelectorAll("input[type=radio]:checked")].map((input) => input.value);
    const focus = busy && part.contains(busy) ? busy.id || busy.textContent : null;
    part.dataset.shown = next.innerHTML;
    part.className = next.className;
    part.innerHTML = next.innerHTML;
    for (const details of part.querySelectorAll("details")) if (open.has(details.id)) details.open = true;
    for (const input of part.querySelectorAll("input[type=radio]")) if (checked.includes(input.value)) input.checked = true;
    if (focus) {
      const again = [...part.querySelectorAll("input, button, a")].find((one) => one.id === focus || one.textContent === focus);
      if (again) again.focus({ preventScroll: true });
    }
  }
  tick();
}

let asking = false;
let askAgain = false;

async function update() {
  if (asking) { askAgain = true; return; }
  asking = true;
  try {
    do {
      askAgain = false;
      const answer = await fetch(location.pathname, { headers: { "X-Refresh": "1" }, cache: "no-store" });
      if (answer.ok) refresh(await answer.text());
    } while (askAgain);
  } catch (error) {
    // The stream tells when the program is there again.
  } finally {
    asking = false;
  }
}

setInterval(tick, 250);
tick();
const stream = new EventSource("/events");
stream.addEventListener("change", update);
stream.addEventListener("open", () => document.body.classList.remove("away"));
stream.addEventListener("error", () => document.body.classList.add("away"));
window.addEventListener("pagehide", () => stream.close());
