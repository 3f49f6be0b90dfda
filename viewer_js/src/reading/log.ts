/**
 * Which frames this person had on the screen and how good they were, and for how long planes through them, told to the server (app/reading) every ten
 * seconds and when the page is left. All is told each time, so that a report that was lost costs nothing.
 */

import { ApiError, requestJson } from "../api/http";
import type { Quality } from "../stream/frame_cache";
import { hearRefusal } from "../stream/refused";
import { type Run, runsOf } from "../stream/runs";
import type { Frame, OpenStudy, Stack } from "../stream/stack";

export interface SeriesReport {
  readonly frames: number;
  readonly shown: readonly Run[];
  readonly rendered: readonly Run[];
  readonly full: readonly Run[];
  readonly planes?: PlanesSeen;
}

/** Seconds: planes on the screen, those of them at which all values of one were there, the body in three dimensions. */
export interface PlanesSeen {
  readonly shown: number;
  readonly full: number;
  readonly body: number;
}

export interface ReadingReport {
  readonly series: Readonly<Record<string, SeriesReport>>;
  readonly leaving: boolean;
}

const LEVEL: Record<Quality, number> = { none: 0, preview: 1, rendered: 2, full: 3 };
const EVERY = 10_000;
/** Who scrolls through what is in memory asks for nothing: so often at least the server can say that it has ended. */
const ALIVE = 30_000;

export class ReadingLog {
  /** by frame key the best that was seen */
  readonly #seen = new Map<string, number>();
  /** by stack id */
  readonly #planes = new Map<string, PlanesSeen>();
  /** ids of studies drawn since they were last told of */
  readonly #drawn = new Set<string>();
  #aliveAt = performance.now();
  /** ids of studies with something new to tell */
  readonly #news = new Set<string>();
  readonly #studies: () => readonly OpenStudy[];
  readonly #csrf: string;
  readonly #stops: (() => void)[] = [];

  constructor(studies: () => readonly OpenStudy[], csrf: string) {
    this.#studies = studies;
    this.#csrf = csrf;
    const timer = setInterval(() => this.#tellAll(), EVERY);
    const onHide = () => this.#leaveAll();
    // a page that comes back by the browser's back button is opened anew: its key may have ended
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && location.reload();
    addEventListener("pagehide", onHide);
    addEventListener("pageshow", onShow);
    this.#stops.push(
      () => clearInterval(timer),
      () => removeEventListener("pagehide", onHide),
      () => removeEventListener("pageshow", onShow),
    );
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#leaveAll();
  }

  /** A frame was drawn. */
  saw(frame: Frame, quality: Quality): void {
    this.#drawn.add(frame.studyId);
    const level = LEVEL[quality];
    if (level <= (this.#seen.get(frame.key) ?? 0)) return;
    this.#seen.set(frame.key, level);
    this.#news.add(frame.studyId);
  }

  /** For so long planes of a series were seen since the last time. */
  sawPlanes({ id, studyId }: Stack, more: PlanesSeen): void {
    const { shown, full, body } = this.#planes.get(id) ?? { shown: 0, full: 0, body: 0 };
    this.#planes.set(id, { shown: shown + more.shown, full: full + more.full, body: body + more.body });
    this.#news.add(studyId);
  }

  report({ stacks }: OpenStudy, leaving: boolean): ReadingReport {
    const series: Record<string, SeriesReport> = {};
    for (const { id, series: told, frames } of stacks) {
      const atLeast = (level: number) => runsOf(frames, ({ key }) => (this.#seen.get(key) ?? 0) >= level);
      const shown = atLeast(1);
      const planes = this.#planes.get(id);
      if (shown.length === 0 && !planes) continue;
      const seen = { frames: frames.length, shown, rendered: atLeast(2), full: atLeast(3) };
      series[told.id] = planes ? { ...seen, planes } : seen;
    }
    return { series, leaving };
  }

  #tellAll(): void {
    const isAlive = performance.now() - this.#aliveAt >= ALIVE;
    if (isAlive) this.#aliveAt = performance.now();
    for (const study of this.#studies())
      if (this.#news.has(study.id) || (isAlive && this.#drawn.has(study.id))) void this.#tell(study, false);
  }

  #leaveAll(): void {
    for (const study of this.#studies()) void this.#tell(study, true);
  }

  async #tell(study: OpenStudy, leaving: boolean): Promise<void> {
    this.#news.delete(study.id);
    this.#drawn.delete(study.id);
    const body = this.report(study, leaving);
    try {
      await requestJson(`/stream/${study.key}/reading`, {
        method: "POST",
        csrf: this.#csrf,
        body,
        // the browser goes on with it after the page has gone
        keepalive: leaving,
      });
    } catch (error) {
      hearRefusal(study.key, error);
      const isRefused = error instanceof ApiError && !error.passing;
      if (!isRefused) this.#news.add(study.id);
    }
  }
}
