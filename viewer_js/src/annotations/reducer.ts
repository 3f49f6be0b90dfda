/**
 * Marks as they are known here: what the server said last, and what this person did since. Pure: the same actions
 * always give the same marks.
 */

import type { Annotation } from "./model";

export interface Mark {
  readonly shown: Annotation;
  /** null: the server has not answered yet */
  readonly confirmed: Annotation | null;
  /** own changes on their way */
  readonly pending: number;
}

export type Marks = ReadonlyMap<string, Mark>;

export type MarkAction =
  | { readonly type: "applied"; readonly annotation: Annotation }
  | { readonly type: "confirmed"; readonly annotation: Annotation }
  | { readonly type: "put"; readonly annotation: Annotation }
  | { readonly type: "refused"; readonly id: string }
  /** so many own changes are given up for what the server has; null: it was removed */
  | {
      readonly type: "overtaken";
      readonly id: string;
      readonly by: Annotation | null;
      readonly changes: number;
    }
  | { readonly type: "reset"; readonly study_id: string | null; readonly annotations: readonly Annotation[] };

function newer(known: Annotation | null, said: Annotation): Annotation {
  return known && known.revision >= said.revision ? known : said;
}

function applied(mark: Mark | undefined, annotation: Annotation): Mark {
  if (!mark) return { shown: annotation, confirmed: annotation, pending: 0 };
  const confirmed = newer(mark.confirmed, annotation);
  return { ...mark, confirmed, shown: mark.pending > 0 ? mark.shown : confirmed };
}

function confirmed(mark: Mark | undefined, annotation: Annotation): Mark {
  const pending = Math.max(0, (mark?.pending ?? 1) - 1);
  return applied(
    { shown: mark?.shown ?? annotation, confirmed: mark?.confirmed ?? null, pending },
    annotation,
  );
}

function put(mark: Mark | undefined, annotation: Annotation): Mark {
  return { shown: annotation, confirmed: mark?.confirmed ?? null, pending: (mark?.pending ?? 0) + 1 };
}

function refused(marks: Map<string, Mark>, id: string): void {
  const mark = marks.get(id);
  if (!mark) return;
  const pending = Math.max(0, mark.pending - 1);
  if (pending > 0) marks.set(id, { ...mark, pending });
  else if (mark.confirmed) marks.set(id, { shown: mark.confirmed, confirmed: mark.confirmed, pending });
  else marks.delete(id);
}

function overtaken(marks: Map<string, Mark>, id: string, by: Annotation | null, changes: number): void {
  const mark = marks.get(id);
  if (!by) marks.delete(id);
  else if (mark) marks.set(id, applied({ ...mark, pending: Math.max(0, mark.pending - changes) }, by));
}

function reset(marks: Map<string, Mark>, studyId: string | null, annotations: readonly Annotation[]): void {
  const said = new Set(annotations.map(({ id }) => id));
  for (const [id, { shown, pending }] of marks) {
    const isMeant = studyId === null || shown.study_id === studyId;
    if (isMeant && pending === 0 && !said.has(id)) marks.delete(id);
  }
  for (const annotation of annotations)
    marks.set(annotation.id, applied(marks.get(annotation.id), annotation));
}

export function reduce(marks: Marks, action: MarkAction): Marks {
  const next = new Map(marks);
  switch (action.type) {
    case "applied":
      next.set(action.annotation.id, applied(marks.get(action.annotation.id), action.annotation));
      break;
    case "confirmed":
      next.set(action.annotation.id, confirmed(marks.get(action.annotation.id), action.annotation));
      break;
    case "put":
      next.set(action.annotation.id, put(marks.get(action.annotation.id), action.annotation));
      break;
    case "refused":
      refused(next, action.id);
      break;
    case "overtaken":
      overtaken(next, action.id, action.by, action.changes);
      break;
    case "reset":
      reset(next, action.study_id, action.annotations);
      break;
  }
  return next;
}
