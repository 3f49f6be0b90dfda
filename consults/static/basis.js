// The basis in the form of a new case: which agreement covers it, and what answer times it promises.
"use strict";

const basis = document.querySelector("[data-basis]");
if (basis) {
  const form = basis.closest("form");
  const covers = JSON.parse(basis.querySelector("[data-covers]").textContent);
  const told = basis.querySelector("[data-agreement]");
  const note = basis.querySelector(".basis-note");
  const usual = new Map();
  for (const radio of form.querySelectorAll("[name=urgency]")) usual.set(radio.value, radio.dataset.minutes);

  const put = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  const within = (minutes) => {
    const whole = minutes % 60 === 0 && minutes > 60;
    return put(whole ? basis.dataset.spanHours : basis.dataset.spanMinutes, { count: whole ? minutes / 60 : minutes });
  };

  const promise = (cover) => {
    for (const radio of form.querySelectorAll("[name=urgency]")) {
      const minutes = Number(cover ? cover.minutes[radio.value] : usual.get(radio.value));
      radio.dataset.minutes = String(minutes);
      radio.closest("label").querySelector("small").textContent = within(minutes);
    }
    // Whoever proposes the due time from the urgency does it anew.
    form.querySelector("[name=urgency]:checked")?.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const show = () => {
    const hospital = form.querySelector("[name=whom]").selectedOptions[0]?.dataset.hospital;
    const mode = form.querySelector("[name=mode]").value;
    const cover = covers.find((one) => one.hospital_id === hospital && one.mode === mode);
    told.hidden = !hospital;
    told.classList.toggle("lacking", !cover);
    told.textContent = cover
      ? put(basis.dataset.agreed, { number: cover.number, date: cover.valid_to })
      : basis.dataset.none;
    promise(cover);
  };
  const showNote = () => {
    note.hidden = form.querySelector("[name=ground]").value !== "other";
  };

  for (const name of ["whom", "mode"]) form.querySelector(`[name=${name}]`).addEventListener("change", show);
  form.querySelector("[name=ground]").addEventListener("change", showNote);
  show();
  showNote();
}

for (const input of document.querySelectorAll("[data-scan]")) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const headers = {
      "X-CSRF-Token": document.querySelector("meta[name=csrf-token]").content,
      "X-File-Name": encodeURIComponent(file.name),
      "Content-Type": "application/octet-stream",
      Accept: "application/json",
    };
    input.disabled = true;
    const answer = await fetch(input.dataset.scan, { method: "PUT", headers, body: file }).catch(() => null);
    if (answer?.ok) {
      location.reload();
      return;
    }
    const problem = answer ? await answer.json().catch(() => ({})) : {};
    input.closest("dd").querySelector("[data-scan-problem]").textContent = problem.detail ?? problem.title ?? "✗";
    input.disabled = false;
  });
}
