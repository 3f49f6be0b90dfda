import { describe, expect, it } from "vitest";
import { KINDS, settled, shifted } from "../../src/annotations/kinds";

describe("points a person places", () => {
  it("make an arrow whose head is where one pressed first", () => {
    expect(
      KINDS.arrow.points([
        [9, 9],
        [2, 3],
      ]),
    ).toEqual([
      [2, 3],
      [9, 9],
    ]);
  });

  it("make an angle with the second as its vertex", () => {
    expect(
      KINDS.angle.points([
        [0, 0],
        [5, 5],
      ]),
    ).toEqual([
      [0, 0],
      [5, 5],
      [5, 5],
    ]);
    expect(
      KINDS.angle.points([
        [0, 0],
        [5, 5],
        [9, 0],
      ]),
    ).toEqual([
      [0, 0],
      [5, 5],
      [9, 0],
    ]);
  });

  it("make an ellipse in the box between two corners, its longer axis first", () => {
    expect(
      KINDS.ellipse.points([
        [10, 2],
        [4, 4],
      ]),
    ).toEqual([
      [4, 3],
      [10, 3],
      [7, 2],
      [7, 4],
    ]);
    expect(
      KINDS.ellipse.points([
        [0, 0],
        [2, 8],
      ]),
    ).toEqual([
      [1, 0],
      [1, 8],
      [0, 4],
      [2, 4],
    ]);
  });
});

describe("moving a handle", () => {
  it("of a line moves that end alone", () => {
    expect(
      KINDS.length.moved(
        [
          [0, 0],
          [5, 5],
        ],
        1,
        [7, 8],
      ),
    ).toEqual([
      [0, 0],
      [7, 8],
    ]);
  });

  it("of an ellipse stretches its axis and keeps the other in the middle", () => {
    const moved = KINDS.ellipse.moved(
      [
        [0, 5],
        [10, 5],
        [5, 2],
        [5, 8],
      ],
      1,
      [14, 9],
    );
    expect(moved).toEqual([
      [0, 5],
      [14, 5],
      [7, 2],
      [7, 8],
    ]);
  });

  it("may make the other axis the longer one, which is put right when the mark is kept", () => {
    const moved = KINDS.ellipse.moved(
      [
        [0, 5],
        [10, 5],
        [5, 2],
        [5, 8],
      ],
      3,
      [5, 22],
    );
    expect(moved).toEqual([
      [0, 12],
      [10, 12],
      [5, 2],
      [5, 22],
    ]);
    expect(settled("ellipse", moved)).toEqual([
      [5, 2],
      [5, 22],
      [0, 12],
      [10, 12],
    ]);
  });
});

it("moves as a whole", () => {
  expect(
    shifted(
      [
        [1, 2],
        [3, 4],
      ],
      [10, -1],
    ),
  ).toEqual([
    [11, 1],
    [13, 3],
  ]);
});
