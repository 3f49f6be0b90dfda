/** Parts of the frame that the first image does not need; each says when it is needed, and comes then. */

import type { Signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { documentsOf } from "../documents/kinds";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { lazy } from "./lazy";
import type { PageKeys } from "./shortcuts";

interface Here {
  viewport: ViewportModel;
  workspace: Workspace;
}

const Dialog = lazy(async () => (await import("./shortcuts")).Shortcuts, "quiet");
const Side = lazy(async () => (await import("./side_panel")).SidePanel, "quiet");
const Documents = lazy(async () => (await import("../documents/document_pane")).DocumentPane, "quiet");
const Guides = lazy(async () => (await import("./guides_layer")).GuidesLayer, "quiet");
const Held = lazy(async () => (await import("./held_view")).HeldView, "quiet");
const Text = lazy(async () => (await import("./text_entry")).TextEntry, "quiet");

/** What the next minute will probably ask for. */
export const LATE_VIEWS = [Side, Guides, Held, Text];

/** It stays once it was asked for: a dialog that is closed gives the focus back. */
export function Help({ open, keys }: { open: Signal<boolean>; keys: PageKeys }) {
  const wasAsked = useRef(false);
  wasAsked.current ||= open.value;
  return wasAsked.current ? <Dialog open={open} keys={keys} /> : null;
}

export function LateSidePanel({ workspace }: { workspace: Workspace }) {
  return workspace.sidePanel.value === null ? null : <Side workspace={workspace} />;
}

export function LateDocuments(props: Here) {
  const stack = props.viewport.stack.value;
  return stack && documentsOf(stack).length > 0 ? <Documents {...props} /> : null;
}

/** A picture alone has nothing to say of others; a point of the 3D cursor is shown in it all the same. */
export function LateGuides(props: Here) {
  const { shownViewports, guides } = props.workspace;
  return shownViewports.value.length > 1 || guides.hasCursor.value ? <Guides {...props} /> : null;
}

export function LateHeld({ viewport }: { viewport: ViewportModel }) {
  return viewport.lens.value || viewport.rubber.value ? <Held viewport={viewport} /> : null;
}

export function LateTextEntry(props: Here) {
  return props.workspace.desk.typing.value ? <Text {...props} /> : null;
}
