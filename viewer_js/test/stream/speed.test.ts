import { describe, expect, it } from "vitest";
import { Speed } from "../../src/stream/speed";

describe("the coding that is asked for", () => {
  it("saves bytes until the line is known to be fast, and again when it is no more", () => {
    const speed = new Speed();
    expect(speed.coding).toBe("predicted");
    speed.took(100_000, 1);
    expect(speed.coding).toBe("left");
    for (let i = 0; i < 12; i++) speed.took(100_000, 100);
    expect(speed.coding).toBe("predicted");
  });

  it("does not learn from bodies too small to tell", () => {
    const speed = new Speed();
    speed.took(500, 0);
    expect(speed.coding).toBe("predicted");
  });
});
