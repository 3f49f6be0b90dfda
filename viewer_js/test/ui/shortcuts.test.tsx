import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Shortcuts } from "../../src/ui/shortcuts";

it("lists the keys of the page around the viewer as well", async () => {
  const root = document.createElement("div");
  await act(() => render(<Shortcuts open={signal(false)} keys={[["/", "write in the talk"]]} />, root));
  const names = [...root.querySelectorAll("dt")].map(({ textContent }) => textContent);
  expect(names.at(-1)).toBe("/");
  expect(root.textContent).toContain("viết vào phần trao đổi");
});
