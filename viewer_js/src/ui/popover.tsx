/** A button that opens a small panel; Escape or a press elsewhere closes it. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icons";

interface Props {
  icon: IconName;
  label: string;
  /** shown beside the icon where there is room */
  text?: string;
  /** the text is a figure that changes, not a name: it stays where names have no room */
  isFigure?: boolean;
  disabled?: boolean;
  children: (close: () => void) => ComponentChildren;
}

export function Popover({ icon, label, text, isFigure = false, disabled = false, children }: Props) {
  const isOpen = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const id = useId();
  // what is read aloud begins with what is told by sight, and has all of it
  const said = text && !label.toLowerCase().includes(text.toLowerCase()) ? `${label}: ${text}` : label;
  const close = () => {
    isOpen.value = false;
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen.value) return;
    // what is inside may come later, and larger
    const watch = new ResizeObserver(() => {
      if (panel.current && button.current) place(panel.current, button.current);
      if (document.activeElement === button.current) focusFirst(panel.current);
    });
    if (panel.current) watch.observe(panel.current);
    if (panel.current && button.current) place(panel.current, button.current);
    focusFirst(panel.current);
    const elsewhere = (event: PointerEvent) => {
      if (!root.current?.contains(event.target as Node)) isOpen.value = false;
    };
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    };
    document.addEventListener("pointerdown", elsewhere, true);
    document.addEventListener("keydown", onEscape, true);
    return () => {
      watch.disconnect();
      document.removeEventListener("pointerdown", elsewhere, true);
      document.removeEventListener("keydown", onEscape, true);
    };
  }, [isOpen.value]);
  return (
    <div class="hv-popover" ref={root}>
      <button
        ref={button}
        type="button"
        class="hv-button"
        disabled={disabled}
        title={label}
        aria-label={said}
        aria-expanded={isOpen.value}
        aria-controls={id}
        onClick={() => {
          isOpen.value = !isOpen.value;
        }}
      >
        <Icon name={icon} />
        {text && <span class={isFigure ? "hv-button-figure" : "hv-button-text"}>{text}</span>}
        <Icon name="chevron" />
      </button>
      {isOpen.value && (
        <div class="hv-panel" id={id} ref={panel}>
          {children(close)}
        </div>
      )}
    </div>
  );
}

function focusFirst(panel: HTMLElement | null): void {
  const first = panel?.querySelector<HTMLElement>("[data-first]");
  (first ?? panel?.querySelector<HTMLElement>("button, input"))?.focus();
}

const GAP = 6;

/** Fixed to the window, so that a scrolling toolbar does not cut it off; above the button when there is no room below. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = at.bottom + GAP + height <= innerHeight;
  const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height);
  const left = Math.max(GAP, Math.min(at.left, innerWidth - width - GAP));
  panel.style.top = `${top}px`;
  panel.style.left = `${left}px`;
}
