import { useSignal } from "@preact/signals";
import { t, tn } from "../../i18n/translate";
import { timeOf } from "../moments";
import type { Message } from "../wire";
import { folded } from "./folded";
import { gistOf } from "./gist";
import { jumpTo } from "./jump";
import type { ToolProps } from "./tools";

const MOST = 50;

export interface Wanted {
  readonly words: string;
  /** Of this person; empty: of everybody. */
  readonly author: string;
  readonly withView: boolean;
}

/** All words, in any order, without accents; the newest first. */
export function foundIn(messages: readonly Message[], { words, author, withView }: Wanted): Message[] {
  const parts = folded(words).split(/\s+/).filter(Boolean);
  const fits = messages.filter((message) => {
    const text = folded(`${message.text} ${message.sentence?.quote ?? ""}`);
    const theirs = author === "" || message.author.id === author;
    return theirs && (!withView || message.view !== null) && parts.every((part) => text.includes(part));
  });
  return fits.reverse();
}

/** Looks through the lines of this room that its reader has; a tap leads to the line. */
export function Search({ state }: ToolProps) {
  const words = useSignal("");
  const author = useSignal("");
  const withView = useSignal(false);
  const wanted = { words: words.value, author: author.value, withView: withView.value };
  const found = foundIn(state.messages, wanted);
  const authors = new Map(state.messages.map((message) => [message.author.id, message.author.name]));
  return (
    <>
      <input
        type="search"
        class="hr-search"
        aria-label={t("Words of the line")}
        placeholder={t("Words of the line")}
        value={words.value}
        onInput={({ currentTarget }) => {
          words.value = currentTarget.value;
        }}
      />
      <div class="hr-filters">
        <select
          aria-label={t("Who wrote it")}
          value={author.value}
          onChange={({ currentTarget }) => {
            author.value = currentTarget.value;
          }}
        >
          <option value="">{t("Everybody")}</option>
          {[...authors].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={withView.value}
            onChange={({ currentTarget }) => {
              withView.value = currentTarget.checked;
            }}
          />
          {t("With a view")}
        </label>
      </div>
      <p role="status">{tn("{count} line", "{count} lines", found.length)}</p>
      <ul class="hr-choices">
        {found.slice(0, MOST).map((message) => (
          <li key={message.id}>
            <button type="button" class="button" onClick={() => jumpTo(`hr-line-${message.id}`)}>
              <small>
                {message.author.name} · {timeOf(message.at)}
              </small>
              {gistOf(message)}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
