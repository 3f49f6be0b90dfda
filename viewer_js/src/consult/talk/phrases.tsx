import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { currentLanguage, t } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import { glossary, type Phrase } from "./glossary";
import type { ToolProps } from "./tools";

const MOST = 60;

/** The glossary: a tap puts the phrase into the line, a pin keeps it on top. */
export function Phrases({ room }: ToolProps) {
  const wanted = useSignal("");
  const attempt = useAttempt();
  useEffect(() => void attempt.run(() => glossary.load()), []);
  const found = glossary.found(wanted.value).slice(0, MOST);
  return (
    <>
      <input
        type="search"
        class="hr-search"
        placeholder={t("Vietnamese, English or abbreviation")}
        aria-label={t("Search phrases")}
        value={wanted.value}
        onInput={({ currentTarget }) => {
          wanted.value = currentTarget.value;
        }}
      />
      <Problem of={attempt.problem} />
      <ul class="hr-choices phrases">
        {found.map((phrase) => (
          <PhraseItem
            key={phrase.vi}
            phrase={phrase}
            insert={(words) => insert(room.drafts.of("message"), words)}
            pin={() => attempt.run(() => glossary.pin(phrase.vi, room.config.csrf))}
          />
        ))}
      </ul>
      {found.length === 0 && !attempt.busy.value && <p>{t("No phrase has these letters.")}</p>}
    </>
  );
}

interface PhraseProps {
  readonly phrase: Phrase;
  readonly insert: (words: string) => void;
  readonly pin: () => void;
}

function PhraseItem({ phrase: { vi, en, short }, insert, pin }: PhraseProps) {
  const pinned = glossary.pins.value.includes(vi);
  const [first, second] = currentLanguage() === "vi" ? [vi, en] : [en, vi];
  return (
    <li>
      <button type="button" class="button" onClick={() => insert(first)} title={t("Put into the line")}>
        {first}
        {short && <small>{short}</small>}
      </button>
      <button
        type="button"
        class="button quiet"
        onClick={() => insert(second)}
        title={t("Put into the line")}
      >
        {second}
      </button>
      <button
        type="button"
        class="button quiet hr-pin"
        aria-pressed={pinned}
        aria-label={t("Keep “{phrase}” on top", { phrase: vi })}
        title={t("Keep on top")}
        onClick={pin}
      >
        {pinned ? "★" : "☆"}
      </button>
    </li>
  );
}

function insert(draft: { value: string }, words: string): void {
  draft.value = `${draft.value}${draft.value === "" || draft.value.endsWith(" ") ? "" : " "}${words} `;
}
