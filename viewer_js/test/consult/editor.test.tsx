// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Drafts } from "../../src/consult/drafts";
import { Editor } from "../../src/consult/editor";
import { NO_OPINIONS } from "../../src/consult/opinions/fold";
import type { Room } from "../../src/consult/room";
import { reduce } from "../../src/consult/state";
import type { RoomState } from "../../src/consult/wire";
import { setLanguage } from "../../src/i18n/translate";
import { emptyRoom, event, MINH, memoryStorage } from "./cast";

const FIRST = event(5, "opinion.given", { text: "Không thấy xuất huyết.", report_id: "r" }, MINH);

let root: HTMLElement;
let save: ReturnType<typeof vi.fn<(text: string, version: number) => Promise<void>>>;
let storage: ReturnType<typeof memoryStorage>;
const state = signal<RoomState>(emptyRoom());

beforeEach(() => {
  setLanguage("en");
  root = document.createElement("div");
  document.body.append(root);
  save = vi.fn<(text: string, version: number) => Promise<void>>(async () => undefined);
  storage = memoryStorage();
  state.value = { ...emptyRoom(), opinions: { ...NO_OPINIONS, written: [] } };
});

afterEach(() => {
  render(null, root);
  root.remove();
});

/** The window, as it is opened or reloaded. */
async function opened(): Promise<void> {
  const room = { drafts: new Drafts(storage) } as unknown as Room;
  function Window() {
    return (
      <Editor
        room={room}
        state={state.value}
        questionId={null}
        name="opinion"
        label="Opinion"
        action="Give the opinion"
        given={state.value.consult.opinion}
        rows={3}
        save={save}
      />
    );
  }
  render(null, root);
  await act(() => render(<Window />, root));
}

async function type(text: string): Promise<void> {
  const area = root.querySelector("textarea");
  if (area === null) throw new Error("nothing to write in");
  await act(() => {
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Another window of the same doctor gives the first opinion. */
async function given(): Promise<void> {
  await act(() => {
    state.value = reduce(state.value, FIRST);
  });
}

async function send(): Promise<void> {
  await act(() => {
    root.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));
  });
}

it("a first text says that it began from nothing, a changed one from what it changes", async () => {
  await opened();
  await type("Không.");
  await send();
  expect(save).toHaveBeenCalledWith("Không.", 0);

  await given();
  await act(() => root.querySelector<HTMLElement>(".hr-link")?.click());
  await type("Có.");
  await send();
  expect(save).toHaveBeenLastCalledWith("Có.", 5);
});

it("what another window gave in between is shown, and replaced only by the button that says so", async () => {
  await opened();
  await type("Có xuất huyết.");
  await given();

  const told = root.querySelector(".hr-told")?.textContent ?? "";
  expect(told).toContain(MINH.name);
  expect(told).toContain("Không thấy xuất huyết.");
  expect(root.querySelector("textarea")?.value).toBe("Có xuất huyết.");
  expect(root.querySelector('button[type="submit"]')?.textContent).toBe("Give mine instead");
  await send();
  expect(save).toHaveBeenCalledWith("Có xuất huyết.", 5);
});

it("a reload forgets neither the words nor what they began from", async () => {
  await opened();
  await type("Có xuất huyết.");
  state.value = reduce(state.value, FIRST);
  await opened();
  expect(root.querySelector("textarea")?.value).toBe("Có xuất huyết.");
  expect(root.querySelector(".hr-told")).not.toBeNull();
});

it("words that were deleted and written again began where they began", async () => {
  await opened();
  await type("Có.");
  await type("");
  await type("Có xuất huyết.");
  await send();
  expect(save).toHaveBeenCalledWith("Có xuất huyết.", 0);
});

it("before the refusal of what was sent has come nothing is told, afterwards the words are still there", async () => {
  await opened();
  await type("Có xuất huyết.");
  save.mockImplementation(async () => {
    state.value = reduce(state.value, FIRST);
    throw new Error("Another text was given here in between.");
  });
  await send();
  expect(save).toHaveBeenCalledWith("Có xuất huyết.", 0);
  expect(root.querySelector("textarea")?.value).toBe("Có xuất huyết.");
  expect(root.querySelector(".hr-told")).not.toBeNull();
});
