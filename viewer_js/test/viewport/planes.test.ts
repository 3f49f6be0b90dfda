// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PlanesView } from "../../src/api/planes_view";
import type { Stack } from "../../src/stream/stack";
import { type OpenPlanes, Planes } from "../../src/viewport/planes";
import type { Workspace } from "../../src/viewport/workspace";

const opened: { stack: Stack; view: PlanesView; isShowing: boolean }[] = [];
let planes: Planes;

vi.mock("../../src/volume/mode", () => ({
  openVolume(_workspace: Workspace, stack: Stack, _place: HTMLElement, { view }: { view: PlanesView }) {
    opened.push({ stack, view, isShowing: planes.isShowing });
  },
}));

const VIEW = { trio: null, zoom: 1 } as PlanesView;
const STACK = { id: "one" } as Stack;

beforeEach(() => {
  opened.length = 0;
  planes = new Planes({ notify: vi.fn(), covered: signal(false) } as unknown as Workspace);
  planes.place = document.createElement("div");
});

function open(stackId: string): OpenPlanes {
  const now = { stackId, view: () => VIEW, show: vi.fn(), leave: vi.fn() };
  planes.open.value = now;
  return now;
}

describe("another's planes", () => {
  it("are opened as shown, with the newest of what came while the program was fetched", async () => {
    planes.show(STACK, VIEW);
    planes.show(STACK, { ...VIEW, zoom: 3 });
    await vi.waitFor(() => expect(opened).toHaveLength(1), 10_000);
    expect(opened[0]).toMatchObject({ stack: STACK, view: { zoom: 3 }, isShowing: true });
  });

  it("are not opened when they were left meanwhile", async () => {
    planes.show(STACK, VIEW);
    planes.show(STACK, null);
    await new Promise((go) => setTimeout(go, 20));
    expect(opened).toEqual([]);
  });

  it("change those of the same series, and are left with the other", () => {
    const now = open("one");
    planes.show(STACK, VIEW);
    expect(now.show).toHaveBeenCalledWith(VIEW);
    planes.show(STACK, null);
    expect(now.leave).toHaveBeenCalled();
  });

  it("of another series take the place of those that are open", async () => {
    const now = open("two");
    planes.show(STACK, VIEW);
    expect(now.leave).toHaveBeenCalled();
    await vi.waitFor(() => expect(opened).toHaveLength(1), 10_000);
  });
});
