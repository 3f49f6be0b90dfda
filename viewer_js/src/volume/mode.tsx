/** The planes over the viewer: loading with a way out, a refusal in words, then the four pictures. */

import { batch, computed } from "@preact/signals";
import { render } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { PlanesView } from "../api/planes_view";
import { formatNumber, t } from "../i18n/translate";
import type { Stack } from "../stream/stack";
import type { Workspace } from "../viewport/workspace";
import { untilBack } from "./back";
import { Controls } from "./controls";
import { CurvedView } from "./curved_view";
import { handleKey } from "./keys";
import { PlaneView } from "./plane_view";
import { RenderingModel } from "./rendering";
import { RenderingView } from "./rendering_view";
import { CELLS, type CellName, VolumeSession } from "./session";
import { showIn, viewOf } from "./shared_view";
import { PLANES } from "./trio";
import "./volume.css";
import { watchPlanes } from "./watch";
import { PLANE_NAMES } from "./words";

interface Props {
  session: VolumeSession;
  leave: () => void;
}

function Loading({ session, leave }: Props) {
  const loading = session.loading.value;
  if (loading.state === "ready") return null;
  return (
    <div class="hv-mpr-wait" role="status">
      {loading.state === "loading" ? (
        <>
          <p>{t("The slices are being put together on the server…")}</p>
          <progress value={loading.progress} max={1} aria-label={t("Loading")} />
          <span>{`${formatNumber(loading.progress * 100)} %`}</span>
        </>
      ) : (
        <>
          <b>{t("This series cannot be shown in planes.")}</b>
          <p>{loading.reason}</p>
        </>
      )}
      <button type="button" class="hv-plain" onClick={leave}>
        {loading.state === "loading" ? t("Cancel") : t("Back to the images")}
      </button>
    </div>
  );
}

function lastName(session: VolumeSession): string {
  return session.last.value === "curved" ? t("Curved") : t("3D");
}

/** A phone shows one picture at a time. */
function Tabs({ session }: { session: VolumeSession }) {
  const name = (cell: CellName) => (cell === "last" ? lastName(session) : t(PLANE_NAMES[cell]));
  return (
    <div class="hv-mpr-tabs" role="tablist" aria-label={t("Pictures")}>
      {CELLS.map((cell) => (
        <button
          key={cell}
          type="button"
          role="tab"
          aria-selected={session.active.value === cell}
          onClick={() => {
            session.active.value = cell;
          }}
        >
          {name(cell)}
        </button>
      ))}
    </div>
  );
}

function Cells({ session, rendering }: { session: VolumeSession; rendering: RenderingModel }) {
  const isAlone = session.alone.value !== null;
  return (
    <div class={`hv-mpr-cells${isAlone ? " hv-mpr-one" : ""}`} data-active={session.active.value}>
      {PLANES.map((name) => (
        <PlaneView key={name} session={session} name={name} />
      ))}
      {session.last.value === "curved" ? (
        <CurvedView session={session} />
      ) : (
        <RenderingView session={session} model={rendering} />
      )}
    </div>
  );
}

/** Lists take letters and sliders take arrows themselves. */
function keepsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  const isMove = /^(Arrow|Page|Home|End)/.test(key);
  return target.closest("select") !== null || (isMove && target.closest("input") !== null);
}

/** An open list of the toolbar takes Escape itself. */
function isMeantFor(place: HTMLElement, { target, key }: KeyboardEvent): boolean {
  if (key === "Escape" && place.querySelector(".hv-panel")) return false;
  return place.contains(target as Node) || target === document.body;
}

function stepBack(session: VolumeSession, leave: () => void): void {
  if (session.measures.draft.peek()) session.measures.undo();
  else leave();
}

/** Before anybody else hears them: what is behind the planes must not act. */
function useKeys(
  root: { current: HTMLElement | null },
  { session, leave }: Props,
  rendering: RenderingModel,
) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const place = root.current;
      if (!place || !isMeantFor(place, event)) return;
      event.stopPropagation();
      if (keepsKey(event.target, event.key)) return;
      if (event.key === "Escape") stepBack(session, leave);
      else if (!session.facts.peek() || !handleKey(event, session, rendering)) return;
      event.preventDefault();
    };
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, [session, leave, rendering, root]);
}

interface ModeProps extends Props {
  workspace: Workspace;
  /** false: the person is busy elsewhere, in the talk perhaps */
  takesKeys: boolean;
}

function VolumeMode({ session, workspace, leave, takesKeys }: ModeProps) {
  const root = useRef<HTMLDivElement>(null);
  const rendering = useMemo(() => new RenderingModel(session), [session]);
  useEffect(() => () => rendering.stop(), [rendering]);
  useEffect(() => {
    if (takesKeys) root.current?.querySelector<HTMLElement>("button")?.focus();
  }, [takesKeys]);
  useKeys(root, { session, leave }, rendering);
  const isReady = useMemo(() => computed(() => session.facts.value !== null), [session]).value;
  return (
    <div ref={root} class="hv-mpr" role="dialog" aria-label={t("Planes and three dimensions")}>
      <Controls session={session} leave={leave} />
      {isReady && <Tabs session={session} />}
      {isReady ? (
        <Cells session={session} rendering={rendering} />
      ) : (
        <Loading session={session} leave={leave} />
      )}
      <div class="hv-message" role="status">
        {workspace.message.value !== null && <span>{workspace.message.value}</span>}
      </div>
    </div>
  );
}

/** Who opened the planes: a person, whose keyboard goes back there, or a view that is shown here. */
export type Opened = { readonly after: HTMLElement } | { readonly view: PlanesView };

/** Shown planes wait for their volume with what is to be seen in it; those of a person begin at the image shown. */
function sessionFor(workspace: Workspace, stack: Stack, opened: Opened) {
  const viewport = workspace.active.peek();
  const shown = viewport.stack.peek()?.id === stack.id ? viewport.index.peek() : null;
  if ("after" in opened)
    return { session: new VolumeSession(stack, workspace.csrf, shown), expect: () => undefined };
  let expected = opened.view;
  const session = new VolumeSession(stack, workspace.csrf, shown, (take) =>
    workspace.planes.showing(() =>
      batch(() => {
        take();
        showIn(session, expected);
      }),
    ),
  );
  const expect = (view: PlanesView) => {
    expected = view;
  };
  return { session, expect };
}

/** Shows a series in planes over the viewer until somebody leaves. */
export function openVolume(workspace: Workspace, stack: Stack, viewer: HTMLElement, opened: Opened): void {
  const place = document.createElement("div");
  const behind = [...viewer.children];
  const { session, expect } = sessionFor(workspace, stack, opened);
  const show = (view: PlanesView) => {
    expect(view);
    showIn(session, view);
  };
  const stopWatching = watchPlanes(session, workspace.reading, place);
  const leave = () => {
    endBack();
    stopWatching();
    session.stop();
    render(null, place);
    place.remove();
    for (const element of behind) element.removeAttribute("inert");
    batch(() => {
      workspace.covered.value = false;
      workspace.planes.open.value = null;
      const viewport = workspace.active.peek();
      if (session.facts.peek() && viewport.stack.peek()?.id === stack.id)
        viewport.scrollTo(session.nearestImage());
    });
    if ("after" in opened) opened.after.focus();
  };
  const endBack = untilBack(leave);
  for (const element of behind) element.setAttribute("inert", "");
  workspace.covered.value = true;
  workspace.planes.open.value = { stackId: stack.id, view: () => viewOf(session), show, leave };
  place.className = "hv-mpr-place";
  viewer.append(place);
  const takesKeys = "after" in opened;
  render(<VolumeMode session={session} workspace={workspace} leave={leave} takesKeys={takesKeys} />, place);
}
