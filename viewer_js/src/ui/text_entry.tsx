/** The words being typed into a text mark or beside an arrow. */

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Annotation } from "../annotations/model";
import { t } from "../i18n/translate";
import { apply } from "../viewport/geometry";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import "./text_entry.css";

interface Props {
  viewport: ViewportModel;
  workspace: Workspace;
}

function placeholderOf({ kind }: Annotation): string {
  if (kind === "spine_label") return t("First vertebra, such as L5");
  return kind === "arrow" ? t("Text (may stay empty)") : t("Text");
}

export function TextEntry({ viewport, workspace }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const mark = workspace.desk.typing.value;
  const frame = viewport.frame.value;
  const isHere =
    mark &&
    frame &&
    mark.sop_instance_uid === frame.instance.sop_instance_uid &&
    mark.frame_number === frame.number;
  const isShown = isHere && workspace.active.value === viewport;
  useLayoutEffect(() => {
    if (isShown) input.current?.focus();
  }, [isShown]);
  if (!isShown || !mark) return null;
  const [x, y] = apply(viewport.toScreen.value, mark.points[0] ?? [0, 0]);
  const { width, height } = viewport.size.value;
  const finish = (keep: boolean) => {
    const text = input.current?.value.trim() ?? "";
    workspace.desk.endTyping(keep ? text : null);
    input.current?.closest<HTMLElement>(".hv-viewport")?.querySelector<HTMLElement>(".hv-surface")?.focus();
  };
  return (
    <form
      class="hv-text-entry"
      style={{
        left: `${Math.min(Math.max(4, x), width - 224)}px`,
        top: `${Math.min(Math.max(4, y - 18), height - 44)}px`,
      }}
      onSubmit={(event) => {
        event.preventDefault();
        finish(true);
      }}
    >
      <input
        ref={input}
        maxLength={500}
        defaultValue={mark.text}
        placeholder={placeholderOf(mark)}
        aria-label={t("Text of the mark")}
        onKeyDown={(event) => {
          if (event.key === "Escape") finish(false);
          event.stopPropagation();
        }}
        onBlur={() => workspace.desk.typing.peek() && finish(true)}
      />
    </form>
  );
}
