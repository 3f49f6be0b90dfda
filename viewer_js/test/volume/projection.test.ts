import { describe, expect, it } from "vitest";
import { apply } from "../../src/viewport/geometry";
import { directionsOf, edgeLetters } from "../../src/viewport/letters";
import { middleOf } from "../../src/volume/box";
import { rasterFor } from "../../src/volume/plane_model";
import {
  crossLines,
  distanceFrom,
  fittingMillimetres,
  gripAt,
  handlesOf,
  projectionOf,
  rasterToScreen,
  toPatient,
  toScreen,
  turnBetween,
} from "../../src/volume/projection";
import { movedTo, panned, rotated, startingTrio, type Trio } from "../../src/volume/trio";
import { UPRIGHT } from "./boxes";

const SIZE = { width: 400, height: 300 };
const START = startingTrio(middleOf(UPRIGHT));

function shown(trio: Trio, name: "axial" | "coronal" | "sagittal" = "axial") {
  return projectionOf(trio, name, 0.5, SIZE);
}

function letters(trio: Trio, name: "axial" | "coronal" | "sagittal") {
  const { right, down } = trio.views[name];
  return edgeLetters(directionsOf([...right, ...down], null), 0, false);
}

describe("a plane on the screen", () => {
  it("shows the focus in the middle and finds every point again", () => {
    const screen = shown(START);
    expect(toScreen(screen, START.focus)).toEqual([200, 150]);
    const point = toPatient(screen, [210, 170]);
    expect(point).toEqual([32.75, 37.75, 150]);
    expect(toScreen(screen, point)).toEqual([210, 170]);
    expect(distanceFrom(screen, [0, 0, 153])).toBeCloseTo(3);
  });

  it("fits the whole block", () => {
    const millimetres = fittingMillimetres(UPRIGHT, [1, 0, 0], [0, 1, 0], SIZE);
    expect(255.5 / millimetres).toBeLessThan(300);
    expect(255.5 / millimetres).toBeGreaterThan(280);
  });

  it("has the letters of standard and of oblique planes", () => {
    expect(letters(START, "axial")).toEqual({ top: "A", right: "L", bottom: "P", left: "R" });
    expect(letters(START, "coronal")).toEqual({ top: "H", right: "L", bottom: "F", left: "R" });
    expect(letters(START, "sagittal")).toEqual({ top: "H", right: "P", bottom: "F", left: "A" });
    const turned = rotated(START, "axial", Math.PI / 6);
    expect(letters(turned, "coronal")).toEqual({ top: "H", right: "LP", bottom: "F", left: "RA" });
  });
});

describe("the lines of the other planes", () => {
  it("cross in the focus, wherever it lies", () => {
    const moved = movedTo(START, [40, 20, 150], UPRIGHT);
    const [coronal, sagittal] = crossLines(moved, "axial", shown(moved));
    expect(coronal?.of).toBe("coronal");
    expect(coronal?.through).toEqual([224.5, 134.5]);
    expect(coronal?.along.map(Math.abs)).toEqual([1, 0]);
    expect(sagittal?.along.map(Math.abs)).toEqual([0, 1]);
  });

  it("turn clockwise on the screen by the angle of the hand", () => {
    const angle = turnBetween([200, 150], [300, 150], [200 + 100 * Math.cos(0.4), 150 + 100 * Math.sin(0.4)]);
    expect(angle).toBeCloseTo(0.4);
    const turned = rotated(START, "coronal", angle);
    const line = crossLines(turned, "coronal", shown(turned, "coronal")).find(({ of }) => of === "axial");
    const [x = 0, y = 0] = line?.along ?? [];
    expect(Math.atan(y / x)).toBeCloseTo(0.4);
  });

  it("are taken by the pointer: the focus before handles before lines, nothing beside them", () => {
    const lines = crossLines(START, "axial", shown(START));
    const [handle] = handlesOf(lines[0] as (typeof lines)[0], SIZE);
    expect(gripAt(lines, SIZE, [203, 148], 9)).toEqual({ kind: "focus" });
    expect(gripAt(lines, SIZE, handle, 9)).toEqual({ kind: "turn", of: "coronal" });
    expect(gripAt(lines, SIZE, [240, 152], 9)).toEqual({ kind: "line", of: "coronal" });
    expect(gripAt(lines, SIZE, [201, 40], 9)).toEqual({ kind: "line", of: "sagittal" });
    expect(gripAt(lines, SIZE, [250, 90], 9)).toBeNull();
  });
});

describe("a picture that came for another place", () => {
  it("is drawn where it belongs now", () => {
    const raster = { ...shown(START), millimetres: 1, size: { width: 200, height: 150 } };
    const map = rasterToScreen(raster, shown(panned(START, "axial", [10, 0])));
    expect(apply(map, [100, 75])).toEqual([220, 150]);
    expect(apply(map, [0, 0])).toEqual([20, 0]);
  });

  it("covers the screen, no finer than needed and never larger than asked for", () => {
    const screen = shown(START);
    const small = rasterFor(screen, UPRIGHT, 256, 2);
    expect(small.size).toEqual({ width: 256, height: 192 });
    const full = rasterFor(screen, UPRIGHT, 1024, 2);
    expect(full.size).toEqual({ width: 800, height: 600 });
    expect(rasterFor({ ...screen, millimetres: 0.01 }, UPRIGHT, 1024, 2).millimetres).toBe(0.25);
  });
});
