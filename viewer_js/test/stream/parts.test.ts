import { describe, expect, it } from "vitest";
import { covers, isHuge, partSeen, partSize, placed } from "../../src/stream/parts";
import type { Frame } from "../../src/stream/stack";
import { apply, fitted, imageToScreen, zoomedAt } from "../../src/viewport/geometry";
import { instance, series, study } from "../manifests";

const PLANE = { width: 4000, height: 5000 };
const IMAGE = { columns: 4000, rows: 5000, aspect: 1 };
const SCREEN = { width: 1200, height: 800 };
const fit = imageToScreen(IMAGE, SCREEN, fitted(IMAGE));

describe("parts of large images", () => {
  it("are for large images only", () => {
    const of = (rows: number, columns: number) =>
      study(series("a", [instance(1, { rows, columns })])).stacks[0]?.frames[0] as Frame;
    expect([isHuge(of(5000, 4000)), isHuge(of(512, 512))]).toEqual([true, false]);
  });

  it("that fit on the screen come at about its pixels, whole", () => {
    const part = partSeen(PLANE, fit, SCREEN);
    expect(part).toEqual({ region: { left: 0, top: 0, width: 4000, height: 5000 }, shrink: 4 });
    expect(part && partSize(part)).toEqual({ width: 1000, height: 1250 });
  });

  it("at one to one come in the file's own pixels, and only what is seen", () => {
    const placement = zoomedAt(IMAGE, SCREEN, fitted(IMAGE), [600, 400], 5000 / 800);
    const part = partSeen(PLANE, imageToScreen(IMAGE, SCREEN, placement), SCREEN);
    expect(part?.shrink).toBe(1);
    const { width, height } = part ? partSize(part) : { width: 0, height: 0 };
    expect(width * height).toBeLessThan(3_000_000);
  });

  it("need not come again while what is seen lies within them", () => {
    const whole = { region: { left: 0, top: 0, width: 4000, height: 5000 }, shrink: 4 };
    const piece = { region: { left: 1024, top: 0, width: 1024, height: 512 }, shrink: 4 };
    expect([covers(whole, piece), covers(piece, whole)]).toEqual([true, false]);
    expect(covers(whole, { ...piece, shrink: 2 })).toBe(false);
  });

  it("are drawn where they lie", () => {
    const part = { region: { left: 512, top: 1024, width: 1024, height: 512 }, shrink: 2 };
    const [x, y] = apply(placed(fit, part), [10, 20]);
    const [wantedX, wantedY] = apply(fit, [512 + 20, 1024 + 40]);
    expect(x).toBeCloseTo(wantedX);
    expect(y).toBeCloseTo(wantedY);
  });
});
