/** What the kinds of marks are called in a list. */

import { msg, t } from "../i18n/translate";
import type { AnnotationKind } from "./model";

const KINDS: Record<AnnotationKind, string> = {
  angle: msg("Angle"),
  arrow: msg("Arrow"),
  bidirectional: msg("Two diameters"),
  circle: msg("Circle"),
  cobb: msg("Cobb angle"),
  ellipse: msg("Ellipse"),
  freehand: msg("Freehand"),
  length: msg("Distance"),
  polyline: msg("Length along a line"),
  probe: msg("Value"),
  ratio: msg("Ratio"),
  rectangle: msg("Rectangle"),
  spine_label: msg("Vertebra"),
  text: msg("Text"),
};

export function kindName(kind: AnnotationKind): string {
  return t(KINDS[kind]);
}
