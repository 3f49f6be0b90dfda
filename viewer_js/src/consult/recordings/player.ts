/** Plays a score in the viewer: the view of one person, everybody's pointers, marks and voices. */

import { computed, signal } from "@preact/signals";
import type { RemotePointer, ViewerApp } from "../../api/viewer_app";
import type { Hearing } from "./hearing";
import type { Score, Tick } from "./score";
import { lastAt } from "./track";

export const SPEEDS = [1, 1.5, 2] as const;
/** A pointer that rests is seen for a while. */
const POINTER_MS = 4_000;
const LINE_MS = 8_000;

export class Player {
  readonly score: Score;
  readonly at = signal(0);
  readonly isPlaying = signal(false);
  readonly speed = signal<number>(1);
  /** Whose view is on the screen, by place. */
  readonly seenBy = signal(0);
  readonly speakers = computed(() =>
    this.score.people.filter((_, place) =>
      this.score.doings[place]?.spoken.some(({ from, to }) => from <= this.at.value && this.at.value < to),
    ),
  );
  /** The line that was written just now. */
  readonly line = computed<Tick | null>(
    () =>
      this.score.ticks.findLast(
        ({ at, kind }) => kind === "line" && at <= this.at.value && this.at.value - at < LINE_MS,
      ) ?? null,
  );
  private readonly viewer: ViewerApp;
  private readonly hearing: Hearing;
  private shownView = "";
  private shownPointers = "";
  private shownMarks = -1;
  private last = 0;

  constructor(score: Score, viewer: ViewerApp, hearing: Hearing) {
    this.score = score;
    this.viewer = viewer;
    this.hearing = hearing;
    const first = score.doings.findIndex(({ views }) => views.length > 0);
    this.seenBy.value = Math.max(0, first);
    requestAnimationFrame((now) => this.frame(now));
  }

  toggle(): void {
    if (!this.isPlaying.value && this.at.value >= this.score.duration) this.seek(0);
    this.isPlaying.value = !this.isPlaying.value;
    this.hearing.follow(this.at.value, this.isPlaying.value, this.speed.value);
  }

  seek(at: number): void {
    this.at.value = Math.min(Math.max(0, at), this.score.duration);
    this.shownView = "";
    this.hearing.follow(this.at.value, this.isPlaying.value, this.speed.value);
  }

  see(place: number): void {
    this.seenBy.value = place;
    this.shownView = "";
  }

  /** To the next or the one before of marks and lines. */
  jump(direction: -1 | 1): void {
    const moments = this.score.ticks.map(({ at }) => at);
    this.seek(neighbour(moments, this.at.value, direction) ?? (direction < 0 ? 0 : this.score.duration));
  }

  /** To where somebody begins to speak next; from the last on to the first. */
  hear(place: number): void {
    const begins = (this.score.doings[place]?.spoken ?? []).map(({ from }) => from);
    const next = neighbour(begins, this.at.value, 1) ?? begins[0];
    if (next !== undefined) this.seek(next);
  }

  private frame(now: number): void {
    const passed = Math.min(now - this.last, 1_000);
    this.last = now;
    if (this.isPlaying.value) {
      this.at.value = Math.min(this.at.value + passed * this.speed.value, this.score.duration);
      if (this.at.value >= this.score.duration) this.isPlaying.value = false;
      this.hearing.follow(this.at.value, this.isPlaying.value, this.speed.value);
    }
    this.show();
    requestAnimationFrame((next) => this.frame(next));
  }

  private show(): void {
    const { doings, marks } = this.score;
    const at = this.at.value;
    const views = doings[this.seenBy.value]?.views ?? [];
    const place = Math.max(0, lastAt(views, at));
    const view = views[place]?.value;
    const name = `${this.seenBy.value} ${place}`;
    // the image may not be open yet: asked again with the next frame
    if (view && name !== this.shownView && this.viewer.showView(view)) this.shownView = name;
    const mark = lastAt(marks, at);
    if (mark !== this.shownMarks) this.viewer.resetAnnotations(null, marks[mark]?.value ?? []);
    this.shownMarks = mark;
    this.point(at);
  }

  private point(at: number): void {
    const shown = this.score.doings.flatMap(({ pointers }, place): RemotePointer[] => {
      const last = pointers[lastAt(pointers, at)];
      const person = this.score.people[place];
      if (!last?.value || person === undefined || at - last.at > POINTER_MS) return [];
      return [{ ...last.value, person }];
    });
    const name = JSON.stringify(shown);
    if (name !== this.shownPointers) this.viewer.setRemotePointers(shown);
    this.shownPointers = name;
  }
}

/** A little apart, so that going back twice does not stay where it is. */
const APART_MS = 300;

function neighbour(moments: readonly number[], at: number, direction: -1 | 1): number | undefined {
  return direction > 0
    ? moments.find((moment) => moment > at + APART_MS)
    : moments.findLast((moment) => moment < at - APART_MS);
}
