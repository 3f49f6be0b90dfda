/** The whole viewer without its looks: studies, viewports, tool, marks, and what they need from the server. */

import { batch, computed, effect, signal } from "@preact/signals";
import { MarkDesk } from "../annotations/desk";
import type { Annotation } from "../annotations/model";
import type { PageConfig, StudyConfig } from "../api/config";
import { requestJson, sentenceOf } from "../api/http";
import type { Manifest } from "../api/manifest";
import type { ImagePointer, RemotePointer, View, ViewerOptions } from "../api/viewer_app";
import { t } from "../i18n/translate";
import { ReadingLog } from "../reading/log";
import { FrameStore } from "../stream/frame_store";
import type { Need } from "../stream/plan";
import { type Frame, type ImagePlace, locate, type OpenStudy, openStudy, type Stack } from "../stream/stack";
import { markHands } from "../tools/mark_hands";
import { toolOf } from "../tools/registry";
import type { ToolId } from "../tools/tool";
import { Cine } from "./cine";
import { Ended } from "./ended";
import { Guides } from "./guides";
import { cellsOf, type Grid, MOST_VIEWPORTS, ONE } from "./layouts";
import { Links } from "./links";
import { ViewportModel } from "./model";
import { Opening } from "./opening";
import { Planes } from "./planes";
import { Priors } from "./priors";
import { Tiling } from "./tiling";

const MEBIBYTE = 2 ** 20;
/** A stack at rest for this long gets its full frames; see ViewportModel.need. */
const SETTLE = 110;

/** How often a study that is still arriving is asked about. */
const ARRIVING_EVERY = 5000;

/** Phones say how little memory they have; others get room for three large stacks. */
function memoryBudget(): number {
  const { deviceMemory = 8 } = navigator as { deviceMemory?: number };
  return (deviceMemory <= 4 ? 128 : 384) * MEBIBYTE;
}

export class Workspace {
  readonly studies = signal<readonly OpenStudy[]>([]);
  readonly viewports: readonly ViewportModel[] = Array.from(
    { length: MOST_VIEWPORTS },
    () => new ViewportModel(),
  );
  readonly layout = signal<Grid>(ONE);
  /** one viewport over the whole stage, for a while */
  readonly enlarged = signal(false);
  readonly activeIndex = signal(0);
  readonly toolId = signal<ToolId>("window");
  readonly remotePointers = signal<readonly RemotePointer[]>([]);
  /** this person's pointer over an image */
  readonly pointer = signal<ImagePointer | null>(null);
  readonly message = signal<string | null>(null);
  /** planes lie over the viewports: the line is theirs, no image is fetched meanwhile */
  readonly covered = signal(false);
  /** the panel open beside the stage, of ui/panels.ts */
  readonly sidePanel = signal<string | null>(null);
  /** somebody signed in, not a patient with a link */
  readonly isStaff: boolean;
  /** has an account to sign in to */
  readonly signsIn: boolean;
  /** grows at most once a drawn frame, whenever images have come */
  readonly arrivals = signal(0);
  readonly store: FrameStore;
  readonly desk: MarkDesk;
  readonly reading: ReadingLog;
  readonly priors: Priors;
  readonly opening: Opening;
  readonly ended = new Ended(this);
  readonly planes = new Planes(this);
  readonly cine = new Cine(
    () => this.active.peek(),
    () => this.shownViewports.peek(),
  );
  readonly #csrf: string;
  readonly #stops: (() => void)[] = [];
  #settling: ReturnType<typeof setTimeout> | null = null;
  #messageEnds: ReturnType<typeof setTimeout> | null = null;
  #arrivalsAsked = false;
  #isStopped = false;

  readonly active = computed(() => this.viewports[this.activeIndex.value] as ViewportModel);
  readonly shownViewports = computed(() =>
    this.enlarged.value ? [this.active.value] : this.viewports.slice(0, cellsOf(this.layout.value)),
  );
  readonly links = new Links(
    () => this.shownViewports.value,
    () => this.active.value,
  );
  readonly tiling = new Tiling(
    () => this.shownViewports.value,
    () => this.active.value,
  );
  readonly guides = new Guides(
    () => this.shownViewports.value,
    () => this.active.value,
  );
  readonly stacks = computed(() => this.studies.value.flatMap(({ stacks }) => stacks));

  constructor({ csrf, person }: Pick<PageConfig, "csrf" | "person">, { port }: ViewerOptions) {
    this.#csrf = csrf;
    this.isStaff = person.id !== "";
    this.signsIn = this.isStaff && !person.roles?.some((role) => role.endsWith("guest"));
    this.priors = new Priors(csrf);
    this.opening = new Opening(this, person.roles ?? [], port !== undefined && this.signsIn);
    this.store = new FrameStore(memoryBudget(), () => this.#arrived());
    this.desk = new MarkDesk({
      person,
      port,
      measure: async (mark) => {
        const { measured } = await markHands.fetch();
        return measured(this.store, this.frameOf(mark), mark, csrf);
      },
      onError: (message) => this.notify(message),
    });
    this.reading = new ReadingLog(() => this.studies.peek(), csrf);
    const online = () => {
      this.store.line.retryNow();
      this.desk.lineIsBack();
    };
    addEventListener("online", online);
    this.#stops.push(
      () => removeEventListener("online", online),
      effect(() => this.#follow()),
      this.links.start(),
      this.tiling.start(),
      this.ended.start(),
      // comes with the first marks' code, and is not waited for
      effect(() => markHands.here?.keepFresh(this)),
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.reading.stop();
    for (const stop of this.#stops) stop();
    this.cine.stop();
    this.opening.stop();
    this.store.need([], []);
    if (this.#settling !== null) clearTimeout(this.#settling);
  }

  get csrf(): string {
    return this.#csrf;
  }

  async addStudy(study: StudyConfig): Promise<void> {
    try {
      this.#open(study, study.manifest ?? (await this.#manifestOf(study)));
    } catch (error) {
      this.notify(sentenceOf(error));
    }
  }

  removeStudy(studyId: string): void {
    batch(() => {
      this.studies.value = this.studies.peek().filter(({ id }) => id !== studyId);
      for (const viewport of this.viewports) if (viewport.stack.peek()?.studyId === studyId) viewport.clear();
      this.#fillEmpty();
    });
    this.store.forgetStudy(studyId);
  }

  /** The active viewport's series stays, in the first place when its own is gone. */
  setLayout(grid: Grid): void {
    batch(() => {
      const active = this.active.peek();
      this.layout.value = grid;
      this.enlarged.value = false;
      if (this.activeIndex.peek() >= cellsOf(grid)) {
        this.activeIndex.value = 0;
        const view = active.view();
        const stack = active.stack.peek();
        if (view && stack) this.active.peek().apply(view, stack, active.index.peek());
      }
      this.#fillEmpty();
    });
  }

  activate(viewport: ViewportModel): void {
    const index = this.viewports.indexOf(viewport);
    if (index >= 0) this.activeIndex.value = index;
  }

  /** The study a viewport shows. */
  studyOf(viewport: ViewportModel): OpenStudy | undefined {
    return this.studies.value.find(({ id }) => id === viewport.stack.value?.studyId);
  }

  frameOf(place: ImagePlace): Frame | null {
    const found = locate(this.studies.peek(), place);
    return found?.stack.frames[found.index] ?? null;
  }

  showView(view: View): boolean {
    const found = locate(this.studies.peek(), view);
    if (!found) return false;
    this.planes.show(found.stack, view.planes ?? null);
    this.active.peek().apply(view, found.stack, found.index);
    return true;
  }

  /** What is on the screen, for others; reads all that it tells. */
  view(): View | null {
    const view = this.active.value.view();
    return view && { ...view, planes: this.planes.open.value?.view() ?? null };
  }

  /** The view of a mark's image; another series is shown fitted, the same one as it is adjusted now. */
  viewOf(place: ImagePlace): View | null {
    const found = locate(this.studies.peek(), place);
    const frame = found?.stack.frames[found.index];
    if (!found || !frame) return null;
    const now = this.active.peek();
    const isSame = now.stack.peek() === found.stack;
    const kept = isSame ? now.view() : null;
    const { rows, columns } = frame.instance;
    const fresh = {
      window: null,
      zoom: 1,
      centre: [columns / 2, rows / 2],
      rotation: 0,
      flip: false,
      invert: false,
    };
    return {
      ...((kept ?? fresh) as View),
      study_id: frame.studyId,
      series_instance_uid: found.stack.series.series_instance_uid,
      sop_instance_uid: place.sop_instance_uid,
      frame_number: place.frame_number,
    };
  }

  /** "CT 3 · image 45" */
  describe(place: ImagePlace & Pick<View, "planes">): string | null {
    const found = locate(this.studies.peek(), place);
    if (!found) return null;
    const { modality, number } = found.stack.series;
    const series = number === null ? modality : `${modality} ${number}`;
    if (place.planes) return t("{series} · planes", { series });
    return t("{series} · image {number}", { series, number: found.index + 1 });
  }

  /** Shows a mark's image in the active viewport. */
  showPlace(place: ImagePlace): void {
    const found = locate(this.studies.peek(), place);
    const viewport = this.active.peek();
    if (found && viewport.frame.peek() !== found.stack.frames[found.index])
      viewport.show(found.stack, found.index);
  }

  showStack(stack: Stack): void {
    this.active.peek().show(stack);
  }

  /** The next (1) or the previous (-1) series in the active viewport. */
  nextStack(step: 1 | -1): void {
    const stacks = this.stacks.peek();
    const now = this.active.peek().stack.peek();
    const next = stacks[(now ? stacks.indexOf(now) : -1) + step];
    if (next) this.showStack(next);
  }

  nextViewport(): void {
    this.activeIndex.value = (this.activeIndex.peek() + 1) % cellsOf(this.layout.peek());
  }

  chooseTool(id: ToolId): void {
    if (toolOf(id).makesMarks && !this.desk.canWrite) return;
    this.toolId.value = id;
  }

  /** The next (1) or previous (-1) mark of the shown series, its image shown as well. */
  selectMark(step: 1 | -1): void {
    const stack = this.active.peek().stack.peek();
    if (!stack) return;
    const uids = new Set(stack.frames.map(({ instance }) => instance.sop_instance_uid));
    const marks = this.desk.all.peek().filter(({ sop_instance_uid }) => uids.has(sop_instance_uid));
    const now = marks.findIndex(({ id }) => id === this.desk.selectedId.peek());
    const from = now < 0 && step < 0 ? 0 : now;
    const mark = marks[(from + step + marks.length) % marks.length];
    if (mark) this.jumpTo(mark);
  }

  jumpTo(mark: Annotation): void {
    this.showPlace(mark);
    this.desk.hidden.value = false;
    this.desk.selectedId.value = mark.id;
  }

  notify(message: string): void {
    this.message.value = message;
    if (this.#messageEnds !== null) clearTimeout(this.#messageEnds);
    this.#messageEnds = setTimeout(() => {
      this.message.value = null;
    }, 8000);
  }

  #open(study: StudyConfig, manifest: Manifest): void {
    const opened = openStudy(study, manifest);
    const known = this.studies.peek();
    const isNew = known.every(({ id }) => id !== opened.id);
    batch(() => {
      this.studies.value = isNew
        ? [...known, opened]
        : known.map((one) => (one.id === opened.id ? opened : one));
      for (const viewport of this.viewports) viewport.renew(opened.stacks);
      if (isNew) this.opening.opened(opened);
      this.#fillEmpty();
    });
    if (manifest.study.state === "arriving") this.#lookAgain(study);
  }

  /** Images are still coming: the stack grows while it is read. */
  #lookAgain(study: StudyConfig): void {
    setTimeout(async () => {
      if (this.#isStopped || this.studies.peek().every(({ id }) => id !== study.id)) return;
      const manifest = document.hidden ? null : await this.#manifestOf(study).catch(() => null);
      if (manifest) this.#open(study, manifest);
      else this.#lookAgain(study);
    }, ARRIVING_EVERY);
  }

  #manifestOf({ key }: StudyConfig): Promise<Manifest> {
    return requestJson<Manifest>(`/stream/${key}/manifest`);
  }

  /** Empty viewports get the series that no other shows yet, pictures before documents. */
  #fillEmpty(): void {
    const shown = this.shownViewports.peek();
    for (const viewport of shown) {
      if (viewport.stack.peek()) continue;
      const taken = shown.map(({ stack }) => stack.peek());
      const rest = this.stacks.peek().filter((stack) => !taken.includes(stack));
      const free = rest.find(({ frames }) => frames.length > 0) ?? rest[0];
      if (free) viewport.show(free);
    }
  }

  /** Whatever the screen shows, the store is asked for. */
  #follow(): void {
    for (const viewport of this.shownViewports.value) viewport.watch();
    this.active.value.watch();
    this.#ask();
  }

  #ask(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    if (this.covered.value) {
      this.store.need([], []);
      return;
    }
    const active = this.active.peek();
    const shown = this.shownViewports.value;
    const ordered = [active, ...shown.filter((viewport) => viewport !== active)];
    const needs = ordered.flatMap((viewport): Need[] =>
      [viewport.need(devicePixelRatio)].filter((need) => need !== null),
    );
    this.store.need(needs, this.stacks.value);
    const isMoving = needs.some(({ settled }) => !settled);
    this.#settling = isMoving ? setTimeout(() => this.#ask(), SETTLE) : null;
  }

  #arrived(): void {
    if (this.#arrivalsAsked) return;
    this.#arrivalsAsked = true;
    requestAnimationFrame(() => {
      this.#arrivalsAsked = false;
      this.arrivals.value++;
    });
  }
}
