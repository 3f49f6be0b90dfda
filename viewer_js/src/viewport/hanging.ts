/** Which series stands where when a study is opened: rules of app/viewing/hanging.py, applied to what is there. */

import type { Stack } from "../stream/stack";
import { cellsOf, type Grid, MOST_ROWS, shrunk } from "./layouts";

export interface HangingPlace {
  readonly description: string;
  readonly number: number | null;
  readonly laterality: "" | "L" | "R";
  readonly view: string;
  readonly prior: boolean;
}

export interface HangingRule {
  readonly modality: string;
  readonly body_part: string;
  readonly role: string;
  readonly rows: number;
  readonly columns: number;
  readonly tile: boolean;
  readonly priors: boolean;
  readonly places: readonly HangingPlace[];
}

export interface Picked {
  readonly stack: Stack;
  readonly index: number;
}

export interface Hung {
  readonly grid: Grid;
  /** one for each place of the grid; null: stays empty */
  readonly places: readonly (Picked | null)[];
}

/** Here each image is a picture of its own, though several share a series. */
export const SINGLE = new Set(["CR", "DX", "IO", "MG", "PX", "RG", "XC"]);
const ANYTHING: HangingPlace = { description: "", number: null, laterality: "", view: "", prior: false };

function alike(one: string, other: string): boolean {
  return one.trim().toUpperCase() === other.trim().toUpperCase();
}

function contains(text: string, part: string): boolean {
  return text.toUpperCase().includes(part.trim().toUpperCase());
}

/** The first rule that fits what was taken of which part of the body, and who reads it. */
export function ruleFor(
  rules: readonly HangingRule[],
  stacks: readonly Stack[],
  roles: readonly string[],
): HangingRule | null {
  const isOf = ({ series }: Stack, { modality, body_part }: HangingRule) =>
    (modality === "" || alike(series.modality, modality)) &&
    (body_part === "" || contains(`${series.body_part} ${series.description}`, body_part));
  const fits = (rule: HangingRule) =>
    (rule.role === "" || roles.includes(rule.role)) && stacks.some((stack) => isOf(stack, rule));
  return rules.find(fits) ?? null;
}

/** What a place can show: each picture of X-rays, each series of everything else. */
function candidatesOf(stacks: readonly Stack[]): Picked[] {
  return stacks
    .filter(({ frames }) => frames.length > 0)
    .flatMap((stack) =>
      SINGLE.has(stack.series.modality)
        ? stack.frames.map(({ index }) => ({ stack, index }))
        : [{ stack, index: stack.start }],
    );
}

function fits(place: HangingPlace, { stack: { series, frames }, index }: Picked): boolean {
  const image = frames[index]?.instance;
  const side = image?.laterality || series.laterality || "";
  const words = series.description;
  return (
    (place.description === "" || contains(words, place.description)) &&
    (place.number === null || place.number === series.number) &&
    (place.laterality === "" || alike(side, place.laterality)) &&
    (place.view === "" || alike(image?.view || viewIn(words), place.view))
  );
}

/** "R CC" or "L-MLO" in the words of a series that says it nowhere else. */
function viewIn(words: string): string {
  return words.toUpperCase().match(/(?:^|[^A-Z])[LR]?\s*(MLO|CC|ML|LM)(?:$|[^A-Z])/)?.[1] ?? "";
}

/** Places with words choose first, in order; the others take what is left, in order. */
export function hang(rule: HangingRule, own: readonly Stack[], prior: readonly Stack[] = []): Hung {
  const left = { own: candidatesOf(own), prior: candidatesOf(prior) };
  const places = placesOf(rule, prior.length > 0);
  const taken: (Picked | null)[] = places.map(() => null);
  const take = (number: number, place: HangingPlace) => {
    const rest = place.prior ? left.prior : left.own;
    const found = rest.findIndex((one) => fits(place, one));
    if (found >= 0) taken[number] = rest.splice(found, 1)[0] ?? null;
  };
  const isPlain = (place: HangingPlace) => fitsAll(place);
  places.forEach((place, number) => void (isPlain(place) || take(number, place)));
  places.forEach((place, number) => void (isPlain(place) && take(number, place)));
  return settled(gridOf(rule, places.length), taken);
}

function fitsAll({ description, number, laterality, view }: HangingPlace): boolean {
  return description === "" && number === null && laterality === "" && view === "";
}

/** Those of the rule, filled up; where the rule names none for an earlier study, it stands to the right, view by view. */
function placesOf(rule: HangingRule, hasPrior: boolean): HangingPlace[] {
  const cells = cellsOf(rule);
  const places = Array.from({ length: cells }, (_, i) => rule.places[i] ?? ANYTHING);
  if (!hasPrior || places.some(({ prior }) => prior)) return places;
  if (cells === 1) return [...places, { ...ANYTHING, prior: true }];
  if (places.some(fitsAll)) {
    return places.map((place, i) => (i === cells - 1 ? { ...place, prior: true } : place));
  }
  return 2 * rule.columns <= MOST_ROWS ? besides(places, rule) : places;
}

/** Each row once more to the right of itself, of the earlier study. */
function besides(places: readonly HangingPlace[], { rows, columns }: Grid): HangingPlace[] {
  return Array.from({ length: rows }, (_, row) => places.slice(row * columns, (row + 1) * columns)).flatMap(
    (line) => [...line, ...line.map((place) => ({ ...place, prior: true }))],
  );
}

function gridOf({ rows }: HangingRule, places: number): Grid {
  return { rows, columns: places / rows };
}

/** Places that nothing fits are left out when so the grid can be smaller; else they stay where they are. */
function settled(grid: Grid, taken: readonly (Picked | null)[]): Hung {
  const filled = taken.filter((one) => one !== null);
  const smaller = shrunk(grid, filled.length);
  if (cellsOf(smaller) < cellsOf(grid)) return { grid: smaller, places: filled };
  return { grid, places: taken };
}

export interface Prior {
  readonly id: string;
  readonly study_date: string;
  readonly study_time: string;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly body_parts: readonly string[];
  readonly images: number;
}

/** The newest earlier study with the same modality of the same part of the body. */
export function priorToOpen(
  priors: readonly Prior[],
  study: { readonly study_date: string | null },
  stacks: readonly Stack[],
): Prior | null {
  const pictures = stacks.filter(({ frames }) => frames.length > 0);
  const parts = new Set(pictures.map(({ series }) => series.body_part.toUpperCase()).filter(Boolean));
  const modalities = new Set(pictures.map(({ series }) => series.modality));
  const isAlike = ({ study_date, modalities: its, body_parts }: Prior) =>
    study_date !== "" &&
    study_date <= (study.study_date || "99999999") &&
    its.some((modality) => modalities.has(modality)) &&
    body_parts.some((part) => parts.has(part.toUpperCase()));
  return priors.find(isAlike) ?? null;
}
