/** The toolbar in one row; what does not fit is behind one button, within reach of a thumb. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { Icon } from "./icons";

/** CSS pixels; more than a border, less than a row */
const SLACK = 8;

export function Foldable({ workspace, children }: { workspace: Workspace; children: ComponentChildren }) {
  const tools = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  const overflows = useSignal(false);
  useEffect(() => {
    const element = tools.current;
    if (!element) return;
    const measure = () => {
      const row = element.querySelector<HTMLElement>(".hv-button")?.offsetHeight ?? 0;
      overflows.value = element.scrollHeight > row + SLACK;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [overflows]);
  // whoever has chosen a tool, another layout or a panel wants the picture back
  const { toolId, layout, sidePanel } = workspace;
  const [tool, places, panel] = [toolId.value, layout.value, sidePanel.value];
  useEffect(() => {
    isOpen.value = false;
  }, [tool, places, panel, isOpen]);
  // whoever comes by Tab to a tool that is folded away sees it; the row itself never scrolls
  const onFocus = ({ target }: FocusEvent) => {
    const row = tools.current;
    if (!row || isOpen.peek() || !(target instanceof HTMLElement) || !target.matches(":focus-visible"))
      return;
    const isBelow =
      target.getBoundingClientRect().top - row.getBoundingClientRect().top + row.scrollTop > SLACK;
    row.scrollTop = 0;
    if (isBelow && overflows.peek()) isOpen.value = true;
  };
  const label = isOpen.value ? t("Fewer tools") : t("All tools");
  return (
    <div
      class={`hv-toolbar${isOpen.value ? " hv-unfolded" : ""}`}
      role="toolbar"
      aria-label={t("Viewer tools")}
    >
      <div class="hv-tools" ref={tools} onFocusIn={onFocus}>
        {children}
      </div>
      {overflows.value && (
        <button
          type="button"
          class="hv-button hv-fold"
          aria-label={label}
          title={label}
          aria-expanded={isOpen.value}
          onClick={() => {
            isOpen.value = !isOpen.value;
          }}
        >
          <Icon name="more" />
        </button>
      )}
    </div>
  );
}
