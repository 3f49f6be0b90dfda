/** Every DICOM attribute of the shown object, searched while one types. */

import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { addressOf } from "./addresses";
import { useAsked } from "./asked";
import { documentsOf } from "./kinds";
import { searched, type TagRow, type TagsAnswer } from "./tag_rows";
import "./tags.css";

const SETTLE = 250;
const MOST_SHOWN = 1500;

/** What the active viewport has stood still at for a moment: nobody reads attributes while scrolling. */
function useAddress(workspace: Workspace): string | null {
  const { stack, frame } = workspace.active.value;
  const instance = frame.value?.instance ?? (stack.value && documentsOf(stack.value)[0]);
  const wanted = stack.value && instance ? addressOf(stack.value, "tags", instance) : null;
  const settled = useSignal(wanted);
  useEffect(() => {
    const waiting = setTimeout(() => {
      settled.value = wanted;
    }, SETTLE);
    return () => clearTimeout(waiting);
  }, [wanted, settled]);
  return settled.value;
}

/** Where there is no clipboard (an address without TLS) the value is at least selected. */
function copy(element: HTMLElement, value: string): void {
  if (navigator.clipboard) {
    void navigator.clipboard.writeText(value);
    return;
  }
  getSelection()?.selectAllChildren(element);
}

function Value({ row }: { row: TagRow }) {
  if (row.items !== undefined) return <i>{t("{count} items", { count: row.items })}</i>;
  return (
    <>
      <span class="hv-tags-value">{row.value}</span>
      {row.cut !== undefined && <i>{t("… {count} bytes in all", { count: formatNumber(row.cut) })}</i>}
      {row.value && (
        <button
          type="button"
          class="hv-tags-copy"
          aria-label={t("Copy")}
          title={t("Copy")}
          onClick={(event) => {
            const shown = event.currentTarget.parentElement?.querySelector<HTMLElement>(".hv-tags-value");
            if (shown) copy(shown, row.value ?? "");
          }}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M8 8h11v12H8zM5 16V4h11" />
          </svg>
        </button>
      )}
    </>
  );
}

function Row({ row }: { row: TagRow }) {
  const indent = { paddingInlineStart: `${Math.min(row.depth, 8) * 0.75}rem` };
  if (row.item !== undefined)
    return (
      <li class="hv-tags-item" style={indent}>
        {t("Item {number}", { number: row.item })}
      </li>
    );
  const isPrivate = row.private !== undefined;
  return (
    <li style={indent}>
      <div class="hv-tags-name">
        <b>{row.keyword || (isPrivate ? row.private || t("Private") : t("Unknown"))}</b>
        <code>
          ({row.tag}) {row.vr}
        </code>
        {isPrivate && <em>{t("Private")}</em>}
        {row.corrected && <em class="hv-tags-corrected">{t("Corrected here")}</em>}
      </div>
      <div>
        <Value row={row} />
      </div>
    </li>
  );
}

function List({ rows, isCut }: { rows: readonly TagRow[]; isCut: boolean }) {
  return (
    <>
      <p role="status">{t("{count} attributes", { count: rows.filter(({ tag }) => tag).length })}</p>
      <ul>
        {rows.slice(0, MOST_SHOWN).map((row, place) => (
          <Row key={place} row={row} />
        ))}
      </ul>
      {(isCut || rows.length > MOST_SHOWN) && <p>{t("There are more; search for the one you need.")}</p>}
    </>
  );
}

/** What the server finds among all attributes, where it did not list all of them. */
function Found({ address, text }: { address: string; text: string }) {
  const settled = useSignal("");
  useEffect(() => {
    const waiting = setTimeout(() => {
      settled.value = text;
    }, SETTLE);
    return () => clearTimeout(waiting);
  }, [text, settled]);
  const asked = useAsked<TagsAnswer>(`${address}?search=${encodeURIComponent(settled.value)}`);
  if (asked === null) return <p role="status">{t("Loading…")}</p>;
  if ("problem" in asked) return <p role="status">{asked.problem}</p>;
  return <List rows={asked.found.rows} isCut={asked.found.cut} />;
}

function Rows({ answer, address }: { answer: TagsAnswer; address: string }) {
  const wanted = useSignal("");
  const text = wanted.value.trim();
  const found = useMemo(() => searched(answer.rows, text), [answer, text]);
  const shown = Math.min(answer.rows.filter(({ tag }) => tag).length, MOST_SHOWN);
  return (
    <div class="hv-tags">
      <input
        type="search"
        value={wanted.value}
        placeholder={t("Name, number or value")}
        aria-label={t("Search the attributes")}
        onInput={(event) => {
          wanted.value = event.currentTarget.value;
        }}
      />
      {answer.cut && (
        <p>
          {t("The first {shown} of {count} attributes are listed. The search looks through all.", {
            shown: formatNumber(shown),
            count: formatNumber(answer.total),
          })}
        </p>
      )}
      {answer.cut && text !== "" ? (
        <Found address={address} text={text} />
      ) : (
        <List rows={found} isCut={false} />
      )}
    </div>
  );
}

function Asked({ address }: { address: string }) {
  const asked = useAsked<TagsAnswer>(address);
  if (asked === null) return <p role="status">{t("Loading…")}</p>;
  if ("problem" in asked) return <p role="status">{asked.problem}</p>;
  return <Rows answer={asked.found} address={address} />;
}

export function TagsPanel({ workspace }: { workspace: Workspace }) {
  const address = useAddress(workspace);
  return address ? <Asked address={address} /> : <p>{t("No images yet.")}</p>;
}
