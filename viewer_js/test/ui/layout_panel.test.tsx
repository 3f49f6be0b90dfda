// @vitest-environment happy-dom

import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { LayoutPanel } from "../../src/ui/layout_panel";
import { Popover } from "../../src/ui/popover";
import { Workspace } from "../../src/viewport/workspace";
import { ME } from "../annotations/marks";

it("opens on the grid that is on, not on its first square", async () => {
  const workspace = new Workspace({ csrf: "", person: ME }, {});
  workspace.stop();
  workspace.setLayout({ rows: 1, columns: 2 });
  const root = document.createElement("div");
  document.body.append(root);
  const panel = (close: () => void) => <LayoutPanel workspace={workspace} close={close} />;
  await act(() =>
    render(
      <Popover icon="layout2" label="Viewports">
        {panel}
      </Popover>,
      root,
    ),
  );
  await act(() => root.querySelector<HTMLElement>("button")?.click());
  expect(root.querySelector("output")?.textContent).toBe("1 × 2");
  expect(root.querySelectorAll(".hv-meant")).toHaveLength(2);
  expect(document.activeElement?.getAttribute("aria-pressed")).toBe("true");
  root.remove();
});
