// @vitest-environment happy-dom

import { beforeEach, describe, expect, it } from "vitest";
import type { Annotation } from "../../src/annotations/model";
import { drawLayer } from "../../src/annotations/svg_layer";
import { mark } from "./marks";

const SAME = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
const SIZE = { width: 400, height: 400 };
let svg: SVGSVGElement;

beforeEach(() => {
  svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
});

function draw(annotation: Annotation, lines: string[], selected = false): void {
  drawLayer(svg, [{ annotation, lines, colour: "#ffd84d", selected }], [], SAME, SIZE);
}

function textX(): number {
  return Number(svg.querySelector("text")?.getAttribute("x"));
}

describe("a mark on the screen", () => {
  it("has a rim under its line, and handles only while it is selected", () => {
    const line = mark("length", [
      [10, 10],
      [60, 10],
    ]);
    draw(line, ["35 mm"]);
    expect([svg.querySelectorAll(".hv-rim").length, svg.querySelectorAll(".hv-handle").length]).toEqual([
      1, 0,
    ]);
    draw(line, ["35 mm"], true);
    expect(svg.querySelectorAll(".hv-handle").length).toBe(2);
  });

  it("shows typed text as text, never as markup", () => {
    draw(mark("text", [[10, 10]]), ["<b onclick=x>&amp;</b>"]);
    expect(svg.querySelector("b")).toBeNull();
    expect(svg.textContent).toBe("<b onclick=x>&amp;</b>");
  });

  it("has its label to the right, and where there is no room to the left or below", () => {
    draw(
      mark("length", [
        [10, 10],
        [60, 10],
      ]),
      ["35 mm"],
    );
    expect(textX()).toBeGreaterThan(60);
    draw(
      mark("length", [
        [300, 10],
        [390, 10],
      ]),
      ["35 mm"],
    );
    expect(textX()).toBeLessThan(300);
    draw(
      mark("length", [
        [20, 10],
        [390, 10],
      ]),
      ["35 mm"],
    );
    expect(Number(svg.querySelector("text")?.getAttribute("y"))).toBeGreaterThan(10);
    expect(textX()).toBeGreaterThanOrEqual(20);
  });
});

it("another's pointer carries their name", () => {
  drawLayer(svg, [], [{ at: [5, 6], name: "BS. Bình", colour: "#5cc8ff" }], SAME, SIZE);
  expect(svg.querySelector(".hv-pointer")?.textContent).toBe("BS. Bình");
});

it("labels of neighbours do not stand over each other", () => {
  const marks = [0, 1, 2].map((i) => {
    const annotation = mark("probe", [[200, 200 + i]], { id: `m${i}` });
    return { annotation, lines: ["Mean 55 HU", "9 mm²"], colour: "#ffd84d", selected: false };
  });
  drawLayer(svg, marks, [], SAME, SIZE);
  const places = [...svg.querySelectorAll("text")].map(
    (text) => `${text.getAttribute("x")} ${text.getAttribute("y")}`,
  );
  expect(new Set(places).size).toBe(3);
  expect(new Set(places.map((place) => place.split(" ")[0])).size).toBe(3);
});

it("two lines that are one mark are joined, a closed line comes back to its beginning", () => {
  draw(
    mark("cobb", [
      [10, 10],
      [60, 10],
      [10, 90],
      [60, 80],
    ]),
    ["11.3°"],
  );
  expect([svg.querySelectorAll(".hv-line").length, svg.querySelectorAll(".hv-join").length]).toEqual([2, 1]);
  draw(
    mark("rectangle", [
      [10, 10],
      [60, 10],
      [60, 40],
      [10, 40],
    ]),
    [],
  );
  expect(svg.querySelector(".hv-line")?.getAttribute("d")).toBe(
    "M10.0 10.0L60.0 10.0L60.0 40.0L10.0 40.0L10.0 10.0",
  );
});
