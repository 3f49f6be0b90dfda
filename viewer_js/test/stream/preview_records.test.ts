import { expect, it } from "vitest";
import { PreviewReader } from "../../src/stream/preview_records";

function record(index: number, jpeg: readonly number[]): number[] {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint32(0, index, true);
  header.setUint32(4, jpeg.length, true);
  return [...new Uint8Array(header.buffer), ...jpeg];
}

const BYTES = new Uint8Array([...record(75, [1, 2, 3]), ...record(74, []), ...record(76, [9])]);

it("reads records however the bytes are cut", () => {
  for (const size of [1, 2, 5, 8, 11, 100]) {
    const reader = new PreviewReader();
    const records = [];
    for (let at = 0; at < BYTES.length; at += size)
      records.push(...reader.push(BYTES.subarray(at, at + size)));
    expect(records.map(({ index, jpeg }) => [index, jpeg && [...jpeg]])).toEqual([
      [75, [1, 2, 3]],
      [74, null],
      [76, [9]],
    ]);
  }
});

it("gives each record as soon as it is whole", () => {
  const reader = new PreviewReader();
  expect(reader.push(BYTES.subarray(0, 10))).toHaveLength(0);
  expect(reader.push(BYTES.subarray(10, 11))).toHaveLength(1);
});

it("refuses a length that no preview has", () => {
  expect(() => new PreviewReader().push(new Uint8Array([0, 0, 0, 0, 255, 255, 255, 255]))).toThrow("preview");
});
