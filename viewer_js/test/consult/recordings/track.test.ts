import { expect, it } from "vitest";
import type { View } from "../../../src/api/viewer_app";
import { pieceAt } from "../../../src/consult/recordings/hearing";
import { Sender } from "../../../src/consult/recordings/sender";
import {
  doingOf,
  type Line,
  lastAt,
  type PlacedLine,
  TrackWriter,
} from "../../../src/consult/recordings/track";

const VIEW: View = {
  study_id: "study",
  series_instance_uid: "1.2",
  sop_instance_uid: "1.2.3",
  frame_number: 1,
  window: null,
  zoom: 1,
  centre: [8, 8],
  rotation: 0,
  flip: false,
  invert: false,
};
const AT = { study_id: "study", sop_instance_uid: "1.2.3", frame_number: 1 };

function placed(...pieces: (readonly Line[] | null)[]): PlacedLine[] {
  return pieces.flatMap((lines) => (lines ?? []).map((line): PlacedLine => [0, ...line]));
}

it("a track says only what changed, and is read back as it was", () => {
  const writer = new TrackWriter();
  writer.see(0, VIEW);
  writer.see(70, { ...VIEW, zoom: 2 });
  writer.point(80, { ...AT, x: 1.26, y: 2 });
  writer.point(90, { ...AT, x: 3, y: 4 });
  writer.point(95, null);
  const lines = writer.take();

  expect(lines?.slice(1)).toEqual([
    ["v", 70, { zoom: 2 }],
    ["i", 80, "study", "1.2.3", 1],
    ["p", 80, 1.3, 2],
    ["p", 90, 3, 4],
    ["g", 95],
  ]);
  const doing = doingOf(placed(lines), 0, 1000);
  expect(doing.views).toEqual([
    { at: 0, value: VIEW },
    { at: 70, value: { ...VIEW, zoom: 2 } },
  ]);
  expect(doing.pointers.map(({ at, value }) => [at, value?.x ?? null])).toEqual([
    [80, 1.3],
    [90, 3],
    [95, null],
  ]);
});

it("a piece means the same when the one before it was lost", () => {
  const writer = new TrackWriter();
  writer.see(0, VIEW);
  writer.take();
  writer.see(70, { ...VIEW, zoom: 2 });
  writer.point(75, { ...AT, x: 1, y: 1 });

  const alone = doingOf(placed(writer.take()), 0, 1000);

  expect(alone.views).toEqual([{ at: 70, value: { ...VIEW, zoom: 2 } }]);
  expect(alone.pointers).toHaveLength(1);
  expect(writer.take()).toBeNull();
});

it("whoever still spoke at the end did so until then", () => {
  const lines: PlacedLine[] = [
    [0, "s", 10, 1],
    [1, "s", 20, 1],
    [0, "s", 30, 0],
  ];
  expect(doingOf(lines, 0, 100).spoken).toEqual([{ from: 10, to: 30 }]);
  expect(doingOf(lines, 1, 100).spoken).toEqual([{ from: 20, to: 100 }]);
});

it("finds what was at a time", () => {
  const timed = [0, 10, 10, 20].map((at) => ({ at, value: null }));
  expect([-1, 0, 9, 10, 25].map((at) => lastAt(timed, at))).toEqual([-1, 0, 0, 2, 3]);
});

it("plays the newer of two pieces that overlap, and none where nobody spoke", () => {
  const voices = [
    { person: 0, offset_ms: 0, duration_ms: 10_150 },
    { person: 0, offset_ms: 10_000, duration_ms: 4_000 },
    { person: 1, offset_ms: 500, duration_ms: 1_000 },
  ];
  expect([0, 9_999, 10_050, 14_000].map((at) => pieceAt(voices, 0, at))).toEqual([0, 0, 1, null]);
  expect(pieceAt(voices, 1, 400)).toBeNull();
});

it("pieces are sent in order, again after a broken line, and no more once refused", async () => {
  const seen: string[] = [];
  let broken = 2;
  let status = 200;
  globalThis.fetch = async (address) => {
    if (broken-- > 0) throw new TypeError("line");
    seen.push(String(address).replace(/^.*\/(track|voice)\/[^/]+\//, "$1 "));
    return new Response("{}", { status });
  };
  const refused: string[] = [];
  const sender = new Sender({
    root: "/r",
    csrf: "",
    refused: (reason) => refused.push(reason),
    pause: async () => undefined,
  });
  sender.send({ kind: "track", body: "[]" });
  sender.send({ kind: "voice", body: "x", times: { offset_ms: 5, duration_ms: 7 } });
  sender.send({ kind: "track", body: "[]" });
  await sender.drained();

  expect(seen).toEqual(["track 0?", "voice 0?offset_ms=5&duration_ms=7", "track 1?"]);
  expect(sender.waiting.value).toBe(0);
  status = 409;
  sender.send({ kind: "track", body: "[]" });
  sender.send({ kind: "track", body: "[]" });
  await sender.drained();
  sender.send({ kind: "track", body: "[]" });
  expect([seen.length, refused.length]).toEqual([4, 1]);
});
