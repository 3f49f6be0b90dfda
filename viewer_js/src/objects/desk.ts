/** Which objects are drawn, which frames are key images, and what is loaded of them: one desk for each workspace. */

import { batch, signal } from "@preact/signals";
import { requestJson, sentenceOf } from "../api/http";
import type { ManifestInstance, ManifestOverlay, ManifestSeries } from "../api/manifest";
import { t } from "../i18n/translate";
import type { Frame, ImagePlace, OpenStudy } from "../stream/stack";
import { locate } from "../stream/stack";
import { type Layer, SAME } from "../viewport/layers";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { applyPresentation } from "./apply";
import { masksOn, presentationLayers, refersTo, segmentationLayers, structureLayers } from "./layers_of";
import { Masks } from "./masks";
import { firstImage, measuredLayers } from "./measured";
import { type DrawnObject, drawnKind, type KeyImages } from "./types";

/** of so many objects the names are loaded with the list */
const NAMED = 40;
const OVERLAY_COLOUR = "#ffffff";
const NOTHING: ReadonlySet<number> = new Set();

/** One object of a study, as the list shows it before it is loaded. */
export interface Listed {
  readonly id: string;
  readonly kind: DrawnObject["kind"];
  readonly study: OpenStudy;
  readonly instance: ManifestInstance;
  /** of its series */
  readonly title: string;
  readonly seriesNumber: number | null;
  /** "PR 901", of several in one series "PR 901/2": tells apart what has one title */
  readonly code: string;
}

function codeOf({ modality, number, instances }: ManifestSeries, instance: ManifestInstance): string {
  const series = [modality, number].filter((part) => part !== null && part !== "").join(" ");
  return instances.length > 1 ? `${series}/${instance.number ?? instances.indexOf(instance) + 1}` : series;
}

export type Loaded = DrawnObject | { readonly kind: "problem"; readonly message: string };

export class ObjectDesk {
  readonly planesShown = signal(true);
  /** ids of the objects that are drawn */
  readonly shown = signal<ReadonlySet<string>>(new Set());
  readonly loaded = signal<ReadonlyMap<string, Loaded>>(new Map());
  /** of an object: numbers of segments or regions not to be seen */
  readonly hidden = signal<ReadonlyMap<string, ReadonlySet<number>>>(new Map());
  /** key images this person chose and has not saved, in the order chosen */
  readonly starred = signal<readonly ImagePlace[]>([]);
  readonly changes = signal(0);
  readonly masks = new Masks(() => {
    this.changes.value++;
  });
  readonly #workspace: Workspace;
  readonly #asked = new Set<string>();
  /** which state each viewport was put by, and the series it showed then */
  readonly #presented = new Map<ViewportModel, { readonly state: string; readonly stack: string }>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.starred.value = rememberedStars();
  }

  listed(): Listed[] {
    return this.#workspace.studies.value.flatMap((study) =>
      study.stacks.flatMap(({ series }) =>
        series.instances.flatMap((instance): Listed[] => {
          const kind = drawnKind(instance.sop_class_uid);
          if (!kind) return [];
          const { description: title, number: seriesNumber } = series;
          const code = codeOf(series, instance);
          return [{ id: instance.id, kind, study, instance, title, seriesNumber, code }];
        }),
      ),
    );
  }

  /** Small objects are loaded before they are shown: what they are called stands in them. */
  async loadNames(): Promise<void> {
    const small = this.listed().filter(({ kind }) => kind === "key-images" || kind === "presentation");
    for (const listed of small.slice(0, NAMED)) await this.load(listed);
  }

  /** Shows the object that has just been made of this study. */
  async showMade(sopInstanceUid: string): Promise<void> {
    const made = this.listed().find(({ instance }) => instance.sop_instance_uid === sopInstanceUid);
    if (made && !this.shown.peek().has(made.id)) await this.toggle(made);
  }

  async load(listed: Listed): Promise<void> {
    const { id, study } = listed;
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    let found: Loaded;
    try {
      found = await requestJson<DrawnObject>(`/stream/${study.key}/objects/${id}`);
    } catch (error) {
      found = { kind: "problem", message: sentenceOf(error) };
      this.#asked.delete(id);
    }
    this.loaded.value = new Map(this.loaded.peek()).set(id, found);
  }

  async toggle(listed: Listed): Promise<void> {
    const { id } = listed;
    const shown = new Set(this.shown.peek());
    if (shown.delete(id)) {
      this.shown.value = shown;
      const found = this.loaded.peek().get(id);
      if (found?.kind === "presentation") this.#putBack(id);
      return;
    }
    this.shown.value = shown.add(id);
    await this.load(listed);
    const found = this.loaded.peek().get(id);
    if (found?.kind === "presentation" && this.shown.peek().has(id)) this.#present(listed, found);
    else if (found && found.kind !== "problem") this.#goTo(found, listed);
  }

  /** In every viewport that was put as the state says and still shows that series. */
  #putBack(id: string): void {
    for (const [viewport, { state, stack }] of this.#presented)
      if (state === id) {
        this.#presented.delete(viewport);
        if (viewport.stack.peek()?.id === stack) viewport.reset();
      }
  }

  /** A presentation state replaces the one before: an image can only look one way. */
  #present(listed: Listed, state: Extract<DrawnObject, { kind: "presentation" }>): void {
    batch(() => {
      const others = [...this.shown.peek()].filter(
        (id) => id === listed.id || this.loaded.peek().get(id)?.kind !== "presentation",
      );
      this.shown.value = new Set(others);
      const viewport = this.#workspace.active.peek();
      if (!applyPresentation(state, listed.study, viewport)) return;
      const stack = viewport.stack.peek()?.id ?? "";
      this.#presented.set(viewport, { state: listed.id, stack });
    });
  }

  /** Shows an image that the object speaks of, unless one is on the screen. */
  #goTo(found: DrawnObject, { study }: Listed): void {
    const viewport = this.#workspace.active.peek();
    const frame = viewport.frame.peek();
    if (found.kind === "presentation" || found.kind === "key-images") return;
    // masks are on their way, so their places tell
    const here = (of: Frame) =>
      found.kind === "segmentation" ? masksOn(found, of) : this.#objectLayers(found, "", study, of);
    if (frame && here(frame).length > 0) return;
    const uid =
      found.kind === "measurements"
        ? firstImage(found)
        : found.kind === "segmentation"
          ? found.frames.find((one) => one.uid)?.uid
          : found.regions.flatMap(({ contours }) => contours).find((one) => one.uid)?.uid;
    const stack = study.stacks.find(({ frames }) =>
      frames.some((one) => one.instance.sop_instance_uid === uid),
    );
    const first = stack?.frames.find((one) => one.instance.sop_instance_uid === uid);
    if (stack && first) viewport.show(stack, first.index);
  }

  toggleHidden(id: string, number: number): void {
    const numbers = new Set(this.hidden.peek().get(id));
    if (!numbers.delete(number)) numbers.add(number);
    this.hidden.value = new Map(this.hidden.peek()).set(id, numbers);
  }

  /** Makes the shown frame a key image, or no longer. */
  toggleStar(): void {
    const frame = this.#workspace.active.peek().frame.peek();
    if (!frame) return;
    const place = placeOf(frame);
    const others = this.starred.peek().filter((star) => !samePlace(star, place));
    const isNew = others.length === this.starred.peek().length;
    this.starred.value = isNew ? [...others, place] : others;
    rememberStars(this.starred.peek());
  }

  /** They are saved, or given up. */
  dropStars(studyId: string): void {
    this.starred.value = this.starred.peek().filter(({ study_id }) => study_id !== studyId);
    rememberStars(this.starred.peek());
  }

  layersOn(frame: Frame): Layer[] {
    void this.changes.value;
    const study = this.#workspace.studies.value.find(({ id }) => id === frame.studyId);
    if (!study) return [];
    const layers = this.planesShown.value ? this.#planes(frame) : [];
    for (const id of this.shown.value) {
      const found = this.loaded.value.get(id);
      if (found && found.kind !== "problem") layers.push(...this.#objectLayers(found, id, study, frame));
    }
    if (this.#isStarred(frame)) layers.push({ kind: "star", label: t("Key image") });
    return layers;
  }

  #isStarred(frame: Frame): boolean {
    const place = placeOf(frame);
    if (this.starred.value.some((star) => samePlace(star, place))) return true;
    const selections = [...this.loaded.value].filter(([id]) => this.shown.value.has(id));
    return selections.some(([, one]) => one.kind === "key-images" && refersTo(one.images, frame));
  }

  #objectLayers(found: DrawnObject, id: string, study: OpenStudy, frame: Frame): Layer[] {
    const hidden = this.hidden.value.get(id) ?? NOTHING;
    if (found.kind === "presentation") return presentationLayers(found, frame);
    if (found.kind === "structures") return structureLayers(found, frame, hidden);
    if (found.kind === "measurements") return measuredLayers(found, frame, hidden);
    if (found.kind === "key-images") return [];
    return segmentationLayers(found, frame, hidden, (number) =>
      this.masks.get(`/stream/${study.key}/mask/${id}/${number}`),
    );
  }

  /** What the image itself has. */
  #planes(frame: Frame): Layer[] {
    const { overlays = [], shutter } = frame.instance;
    const layers: Layer[] = shutter ? [{ kind: "shutter", shutter }] : [];
    for (const overlay of overlays) {
      const layer = this.#overlay(frame, overlay);
      if (layer) layers.push(layer);
    }
    return layers;
  }

  #overlay(
    frame: Frame,
    { group, rows, columns, origin, frames, first_frame }: ManifestOverlay,
  ): Layer | null {
    const place = frame.number - first_frame;
    if (frames > 1 && (place < 0 || place >= frames)) return null;
    const address = `/stream/${frame.studyKey}/overlay/${frame.instance.id}/${frame.number}?group=${group}`;
    const values = this.masks.get(address);
    if (values?.length !== rows * columns) return null;
    const toImage = { ...SAME, e: origin[1] - 1, f: origin[0] - 1 };
    const strength = (value: number) => (value > 0 ? 1 : 0);
    return {
      kind: "bitmask",
      rows,
      columns,
      toImage,
      values,
      strength,
      look: "overlay",
      colour: OVERLAY_COLOUR,
    };
  }

  /** Where the frames of a selection are, as far as they are open. */
  placesOf({ images }: KeyImages, study: OpenStudy): ImagePlace[] {
    return images.flatMap(({ uid, frames }) =>
      (frames.length > 0 ? frames : [1])
        .map((number) => ({ study_id: study.id, sop_instance_uid: uid, frame_number: number }))
        .filter((place) => locate(this.#workspace.studies.peek(), place) !== null),
    );
  }
}

function placeOf(frame: Frame): ImagePlace {
  return {
    study_id: frame.studyId,
    sop_instance_uid: frame.instance.sop_instance_uid,
    frame_number: frame.number,
  };
}

function samePlace(one: ImagePlace, other: ImagePlace): boolean {
  return one.sop_instance_uid === other.sop_instance_uid && one.frame_number === other.frame_number;
}

const STARS = "hoichan-key-images";

/** A reload of the page must not lose what was chosen; closing it does. */
function rememberStars(stars: readonly ImagePlace[]): void {
  try {
    sessionStorage.setItem(STARS, JSON.stringify(stars));
  } catch {
    // private windows may refuse: they last as long as the page
  }
}

function rememberedStars(): ImagePlace[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(STARS) ?? "[]");
    return Array.isArray(found) ? (found as ImagePlace[]) : [];
  } catch {
    return [];
  }
}

const desks = new WeakMap<Workspace, ObjectDesk>();

export function deskOf(workspace: Workspace): ObjectDesk {
  const known = desks.get(workspace) ?? new ObjectDesk(workspace);
  desks.set(workspace, known);
  return known;
}
