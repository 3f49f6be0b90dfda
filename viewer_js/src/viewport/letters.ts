/** The letters at the four edges: where left, right, front, back, head and feet are on the screen. */

import type { ManifestInstance, Orientation, Vector3 } from "../api/manifest";
import type { Rotation } from "./geometry";

export interface EdgeLetters {
  top: string;
  right: string;
  bottom: string;
  left: string;
}

/** Of each axis where it runs to and where it comes from: opposites stand side by side. */
const LETTERS = "LRPAHF";

/** A direction below this share of the vector gets no letter: 0.0872 is the sine of 5 degrees. */
const NEGLIGIBLE = 0.0872;

/** Letters of a direction, the strongest first: "L", or "LA" when oblique (at most two). */
export function lettersOf(direction: Vector3): string {
  return direction
    .map((component, axis) => ({
      size: Math.abs(component),
      letter: LETTERS[2 * axis + (component < 0 ? 1 : 0)],
    }))
    .filter(({ size }) => size > NEGLIGIBLE)
    .sort((one, other) => other.size - one.size)
    .slice(0, 2)
    .map(({ letter }) => letter)
    .join("");
}

export function oppositeOf(letters: string): string {
  return [...letters].map((letter) => LETTERS[LETTERS.indexOf(letter) ^ 1]).join("");
}

/** How far directions may be off: lengths of 1, a cosine of 0. As app/render/volume_geometry.py. */
const OFF = 0.01;

/** Whether rows and columns run in directions that can be: of length 1, at right angles (PS3.3 C.7.6.2.1.1). */
export function isDirection([a, b, c, d, e, f]: Orientation): boolean {
  return [Math.hypot(a, b, c) - 1, Math.hypot(d, e, f) - 1, a * d + b * e + c * f].every(
    (off) => Math.abs(off) <= OFF,
  );
}

/** Where the rows run to (right edge) and where the columns run to (bottom edge), before rotation and flip. */
export function directionsOf(
  orientation: Orientation | null,
  patientOrientation: readonly string[] | null,
): readonly [string, string] | null {
  if (orientation) {
    const [a, b, c, d, e, f] = orientation;
    return isDirection(orientation) ? [lettersOf([a, b, c]), lettersOf([d, e, f])] : null;
  }
  const [along, down] = patientOrientation ?? [];
  // quadrupeds and feet have longer codes (PS3.3 C.7.6.1.1.1); only the human letters are shown
  const known = (code: string | undefined): code is string =>
    code !== undefined && /^[LRAPHF]{1,3}$/.test(code);
  return known(along) && known(down) ? [along, down] : null;
}

export function edgeLetters(
  directions: readonly [string, string] | null,
  rotation: Rotation,
  flip: boolean,
): EdgeLetters | null {
  if (!directions) return null;
  const [along, down] = directions;
  const clockwise = [oppositeOf(down), along, down, oppositeOf(along)];
  const steps = rotation / 90;
  const edge = (place: number) => clockwise[(place - steps + 4) % 4] ?? "";
  const [top, right, bottom, left] = [edge(0), edge(1), edge(2), edge(3)];
  return flip ? { top, right: left, bottom, left: right } : { top, right, bottom, left };
}

/** Which side of the body and from where, as it stands on films: "R MLO", "L", "PA"; empty when the file is silent. */
export function sideText({ laterality, view }: Pick<ManifestInstance, "laterality" | "view">): string {
  const side = laterality === "L" || laterality === "R" || laterality === "B" ? laterality : "";
  return [side, view].filter(Boolean).join(" ");
}
