/** A track: what one person's view and pointer did, and when; the kinds of lines are those of consults/recordings. */

import type { ImagePointer, View } from "../../api/viewer_app";

export type Line =
  | readonly ["g", number]
  | readonly ["i", number, string, string, number]
  | readonly ["p", number, number, number]
  | readonly ["s", number, 0 | 1]
  | readonly ["v", number, Partial<View>];

/** A tenth of a pixel is enough of a pointer. */
const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Collects lines; of a view only what changed. Each piece begins with the whole view, so that it stands alone. */
export class TrackWriter {
  private lines: Line[] = [];
  private view: View | null = null;
  private image = "";
  private isFresh = true;

  see(at: number, view: View): void {
    const before = this.isFresh ? null : this.view;
    this.view = view;
    const change = Object.fromEntries(
      Object.entries(view).filter(
        ([name, value]) =>
          before === null || JSON.stringify(value) !== JSON.stringify(before[name as keyof View]),
      ),
    );
    this.isFresh = false;
    if (Object.keys(change).length > 0) this.lines.push(["v", at, change]);
  }

  point(at: number, pointer: ImagePointer | null): void {
    if (pointer === null) {
      this.lines.push(["g", at]);
      this.image = "";
      return;
    }
    const { study_id, sop_instance_uid, frame_number, x, y } = pointer;
    const image = `${study_id} ${sop_instance_uid} ${frame_number}`;
    if (image !== this.image) this.lines.push(["i", at, study_id, sop_instance_uid, frame_number]);
    this.image = image;
    this.lines.push(["p", at, rounded(x), rounded(y)]);
  }

  speak(at: number, speaks: boolean): void {
    this.lines.push(["s", at, speaks ? 1 : 0]);
  }

  /** What has come since the last piece; null when nothing has. */
  take(): readonly Line[] | null {
    if (this.lines.length === 0) return null;
    const { lines } = this;
    this.lines = [];
    this.image = "";
    this.isFresh = true;
    return lines;
  }

  get count(): number {
    return this.lines.length;
  }
}

/** A line of the joined recording: the person's place before it. */
export type PlacedLine = readonly [number, ...Line];

export interface Timed<T> {
  readonly at: number;
  readonly value: T;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What one person did, in the order of time. */
export interface Doing {
  readonly views: readonly Timed<View>[];
  readonly pointers: readonly Timed<ImagePointer | null>[];
  readonly spoken: readonly Span[];
}

export function doingOf(lines: readonly PlacedLine[], person: number, duration: number): Doing {
  const mine = lines.flatMap(([whose, ...line]) => (whose === person ? [line] : []));
  return { views: viewsOf(mine), pointers: pointersOf(mine), spoken: spokenIn(mine, duration) };
}

function viewsOf(lines: readonly Line[]): Timed<View>[] {
  let view: Partial<View> = {};
  return lines.flatMap((line) => {
    if (line[0] !== "v") return [];
    view = { ...view, ...line[2] };
    return [{ at: line[1], value: view as View }];
  });
}

function pointersOf(lines: readonly Line[]): Timed<ImagePointer | null>[] {
  const found: Timed<ImagePointer | null>[] = [];
  let image: Pick<ImagePointer, "frame_number" | "sop_instance_uid" | "study_id"> | null = null;
  for (const line of lines) {
    if (line[0] === "i") image = { study_id: line[2], sop_instance_uid: line[3], frame_number: line[4] };
    else if (line[0] === "g") found.push({ at: line[1], value: null });
    else if (line[0] === "p" && image !== null)
      found.push({ at: line[1], value: { ...image, x: line[2], y: line[3] } });
  }
  return found;
}

/** Whoever still spoke at the end did so until then. */
function spokenIn(lines: readonly Line[], duration: number): Span[] {
  const found: Span[] = [];
  let since: number | null = null;
  for (const line of lines) {
    if (line[0] !== "s") continue;
    if (line[2] === 1) since ??= line[1];
    else if (since !== null) {
      found.push({ from: since, to: line[1] });
      since = null;
    }
  }
  return since === null ? found : [...found, { from: since, to: duration }];
}

/** The last of what was at this time; -1: nothing yet. */
export function lastAt(timed: readonly Timed<unknown>[], at: number): number {
  let [low, high] = [0, timed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timed[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
