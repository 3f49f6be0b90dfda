// @vitest-environment happy-dom

import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { ownKeys } from "../../src/tools/shortcuts";
import { KeyLists } from "../../src/ui/key_lists";
import { Shortcuts } from "../../src/ui/shortcuts";

it("lists the keys of the page around the viewer as well", async () => {
  const root = document.createElement("div");
  await act(() => render(<KeyLists gestures={[["/", "write in the talk"]]} />, root));
  const names = [...root.querySelectorAll("dt")].map(({ textContent }) => textContent);
  expect(names.at(-1)).toBe("/");
  expect(root.textContent).toContain("viết vào phần trao đổi");
});

it("the list is made only when it is opened", async () => {
  const root = document.createElement("div");
  await act(() => render(<Shortcuts open={signal(false)} keys={[]} />, root));
  expect(root.querySelector("dl")).toBeNull();
});

it("a pressed key is set, and one that is taken is said before it is", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  await act(() => render(<KeyLists gestures={[]} />, root));
  const line = () => [...root.querySelectorAll(".hv-key-button")].find((b) => b.textContent?.includes("F"));
  await act(() => (line() as HTMLElement).click());
  const press = (key: string) =>
    act(() => {
      const field = root.querySelector(".hv-key-field");
      field?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    });
  await press("i");
  expect(root.querySelector("[role=alert]")).not.toBeNull();
  expect(ownKeys().value).toEqual({});
  await press("!");
  expect(Object.values(ownKeys().value)).toEqual(["!"]);
  root.remove();
});
