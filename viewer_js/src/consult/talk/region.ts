/** A rectangle on an image: drawn for a line, and shown again for some seconds when the line is tapped. */

import type { Annotation } from "../../annotations/model";
import type { ImagePointer } from "../../api/viewer_app";
import type { Room } from "../room";
import type { LineMore, Person, View } from "../wire";
import type { CarriedRegion } from "./carry";

type Region = NonNullable<LineMore["region"]>;

const LEAST = 2; // columns or rows: less is a tap

/** What the viewer draws as a passing mark; it fades by itself. */
export function flash(room: Room, view: View, region: Region, author: Person): void {
  room.viewer.applySketch(asMark(view, region, author));
}

function asMark(view: View, { x, y, width, height }: Region, author: Person): Annotation {
  return {
    id: "region-of-a-line",
    kind: "rectangle",
    graphic_type: "POLYLINE",
    points: [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ],
    text: "",
    study_id: view.study_id,
    sop_instance_uid: view.sop_instance_uid,
    frame_number: view.frame_number,
    author,
    revision: 0,
    deleted: false,
    values: null,
    created_at: new Date().toISOString(),
  } as Annotation;
}

/**
 * The next drag over the images draws a rectangle instead of moving them. Resolves with null for Escape, a tap, or an
 * image that is not the one looked at. `stage`: the element the viewer fills.
 */
export function drawRegion(
  room: Room,
  stage: HTMLElement,
  signal: AbortSignal,
): Promise<CarriedRegion | null> {
  return new Promise((resolve) => new Drawing(room, stage, signal, resolve));
}

class Drawing {
  private readonly room: Room;
  private readonly stage: HTMLElement;
  private readonly done: (region: CarriedRegion | null) => void;
  private readonly over = new AbortController();
  private readonly unheard: () => void;
  private at: ImagePointer | null = null;
  private from: ImagePointer | null = null;
  private down = false;

  constructor(room: Room, stage: HTMLElement, signal: AbortSignal, done: Drawing["done"]) {
    this.room = room;
    this.stage = stage;
    this.done = done;
    this.unheard = room.viewer.onPointerMove((at) => this.moved(at));
    const heard = { capture: true, signal: this.over.signal };
    stage.classList.add("hr-drawing");
    stage.addEventListener("pointerdown", (event) => this.press(event), heard);
    stage.addEventListener("pointermove", (event) => this.move(event), heard);
    stage.addEventListener("pointerup", (event) => this.release(event), heard);
    stage.addEventListener("pointercancel", () => this.end(null), heard);
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.end(null), heard);
    signal.addEventListener("abort", () => this.end(null), { signal: this.over.signal });
  }

  private press(event: PointerEvent): void {
    event.preventDefault();
    event.stopPropagation();
    this.from = null;
    this.down = true;
    this.hover(event);
  }

  /** A pressed pointer pans or windows in the viewer: it is told of a hovering one, and says where that is. */
  private move(event: PointerEvent): void {
    if (!this.down || !event.isTrusted) return;
    event.stopPropagation();
    this.hover(event);
  }

  private hover({ clientX, clientY, target }: PointerEvent): void {
    const told = { clientX, clientY, bubbles: true, pointerType: "mouse", pointerId: -1, buttons: 0 };
    target?.dispatchEvent(new PointerEvent("pointermove", told));
  }

  private moved(at: ImagePointer | null): void {
    if (at === null || !this.down) return;
    this.from ??= at;
    this.at = at;
    const view = this.room.viewer.currentView();
    const region = this.region();
    if (view !== null && region !== null) flash(this.room, view, region, this.room.config.person);
  }

  private release(event: PointerEvent): void {
    event.stopPropagation();
    const view = this.room.viewer.currentView();
    const region = this.region();
    this.end(view === null || region === null ? null : { region, view });
  }

  private region(): Region | null {
    const { at, from } = this;
    if (at === null || from === null || at.sop_instance_uid !== from.sop_instance_uid) return null;
    const view = this.room.viewer.currentView();
    if (view?.sop_instance_uid !== at.sop_instance_uid) return null;
    const [width, height] = [Math.abs(at.x - from.x), Math.abs(at.y - from.y)];
    if (width < LEAST || height < LEAST) return null;
    return { x: Math.min(at.x, from.x), y: Math.min(at.y, from.y), width, height };
  }

  private end(region: CarriedRegion | null): void {
    this.over.abort();
    this.unheard();
    this.stage.classList.remove("hr-drawing");
    this.done(region);
  }
}
