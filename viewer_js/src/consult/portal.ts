/** The only file that knows the socket. */

import { type Signal, signal } from "@preact/signals";
import { io, type Socket } from "socket.io-client";
import type { ImagePointer } from "../api/viewer_app";
import { CallNews } from "./calls/news";
import type { Annotation, ConsultEvent, Person, View } from "./wire";

/**
 * "slow": no socket, but HTTP gets through (some hospitals' proxies allow no more). "closed": the server will not let
 * us in (again); the person is told why and nothing is tried any more.
 */
export type LineState = "broken" | "closed" | "connecting" | "open" | "signed-out" | "slow";

export interface PresentPerson extends Person {
  readonly since: string;
}

export interface PortalListener {
  event(event: ConsultEvent): void;
  head(number: number): void;
  entered(): void;
  left(): void;
  /** There is no socket yet, or none any more: perhaps HTTP gets through. Said every few seconds. */
  failed(): void;
  presence(people: readonly PresentPerson[]): void;
  pointer(pointer: ImagePointer & { readonly person: Person }): void;
  viewport(person: Person, view: View): void;
  sketch(person: Person, annotation: Annotation): void;
  typing(person: Person): void;
  /** Up to which line people had the talk in sight. */
  seen(people: Readonly<Record<string, number>>): void;
  /** The session of somebody who cannot come back has ended: nothing is tried any more. */
  over(): void;
  /** Another person has signed in in this browser: nothing is sent in their name. */
  somebodyElse(): void;
}

export interface Refusal {
  readonly code: string;
  readonly kind: string;
  readonly message: string;
  /** The same wish may work later. */
  readonly retry: boolean;
}

/** Whose page it is. `comesBack`: who was signed out can sign in again, perhaps in another window. */
export interface Owner {
  readonly id: string;
  readonly comesBack: boolean;
}

export type Ack =
  | { readonly ok: true; readonly head?: number; readonly number?: number; readonly person?: string }
  | { readonly error: Refusal };

type Volatile = "annotation.sketch" | "pointer.move" | "talk.seen" | "typing" | "viewport.show";
type Durable = "annotation.delete" | "annotation.put" | "message.post";

const ACK_MS = 10_000;
/** The server says its head every 5 s; after three silent times the line is dead even if nobody closed it. */
const SILENT_MS = 16_000;
const WATCH_MS = 4_000;
const REFUSED_PAUSE_MS = 5_000;

export class Portal {
  readonly line: Signal<LineState> = signal<LineState>("connecting");
  /** Why the line is "closed". */
  readonly calls = new CallNews();
  private readonly socket: Socket;
  private readonly consultId: string;
  private readonly head: () => number;
  private readonly listener: PortalListener;
  private readonly owner: Owner;
  private heard = 0;

  constructor(consultId: string, head: () => number, listener: PortalListener, owner: Owner) {
    this.consultId = consultId;
    this.owner = owner;
    this.head = head;
    this.listener = listener;
    this.socket = io("/consults", {
      transports: ["websocket"],
      autoConnect: false,
      reconnectionDelay: 500,
      reconnectionDelayMax: 3_000,
      randomizationFactor: 0.4,
      timeout: 10_000,
    });
    this.listen();
  }

  connect(): void {
    this.socket.connect();
    setInterval(() => this.watch(), WATCH_MS);
    window.addEventListener("online", () => this.again());
  }

  /** Sends something durable; null when the line is broken or no answer came in time. */
  async send(name: Durable, payload: object): Promise<Ack | null> {
    if (!this.socket.connected) return null;
    try {
      return await this.socket.timeout(ACK_MS).emitWithAck(name, { consult_id: this.consultId, ...payload });
    } catch {
      return null; // no answer in time, or the line broke: it may have arrived or not
    }
  }

  /** A wish that is answered or forgotten: of a call, of who leads. */
  async ask<A extends object = object>(
    name: string,
    payload: object,
  ): Promise<A | { readonly error: Refusal } | null> {
    if (!this.socket.connected) return null;
    const wish = { consult_id: this.consultId, ...payload };
    return this.socket
      .timeout(ACK_MS)
      .emitWithAck(name, wish)
      .catch(() => null);
  }

  /** Sends something that may be lost, and never later than now. */
  show(name: Volatile, payload: object): void {
    if (this.line.value !== "open") return;
    this.socket.volatile.emit(name, { consult_id: this.consultId, ...payload });
  }

  /** The session has ended: what is typed stays, nothing is sent. */
  signedOut(): void {
    if (this.owner.comesBack) this.line.value = "signed-out";
    else if (this.line.value !== "closed") {
      this.close();
      this.listener.over();
    }
  }

  close(): void {
    this.line.value = "closed";
    this.socket.disconnect();
  }

  private listen(): void {
    const { socket, listener } = this;
    socket.on("connect", () => void this.enter());
    socket.on("disconnect", (reason) => this.lost(reason));
    socket.on("connect_error", (error: Error & { data?: Refusal }) => this.refused(error.data));
    socket.onAny(() => {
      this.heard = Date.now();
    });
    socket.on("session.ended", () => this.signedOut());
    socket.on("room.closed", () => socket.disconnect().connect()); // to be told why when it enters again
    this.calls.listenTo((event, take) => void socket.on(event, take as (told: unknown) => void));
    socket.on("event", (event: ConsultEvent) => listener.event(event));
    socket.on("head", ({ number }: { number: number }) => listener.head(number));
    socket.on("presence", ({ people }: { people: PresentPerson[] }) => listener.presence(people));
    socket.on("pointer", (pointer: ImagePointer & { person: Person }) => listener.pointer(pointer));
    socket.on("viewport", ({ person, view }: { person: Person; view: View }) =>
      listener.viewport(person, view),
    );
    socket.on("sketch", (sketch: { person: Person; annotation: Annotation }) =>
      listener.sketch(sketch.person, sketch.annotation),
    );
    socket.on("seen", ({ person, number }: { person: Person; number: number }) =>
      listener.seen({ [person.id]: number }),
    );
    socket.on("seen.before", ({ people }: { people: Record<string, number> }) => listener.seen(people));
    socket.on("typing", ({ person }: { person: Person }) => listener.typing(person));
  }

  private async enter(): Promise<void> {
    this.heard = Date.now();
    const wish = { consult_id: this.consultId, after: this.head() };
    const ack: Ack | null = await this.socket
      .timeout(ACK_MS)
      .emitWithAck("consult.enter", wish)
      .catch(() => null);
    if (ack === null) this.again();
    else if ("error" in ack) this.shut(ack.error);
    else if (ack.person !== this.owner.id) {
      this.close();
      this.listener.somebodyElse();
    } else {
      this.line.value = "open";
      this.listener.entered();
      if (ack.head !== undefined) this.listener.head(ack.head);
    }
  }

  private lost(reason: string): void {
    if (this.line.value === "open") this.line.value = "broken";
    this.listener.left();
    this.calls.lost();
    // Thrown out by the server (a restart, a changed role): the library would not come back by itself.
    if (reason === "io server disconnect") this.later();
  }

  private refused(refusal: Refusal | undefined): void {
    if (refusal?.kind === "unauthenticated") this.signedOut();
    else if (this.line.value === "open") this.line.value = "broken";
    if (!this.socket.active) this.later();
  }

  private shut(error: Refusal): void {
    if (error.kind === "unauthenticated") this.signedOut();
    else if (error.kind === "not-found") this.close();
    else this.later();
  }

  private later(): void {
    setTimeout(() => this.again(), REFUSED_PAUSE_MS * (0.8 + 0.4 * Math.random()));
  }

  /** Connects anew when there is no line, or one that answers nothing. */
  private again(): void {
    if (this.line.value === "closed") return;
    if (this.socket.connected && this.line.value === "open" && Date.now() - this.heard < SILENT_MS) return;
    this.socket.disconnect().connect();
  }

  private watch(): void {
    if (this.line.value !== "open" && this.line.value !== "closed") this.listener.failed();
    if (this.socket.connected && Date.now() - this.heard > SILENT_MS) this.again();
  }
}
