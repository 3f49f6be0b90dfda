// Small conveniences of the pages; every page also works without them.
"use strict";

// One open panel at a time; Escape and a click elsewhere close it.
const panels = () => document.querySelectorAll("details.pop[open]");
document.addEventListener("click", (event) => {
  for (const panel of panels()) if (!panel.contains(event.target)) panel.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of panels()) {
    panel.open = false;
    panel.querySelector("summary")?.focus();
  }
});

// A menu too wide for its screen shows where one is.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// What cannot be undone is asked first.
document.addEventListener("submit", (event) => {
  const sentence = event.target.dataset.sure;
  if (sentence && !window.confirm(sentence)) event.preventDefault();
});

// Sent once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const label = button.querySelector("span");
  const before = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => {
    label.textContent = before;
  }, 2000);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("button[data-print]")) window.print();
});

// A part of the page that changes by itself is asked for again, unless somebody is at work in it.
for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement) || part.querySelector("[open]")) return;
    const answer = await fetch(part.dataset.refreshFrom || location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }, Number(part.dataset.refresh) * 1000);
}

// The bell: asked twice a minute while the page is looked at, and at once when a live list heard of a notice.
const bell = document.querySelector("[data-notices-count]");
const ring = async () => {
  if (!bell || document.visibilityState !== "visible") return;
  try {
    const response = await fetch("/notices/count", { headers: { Accept: "application/json" } });
    if (!response.ok || response.redirected) return;
    const { unread } = await response.json();
    bell.textContent = unread > 99 ? "99+" : unread;
    bell.hidden = unread === 0;
  } catch {
    // The line is broken; the next question may get through.
  }
};
if (bell) setInterval(ring, 30_000);
document.addEventListener("hoichan:notice", ring);
document.addEventListener("visibilitychange", ring);

// Of a rule's form only the fields that its action needs.
const chosen = document.querySelector(".rule-form select[name=action]");
const showNeeded = () => {
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(chosen.value);
};
if (chosen) {
  chosen.addEventListener("change", showNeeded);
  showNeeded();
}
