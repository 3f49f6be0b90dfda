/** Every mark by series: a press shows its image; own ones are renamed and deleted here. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { coloursOf } from "../annotations/colours";
import { valueLines } from "../annotations/label";
import { type Annotation, isRegion } from "../annotations/model";
import { kindName } from "../annotations/words";
import { formatNumber, t } from "../i18n/translate";
import { locate } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";
import { Histogram } from "./histogram";
import { Icon } from "./icons";
import "./marks.css";

interface Props {
  workspace: Workspace;
}

interface Group {
  readonly name: string;
  /** with its place in the series, by which they are ordered */
  readonly marks: { readonly mark: Annotation; readonly index: number }[];
}

/** In the order of the series, and in them of the images; what is not open here comes last. */
function grouped({ studies, stacks, desk }: Workspace): Group[] {
  const groups = new Map<string, Group>();
  for (const { id, series } of stacks.value) {
    const number = series.number === null ? "" : ` ${series.number}`;
    groups.set(id, { name: `${series.modality}${number} ${series.description}`.trim(), marks: [] });
  }
  const elsewhere: Group = { name: t("Images that are not open here"), marks: [] };
  for (const mark of desk.all.value) {
    const found = locate(studies.value, mark);
    const group = (found && groups.get(found.stack.id)) ?? elsewhere;
    group.marks.push({ mark, index: found?.index ?? 0 });
  }
  const all = [...groups.values(), elsewhere].filter(({ marks }) => marks.length > 0);
  for (const { marks } of all) marks.sort((one, other) => one.index - other.index);
  return all;
}

function Rename({ mark, workspace, done }: Props & { mark: Annotation; done: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        workspace.desk.rename(mark, input.current?.value.trim() ?? mark.text);
        done();
      }}
    >
      <input
        ref={(element) => {
          if (element && !input.current) element.focus();
          input.current = element;
        }}
        maxLength={500}
        defaultValue={mark.text}
        aria-label={t("Text of the mark")}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          done();
        }}
      />
    </form>
  );
}

function OwnActions({ mark, workspace, rename }: Props & { mark: Annotation; rename: () => void }) {
  return (
    <>
      <button
        type="button"
        class="hv-button"
        aria-label={t("Change the text")}
        title={t("Change the text")}
        onClick={rename}
      >
        <Icon name="text" />
      </button>
      <button
        type="button"
        class="hv-button"
        aria-label={t("Delete the mark")}
        title={t("Delete the mark")}
        onClick={() => workspace.desk.remove(mark)}
      >
        <Icon name="trash" />
      </button>
    </>
  );
}

function Item({
  mark,
  index,
  colour,
  workspace,
}: Props & { mark: Annotation; index: number; colour: string }) {
  const isRenaming = useSignal(false);
  const { desk } = workspace;
  const isSelected = desk.selectedId.value === mark.id;
  const frame = workspace.frameOf(mark);
  const image = frame ? t("Image {number}", { number: formatNumber(index + 1) }) : "";
  return (
    <li class="hv-mark-item" style={{ "--mark": colour }} {...(isSelected ? { "data-selected": "" } : {})}>
      <button
        type="button"
        class="hv-mark-jump"
        disabled={!frame}
        aria-current={isSelected}
        onClick={() => workspace.jumpTo(mark)}
      >
        <b>
          {kindName(mark.kind)} {mark.text}
        </b>
        {valueLines(mark).map((line) => (
          <span key={line}>{line}</span>
        ))}
        <small>{[image, mark.author.name].filter(Boolean).join(" · ")}</small>
      </button>
      {desk.isOwn(mark) && (
        <OwnActions
          mark={mark}
          workspace={workspace}
          rename={() => {
            isRenaming.value = !isRenaming.value;
          }}
        />
      )}
      {isRenaming.value && (
        <Rename
          mark={mark}
          workspace={workspace}
          done={() => {
            isRenaming.value = false;
          }}
        />
      )}
      {isSelected && frame && isRegion(mark) && mark.values && (
        <Histogram workspace={workspace} frame={frame} mark={mark} />
      )}
    </li>
  );
}

export function MarksPanel({ workspace }: Props) {
  const { desk } = workspace;
  const colours = coloursOf(desk.all.value.map(({ author }) => author.id));
  const groups = grouped(workspace);
  return (
    <div class="hv-mark-list">
      {groups.length === 0 && <p>{t("No marks yet. Choose one under Measure and draw.")}</p>}
      {groups.map(({ name, marks }) => (
        <section key={name} aria-label={name}>
          <h3>{name}</h3>
          <ul>
            {marks.map(({ mark, index }) => (
              <Item
                key={mark.id}
                mark={mark}
                index={index}
                colour={colours.get(mark.author.id) ?? ""}
                workspace={workspace}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
