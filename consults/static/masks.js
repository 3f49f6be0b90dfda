// Areas drawn on a picture: rows of numbers stay the truth, boxes follow them.
"use strict";

const mask = document.querySelector("[data-mask]");
if (mask) {
  const frames = JSON.parse(mask.querySelector("[data-frames]").textContent);
  const size = { width: Number(mask.dataset.columns), height: Number(mask.dataset.rows) };
  const stage = mask.querySelector(".mask-picture");
  const image = stage.querySelector("img");
  const areas = mask.querySelector("[data-areas]");
  const steps = mask.querySelector(".mask-steps");
  const SIDES = ["left", "top", "width", "height"];

  const rowsOf = () => [...areas.querySelectorAll(".mask-area")];
  const field = (row, side) => row.querySelector(`[name=${side}]`);
  const read = (row) => SIDES.map((side) => field(row, side).value.trim());
  const write = (row, values) => SIDES.forEach((side, place) => (field(row, side).value = String(values[place])));

  const draw = () => {
    for (const box of stage.querySelectorAll(".mask-box")) box.remove();
    for (const row of rowsOf()) {
      const values = read(row);
      if (values.every((text) => /^\d+$/.test(text))) stage.append(boxOf(row, values.map(Number)));
    }
  };

  const boxOf = (row, [left, top, width, height]) => {
    const box = document.createElement("div");
    box.className = "mask-box";
    box.style.left = `${(left / size.width) * 100}%`;
    box.style.top = `${(top / size.height) * 100}%`;
    box.style.width = `${(width / size.width) * 100}%`;
    box.style.height = `${(height / size.height) * 100}%`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.title = mask.dataset.remove;
    remove.setAttribute("aria-label", mask.dataset.remove);
    remove.addEventListener("pointerdown", (event) => event.stopPropagation());
    remove.addEventListener("click", () => {
      write(row, ["", "", "", ""]);
      draw();
    });
    box.append(remove);
    return box;
  };

  /** An empty row to write in: there is always one. */
  const freeRow = () => {
    const rows = rowsOf();
    const free = rows.find((row) => read(row).every((text) => text === ""));
    if (free) return free;
    const row = rows[0].cloneNode(true);
    write(row, ["", "", "", ""]);
    areas.append(row);
    return row;
  };

  const place = (event) => {
    const shown = image.getBoundingClientRect();
    const share = (value, from, length) => Math.min(Math.max((value - from) / length, 0), 1);
    return {
      x: share(event.clientX, shown.left, shown.width) * size.width,
      y: share(event.clientY, shown.top, shown.height) * size.height,
    };
  };

  let begun = null;
  const drawn = (event) => {
    const now = place(event);
    const left = Math.floor(Math.min(begun.at.x, now.x));
    const top = Math.floor(Math.min(begun.at.y, now.y));
    const right = Math.ceil(Math.max(begun.at.x, now.x));
    const bottom = Math.ceil(Math.max(begun.at.y, now.y));
    return [left, top, right - left, bottom - top];
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    begun = { at: place(event), row: freeRow() };
  });
  stage.addEventListener("pointermove", (event) => {
    if (begun === null) return;
    write(begun.row, drawn(event));
    draw();
  });
  const end = (event) => {
    if (begun === null) return;
    const [, , width, height] = drawn(event);
    if (width < 3 || height < 3) write(begun.row, ["", "", "", ""]); // a tap, no area
    begun = null;
    freeRow();
    draw();
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  areas.addEventListener("input", draw);

  if (steps) {
    const range = steps.querySelector("input");
    const told = steps.querySelector("output");
    const show = () => {
      const number = Number(range.value);
      const [instance, frame] = frames[number - 1];
      image.src = `/stream/${mask.dataset.key}/rendered/${instance}/${frame}`;
      told.textContent = mask.dataset.nth.replace("{number}", number).replace("{count}", frames.length);
    };
    range.addEventListener("input", show);
    for (const button of steps.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => {
        range.value = String(Number(range.value) + Number(button.dataset.step));
        show();
      });
    }
    steps.hidden = false;
    show();
  }
  draw();
}
