import { describe, expect, it } from "vitest";
import { KINDS, settled, shifted } from "../../src/annotations/kinds";
import type { Point } from "../../src/annotations/model";
import { areaOf } from "../../src/annotations/regions";

describe("points a person places", () => {
  it("make an arrow whose head is where one pressed first", () => {
    expect(
      KINDS.arrow.points(
        [
          [9, 9],
          [2, 3],
        ],
        1,
      ),
    ).toEqual([
      [2, 3],
      [9, 9],
    ]);
  });

  it("make an angle with the second as its vertex", () => {
    expect(
      KINDS.angle.points(
        [
          [0, 0],
          [5, 5],
        ],
        1,
      ),
    ).toEqual([
      [0, 0],
      [5, 5],
      [5, 5],
    ]);
    expect(
      KINDS.angle.points(
        [
          [0, 0],
          [5, 5],
          [9, 0],
        ],
        1,
      ),
    ).toEqual([
      [0, 0],
      [5, 5],
      [9, 0],
    ]);
  });

  it("make an ellipse in the box between two corners, its longer axis first", () => {
    expect(
      KINDS.ellipse.points(
        [
          [10, 2],
          [4, 4],
        ],
        1,
      ),
    ).toEqual([
      [4, 3],
      [10, 3],
      [7, 2],
      [7, 4],
    ]);
    expect(
      KINDS.ellipse.points(
        [
          [0, 0],
          [2, 8],
        ],
        1,
      ),
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
        1,
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
      1,
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
      1,
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

const distance = ([x0, y0]: Point, [x1, y1]: Point, aspect: number) =>
  Math.hypot(x1 - x0, (y1 - y0) * aspect);

describe("a circle", () => {
  it("is round where pixels are oblong, its centre where one pressed", () => {
    const points = KINDS.circle.points(
      [
        [50, 40],
        [53, 42],
      ],
      2,
    );
    for (const end of points) expect(distance(end, [50, 40], 2)).toBeCloseTo(5, 9);
    expect(points[0]).toEqual([45, 40]);
  });

  it("keeps its centre when an end is moved", () => {
    const points = KINDS.circle.points(
      [
        [50, 40],
        [55, 40],
      ],
      0.5,
    );
    const moved = KINDS.circle.moved(points, 2, [50, 30], 0.5);
    for (const end of moved) expect(distance(end, [50, 40], 0.5)).toBeCloseTo(5, 9);
  });
});

it("a rectangle's corner moves two others along and leaves the opposite one", () => {
  const points = KINDS.rectangle.points(
    [
      [10, 10],
      [30, 20],
    ],
    1,
  );
  expect(points).toEqual([
    [10, 10],
    [30, 10],
    [30, 20],
    [10, 20],
  ]);
  for (const at of [0, 1, 2, 3]) {
    const moved = KINDS.rectangle.moved(points, at, [50, 70], 1);
    expect(moved[at]).toEqual([50, 70]);
    expect(moved[(at + 2) % 4]).toEqual(points[(at + 2) % 4]);
    moved.forEach(([x, y], i) => {
      const [nextX, nextY] = moved[(i + 1) % 4] as Point;
      expect(x === nextX || y === nextY).toBe(true);
    });
  }
});

it("the second diameter is half as long and square to the first in the body", () => {
  const [a, b, c, d] = KINDS.bidirectional.points(
    [
      [10, 10],
      [30, 20],
    ],
    2,
  ) as [Point, Point, Point, Point];
  expect(distance(c, d, 2)).toBeCloseTo(distance(a, b, 2) / 2, 9);
  expect((b[0] - a[0]) * (d[0] - c[0]) + 4 * (b[1] - a[1]) * (d[1] - c[1])).toBeCloseTo(0, 9);
});

it("a line drawn freely keeps its shape with few points, and never more than the server takes", () => {
  const circle = Array.from({ length: 900 }, (_, i): Point => {
    const angle = (2 * Math.PI * i) / 900;
    return [100 + 80 * Math.cos(angle), 100 + 80 * Math.sin(angle)];
  });
  const kept = settled("freehand", circle);
  expect(kept.length).toBeLessThan(120);
  const area = areaOf(
    { spacing: [1, 1], aspect: null, atDetector: false },
    { graphic_type: "POLYLINE", points: kept },
  );
  expect(area).toBeGreaterThan(Math.PI * 80 ** 2 * 0.995);
  const zigzag = Array.from({ length: 999 }, (_, i): Point => [i, (i % 2) * 50]);
  expect(settled("freehand", zigzag).length).toBeLessThanOrEqual(200);
});
