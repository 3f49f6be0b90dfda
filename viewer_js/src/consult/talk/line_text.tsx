import "./talk.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { isGuest } from "../guests/role";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import { glossary, type Piece } from "./glossary";

interface LineTextProps {
  readonly room: Room;
  readonly text: string;
  readonly state: RoomState;
}

/** Words of a line: names that are called stand out, phrases of the glossary show the other language when tapped. */
export function LineText({ room, text, state }: LineTextProps) {
  const shown = useSignal("");
  useEffect(() => {
    if (isGuest(room)) return; // the glossary is not for them
    glossary.load().catch(() => undefined); // without it the words are just words
  }, [room]);
  const names = state.consult.participants
    .map(({ name }) => `@${name}`)
    .filter((name) => text.includes(name));
  return (
    <>
      <p>
        {splitAt(text, names).map((part, index) =>
          names.includes(part) ? (
            <b key={index} class="hr-mention">
              {part}
            </b>
          ) : (
            <Words key={index} pieces={glossary.pieces(part)} shown={shown} />
          ),
        )}
      </p>
      {shown.value && (
        <p class="hr-other" role="status">
          {shown.value}
        </p>
      )}
    </>
  );
}

function Words({ pieces, shown }: { readonly pieces: readonly Piece[]; readonly shown: Signal<string> }) {
  return (
    <>
      {pieces.map(({ text, other }, index) =>
        other === undefined ? (
          text
        ) : (
          <button
            key={index}
            type="button"
            class="hr-word"
            title={t("In the other language")}
            onClick={() => {
              shown.value = shown.value === other ? "" : other;
            }}
          >
            {text}
          </button>
        ),
      )}
    </>
  );
}

/** The text cut before and behind each of the names. */
function splitAt(text: string, names: readonly string[]): string[] {
  let parts = [text];
  for (const name of names) {
    parts = parts.flatMap((part) =>
      names.includes(part)
        ? [part]
        : part.split(name).flatMap((piece, index) => (index === 0 ? [piece] : [name, piece])),
    );
  }
  return parts.filter((part) => part !== "");
}
