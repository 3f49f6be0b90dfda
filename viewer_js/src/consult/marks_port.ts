import type { AnnotationPort } from "../api/viewer_app";
import type { Live } from "./live";
import type { Outbox, Wish } from "./outbox";
import type { Annotation } from "./wire";

interface Promised {
  readonly kept: () => void;
  readonly refused: (reason: Error) => void;
}

/** 96 bits of chance, in the alphabet the server takes for a client_id. */
export function newClientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Where the viewer in the room keeps its marks: in the outbox, which sends them in order with the messages, so that a
 * line "see my arrow" never comes before the arrow. What the server refuses is taken back.
 */
export class MarksPort implements AnnotationPort {
  private readonly outbox: Outbox;
  private readonly live: () => Live | null;
  private readonly known: (id: string) => Annotation | undefined;
  private readonly lost: (reason: string) => void;
  private readonly promised = new Map<string, Promised>();

  constructor(
    outbox: Outbox,
    room: {
      readonly live: () => Live | null;
      readonly known: (id: string) => Annotation | undefined;
      /** A mark restored after a reload was refused. */
      readonly lost: (reason: string) => void;
    },
  ) {
    this.outbox = outbox;
    this.live = room.live;
    this.known = room.known;
    this.lost = room.lost;
  }

  async put(annotation: Annotation): Promise<Annotation> {
    await this.wish("put", annotation);
    return this.known(annotation.id) ?? annotation;
  }

  delete(annotation: Annotation): Promise<void> {
    return this.wish("delete", annotation);
  }

  sketch(annotation: Annotation): void {
    this.live()?.saySketch(annotation);
  }

  /** To be told whenever the outbox changes. */
  outboxChanged(wishes: readonly Wish[]): void {
    const waiting = new Set(wishes.map((wish) => wish.client_id));
    for (const [clientId, promise] of this.promised) {
      if (waiting.has(clientId)) continue;
      this.promised.delete(clientId);
      promise.kept();
    }
    for (const wish of wishes)
      if (wish.kind !== "message" && wish.refused !== null) this.takeBack(wish, wish.refused);
  }

  private takeBack({ client_id }: Wish, reason: string): void {
    const promise = this.promised.get(client_id);
    this.promised.delete(client_id);
    this.outbox.drop(client_id);
    if (promise === undefined)
      this.lost(reason); // drawn before a reload: nobody waits for it any more
    else promise.refused(new Error(reason));
  }

  private wish(kind: "delete" | "put", annotation: Annotation): Promise<void> {
    this.live()?.endSketch();
    const client_id = newClientId();
    return new Promise((kept, refused) => {
      this.promised.set(client_id, { kept, refused });
      this.outbox.add({ kind, client_id, annotation, base: annotation.revision, refused: null });
    });
  }
}
