// The pages of consults: clocks that run, forms that are not left unasked, and one whose questions can be added and removed.
"use strict";

const words = JSON.parse(document.getElementById("consult-words").textContent);
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SOON = 15 * MINUTE;

function span(milliseconds) {
  const days = Math.floor(milliseconds / DAY);
  const hours = Math.floor((milliseconds % DAY) / HOUR);
  const minutes = Math.floor((milliseconds % HOUR) / MINUTE);
  if (days > 0) return fill(words.days, { days, hours });
  return hours > 0 ? fill(words.hours, { hours, minutes }) : fill(words.minutes, { minutes });
}

// How long until `at`. It writes into its shadow, so that the row around it stays what the server rendered.
class DueClock extends HTMLElement {
  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.clock = document.createElement("span");
    root.replaceChildren(this.clock, document.createElement("slot"));
    this.show();
    this.timer = setInterval(() => this.show(), 15_000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  show() {
    const left = Date.parse(this.getAttribute("at")) - Date.now();
    const level = left < 0 ? "late" : left < SOON ? "soon" : "calm";
    this.clock.part = `clock ${level}`;
    this.clock.textContent = fill(left < 0 ? words.late : words.left, { span: span(Math.abs(left)) });
  }
}
customElements.define("due-clock", DueClock);

// What was typed is not let go without a question: by another form of the page (its language, the pen handed on) or by
// any other way out. Telephones ask nothing of their own when a page is left, so forms are asked about here.
for (const writing of document.querySelectorAll("form[data-unsaved]")) {
  let isTyped = writing.dataset.unsaved === "typed";
  writing.addEventListener("input", () => {
    isTyped = true;
  });
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== writing && isTyped && !window.confirm(words.unsaved)) {
        event.preventDefault();
        event.stopPropagation(); // else it would count as sent
        return;
      }
      isTyped = false;
    },
    { capture: true },
  );
  window.addEventListener("beforeunload", (event) => {
    if (isTyped) event.preventDefault();
  });
}

const form = document.querySelector("[data-consult-form]");
if (form) {
  const list = form.querySelector("[data-questions]");
  const add = form.querySelector("[data-add-question]");
  const most = Number(list.dataset.most);
  const empty = list.lastElementChild.cloneNode(true);
  empty.querySelector("textarea").removeAttribute("autofocus");

  const number = () => {
    for (const [index, item] of Array.from(list.children).entries()) {
      const text = item.querySelector("textarea");
      text.id = `f-question-${index + 1}`;
      text.required = index === 0;
      item.querySelector("label").htmlFor = text.id;
      item.querySelector("label").textContent = fill(words.question, { number: index + 1 });
      item.querySelector("button").ariaLabel = fill(words.remove, { number: index + 1 });
    }
    add.disabled = list.children.length >= most;
  };
  add.hidden = false;
  add.addEventListener("click", () => {
    const item = empty.cloneNode(true);
    item.querySelector("textarea").value = "";
    list.append(item);
    number();
    item.querySelector("textarea").focus();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-question]");
    if (!button || list.children.length < 2) return;
    button.closest("li").remove();
    number();
    add.focus();
  });
  number();

  // The due time follows the urgency until somebody has typed one.
  const due = form.querySelector("[name=due_at]");
  let typed = due.value !== "";
  due.addEventListener("input", () => {
    typed = due.value !== "";
  });
  const propose = () => {
    const chosen = form.querySelector("[name=urgency]:checked");
    if (typed || !chosen) return;
    // A page speaks Vietnam's time wherever the browser stands.
    const at = new Date(Date.now() + Number(chosen.dataset.minutes) * MINUTE + 7 * HOUR);
    due.value = at.toISOString().slice(0, 16);
  };
  for (const choice of form.querySelectorAll("[name=urgency]")) choice.addEventListener("change", propose);
  propose();
  // Key images that were marked in the viewer of this window and not saved are offered to begin with as well.
  const starts = form.querySelector("[data-starts]");
  const shown = () => Array.from(starts.querySelectorAll("[name=start]"), ({ value }) => value);
  const offered = new Set(Array.from(form.querySelectorAll("[name=study]"), ({ value }) => value));
  let marked = [];
  try {
    marked = JSON.parse(sessionStorage.getItem("hoichan-key-images") ?? "[]");
  } catch {
    // private windows may refuse
  }
  for (const { study_id, sop_instance_uid, frame_number } of marked) {
    const value = `${study_id}/${sop_instance_uid}/${frame_number}`;
    if (!offered.has(study_id) || shown().includes(value)) continue;
    const input = Object.assign(document.createElement("input"), { type: "hidden", name: "start", value });
    starts.append(input);
  }
  const count = starts.querySelector("[data-count]");
  count.textContent = fill(count.dataset.count, { count: shown().length });
  starts.hidden = shown().length === 0;

  // What stands against the chosen studies is asked for anew when others are chosen, when somebody comes back from
  // mending, and while images arrive.
  const checks = form.querySelector("[data-checks]");
  let asked = 0;
  const check = async () => {
    const turn = ++asked;
    const chosen = Array.from(form.querySelectorAll("[name=study]:is([type=hidden], :checked)"), ({ value }) => value);
    const query = new URLSearchParams(chosen.map((id) => ["study", id]));
    const answer = await fetch(`/consults/checks?${query}`).catch(() => null);
    if (!answer?.ok || answer.redirected || turn !== asked) return;
    const text = await answer.text();
    const before = checks.querySelector("[name=as_is]");
    const seen = () => Array.from(checks.querySelectorAll("[name=seen]"), ({ value }) => value).join();
    const [waved, known] = [before?.checked, seen()];
    checks.innerHTML = text;
    const now = checks.querySelector("[name=as_is]");
    if (now && waved && seen() === known) now.checked = true;
  };
  form.addEventListener("change", ({ target }) => {
    if (target.name === "study") check();
  });
  window.addEventListener("focus", check);
  setInterval(() => {
    if (!document.hidden && checks.querySelector("[data-arriving]")) check();
  }, 5000);

  // What was only proposed is not sent: then the time counts from the sending.
  form.addEventListener("submit", (event) => {
    if (!typed && !event.defaultPrevented) due.value = "";
  });
}
