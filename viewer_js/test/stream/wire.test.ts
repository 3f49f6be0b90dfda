import { describe, expect, it } from "vitest";
import { decodeStored, WireError } from "../../src/stream/wire";

describe("stored values off the wire", () => {
  it("are summed along each row, low bytes before high bytes", () => {
    // rows [258, 257, 3] and [65535, 0, 1]: differences 258, -1, -254 and -1, 1, 1, modulo 65536
    const low = [0x02, 0xff, 0x02, 0xff, 0x01, 0x01];
    const high = [0x01, 0xff, 0xff, 0xff, 0x00, 0x00];
    const values = decodeStored(new Uint8Array([...low, ...high]), {
      rows: 2,
      columns: 3,
      bits_stored: 16,
      signed: false,
    });
    expect([...values]).toEqual([258, 257, 3, 65_535, 0, 1]);
  });

  it("are signed where the file says so", () => {
    const wire = new Uint8Array([0x18, 0xe8, 0xfc, 0x03]);
    const values = decodeStored(wire, { rows: 1, columns: 2, bits_stored: 12, signed: true });
    expect(values).toBeInstanceOf(Int16Array);
    expect([...values]).toEqual([-1000, 0]);
  });

  it("of eight bits are one plane", () => {
    const shape = { rows: 2, columns: 2, bits_stored: 8 };
    const wire = new Uint8Array([250, 10, 3, 255]);
    expect([...decodeStored(wire, { ...shape, signed: false })]).toEqual([250, 4, 3, 2]);
    expect([...decodeStored(wire, { ...shape, signed: true })]).toEqual([-6, 4, 3, 2]);
  });

  it("are refused when bytes are missing", () => {
    const shape = { rows: 2, columns: 2, bits_stored: 16, signed: false };
    expect(() => decodeStored(new Uint8Array(7), shape)).toThrow(WireError);
  });
});
