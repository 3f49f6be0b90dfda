/** Marks and the pointers of others over one viewport. */

import { computed } from "@preact/signals";
import { coloursOf } from "../annotations/colours";
import { labelOf, rulerOf } from "../annotations/label";
import type { Annotation } from "../annotations/model";
import { type DrawnMark, type DrawnPointer, drawLayer } from "../annotations/svg_layer";
import { t } from "../i18n/translate";
import type { Frame } from "../stream/stack";
import { apply } from "./geometry";
import { measuredHere } from "./measuring";
import "../ui/marks.css";
import type { ViewportModel } from "./model";
import type { Workspace } from "./workspace";

export class MarksLayer {
  readonly #svg: SVGSVGElement;
  readonly #model: ViewportModel;
  readonly #workspace: Workspace;

  constructor(svg: SVGSVGElement, model: ViewportModel, workspace: Workspace) {
    this.#svg = svg;
    this.#model = model;
    this.#workspace = workspace;
  }

  readonly #colours = computed(() => {
    const { desk, remotePointers } = this.#workspace;
    const marks = [
      ...desk.all.value,
      ...desk.sketches.current.value,
      ...(desk.draft.value ? [desk.draft.value] : []),
    ];
    return coloursOf([
      ...marks.map(({ author }) => author.id),
      ...remotePointers.value.map(({ person }) => person.id),
    ]);
  });

  draw(frame: Frame | null): void {
    const { desk } = this.#workspace;
    const marks = frame ? desk.on(frame).map((mark) => this.#drawn(mark, frame)) : [];
    const pointers = frame ? this.#pointersOn(frame) : [];
    drawLayer(this.#svg, marks, pointers, this.#model.toScreen.peek(), this.#model.size.peek());
  }

  #drawn(annotation: Annotation, frame: Frame): DrawnMark {
    const { desk, store } = this.#workspace;
    const lines = labelOf(measuredHere(store, frame, annotation), rulerOf(frame));
    const unsaved = desk.unsaved.peek().has(annotation.id);
    return {
      annotation,
      lines: unsaved ? [...lines, t("Not saved yet")] : lines,
      unsaved,
      colour: this.#colours.peek().get(annotation.author.id) ?? "",
      selected: annotation.id === desk.selectedId.peek() || annotation.id === desk.draft.peek()?.id,
    };
  }

  #pointersOn(frame: Frame): DrawnPointer[] {
    const toScreen = this.#model.toScreen.peek();
    return this.#workspace.remotePointers
      .peek()
      .filter(
        ({ study_id, sop_instance_uid, frame_number }) =>
          study_id === frame.studyId &&
          sop_instance_uid === frame.instance.sop_instance_uid &&
          frame_number === frame.number,
      )
      .map(({ x, y, person }) => ({
        at: apply(toScreen, [x, y]),
        name: person.name,
        colour: this.#colours.peek().get(person.id) ?? "",
      }));
  }
}
