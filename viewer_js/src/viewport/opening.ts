/** What happens when studies are opened: the first hangs by its rule, earlier ones stand beside. */

import { batch } from "@preact/signals";
import { sentenceOf } from "../api/http";
import { preference } from "../api/preferences";
import type { OpenStudy, Stack } from "../stream/stack";
import { type HangingRule, type Hung, hang, type Picked, priorToOpen, ruleFor, SINGLE } from "./hanging";
import { cellsOf } from "./layouts";
import { hangAtEdge } from "./mammograms";
import type { ViewportModel } from "./model";
import type { Workspace } from "./workspace";

/** The list of earlier studies is asked for once the first picture is on its way. */
const AFTER_FIRST = 400;
/** CSS pixels; a phone shows one picture */
const NARROW = 704;

export function isNarrow(): boolean {
  return innerWidth < NARROW;
}

export class Opening {
  readonly #workspace: Workspace;
  readonly #roles: readonly string[];
  /** somebody with an account reads here, not a patient */
  readonly hasPriors: boolean;
  #rule: HangingRule | null = null;
  /** what is read here */
  first = "";
  readonly #stops: (() => void)[] = [];

  constructor(workspace: Workspace, roles: readonly string[], hasPriors: boolean) {
    this.#workspace = workspace;
    this.#roles = roles;
    this.hasPriors = hasPriors;
  }

  /** Called with every study that is new here, before empty viewports are filled. */
  opened(study: OpenStudy): void {
    if (this.first) return;
    this.first = study.id;
    const rules = preference<readonly HangingRule[]>("hanging", []).peek();
    this.#rule = ruleFor(rules, study.stacks, this.#roles);
    if (this.#rule && !isNarrow()) this.#apply(hang(this.#rule, study.stacks), this.#rule.tile);
    if (this.hasPriors) setTimeout(() => void this.#lookForPriors(study), AFTER_FIRST);
  }

  close(id: string): void {
    this.#workspace.priors.closed(id);
    this.#workspace.removeStudy(id);
  }

  async #lookForPriors(study: OpenStudy): Promise<void> {
    const { priors } = this.#workspace;
    // without the list one reads on; it is not worth a message
    const list = await priors.load(study.id).catch(() => []);
    const rule = this.#rule;
    const wanted = rule?.priors && !isNarrow() ? priorToOpen(list, study.facts, study.stacks) : null;
    if (!rule || !wanted || !this.#isAsHung(rule, study.stacks)) return;
    const prior = await this.open(wanted.id);
    if (prior && this.#isAsHung(rule, study.stacks))
      this.#apply(hang(rule, study.stacks, prior.stacks), false);
  }

  async open(id: string): Promise<OpenStudy | null> {
    const workspace = this.#workspace;
    const known = workspace.studies.peek().find((study) => study.id === id);
    if (known) return known;
    try {
      const { annotations, ...study } = await workspace.priors.open(id);
      await workspace.addStudy(study);
      workspace.desk.reset(id, annotations);
      return workspace.studies.peek().find((one) => one.id === id) ?? null;
    } catch (error) {
      workspace.notify(sentenceOf(error));
      return null;
    }
  }

  /** Somebody who has begun to arrange the series is not disturbed. */
  #isAsHung(rule: HangingRule, stacks: readonly Stack[]): boolean {
    const { grid, places } = hang(rule, stacks);
    const { viewports, layout } = this.#workspace;
    const isSame = places.every((place, i) => !place || viewports[i]?.stack.peek()?.id === place.stack.id);
    return isSame && cellsOf(layout.peek()) === cellsOf(grid);
  }

  #apply({ grid, places }: Hung, tile: boolean): void {
    const { viewports, layout, tiling } = this.#workspace;
    this.stop();
    batch(() => {
      layout.value = grid;
      places.forEach((place, i) => {
        const viewport = viewports[i];
        if (!place) viewport?.clear();
        else if (viewport) this.#show(viewport, place);
      });
      if (tile) tiling.isOn.value = true;
    });
  }

  /** A stack that stands there already stays where it was scrolled to. */
  #show(viewport: ViewportModel, { stack, index }: Picked): void {
    const { modality } = stack.series;
    if (viewport.stack.peek() === stack && !SINGLE.has(modality)) return;
    viewport.show(stack, index);
    if (modality === "MG") this.#stops.push(hangAtEdge(viewport));
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
