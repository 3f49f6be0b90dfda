/** Viewports that move together, and viewports in grids and tiles. */

import { beforeAll, expect, it } from "vitest";
import type { Vector3 } from "../../src/api/manifest";
import { followedIndex } from "../../src/viewport/following";
import { gridAfter, shrunk } from "../../src/viewport/layouts";
import { following, Links } from "../../src/viewport/links";
import { ViewportModel } from "../../src/viewport/model";
import { firstTile, Tiling } from "../../src/viewport/tiling";
import { instance, series, study } from "../manifests";

beforeAll(() => following.fetch());

function stack(id: string, places: (Vector3 | null)[], changes: Parameters<typeof instance>[1] = {}) {
  const made = places.map((position, n) => instance(n + 1, { position, ...changes, id: `${id}${n}` }));
  return study(series(id, made)).stacks[0] ?? expect.fail();
}

const along = (count: number, step: number, from = 0): Vector3[] =>
  Array.from({ length: count }, (_, n) => [0, 0, from + n * step]);

const followed = (made: ReturnType<typeof stack>, anchor = 0) => ({ frames: made.frames, anchor });

it("of one frame of reference: the slice at the same place, whatever the numbers", () => {
  const [thin, thick] = [stack("a", along(50, 1)), stack("b", along(10, 5).reverse())];
  expect(followedIndex(followed(thin), 25, followed(thick))).toBe(4);
});

it("of two examinations: as many millimetres on, in the patient's direction, from where they were lined up", () => {
  const now = stack("a", along(50, 1));
  const before = stack("b", along(20, 5, 300), { frame_of_reference_uid: "2.7" });
  expect(followedIndex(followed(now, 10), 25, followed(before, 4))).toBe(7);
  const upsideDown = stack("c", along(20, 5, 300).reverse(), { frame_of_reference_uid: "2.7" });
  expect(followedIndex(followed(now, 10), 25, followed(upsideDown, 10))).toBe(7);
});

it("images without a place run by number; planes across one another do not follow", () => {
  const [one, other] = [stack("a", along(9, 1)), stack("b", [null, null, null, null, null])];
  expect(followedIndex(followed(one), 3, followed(other, 1))).toBe(4);
  const sagittal = stack("c", along(9, 1), { orientation: [0, 1, 0, 0, 0, -1] });
  expect(followedIndex(followed(one), 3, followed(sagittal))).toBeNull();
});

it("linked viewports keep their distance past an end and back", () => {
  const views = [new ViewportModel(), new ViewportModel()];
  const [leader, follower] = views;
  if (!leader || !follower) return expect.fail();
  leader.show(stack("a", Array(9).fill(null)), 0);
  follower.show(stack("b", Array(9).fill(null)), 5);
  const links = new Links(
    () => views,
    () => leader,
  );
  const stop = links.start();
  leader.scrollTo(1);
  expect(follower.index.value).toBe(5);
  leader.scrollTo(0);
  links.scroll.value = true;
  leader.scrollTo(8);
  expect(follower.index.value).toBe(8);
  leader.scrollTo(1);
  expect(follower.index.value).toBe(6);
  stop();
});

it("a window is shared only where it means the same", () => {
  const views = [new ViewportModel(), new ViewportModel(), new ViewportModel()];
  const [leader, ct, mr] = views;
  if (!leader || !ct || !mr) return expect.fail();
  leader.show(stack("a", along(3, 1)));
  ct.show(stack("b", along(3, 1)));
  mr.show(stack("c", along(3, 1), { unit: "" }));
  const links = new Links(
    () => views,
    () => leader,
  );
  const stop = links.start();
  links.window.value = true;
  leader.window.value = { center: 600, width: 2000, function: "LINEAR" };
  expect(ct.window.value?.width).toBe(2000);
  expect(mr.window.value).toBeNull();
  stop();
});

it("tiles show consecutive images and move as one, without empty places at the end", () => {
  expect([
    firstTile(7, 2, 4, 20),
    firstTile(0, 2, 4, 20),
    firstTile(19, 0, 4, 20),
    firstTile(1, 0, 4, 2),
  ]).toEqual([5, 0, 16, 0]);
  const views = Array.from({ length: 4 }, () => new ViewportModel());
  const leader = views[0] ?? expect.fail();
  leader.show(stack("a", along(20, 1)), 3);
  const tiling = new Tiling(
    () => views,
    () => leader,
  );
  const stop = tiling.start();
  tiling.isOn.value = true;
  expect(views.map(({ index }) => index.value)).toEqual([3, 4, 5, 6]);
  leader.scrollTo(19);
  expect(views.map(({ index }) => index.value)).toEqual([16, 17, 18, 19]);
  stop();
});

it("a grid is no larger than there is something to show", () => {
  expect(shrunk({ rows: 2, columns: 2 }, 1)).toEqual({ rows: 1, columns: 1 });
  expect(shrunk({ rows: 2, columns: 2 }, 2)).toEqual({ rows: 1, columns: 2 });
  expect(shrunk({ rows: 2, columns: 2 }, 3)).toEqual({ rows: 2, columns: 2 });
  expect(gridAfter({ rows: 3, columns: 3 })).toEqual({ rows: 1, columns: 1 });
});
