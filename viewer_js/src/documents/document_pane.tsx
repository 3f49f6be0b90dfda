/** A report, paper, video or curve in a viewport's place. What shows it is loaded when the first one is opened. */

import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import type { ManifestInstance } from "../api/manifest";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";
import type { Stack } from "../stream/stack";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { type DocumentKind, documentsOf, kindOf } from "./kinds";
import "./documents.css";

export interface DocumentProps {
  readonly instance: ManifestInstance;
  readonly stack: Stack;
  readonly viewport: ViewportModel;
  readonly workspace: Workspace;
}

type Shown = FunctionComponent<DocumentProps>;

const LOADERS: Record<DocumentKind, () => Promise<Shown>> = {
  pdf: () => fetched(() => import("./pdf")).then((found) => found.Pdf),
  report: () => fetched(() => import("./report")).then((found) => found.Report),
  video: () => fetched(() => import("./video")).then((found) => found.Video),
  waveform: () => fetched(() => import("./waveform")).then((found) => found.Waveform),
};

function useShown(kind: DocumentKind): Shown | "failed" | null {
  const loaded = useSignal<{ kind: DocumentKind; view: Shown | "failed" } | null>(null);
  useEffect(() => {
    let isOver = false;
    LOADERS[kind]().then(
      (view) => {
        if (!isOver) loaded.value = { kind, view };
      },
      () => {
        if (!isOver) loaded.value = { kind, view: "failed" };
      },
    );
    return () => {
      isOver = true;
    };
  }, [kind, loaded]);
  return loaded.value?.kind === kind ? loaded.value.view : null;
}

function One(props: DocumentProps & { kind: DocumentKind }) {
  const View = useShown(props.kind);
  if (View === "failed") return <p class="hv-document-note">{t("The line to the server is broken.")}</p>;
  return View ? <View {...props} /> : <p class="hv-document-note">{t("Loading…")}</p>;
}

interface ChoiceProps {
  documents: readonly ManifestInstance[];
  chosen: ManifestInstance;
  choose: (id: string) => void;
}

function Choice({ documents, chosen, choose }: ChoiceProps) {
  if (documents.length < 2) return null;
  return (
    <label class="hv-document-choice">
      {t("Document")}
      <select value={chosen.id} onChange={(event) => choose(event.currentTarget.value)}>
        {documents.map(({ id }, place) => (
          <option key={id} value={id}>
            {t("{number} of {count}", { number: place + 1, count: documents.length })}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Keys that scroll or play what is focused here are not the viewer's commands. */
const OWN_KEYS = new Set([
  " ", "ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp", "End", "Home", "PageDown", "PageUp",
]); // biome-ignore format: one line reads better

export function DocumentPane({ viewport, workspace }: { viewport: ViewportModel; workspace: Workspace }) {
  const chosenId = useSignal("");
  const stack = viewport.stack.value;
  const documents = stack ? documentsOf(stack) : [];
  const instance = documents.find(({ id }) => id === chosenId.value) ?? documents[0];
  const kind = instance && kindOf(instance);
  if (!stack || !instance || !kind) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps keys from the viewer's commands
    <div
      class="hv-document"
      onPointerDown={() => workspace.activate(viewport)}
      onKeyDown={(event) => {
        if (OWN_KEYS.has(event.key)) event.stopPropagation();
      }}
    >
      <Choice
        documents={documents}
        chosen={instance}
        choose={(id) => {
          chosenId.value = id;
        }}
      />
      <One
        key={instance.id}
        kind={kind}
        instance={instance}
        stack={stack}
        viewport={viewport}
        workspace={workspace}
      />
    </div>
  );
}
