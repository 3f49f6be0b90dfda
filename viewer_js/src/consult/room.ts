/** Ties the room together: portal and server in, signals and the viewer out. */

import { computed, type Signal, signal } from "@preact/signals";
import { ApiError, isBrokenLine, sentenceOf } from "../api/http";
import { Later } from "../api/later";
import { askBeforeLeaving } from "../api/leaving";
import type { Mount, ViewerApp } from "../api/viewer_app";
import { fetched } from "../i18n/fetched";
import { msg, t } from "../i18n/translate";
import { Drafts } from "./drafts";
import { isGuest } from "./guests/role";
import type { Keeping } from "./keeping";
import { Live } from "./live";
import { EventLog, type EventPage } from "./log";
import { MarksPort, newClientId } from "./marks_port";
import { unveils } from "./opinions/reading_of";
import { type Answer, type LineFile, lineOf, type MessageWish, Outbox, type Wish } from "./outbox";
import { type Ack, Portal, type PortalListener } from "./portal";
import { Reading } from "./reading";
import { visibleMarks } from "./reconcile";
import { ConsultServer, type Fetched, type RoomConfig, type WishVerb } from "./server";
import { Carry } from "./talk/carry";
import type { LineFiles } from "./talk/line_files";
import type { Annotation, ConsultEvent, LineMore, Me, RoomState, View } from "./wire";

const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

/** Growing pauses, spread so that a hundred browsers do not come back in the same instant. */
function pause(attempt: number): Promise<void> {
  const milliseconds =
    Math.min(PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS) * (0.8 + 0.4 * Math.random());
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class Room {
  readonly config: RoomConfig;
  readonly portal: Portal;
  readonly viewer: ViewerApp;
  readonly live: Live;
  readonly keeping: Keeping;
  readonly drafts: Drafts;
  readonly carry: Carry;
  readonly reading: Reading;
  readonly outbox: Outbox;
  /** null until the first answer of the server. */
  readonly state: Signal<RoomState | null> = signal(null);
  readonly me: Signal<Me | null> = signal(null);
  /** Why there is no state. */
  readonly trouble = signal("");
  readonly wishes: Signal<readonly Wish[]> = signal([]);
  /** A guest's invitation was taken back. */
  readonly withdrawn = signal(false);
  /** How many of the studies were destroyed: nobody sees their images again. */
  readonly destroyed = signal(0);
  readonly messages = computed(() => this.state.value?.messages ?? []);
  readonly marks = computed(() => this.visibleMarks(this.state.value, this.wishes.value));
  private readonly personId: string;
  private readonly server: ConsultServer;
  private readonly port: MarksPort;
  /** Whose images are open to this person: none to a coordinator. */
  readonly openStudies: Signal<ReadonlySet<string>>;
  /** Files on their way to the talk; the code comes once the room is there, so that it is here when the line breaks. */
  readonly files = new Later<LineFiles>(async () => {
    const { LineFiles } = await fetched(() => import("./talk/line_files"));
    return new LineFiles(this.config, this.outbox.wishes);
  });
  private log: EventLog | null = null;

  /** Mounts the viewer at once: the first image does not wait for the talk. */
  constructor(config: RoomConfig, mount: Mount, element: HTMLElement, keeping: Keeping) {
    this.config = config;
    this.personId = config.person.id;
    this.server = new ConsultServer(config);
    this.keeping = keeping;
    this.drafts = new Drafts(keeping);
    this.carry = new Carry(this.drafts);
    this.reading = new Reading(config.consult_id, this.personId, this.messages);
    this.portal = new Portal(config.consult_id, () => this.log?.state.head ?? 0, this.listener(), {
      id: this.personId,
      comesBack: !isGuest(this),
    });
    this.outbox = new Outbox({
      send: (wish) => this.send(wish),
      pause,
      changed: (wishes) => this.wishesChanged(wishes),
      storage: keeping,
    });
    this.wishes.value = this.outbox.wishes;
    askBeforeLeaving(() => this.isWaiting);
    this.port = new MarksPort(this.outbox, {
      live: () => this.live,
      known: (id) => this.state.value?.annotations.find((mark) => mark.id === id),
      lost: (reason) => this.showMarks(reason),
    });
    this.openStudies = signal(new Set(config.studies.map(({ id }) => id)));
    this.viewer = mount(element, config, {
      port: this.port,
      keepsPlace: true,
      keys: [["/", msg("write in the talk")]],
    });
    this.live = new Live(this.portal, this.viewer, this.personId);
  }

  /** Fetches the state until it is there, then goes live. */
  async enter(): Promise<void> {
    for (let attempt = 1; this.state.value === null; attempt += 1) {
      try {
        this.begin(await this.server.state(this.openStudies.peek()));
      } catch (error) {
        this.trouble.value = sentenceOf(error);
        if (error instanceof ApiError && !error.passing) return;
        await pause(attempt);
      }
    }
    this.portal.connect();
  }

  /** Something is to be sent that only this page sends: the others do not have it. */
  private get isWaiting(): boolean {
    const isOver = ["closed", "signed-out"].includes(this.portal.line.value);
    return !isOver && this.wishes.value.some(({ refused }) => refused === null);
  }

  /** Says a line; it is kept and sent until the server has it. */
  say(text: string, view: View | null, more: LineMore = {}, files: readonly LineFile[] = []): void {
    const at = new Date().toISOString();
    const line = { client_id: newClientId(), text, view, more, at, refused: null };
    this.outbox.add({ kind: "message", ...line, ...(files.length > 0 && { files }) });
  }

  /** Brings the view of a message or a mark to the own screen. */
  restore(view: View): void {
    if (this.live.go(view)) return;
    this.viewer.notify(t("These images are not open here."));
  }

  /** From the list: the mark goes from both screens. */
  removeMark(mark: Annotation): void {
    this.port.delete(mark).catch((error: Error) => this.viewer.notify(error.message));
  }

  /** A wish over HTTP; the screen changes when its event comes. Rejects with a sentence for the person. */
  async wish(verb: WishVerb, body: object = {}): Promise<void> {
    try {
      await this.server.wish(verb, body);
    } finally {
      // Fetched rather than waited for: the socket may be away just now. Also when it was refused, for what had changed.
      await Promise.race([this.log?.reconnected(), pause(1)]);
    }
  }

  private begin(fetched: Fetched): void {
    const { state, me } = fetched;
    this.log = new EventLog({
      state,
      fetchAfter: (after) => this.fetchAfter(after),
      changed: (next, applied) => this.applied(next, applied),
      pause,
    });
    this.me.value = me;
    this.outbox.settleWith(state, this.personId);
    this.state.value = state;
    this.reading.opened();
    this.files.want();
    this.openAndClose(fetched);
    this.showMarks();
  }

  private listener(): PortalListener {
    return {
      event: (event) => this.log?.receive(event),
      head: (number) => this.log?.headIs(number),
      entered: () => {
        void this.log?.reconnected();
        this.outbox.setOnline(true);
        this.live.sayView();
        this.live.saySeen();
      },
      left: () => {
        this.outbox.setOnline(false);
        this.live.lost();
      },
      failed: () => void this.tryHttp(),
      presence: (people) => this.live.present(people),
      pointer: (pointer) => this.live.pointer(pointer),
      viewport: (person, view) => this.live.viewport(person, view),
      sketch: (person, annotation) => this.live.sketch(person, annotation),
      typing: (person) => this.live.types(person),
      seen: (people) => this.live.haveSeen(people),
      over: () => void this.visitEnded(),
      somebodyElse: () => location.reload(),
    };
  }

  private applied(state: RoomState, events: readonly ConsultEvent[]): void {
    const before = this.state.value;
    this.outbox.settle(events, this.personId);
    this.state.value = state;
    for (const event of events) this.show(event, before);
    if (events.some(({ type }) => type === "study.shared" || type.startsWith("consult.")))
      void this.refreshStudies();
  }

  /** What an event means for the viewer and for what does not last. */
  private show(event: ConsultEvent, before: RoomState | null): void {
    if (unveils(event, before, this.personId)) location.reload();
    else if (event.type === "annotation.put") this.viewer.applyAnnotation(event.data.annotation);
    else if (event.type === "message.posted") this.live.typed(event.actor.id);
    else if (event.type === "images.covered" && before?.consult.patient.name === "")
      this.viewer.notify(t("Images were looked through. Reload the page to see them."));
    else if (event.type === "annotation.deleted") {
      const mark = before?.annotations.find(({ id }) => id === event.data.id);
      if (mark) this.viewer.applyAnnotation({ ...mark, revision: event.data.revision, deleted: true });
    }
  }

  /** The server's marks, and those drawn before a reload that it has not seen yet. */
  private showMarks(notice = ""): void {
    const drawn = [...this.outbox.localChanges.values()].filter(
      ({ base, kind }) => kind === "put" && base === 0,
    );
    const marks = [...(this.state.value?.annotations ?? []), ...drawn.map(({ annotation }) => annotation)];
    this.viewer.resetAnnotations(null, marks);
    if (notice !== "") this.viewer.notify(notice);
  }

  /** Rights to images come and go with the consult; the keys to them are the server's to give. */
  private async refreshStudies(): Promise<void> {
    const fetched = await this.server.state(this.openStudies.peek()).catch(() => null);
    if (fetched !== null) this.openAndClose(fetched);
  }

  private openAndClose({ opening, ended, destroyed }: Fetched): void {
    this.destroyed.value = destroyed;
    const open = new Set(this.openStudies.peek());
    for (const study of opening) {
      open.add(study.id);
      void this.viewer.addStudy(study).then(() => this.showMarks());
    }
    for (const id of ended) if (open.delete(id)) this.viewer.removeStudy(id);
    this.openStudies.value = open;
  }

  private visibleMarks(state: RoomState | null, wishes: readonly Wish[]): Annotation[] {
    const local = wishes.length === 0 ? new Map() : this.outbox.localChanges;
    return visibleMarks({ remote: state?.annotations ?? [], local });
  }

  private wishesChanged(wishes: readonly Wish[]): void {
    this.wishes.value = wishes;
    this.port.outboxChanged(wishes);
    this.files.peek()?.outboxChanged(wishes);
  }

  private async fetchAfter(after: number): Promise<EventPage> {
    try {
      return await this.server.eventsAfter(after);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.portal.signedOut();
      if (error instanceof ApiError && error.status === 404) {
        this.log?.stop();
        this.portal.close();
      }
      throw error;
    }
  }

  /** Asks once why. */
  private async visitEnded(): Promise<void> {
    this.log?.stop();
    const why: unknown = await this.server.eventsAfter(this.log?.state.head ?? 0).catch((error) => error);
    this.withdrawn.value = why instanceof ApiError && why.code === "invitation_withdrawn";
  }

  /** No socket: if HTTP gets through, the room goes on with questions every few seconds. */
  private async tryHttp(): Promise<void> {
    await this.log?.reconnected();
    const { line } = this.portal;
    if (line.value === "open" || line.value === "closed") return;
    line.value = "slow";
    this.outbox.setOnline(true);
  }

  private async send(wish: Wish): Promise<Answer> {
    return wish.kind === "message" && wish.files ? this.sendWithFiles(wish) : this.sendWhole(wish);
  }

  /** The files first, then the line that carries them. */
  private async sendWithFiles(wish: MessageWish): Promise<Answer> {
    const files = await this.files.fetch().catch(() => null);
    if (files === null) return { outcome: "again" };
    const given = await files.give(wish);
    if ("outcome" in given) return given;
    return this.sendWhole({ ...wish, more: { ...wish.more, attachments: given.ids } });
  }

  private async sendWhole(wish: Wish): Promise<Answer> {
    if (this.portal.line.value !== "open") return this.sendByHttp(wish);
    const ack = await this.sendBySocket(wish);
    if (ack === null) return { outcome: "again" };
    if ("ok" in ack) return { outcome: "accepted", number: ack.number ?? null };
    const { kind, message, retry } = ack.error;
    if (kind === "unauthenticated") this.portal.signedOut();
    return retry || kind === "unauthenticated"
      ? { outcome: "again" }
      : { outcome: "refused", reason: message };
  }

  private sendBySocket(wish: Wish): Promise<Ack | null> {
    if (wish.kind === "put") return this.portal.send("annotation.put", { annotation: wish.annotation });
    if (wish.kind === "delete") return this.portal.send("annotation.delete", { id: wish.annotation.id });
    return this.portal.send("message.post", lineOf(wish));
  }

  private async sendByHttp(wish: Wish): Promise<Answer> {
    try {
      const number = await this.server.send(wish);
      void this.log?.reconnected();
      return { outcome: "accepted", number };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.portal.signedOut();
      else if (!isBrokenLine(error)) return { outcome: "refused", reason: sentenceOf(error) };
      return { outcome: "again" };
    }
  }
}
