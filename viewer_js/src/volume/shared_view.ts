/** What is looked at in planes as plain data for others and for a line of the talk, and back. */

import { batch } from "@preact/signals";
import type { Vector3 } from "../api/manifest";
import type { PlaneLie, PlanesView } from "../api/planes_view";
import { clampedInto } from "./box";
import { MOST_POINTS } from "./curve";
import { LARGEST_ZOOM, presetsFor, SMALLEST_ZOOM, THICKEST, type VolumeSession } from "./session";
import type { PlaneName, View } from "./trio";

/** A hundredth of a micrometre, or of a degree's thousandth: nobody sees it, and it is short on the line. */
const DIGITS = 5;

function short(value: number): number {
  return Number(value.toFixed(DIGITS));
}

function shortVector([x, y, z]: Vector3): Vector3 {
  return [short(x), short(y), short(z)];
}

function lieOf({ right, down, offset }: View): PlaneLie {
  return {
    right: shortVector(right),
    down: shortVector(down),
    offset: [short(offset[0]), short(offset[1])],
  };
}

function trioOf({ facts, trio }: VolumeSession): PlanesView["trio"] {
  const { focus, views } = trio.value;
  if (facts.value === null) return null;
  return {
    focus: shortVector(focus),
    axial: lieOf(views.axial),
    coronal: lieOf(views.coronal),
    sagittal: lieOf(views.sagittal),
  };
}

/** Reads, for an effect, all that it tells. */
export function viewOf(session: VolumeSession): PlanesView {
  const { curve, window } = session;
  const isReady = session.facts.value !== null;
  return {
    trio: trioOf(session),
    zoom: short(session.zoom.value),
    slab: session.slab.value,
    mode: session.mode.value,
    window: isReady ? { ...window.value } : null,
    invert: session.invert.value,
    active: session.active.value,
    alone: session.alone.value !== null,
    lines: session.showsLines.value,
    last: session.last.value,
    curve: {
      points: curve.points.value.map(shortVector),
      upward: shortVector(curve.upward.value),
      height: curve.height.value,
    },
    body: {
      preset: session.preset.value,
      azimuth: short(session.azimuth.value),
      elevation: short(session.elevation.value),
      zoom: short(session.bodyZoom.value),
    },
  };
}

function within(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function lie(session: VolumeSession, trio: NonNullable<PlanesView["trio"]>): void {
  const box = session.box.peek();
  if (!box) return;
  const view = (name: PlaneName): View => ({ ...trio[name] });
  session.trio.value = {
    focus: clampedInto(box, trio.focus),
    views: { axial: view("axial"), coronal: view("coronal"), sagittal: view("sagittal") },
  };
}

/** Shows it in a volume that is here. */
export function showIn(session: VolumeSession, view: PlanesView): void {
  const facts = session.facts.peek();
  if (!facts) return;
  const { curve, body } = view;
  batch(() => {
    if (view.trio) lie(session, view.trio);
    session.zoom.value = within(SMALLEST_ZOOM, view.zoom, LARGEST_ZOOM);
    session.slab.value = within(0, view.slab, THICKEST);
    session.mode.value = view.mode;
    if (view.window) session.window.value = { ...view.window, function: view.window.function ?? "LINEAR" };
    session.invert.value = view.invert;
    session.active.value = view.active;
    session.alone.value = view.alone ? view.active : null;
    session.showsLines.value = view.lines;
    session.last.value = view.last;
    session.curve.show(curve.points.slice(0, MOST_POINTS), curve.upward, curve.height);
    if (presetsFor(facts).includes(body.preset)) session.preset.value = body.preset;
    session.azimuth.value = body.azimuth;
    session.elevation.value = body.elevation;
    session.bodyZoom.value = body.zoom;
  });
}
