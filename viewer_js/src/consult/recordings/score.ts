/** A recording as it is played: everything by its time. Nothing here knows the screen. */

import { requestJson } from "../../api/http";
import type { RecordingData, RecordingNews } from "../event_types";
import type { EventPage } from "../log";
import type { Annotation, ConsultEvent, Person } from "../wire";
import { type Doing, doingOf, type PlacedLine, type Timed } from "./track";

export interface VoiceTold {
  readonly person: number;
  readonly offset_ms: number;
  readonly duration_ms: number;
}

export interface TrackTold {
  readonly head: {
    readonly duration_ms: number;
    readonly people: readonly Person[];
    readonly voices: readonly VoiceTold[];
  };
  readonly lines: readonly PlacedLine[];
}

/** Something to jump to: a mark put or a line said. */
export interface Tick {
  readonly at: number;
  readonly kind: "line" | "mark";
  readonly by: string;
  readonly text: string;
}

export interface Score {
  readonly recording: RecordingData;
  readonly duration: number;
  readonly people: readonly Person[];
  readonly voices: readonly VoiceTold[];
  /** By the people's places. */
  readonly doings: readonly Doing[];
  /** Every mark there was, from each moment on; the first moment is before the beginning. */
  readonly marks: readonly Timed<readonly Annotation[]>[];
  readonly ticks: readonly Tick[];
}

export function scoreOf({ head, lines }: TrackTold, events: readonly ConsultEvent[], id: string): Score {
  const recording = latest(events, id);
  const began = Date.parse(recording.began_at ?? "");
  const timed = (at: string) => Date.parse(at) - began;
  return {
    recording,
    duration: head.duration_ms,
    people: head.people,
    voices: head.voices,
    doings: head.people.map((_, place) => doingOf(lines, place, head.duration_ms)),
    marks: marksOf(events, timed),
    ticks: ticksOf(events, timed).filter(({ at }) => at >= 0 && at <= head.duration_ms),
  };
}

function latest(events: readonly ConsultEvent[], id: string): RecordingData {
  const all = events.flatMap((event) => (isNews(event) ? [event.data.recording] : []));
  const found = all.findLast((recording) => recording.id === id);
  if (found === undefined) throw new Error("a recording without its events");
  return found;
}

type News = Extract<ConsultEvent, { readonly data: RecordingNews }>;

function isNews(event: ConsultEvent): event is News {
  return event.type.startsWith("recording.");
}

function marksOf(events: readonly ConsultEvent[], timed: (at: string) => number): Score["marks"] {
  const found: Timed<readonly Annotation[]>[] = [{ at: Number.NEGATIVE_INFINITY, value: [] }];
  const marks = new Map<string, Annotation>();
  for (const event of events) {
    if (event.type === "annotation.put") marks.set(event.data.annotation.id, event.data.annotation);
    else if (event.type === "annotation.deleted") marks.delete(event.data.id);
    else continue;
    found.push({ at: timed(event.at), value: [...marks.values()] });
  }
  return found;
}

function ticksOf(events: readonly ConsultEvent[], timed: (at: string) => number): Tick[] {
  return events.flatMap((event): Tick[] => {
    const [at, by] = "at" in event ? [timed(event.at), event.actor.name] : [0, ""];
    if (event.type === "message.posted") return [{ at, by, kind: "line", text: event.data.text }];
    if (event.type !== "annotation.put" || event.data.annotation.revision > 1) return [];
    return [{ at, by, kind: "mark", text: event.data.annotation.text ?? "" }];
  });
}

/** All that the consult's history tells this person. */
export async function eventsOf(consultId: string): Promise<ConsultEvent[]> {
  const found: ConsultEvent[] = [];
  for (let head = 1; ; ) {
    const after = found.at(-1)?.number ?? 0;
    if (after >= head) return found;
    const page = await requestJson<EventPage>(`/consults/${consultId}/events?after=${after}`);
    if (page.events.length === 0) return found;
    found.push(...page.events);
    head = page.head;
  }
}
