/** Tile view: one series laid out as consecutive images over all viewports, moved together. */

import { batch, effect, signal, untracked } from "@preact/signals";
import type { Stack } from "../stream/stack";
import type { ViewportModel } from "./model";

/** The first image of the tiles when place `place` shall show `index`, so that no tile stays empty for nothing. */
export function firstTile(index: number, place: number, tiles: number, frames: number): number {
  return Math.max(0, Math.min(index - place, frames - tiles));
}

export class Tiling {
  readonly isOn = signal(false);
  readonly #shown: () => readonly ViewportModel[];
  readonly #active: () => ViewportModel;

  constructor(shown: () => readonly ViewportModel[], active: () => ViewportModel) {
    this.#shown = shown;
    this.#active = active;
  }

  start(): () => void {
    return effect(() => this.#follow());
  }

  #follow(): void {
    const leader = this.#active();
    const shown = this.#shown();
    const stack = leader.stack.value;
    void [leader.index.value, leader.wishedWindow.value, leader.invert.value, leader.placement.value];
    if (!this.isOn.value || !stack) return;
    untracked(() => batch(() => layOut(leader, shown, stack)));
  }
}

function layOut(leader: ViewportModel, shown: readonly ViewportModel[], stack: Stack): void {
  const place = shown.indexOf(leader);
  const first = firstTile(leader.index.peek(), place, shown.length, stack.frames.length);
  const look = leader.placement.peek();
  shown.forEach((viewport, number) => {
    const index = first + number;
    if (index >= stack.frames.length) {
      viewport.clear();
      return;
    }
    viewport.show(stack, index);
    if (viewport === leader) return;
    viewport.ownChoice.value = leader.ownChoice.peek();
    viewport.windowFor.value = leader.windowFor.peek();
    viewport.tablesFor.value = leader.tablesFor.peek();
    viewport.window.value = leader.window.peek();
    viewport.invert.value = leader.invert.peek();
    viewport.place(() => look);
  });
}
