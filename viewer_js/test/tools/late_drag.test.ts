import { expect, it } from "vitest";
import { LateDrag } from "../../src/tools/late_drag";
import type { Drag, ToolPoint } from "../../src/tools/tool";

const at = (x: number): ToolPoint => ({ screen: [x, 0], image: [x, 0], reach: 8 });

/** A tool of which each press and release is written down; it goes on until `presses` have been released. */
function tool(presses: number) {
  const done: string[] = [];
  let left = presses;
  const begin = (from: ToolPoint): Drag => {
    done.push(`begin ${from.image[0]}`);
    left = presses;
    return {
      press: (point) => done.push(`press ${point.image[0]}`),
      move: (point) => done.push(`move ${point.image[0]}`),
      end: (point) => {
        done.push(`end ${point.image[0]}`);
        left -= 1;
        return left > 0 ? "more" : "done";
      },
      cancel: () => done.push("cancel"),
    };
  };
  let arrive: (found: typeof begin) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const coming = new Promise<typeof begin>((resolve, reject) => {
    arrive = resolve;
    fail = reject;
  });
  const come = async () => {
    arrive(begin);
    await coming;
  };
  return { done, coming, come, fail };
}

it("what was drawn before the tool came is drawn when it comes", async () => {
  const { done, coming, come } = tool(1);
  const drag = new LateDrag(coming, at(1));
  drag.move(at(2));
  expect(drag.end(at(3))).toBe("more");
  await come();
  expect(done).toEqual(["begin 1", "move 2", "end 3"]);
  drag.move(at(4));
  drag.press(at(5));
  expect(drag.end(at(6))).toBe("done");
  expect(done.slice(3)).toEqual(["begin 5", "end 6"]);
});

it("a mark of several points goes on with the tool itself", async () => {
  const { done, coming, come } = tool(2);
  const drag = new LateDrag(coming, at(1));
  expect(drag.end(at(1))).toBe("more");
  await come();
  drag.move(at(7));
  drag.press(at(8));
  expect(drag.end(at(9))).toBe("done");
  expect(done).toEqual(["begin 1", "end 1", "move 7", "press 8", "end 9"]);
});

it("given up before the tool came it never begins", async () => {
  const { done, coming, come } = tool(1);
  const drag = new LateDrag(coming, at(1));
  drag.cancel();
  await come();
  expect(done).toEqual([]);
});

it("ends with the press where the line broke", async () => {
  const { coming, fail } = tool(1);
  const drag = new LateDrag(coming, at(1));
  fail(new Error("broken"));
  await coming.catch(() => {});
  expect(drag.end(at(2))).toBe("done");
});
