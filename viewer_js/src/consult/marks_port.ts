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
  /** The mark under the user's finger: nobody else's version may replace it now. */
  held: string | null = null;
  private readonly outbox: Outbox;
  private readonly live: () => Live | null;
  private readonly known: (id: string) => Annotation | undefined;
  private readonly promised = new Map<string, Promised>();

  constructor(outbox: Outbox, live: () => Live | null, known: (id: string) => Annotation | undefined) {
    this.outbox = outbox;
    this.live = live;
    this.known = known;
  }

  async put(annotation: Annotation): Promise<Annotation> {
    await this.wish("put", annotation);
    return this.known(annotation.id) ?? annotation;
  }

  delete(annotation: Annotation): Promise<void> {
    return this.wish("delete", annotation);
  }

  sketch(annotation: Annotation): void {
    this.held = annotation.id;
    this.live()?.saySketch(annotation);
  }

  /** To be told whenever the outbox changes. */
  outboxChanged(wishes: readonly Wish[]): void {
    const waiting = new Map(wishes.map((wish) => [wish.client_id, wish]));
    for (const [clientId, promise] of this.promised) {
      const wish = waiting.get(clientId);
      if (wish !== undefined && wish.refused === null) continue;
      this.promised.delete(clientId);
      if (wish === undefined) promise.kept();
      else promise.refused(new Error(wish.refused ?? ""));
      if (wish !== undefined) this.outbox.drop(clientId);
    }
  }

  private wish(kind: "delete" | "put", annotation: Annotation): Promise<void> {
    this.held = null;
    this.live()?.endSketch();
    const client_id = newClientId();
    return new Promise((kept, refused) => {
      this.promised.set(client_id, { kept, refused });
      this.outbox.add({ kind, client_id, annotation, base: annotation.revision, refused: null });
    });
  }
}
