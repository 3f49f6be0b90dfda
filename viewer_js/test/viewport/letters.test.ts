import { describe, expect, it } from "vitest";
import { directionsOf, edgeLetters, lettersOf, oppositeOf, sideText } from "../../src/viewport/letters";

const AXIAL = directionsOf([1, 0, 0, 0, 1, 0], null);

describe("letters of a direction", () => {
  it("are one along an axis and two, the stronger first, when oblique", () => {
    expect(lettersOf([1, 0, 0])).toBe("L");
    expect(lettersOf([0, -1, 0])).toBe("A");
    expect(lettersOf([0.5, 0, 0.866])).toBe("HL");
    expect(lettersOf([-0.6, 0.7, 0.38])).toBe("PR");
  });

  it("leave out a tilt below five degrees", () => {
    expect(lettersOf([0.998, 0.06, 0])).toBe("L");
  });

  it("have opposites letter by letter", () => {
    expect(oppositeOf("HL")).toBe("FR");
    expect(oppositeOf("RPA")).toBe("LAP");
  });
});

describe("letters at the edges", () => {
  it("of an axial slice: the patient's left is on the right", () => {
    expect(edgeLetters(AXIAL, 0, false)).toEqual({ top: "A", right: "L", bottom: "P", left: "R" });
  });

  it("of a coronal slice", () => {
    const coronal = directionsOf([1, 0, 0, 0, 0, -1], null);
    expect(edgeLetters(coronal, 0, false)).toEqual({ top: "H", right: "L", bottom: "F", left: "R" });
  });

  it("follow a turn to the right", () => {
    expect(edgeLetters(AXIAL, 90, false)).toEqual({ top: "R", right: "A", bottom: "L", left: "P" });
    expect(edgeLetters(AXIAL, 270, false)).toEqual({ top: "L", right: "P", bottom: "R", left: "A" });
  });

  it("follow a flip after the turn", () => {
    expect(edgeLetters(AXIAL, 0, true)).toEqual({ top: "A", right: "R", bottom: "P", left: "L" });
    expect(edgeLetters(AXIAL, 90, true)).toEqual({ top: "R", right: "P", bottom: "L", left: "A" });
  });

  it("come from Patient Orientation where there is no Image Orientation", () => {
    expect(edgeLetters(directionsOf(null, ["L", "F"]), 0, false)).toEqual({
      top: "H",
      right: "L",
      bottom: "F",
      left: "R",
    });
  });

  it("are not invented", () => {
    expect(directionsOf(null, null)).toBeNull();
    expect(directionsOf(null, ["", ""])).toBeNull();
    expect(directionsOf(null, ["CD", "D"])).toBeNull();
    expect(directionsOf([1, 0, 0, 1, 0, 0], ["L", "P"])).toBeNull();
    expect(directionsOf([1, 0, 0, 0, 0.5, 0], null)).toBeNull();
    expect(directionsOf([0, 0, 0, 0, 0, 0], null)).toBeNull();
    expect(edgeLetters(null, 0, false)).toBeNull();
  });
});

describe("the side of the body", () => {
  it("stands with the view as on films", () => {
    expect(sideText({ laterality: "R", view: "MLO" })).toBe("R MLO");
    expect(sideText({ laterality: "L" })).toBe("L");
    expect(sideText({ laterality: null, view: "PA" })).toBe("PA");
  });

  it("is left out where the organ has none", () => {
    expect(sideText({ laterality: "U" })).toBe("");
  });
});
