/** What else a line can carry, and what helps in writing it: one list, one thing open at a time. */

import "./talk.css";
import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { msg, t } from "../../i18n/translate";
import { lazy } from "../../ui/lazy";
import { isGuest } from "../guests/role";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import { addFiles, isNameless } from "./add_files";
import { drawRegion } from "./region";

export interface ToolProps {
  readonly room: Room;
  readonly state: RoomState;
  /** Back to the words. */
  readonly close: () => void;
}

const Recipients = lazy(async () => (await import("./recipients")).Recipients);
const Sentences = lazy(async () => (await import("./sentences")).Sentences);
const Phrases = lazy(async () => (await import("./phrases")).Phrases);
const Search = lazy(async () => (await import("./search")).Search);
const OwnNote = lazy(async () => (await import("./own_note")).OwnNote);

type Name = "note" | "phrases" | "recipients" | "region" | "search" | "sentences";

const TOOLS: readonly { readonly name: Name; readonly label: string }[] = [
  { name: "recipients", label: msg("Chosen people only") },
  { name: "region", label: msg("Region of the image") },
  { name: "sentences", label: msg("Sentence of the answer") },
  { name: "phrases", label: msg("Phrases") },
  { name: "search", label: msg("Search the talk") },
  { name: "note", label: msg("My own note") },
];

export function Tools(props: ToolProps) {
  const chosen = useSignal<Name | null>(null);
  useEffect(() => {
    for (const part of [Recipients, Sentences, Phrases, Search, OwnNote]) part.want();
  }, []);
  const tools = isGuest(props.room) ? TOOLS.filter(({ name }) => name !== "phrases") : TOOLS;
  if (chosen.value !== null) return <Chosen {...props} name={chosen} />;
  return (
    <ul class="hr-tools" aria-label={t("More for this line")}>
      {tools.map(({ name, label }) => (
        <li key={name}>
          <button
            type="button"
            class="button"
            onClick={() => {
              chosen.value = name;
            }}
          >
            {t(label)}
          </button>
        </li>
      ))}
      <li hidden={isNameless(props.state)}>
        <label class="button hr-choose">
          {t("File (PDF, photo)")}
          <input
            type="file"
            multiple
            accept="application/pdf,image/jpeg,image/png"
            onChange={({ currentTarget }) => {
              addFiles(props.room, [...(currentTarget.files ?? [])]);
              props.close();
            }}
          />
        </label>
      </li>
    </ul>
  );
}

function Chosen({ name, ...props }: ToolProps & { readonly name: Signal<Name | null> }) {
  const tool = TOOLS.find((one) => one.name === name.value);
  return (
    <section class="hr-tool">
      <header>
        <h4>{tool && t(tool.label)}</h4>
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            name.value = null;
          }}
        >
          {t("Back")}
        </button>
      </header>
      <Tool {...props} name={name.value} />
    </section>
  );
}

function Tool({ name, ...props }: ToolProps & { readonly name: Name | null }) {
  if (name === "recipients") return <Recipients {...props} />;
  if (name === "sentences") return <Sentences {...props} />;
  if (name === "phrases") return <Phrases {...props} />;
  if (name === "search") return <Search {...props} />;
  return name === "note" ? <OwnNote {...props} /> : <Draw {...props} />;
}

/** Until the rectangle is drawn, or Escape. */
function Draw({ room, close }: ToolProps) {
  useEffect(() => {
    const gone = new AbortController();
    const stage = document.querySelector<HTMLElement>(".hr-images");
    if (stage !== null) {
      void drawRegion(room, stage, gone.signal).then((region) => {
        if (gone.signal.aborted) return;
        if (region === null) room.viewer.notify(t("No region was drawn on the active image."));
        else room.carry.region.value = region;
        close();
      });
    }
    return () => gone.abort();
  }, [room]);
  return <p role="status">{t("Draw a rectangle on the active image. Esc stops.")}</p>;
}
