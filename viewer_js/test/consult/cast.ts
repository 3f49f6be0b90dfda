import type { LengthAnnotation } from "../../src/annotations/model";
import type { Annotation, ConsultEvent, Person, RoomState } from "../../src/consult/wire";

/** A small repeatable source of chance (mulberry32), so that a failing interleaving can be run again by its seed. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const LAN: Person = { id: "lan", name: "BS. Nguyễn Thị Lan", hospital: "BV Đa khoa Hải Hà" };
export const MINH: Person = { id: "minh", name: "PGS. Trần Minh", hospital: "BV Tỉnh" };

export function mark(id: string, change: Partial<LengthAnnotation> = {}): Annotation {
  return {
    id,
    kind: "length",
    graphic_type: "POLYLINE",
    points: [
      [10, 10],
      [20, 20],
    ],
    text: "",
    study_id: "study",
    sop_instance_uid: "1.2.3",
    frame_number: 1,
    author: LAN,
    revision: 0,
    deleted: false,
    values: null,
    created_at: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function emptyRoom(): RoomState {
  return {
    head: 0,
    consult: {
      id: "consult",
      number: null,
      state: "requested",
      urgency: "urgent",
      due_at: "2026-01-02T00:00:00Z",
      history: "",
      patient: { name: "NGUYỄN VĂN THỬ", id: "P1", birth_date: "1960-01-01", sex: "M" },
      questions: [
        { id: "q1", number: 1, text: "Có xuất huyết không?", answer: null, answered_by: null },
        { id: "q2", number: 2, text: "Có cần mổ không?", answer: null, answered_by: null },
      ],
      opinion: null,
      report_id: null,
      reason: null,
      access_days: 7,
      access_ends_at: null,
      referring: { hospital: LAN.hospital, person: LAN.name },
      consulting: { hospital: MINH.hospital, person: null },
      studies: [{ id: "study", description: "CT sọ não" }],
      participants: [],
      allowed: ["annotate", "discuss"],
    },
    messages: [],
    annotations: [],
  };
}

/** The type is the caller's promise: tests also make events of types this page does not know. */
export function event(number: number, type: string, data: object, actor: Person = LAN): ConsultEvent {
  const at = `2026-01-01T00:00:${String(number % 60).padStart(2, "0")}Z`;
  return { consult_id: "consult", number, type, at, actor, data } as unknown as ConsultEvent;
}

/** A history of every kind of event, with hidden and unknown ones among them. */
export function history(length: number, random: () => number): ConsultEvent[] {
  const kinds = [
    (n: number): ConsultEvent =>
      event(n, "message.posted", { id: `m${n}`, client_id: `c${n}`, text: `dòng ${n}`, view: null }),
    (n: number): ConsultEvent =>
      event(n, "annotation.put", { annotation: mark(`a${Math.floor(random() * 5)}`, { revision: n }) }),
    (n: number): ConsultEvent => event(n, "annotation.deleted", { id: `a${Math.floor(random() * 5)}` }),
    (n: number): ConsultEvent => event(n, "answer.given", { question_id: "q1", text: `trả lời ${n}` }, MINH),
    (n: number): ConsultEvent => event(n, "opinion.given", { text: `kết luận ${n}`, report_id: "r" }, MINH),
    (n: number): ConsultEvent => event(n, "consult.started", { consult: { state: "in-progress" } }, MINH),
    (n: number): ConsultEvent => event(n, "constructor", { text: "a type of a newer server" }),
    (n: number): ConsultEvent => ({ consult_id: "consult", number: n, type: "hidden" }),
  ];
  return Array.from({ length }, (_, index) => {
    const make = kinds[Math.floor(random() * kinds.length)] ?? kinds[0];
    if (make === undefined) throw new Error("no kind of event");
    return make(index + 1);
  });
}

export function memoryStorage(): Pick<Storage, "getItem" | "removeItem" | "setItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => void kept.delete(key),
    setItem: (key, value) => void kept.set(key, value),
  };
}

/** Lets everything that is only waiting for promises go on. */
export async function settled(rounds = 50): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await Promise.resolve();
}
