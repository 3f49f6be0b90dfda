/**
 * The viewer's own arithmetic on real images, without a browser: from the body of /stored to grey levels, and what is
 * written at the edges. tests/bench/viewer_arithmetic.py bundles it and runs it with a folder of questions.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ManifestInstance, ManifestSeries } from "../../src/api/manifest";
import { invertOf, windowOf } from "../../src/objects/apply";
import { tablesOf } from "../../src/objects/tables";
import type { Presentation } from "../../src/objects/types";
import { type Coding, decode } from "../../src/stream/decode";
import { type Frame, openStudy } from "../../src/stream/stack";
import { GreyTable } from "../../src/viewport/cpu_painter";
import { aspectOf } from "../../src/viewport/geometry";
import { directionsOf, edgeLetters, sideText } from "../../src/viewport/letters";
import { type Look, pictureOf } from "../../src/viewport/picture";
import { patternsOf } from "../../src/viewport/window";

interface Question {
  readonly instance: ManifestInstance;
  readonly frame: number;
  /** a presentation state to be applied */
  readonly state?: Presentation | null;
  /** file names, where the browser gets stored values */
  readonly wire: Partial<Record<Coding, string>>;
  /** where the levels go */
  readonly levels: string;
}

const PLAIN: Look = { window: null, invert: false };

function frameOf({ instance, frame }: Question): Frame {
  const series = { id: "s", instances: [instance] } as unknown as ManifestSeries;
  const study = openStudy(
    { id: "x", key: "k", manifest: null } as never,
    { study: {}, series: [series] } as never,
  );
  const found = study.stacks[0]?.frames.find(({ number }) => number === frame);
  if (!found) throw new Error(`no frame ${frame}`);
  return found;
}

function lookOf(state: Presentation, frame: Frame): Look {
  const tables = tablesOf(state, frame);
  const window = tables?.range ?? windowOf(state, frame);
  return { window, invert: invertOf(state, frame), tables };
}

/** What the painters look up, pixel by pixel; null: the browser shows the server's picture. */
function levelsOf(frame: Frame, values: ReturnType<typeof decode>, look: Look): Uint8Array | null {
  const entry = { full: { kind: "stored", values } } as unknown as Parameters<typeof pictureOf>[1];
  const { picture } = pictureOf(frame, entry, look);
  if (picture?.kind !== "stored") return null;
  const table = new GreyTable();
  table.prepare(picture);
  return Uint8Array.from(patternsOf(picture.values), (pattern) => table.greys[pattern] as number);
}

function answerOf(folder: string, question: Question) {
  const frame = frameOf(question);
  const { instance, state } = question;
  const look = state ? lookOf(state, frame) : PLAIN;
  const painted = Object.entries(question.wire).map(([coding, name]) => {
    const wire = new Uint8Array(readFileSync(join(folder, name)));
    return levelsOf(frame, decode({ wire, shape: instance, coding: coding as Coding }), look);
  });
  const [first, ...others] = painted;
  if (first) writeFileSync(join(folder, question.levels), first);
  return {
    painted: Boolean(first),
    alike: others.every((one) => one !== null && first && Buffer.compare(one, first) === 0),
    letters: edgeLetters(directionsOf(frame.orientation, instance.patient_orientation), 0, false),
    turned: edgeLetters(directionsOf(frame.orientation, instance.patient_orientation), 90, true),
    aspect: aspectOf({ spacing: frame.spacing, aspect: instance.aspect }),
    side: sideText(instance),
  };
}

const folder = process.argv[2] ?? ".";
const questions: Question[] = JSON.parse(readFileSync(join(folder, "questions.json"), "utf8"));
const answers = questions.map((question) => answerOf(folder, question));
writeFileSync(join(folder, "answers.json"), JSON.stringify(answers));
