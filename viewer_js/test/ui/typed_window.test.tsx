// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, expect, it } from "vitest";
import { TypedWindow } from "../../src/ui/window_panel";
import { ViewportModel } from "../../src/viewport/model";

const OLD = { center: 40, width: 400, function: "LINEAR" } as const;

let viewport: ViewportModel;
let root: HTMLElement;

beforeEach(async () => {
  viewport = new ViewportModel();
  viewport.window.value = OLD;
  root = document.createElement("div");
  await act(() => render(<TypedWindow viewport={viewport} />, root));
});

function fields(): [HTMLInputElement, HTMLInputElement] {
  return [...root.querySelectorAll("input")] as [HTMLInputElement, HTMLInputElement];
}

async function type(field: 0 | 1, text: string): Promise<void> {
  await act(() => {
    fields()[field].value = text;
    fields()[field].dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function invalid(): (string | null)[] {
  return fields().map((field) => field.getAttribute("aria-invalid"));
}

it.each(["1000001", "-1e7", `1${"0".repeat(300)}`, "forty", "", "1e999"])(
  "refuses the centre %s aloud and keeps the window",
  async (text) => {
    await type(0, text);
    expect(viewport.window.value).toBe(OLD);
    expect(invalid()).toEqual(["true", "false"]);
    expect(fields()[0].value).toBe(text);
  },
);

it.each(["0", "-5", "0.0001", "3e6", "wide"])(
  "refuses the width %s aloud and keeps the window",
  async (text) => {
    await type(1, text);
    expect(viewport.window.value).toBe(OLD);
    expect(invalid()).toEqual(["false", "true"]);
  },
);

it("takes the next good number and says no more", async () => {
  await type(0, "forty");
  await type(0, "-40,5");
  expect(viewport.window.value).toEqual({ ...OLD, center: -40.5 });
  expect(invalid()).toEqual(["false", "false"]);
});

it("keeps the exact value of the number that was not typed", async () => {
  await act(() => {
    viewport.window.value = { center: 0.123456, width: 0.004, function: "LINEAR_EXACT" };
  });
  await type(1, "2");
  expect(viewport.window.value).toEqual({ center: 0.123456, width: 2, function: "LINEAR_EXACT" });
});
