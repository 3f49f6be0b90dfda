import { t } from "../../i18n/translate";
import type { Consult, LineMore } from "../wire";
import type { ToolProps } from "./tools";

type Sentence = NonNullable<LineMore["sentence"]>;

const LONGEST = 1000;

/** Every sentence of the answers and the opinion: a tap lets the line speak of it. */
export function Sentences({ room, state, close }: ToolProps) {
  const found = sentencesOf(state.consult);
  if (found.length === 0) return <p>{t("Nothing has been answered yet.")}</p>;
  return (
    <ul class="hr-choices">
      {found.map((sentence) => (
        <li key={sentence.source + sentence.quote}>
          <button
            type="button"
            class="button"
            onClick={() => {
              room.carry.sentence.value = sentence;
              close();
            }}
          >
            {sentence.quote}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function sentencesOf({ opinion, questions }: Consult): Sentence[] {
  const answers = questions.flatMap(({ answer }) =>
    split(answer).map((quote) => ({ source: "answer", quote })),
  );
  const rest = split(opinion).map((quote) => ({ source: "opinion", quote }));
  return [...answers, ...rest] as Sentence[];
}

/** At full stops and line ends; "5.2 mm" is no end of a sentence. */
function split(text: string | null): string[] {
  const parts = (text ?? "").split(/(?<=[.!?;])\s+|\n+/u).map((part) => part.trim().slice(0, LONGEST));
  return parts.filter((part) => part.length >= 3);
}
