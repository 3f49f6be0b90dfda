// @vitest-environment happy-dom

import { describe, expect, it } from "vitest";
import { reconcileRows } from "../../src/studies/rows";

function list(html: string): HTMLElement {
  const body = document.createElement("div");
  body.innerHTML = html;
  return body;
}

const row = (key: string, text: string) => `<p data-key="${key}">${text}</p>`;

describe("a list brought up to date", () => {
  it("keeps rows that are the same as the same elements", () => {
    const present = list(row("a", "1") + row("b", "2"));
    const first = present.children[0];
    expect(reconcileRows(present, list(row("a", "1") + row("b", "3")))).toEqual(["b"]);
    expect(present.children[0]).toBe(first);
    expect(present.textContent).toBe("13");
  });

  it("takes new rows in the server's order and lets go of those that left", () => {
    const present = list(row("a", "1") + row("b", "2"));
    const kept = present.children[0];
    expect(reconcileRows(present, list(row("new", "0") + row("a", "1")))).toEqual(["new"]);
    expect(Array.from(present.children).map((child) => child.getAttribute("data-key"))).toEqual(["new", "a"]);
    expect(present.children[1]).toBe(kept);
  });

  it("does not take our own mark of a fresh row for a change", () => {
    const present = list(row("a", "1"));
    present.children[0]?.setAttribute("data-fresh", "");
    expect(reconcileRows(present, list(row("a", "1")))).toEqual([]);
  });

  it("says nothing when nothing differs", () => {
    const present = list(row("a", "1"));
    const before = present.children[0];
    expect(reconcileRows(present, list(row("a", "1")))).toEqual([]);
    expect(present.children[0]).toBe(before);
  });
});
