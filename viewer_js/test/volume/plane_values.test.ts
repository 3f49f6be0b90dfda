import { describe, expect, it } from "vitest";
import { ellipseBetween, linesOf } from "../../src/volume/measures";
import { valueLines } from "../../src/volume/plane_values";
import type { Raster } from "../../src/volume/projection";
import type { PlanePicture, VolumeFacts } from "../../src/volume/server";

/** A coronal plane of 40 by 20 pixels of 0.5 mm: stored 1024 to the left of its middle, 1124 to the right. */
const RASTER: Raster = {
  centre: [0, 10, 0],
  right: [1, 0, 0],
  down: [0, 0, -1],
  millimetres: 0.5,
  size: { width: 40, height: 20 },
};
const values = Int16Array.from({ length: 800 }, (_, i) => (i % 40 < 20 ? 1024 : 1124));
const FULL: PlanePicture = { kind: "full", raster: RASTER, values };
const PREVIEW: PlanePicture = {
  kind: "preview",
  raster: RASTER,
  bitmap: {} as ImageBitmap,
  window: { center: 0, width: 1, function: "LINEAR" },
};
const FACTS = { slope: 1, intercept: -1024, unit: "HU" } as VolumeFacts;

describe("a region on a plane", () => {
  const region = ellipseBetween([-4, 10, 3], [4, 10, -3], RASTER);

  it("has mean, spread, ends and area in the volume's unit and in millimetres", () => {
    // two halves of 0 and 100 HU; an ellipse of 8 by 6 mm
    expect(valueLines(region, FULL, FACTS)).toEqual(["TB 50,0 ± 50,0 HU", "0 đến 100 HU", "37,7 mm²"]);
  });

  it("says nothing of previews and nothing of what lies beside the picture", () => {
    expect(valueLines(region, PREVIEW, FACTS)).toEqual(["…"]);
    const wide = ellipseBetween([-15, 10, 3], [4, 10, -3], RASTER);
    expect(valueLines(wide, FULL, FACTS)).toEqual(["Vượt ra ngoài hình"]);
  });

  it("is the same drawn from any of its corners", () => {
    const other = ellipseBetween([4, 10, -3], [-4, 10, 3], RASTER);
    expect(valueLines(other, FULL, FACTS)).toEqual(valueLines(region, FULL, FACTS));
  });
});

describe("other measures on a plane", () => {
  it("read the value of the pixel at a point, and only in its plane", () => {
    expect(valueLines({ kind: "probe", points: [[3, 10, 0]] }, FULL, FACTS)).toEqual(["100 HU"]);
    expect(valueLines({ kind: "probe", points: [[3, 12, 0]] }, FULL, FACTS)).toEqual(["…"]);
  });

  it("are millimetres and degrees in the patient, whatever the picture", () => {
    const [a, b, c] = [
      [0, 0, 0],
      [3, 4, 0],
      [3, 8, 0],
    ] as const;
    expect(linesOf({ kind: "length", points: [a, b] }, [])).toEqual(["5,0 mm"]);
    expect(linesOf({ kind: "angle", points: [a, b, c] }, [])).toEqual(["143,1°"]);
  });
});
