import { expect, it } from "vitest";
import { locate } from "../../src/stream/stack";
import { instance, series, study } from "../manifests";

it("numbers instances and their frames in one row", () => {
  const { stacks } = study(series("a", [instance(1, { frames: 2 }), instance(2, { frames: 3 })]));
  expect(stacks[0]?.frames.map((frame) => [frame.index, frame.instance.id, frame.number])).toEqual([
    [0, "i1", 1],
    [1, "i1", 2],
    [2, "i2", 1],
    [3, "i2", 2],
    [4, "i2", 3],
  ]);
});

it("scrolls frames in the order the server found, not in that of the file", () => {
  const { stacks } = study(series("a", [instance(1, { frames: 3, frame_order: [2, 3, 1] })]));
  expect(stacks[0]?.frames.map(({ index, number }) => [index, number])).toEqual([
    [0, 2],
    [1, 3],
    [2, 1],
  ]);
});

it("lets a frame's own facts go before the instance's", () => {
  const frame_overrides = [{}, { slope: 3, windows: [], position: [1, 2, 3] as const }];
  const { stacks } = study(series("a", [instance(1, { frames: 2, frame_overrides })]));
  const [first, second] = stacks[0]?.frames ?? [];
  expect([first?.slope, second?.slope]).toEqual([1, 3]);
  expect(second?.windows).toEqual([]);
  expect(second?.position).toEqual([1, 2, 3]);
  expect(second?.intercept).toBe(-1024);
});

it("opens a long stack in its middle and a cine at its start", () => {
  const slices = Array.from({ length: 31 }, (_, i) => instance(i));
  const { stacks } = study(
    series("ct", slices),
    series("us", [instance(90, { frames: 60, position: null })]),
  );
  expect(stacks.map(({ start }) => start)).toEqual([15, 0]);
});

it("finds an image among the open studies", () => {
  const opened = study(series("a", [instance(1), instance(2, { frames: 4 })]));
  const place = { study_id: "s", sop_instance_uid: "1.2.2", frame_number: 3 };
  expect(locate([opened], place)?.index).toBe(3);
  expect(locate([opened], { ...place, study_id: "other" })).toBeNull();
  expect(locate([opened], { ...place, frame_number: 9 })).toBeNull();
});
