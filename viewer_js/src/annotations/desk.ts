/** Everything that happens to marks passes here: drawing, editing, undo, the other's marks, the server's word. */

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { PersonConfig } from "../api/config";
import { ApiError, sentenceOf } from "../api/http";
import type { AnnotationPort } from "../api/viewer_app";
import type { Frame } from "../stream/stack";
import { markHands } from "../tools/mark_hands";
import { newId } from "./ids";
import type { Annotation, AnnotationKind, GraphicType, Point } from "./model";
import type { Outbox, OutboxListener } from "./outbox";
import { type MarkAction, type Marks, reduce } from "./reducer";
import { Sketches } from "./sketches";

/** Computes a mark's values, at once or by asking the server. */
export type Measure = (annotation: Annotation) => Promise<Annotation>;

/** Done, it gives the step that takes it back. */
interface Step {
  /** of the mark it changes, as it was called when the step was remembered */
  readonly id: string;
  run(): Step;
}

const MOST_UNDO = 100;
const MOST_TRIES = 3;
const NOTHING: ReadonlySet<string> = new Set();

export class MarkDesk {
  readonly marks = signal<Marks>(new Map());
  readonly selectedId = signal<string | null>(null);
  /** the mark being drawn or moved now */
  readonly draft = signal<Annotation | null>(null);
  /** the mark whose text is being typed */
  readonly typing = signal<Annotation | null>(null);
  readonly sketches: Sketches;
  readonly canWrite: boolean;
  /** false: marks made here are this page's own and go nowhere */
  readonly keeps: boolean;
  readonly #person: PersonConfig;
  readonly #port: AnnotationPort | undefined;
  readonly #listener: OutboxListener;
  readonly #outbox = signal<Outbox | null>(null);
  readonly #measure: Measure;
  readonly #undo: Step[] = [];
  readonly #redo: Step[] = [];
  /** marks that were removed and brought back, under the ids they have now */
  readonly #reborn = new Map<string, string>();
  readonly undoable = signal(0);
  readonly redoable = signal(0);
  /** no mark is drawn: the image is looked at as it came */
  readonly hidden = signal(false);

  constructor(options: {
    person: PersonConfig;
    port: AnnotationPort | undefined;
    measure: Measure;
    onError: (message: string) => void;
  }) {
    this.#person = options.person;
    this.#measure = options.measure;
    this.#port = options.port;
    this.canWrite = options.port !== undefined;
    this.keeps = this.canWrite && options.person.may_mark;
    this.sketches = new Sketches(this.keeps ? options.port : undefined);
    const tell = (error: unknown) => {
      const ours = error instanceof ApiError || error instanceof TypeError;
      options.onError(!ours && error instanceof Error && error.message ? error.message : sentenceOf(error));
    };
    const lose = (action: MarkAction & { readonly id: string }, error: unknown) => {
      this.#dispatch(action);
      this.#forgetSteps(action.id);
      tell(error);
    };
    this.#listener = {
      confirmed: (annotation) => this.#dispatch({ type: "confirmed", annotation }),
      refused: (id, error) => lose({ type: "refused", id }, error),
      overtaken: (id, by, changes, error) => lose({ type: "overtaken", id, by, changes }, error),
      unkept: this.keeps ? undefined : tell,
      revision: (id) => this.marks.peek().get(id)?.confirmed?.revision ?? 0,
    };
    if (options.port?.unsent?.read().length) void this.#withOutbox(() => {});
  }

  /** marks that the server does not have yet because the line is broken */
  readonly unsaved: ReadonlySignal<ReadonlySet<string>> = computed(
    () => this.#outbox.value?.unsaved.value ?? NOTHING,
  );

  /** Not deleted, oldest first; own sketches and drafts apart. */
  readonly all: ReadonlySignal<readonly Annotation[]> = computed(() =>
    [...this.marks.value.values()]
      .map(({ shown }) => shown)
      .filter(({ deleted }) => !deleted)
      .sort((one, other) => (one.created_at < other.created_at ? -1 : 1)),
  );

  readonly selected: ReadonlySignal<Annotation | null> = computed(() => {
    const mark = this.marks.value.get(this.selectedId.value ?? "")?.shown;
    return mark && !mark.deleted ? mark : null;
  });

  isOwn(annotation: Annotation): boolean {
    return this.canWrite && annotation.author.id === this.#person.id && (this.keeps || !annotation.revision);
  }

  /** What is to be drawn on a frame: kept marks, the draft in place of its own, others' sketches. */
  on(frame: Frame): Annotation[] {
    const draft = this.draft.value ?? this.typing.value;
    const sketches = this.sketches.current.value;
    const hidden = new Set([draft?.id, ...sketches.map(({ id }) => id)]);
    const kept = this.hidden.value ? [] : this.all.value.filter(({ id }) => !hidden.has(id));
    return [...kept, ...sketches, ...(draft ? [draft] : [])].filter(
      (mark) =>
        mark.study_id === frame.studyId &&
        mark.sop_instance_uid === frame.instance.sop_instance_uid &&
        mark.frame_number === frame.number,
    );
  }

  /** A new mark of one's own; nothing is kept before commit(). */
  start(kind: AnnotationKind, graphicType: GraphicType, frame: Frame, points: readonly Point[]): Annotation {
    const annotation = {
      id: newId(),
      kind,
      graphic_type: graphicType,
      points: [...points],
      text: "",
      study_id: frame.studyId,
      sop_instance_uid: frame.instance.sop_instance_uid,
      frame_number: frame.number,
      author: this.#person,
      revision: 0,
      deleted: false,
      values: null,
      created_at: new Date().toISOString(),
    } as Annotation;
    this.selectedId.value = null;
    // who draws wants to see what is drawn
    this.hidden.value = false;
    this.draft.value = annotation;
    return annotation;
  }

  /** The draft with other points; shown here at once and to others as a sketch. */
  sketch(annotation: Annotation): void {
    this.draft.value = annotation;
    this.sketches.send(annotation);
  }

  dropDraft(): void {
    this.draft.value = null;
    this.sketches.stop();
  }

  /** Keeps the mark, settled (kinds.ts) by whoever shaped it: shown at once, sent, measured. */
  commit(after: Annotation): void {
    this.dropDraft();
    const before = this.marks.peek().get(after.id)?.shown ?? null;
    this.selectedId.value = after.id;
    this.#remember(this.#turning(after, before));
    this.#keep(after);
  }

  /** Other words for an own mark. */
  rename(annotation: Annotation, text: string): void {
    if (this.isOwn(annotation) && text !== annotation.text) this.commit({ ...annotation, text });
  }

  /** The typed text; null: never mind. A text mark without text is none. */
  endTyping(text: string | null): void {
    const mark = this.typing.peek();
    this.typing.value = null;
    if (!mark) return;
    const isNew = !this.marks.peek().has(mark.id);
    if (!isNew && text === mark.text) return;
    const isWords = mark.kind === "text" || mark.kind === "spine_label";
    if (text === null ? !isNew || isWords : text === "" && isWords) return;
    const said = mark.kind === "spine_label" ? text?.toUpperCase() : text;
    this.commit({ ...mark, text: said ?? mark.text });
  }

  remove(annotation: Annotation): void {
    if (!this.isOwn(annotation)) return;
    this.#remember(this.#turning(null, annotation));
    this.#keep({ ...annotation, deleted: true });
  }

  undo(): void {
    const step = this.#undo.pop();
    if (step) this.#redo.push(step.run());
    this.#count();
  }

  redo(): void {
    const step = this.#redo.pop();
    if (step) this.#undo.push(step.run());
    this.#count();
  }

  applied(annotation: Annotation): void {
    this.sketches.forget(annotation.id);
    this.#dispatch({ type: "applied", annotation });
  }

  reset(study_id: string | null, annotations: readonly Annotation[]): void {
    this.#dispatch({ type: "reset", study_id, annotations });
  }

  /** Asks for the marks of a study again; a list older than what happened here meanwhile is asked for anew. */
  async refresh(study_id: string): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const before = this.marks.peek();
      const annotations = await this.#port?.list?.(study_id).catch(() => null);
      if (!annotations) return;
      if (this.marks.peek() === before) {
        this.reset(study_id, annotations);
        return;
      }
    }
  }

  lineIsBack(): void {
    this.#outbox.peek()?.retryNow();
  }

  #keep(annotation: Annotation): void {
    this.#dispatch({ type: "put", annotation });
    if (annotation.deleted) {
      this.#send(annotation);
      return;
    }
    void this.#measure(annotation).then((measured) => {
      // shown with its values before the server has answered
      const now = this.marks.peek().get(annotation.id)?.shown;
      if (now === annotation) this.#replaceShown(measured);
      this.#send(measured);
    });
  }

  #send(annotation: Annotation): void {
    void this.#withOutbox((outbox) => outbox.send(annotation));
  }

  /** Its code comes with what draws: whoever can draw has it, also on a cut line. The first brings back what an earlier page of the tab could not send. */
  async #withOutbox(use: (outbox: Outbox) => void): Promise<void> {
    const { Outbox } = markHands.peek() ?? (await markHands.fetch());
    if (!this.#outbox.peek() && this.#port) {
      const outbox = new Outbox(this.#port, this.#listener);
      this.#outbox.value = outbox;
      for (const annotation of outbox.restore()) this.#dispatch({ type: "put", annotation });
    }
    const outbox = this.#outbox.peek();
    if (outbox) use(outbox);
  }

  #replaceShown(annotation: Annotation): void {
    const mark = this.marks.peek().get(annotation.id);
    if (mark)
      this.marks.value = new Map(this.marks.peek()).set(annotation.id, { ...mark, shown: annotation });
  }

  #remember(step: Step): void {
    this.#undo.push(step);
    if (this.#undo.length > MOST_UNDO) this.#undo.shift();
    this.#redo.length = 0;
    this.#count();
  }

  #count(): void {
    this.undoable.value = this.#undo.length;
    this.redoable.value = this.#redo.length;
  }

  /** Puts `to` in the place of `from`; null: no mark. */
  #turning(from: Annotation | null, to: Annotation | null): Step {
    const run = () => {
      if (!to) {
        if (from) this.#keep({ ...from, id: this.#idOf(from), deleted: true });
      } else if (from) this.#keep({ ...to, id: this.#idOf(to) });
      else this.#bear(to);
      return this.#turning(to, from);
    };
    return { id: (from ?? to)?.id ?? "", run };
  }

  /** What was refused, or changed elsewhere, is not undone here. */
  #forgetSteps(id: string): void {
    for (const steps of [this.#undo, this.#redo]) {
      const others = steps.filter((step) => this.#idOf(step) !== id);
      steps.splice(0, steps.length, ...others);
    }
    this.#count();
  }

  /** A removed mark stays removed on the server: what comes back is a new one, and other steps mean it from now on. */
  #bear(annotation: Annotation): void {
    const id = newId();
    this.#reborn.set(this.#idOf(annotation), id);
    this.#keep({ ...annotation, id, revision: 0 });
  }

  #idOf({ id }: { readonly id: string }): string {
    let now = id;
    for (let next = this.#reborn.get(now); next; next = this.#reborn.get(now)) now = next;
    return now;
  }

  #dispatch(action: MarkAction): void {
    this.marks.value = reduce(this.marks.peek(), action);
  }
}
