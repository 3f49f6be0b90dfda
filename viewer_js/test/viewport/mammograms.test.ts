/** Mammograms hang with the chest wall at the edge, until somebody moves them. */

import { expect, it } from "vitest";
import { apply } from "../../src/viewport/geometry";
import { chestWall, hangAtEdge } from "../../src/viewport/mammograms";
import { ViewportModel } from "../../src/viewport/model";
import { instance, series, study } from "../manifests";

function stack(changes: Parameters<typeof instance>[1]) {
  const image = instance(1, { rows: 400, columns: 300, spacing: null, ...changes });
  return study(series("a", [image])).stacks[0] ?? expect.fail();
}

const wall = (changes: Parameters<typeof instance>[1]) =>
  chestWall(stack(changes).frames[0] ?? expect.fail());

it("the chest wall is where the orientation says, else by the side of the breast", () => {
  expect(wall({ laterality: "R" })).toBe("right");
  expect(wall({ laterality: "L" })).toBe("left");
  expect(wall({ laterality: "L", patient_orientation: ["P", "F"] })).toBe("right");
  expect(wall({ laterality: null })).toBeNull();
});

it("it touches the edge in every size of viewport, until the picture is moved", () => {
  const viewport = new ViewportModel();
  viewport.show(stack({ laterality: "R" }), 0);
  const stop = hangAtEdge(viewport);
  for (const width of [500, 800]) {
    viewport.size.value = { width, height: 400 };
    expect(apply(viewport.toScreen.value, [300, 200])[0]).toBeCloseTo(width);
  }
  viewport.pan(-50, 0);
  const moved = viewport.placement.value.centre[0];
  viewport.size.value = { width: 500, height: 400 };
  expect(viewport.placement.value.centre[0]).toBe(moved);
  stop();
});
