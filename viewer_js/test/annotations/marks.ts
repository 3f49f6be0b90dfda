/** Invented marks for tests. */

import { KINDS } from "../../src/annotations/kinds";
import type { Annotation, AnnotationKind, Point } from "../../src/annotations/model";

export const ME = { id: "me", name: "An", hospital: "A", may_mark: true };
export const OTHER = { id: "other", name: "Bình", hospital: "B" };

export function mark(kind: AnnotationKind, points: Point[], changes: Partial<Annotation> = {}): Annotation {
  const graphic_type = KINDS[kind].graphicType;
  return {
    id: "m1",
    kind,
    graphic_type,
    points,
    text: "",
    study_id: "s",
    sop_instance_uid: "1.2.1",
    frame_number: 1,
    author: ME,
    revision: 1,
    deleted: false,
    values: null,
    created_at: "2026-11-22T07:00:00Z",
    ...changes,
  } as Annotation;
}
