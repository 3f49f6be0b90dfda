/** Hanging rules: which rule fits, which series stands where, and which earlier study is opened beside. */

import { describe, expect, it } from "vitest";
import type { ManifestInstance, ManifestSeries } from "../../src/api/manifest";
import {
  type HangingPlace,
  type HangingRule,
  hang,
  type Prior,
  priorToOpen,
  ruleFor,
} from "../../src/viewport/hanging";
import { instance, series, study } from "../manifests";

function place(changes: Partial<HangingPlace> = {}): HangingPlace {
  return { description: "", number: null, laterality: "", view: "", prior: false, ...changes };
}

function rule(changes: Partial<HangingRule> = {}): HangingRule {
  const all = { modality: "", body_part: "", role: "", rows: 1, columns: 1, tile: false, priors: false };
  return { ...all, places: [], ...changes };
}

function stacks(...all: (Partial<ManifestSeries> & { images?: Partial<ManifestInstance>[] })[]) {
  const made = all.map(({ images = [{}], ...facts }, n) => ({
    ...series(
      `s${n}`,
      images.map((changes, i) => instance(i + 1, { id: `${n}-${i}`, ...changes })),
    ),
    ...facts,
  }));
  return study(...made).stacks;
}

const names = (hung: ReturnType<typeof hang>) =>
  hung.places.map((one) => one && `${one.stack.series.description}#${one.index}`);

const MAMMOGRAM = rule({
  modality: "MG",
  rows: 2,
  columns: 2,
  places: [
    place({ laterality: "R", view: "CC" }),
    place({ laterality: "L", view: "CC" }),
    place({ laterality: "R", view: "MLO" }),
    place({ laterality: "L", view: "MLO" }),
  ],
});

describe("the rule", () => {
  it("is the first that fits modality, part of the body and role", () => {
    const chest = rule({ modality: "CT", body_part: "chest", role: "specialist" });
    const any = rule();
    const ct = stacks({ modality: "CT", body_part: "CHEST" });
    expect(ruleFor([chest, any], ct, ["specialist"])).toBe(chest);
    expect(ruleFor([chest, any], ct, ["referrer"])).toBe(any);
    expect(ruleFor([chest], stacks({ modality: "MR", body_part: "CHEST" }), ["specialist"])).toBeNull();
  });
});

describe("places", () => {
  it("of a mammogram are taken by side and view, whatever the order of the images", () => {
    const images = [
      { laterality: "L", view: "MLO" },
      { laterality: "R", view: "MLO" },
      { laterality: "L", view: "CC" },
      { laterality: "R", view: "CC" },
    ];
    const hung = hang(MAMMOGRAM, stacks({ modality: "MG", description: "m", images }));
    expect(names(hung)).toEqual(["m#3", "m#2", "m#1", "m#0"]);
    expect(hung.grid).toEqual({ rows: 2, columns: 2 });
  });

  it("read the view from the description where the image does not say it", () => {
    const all = ["L MLO", "R MLO", "L CC", "R CC"].map((description) => ({
      modality: "MG",
      description,
      laterality: description.charAt(0),
    }));
    expect(names(hang(MAMMOGRAM, stacks(...all)))).toEqual(["R CC#0", "L CC#0", "R MLO#0", "L MLO#0"]);
  });

  it("with words choose before those without, and no series stands twice", () => {
    const two = rule({ rows: 1, columns: 2, places: [place(), place({ description: "t2" })] });
    const hung = hang(
      two,
      stacks({ modality: "MR", description: "T2 axial" }, { modality: "MR", description: "T1" }),
    );
    expect(names(hung)).toEqual(["T1#0", "T2 axial#0"]);
  });

  it("are no more than there are series", () => {
    const hung = hang(rule({ rows: 2, columns: 2 }), stacks({ description: "a" }));
    expect(hung).toMatchObject({ grid: { rows: 1, columns: 1 } });
    expect(names(hung)).toEqual(["a#0"]);
  });

  it("of a mammogram show the same views of the earlier one to the right", () => {
    const four = (name: string) =>
      ["L MLO", "R MLO", "L CC", "R CC"].map((view) => ({
        modality: "MG",
        description: `${view} ${name}`,
        laterality: view.charAt(0),
      }));
    const hung = hang(MAMMOGRAM, stacks(...four("now")), stacks(...four("then")));
    expect(hung.grid).toEqual({ rows: 2, columns: 4 });
    expect(names(hung)?.slice(0, 4)).toEqual(["R CC now#0", "L CC now#0", "R CC then#0", "L CC then#0"]);
  });

  it("put an earlier study to the right where the rule names no place for it", () => {
    const before = stacks({ description: "before" });
    expect(names(hang(rule(), stacks({ description: "now" }), before))).toEqual(["now#0", "before#0"]);
    const named = rule({ rows: 1, columns: 2, places: [place({ prior: true }), place()] });
    expect(names(hang(named, stacks({ description: "now" }), before))).toEqual(["before#0", "now#0"]);
  });
});

it("the prior opened by rule is the newest earlier one of the same kind and part", () => {
  const now = stacks({ modality: "CR", body_part: "CHEST" });
  const prior = (id: string, study_date: string, modality: string, part: string): Prior => {
    const rest = { study_time: "", description: "", images: 1 };
    return { id, study_date, modalities: [modality], body_parts: part ? [part] : [], ...rest };
  };
  const list = [
    prior("later", "20270101", "CR", "CHEST"),
    prior("hand", "20260103", "CR", "HAND"),
    prior("ct", "20260102", "CT", "CHEST"),
    prior("right", "20260101", "CR", "Chest"),
    prior("older", "20250101", "CR", "CHEST"),
  ];
  expect(priorToOpen(list, { study_date: "20260601" }, now)?.id).toBe("right");
  expect(priorToOpen([prior("unknown", "20250101", "CR", "")], { study_date: "20260601" }, now)).toBeNull();
});
