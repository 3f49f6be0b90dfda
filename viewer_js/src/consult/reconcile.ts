import type { Annotation } from "./wire";

/** What this browser has changed and the server has not confirmed. */
export interface LocalChange {
  readonly kind: "delete" | "put";
  readonly annotation: Annotation;
  /** The server's revision this change started from; 0 for a new annotation. */
  readonly base: number;
}

export type Verdict = "local" | "remote";

/**
 * Whose version of one annotation counts: the server's, as soon as its revision has moved past what the local change
 * started from. (What is under the user's finger never comes here: the viewer keeps it apart until it is let go.)
 */
export function decide(remote: Annotation | undefined, local: LocalChange | undefined): Verdict {
  if (local === undefined) return "remote";
  if (remote === undefined) return local.base === 0 ? "local" : "remote"; // new here, or deleted there
  return remote.revision > local.base ? "remote" : "local";
}

/** Same mark, whoever says it: tells the echo of an own change from a change made elsewhere. */
export function sameMark(a: Annotation, b: Annotation): boolean {
  return (
    a.id === b.id &&
    a.kind === b.kind &&
    a.text === b.text &&
    a.sop_instance_uid === b.sop_instance_uid &&
    a.frame_number === b.frame_number &&
    a.points.length === b.points.length &&
    a.points.every((point, index) => near(point, b.points[index]))
  );
}

function near(a: readonly [number, number], b: readonly [number, number] | undefined): boolean {
  // The server keeps what it is sent; a thousandth of a pixel only forgives the way through JSON.
  return b !== undefined && Math.abs(a[0] - b[0]) < 1e-3 && Math.abs(a[1] - b[1]) < 1e-3;
}

export interface MarksInput {
  readonly remote: readonly Annotation[];
  readonly local: ReadonlyMap<string, LocalChange>;
}

/** The marks to draw: the server's list, with local changes laid over it. */
export function visibleMarks({ remote, local }: MarksInput): Annotation[] {
  const marks = new Map<string, Annotation>();
  for (const mark of remote) if (!mark.deleted) marks.set(mark.id, mark);
  for (const [id, change] of local) {
    const theirs = remote.find((mark) => mark.id === id);
    if (decide(theirs, change) === "remote") continue;
    if (change.kind === "delete") marks.delete(id);
    else marks.set(id, change.annotation);
  }
  return [...marks.values()];
}
