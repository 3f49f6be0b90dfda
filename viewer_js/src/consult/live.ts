/** What does not last: who is here, whose pointer is where, who types, whose view one follows. */

import { computed, type Signal, signal } from "@preact/signals";
import type { ImagePointer, RemotePointer, ViewerApp } from "../api/viewer_app";
import { t } from "../i18n/translate";
import type { Portal, PresentPerson } from "./portal";
import { Throttle } from "./throttle";
import type { Annotation, Person, View } from "./wire";

/** 16 a second: smooth to the eye, small on the line. */
const SHOW_MS = 60;
const SEEN_MS = 1_000;
const TYPING_EVERY_MS = 2_000;
const TYPING_LASTS_MS = 4_500;
const POINTER_LASTS_MS = 4_000;
/** A reload or a stumbling line is not leaving: whoever is followed may come back within this time. */
const AWAY_MS = 8_000;

export class Live {
  readonly people = signal<readonly PresentPerson[]>([]);
  readonly following: Signal<Person | null> = signal<Person | null>(null);
  /** Whoever is followed has planes open, and so has this person. */
  readonly followsPlanes = signal(false);
  /** Person -> number of the last line they had in sight. */
  readonly seen = signal<ReadonlyMap<string, number>>(new Map());
  private readonly typingUntil = signal<ReadonlyMap<string, Person>>(new Map());
  readonly typing = computed(() => [...this.typingUntil.value.values()]);
  private readonly viewer: ViewerApp;
  private readonly me: string;
  private readonly views = new Map<string, View>();
  private readonly pointers = new Map<string, RemotePointer>();
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly showView: Throttle<View>;
  private readonly showPointer: Throttle<ImagePointer>;
  private readonly showSketch: Throttle<Annotation>;
  private readonly showTyping: Throttle<null>;
  private readonly showSeen: Throttle<number>;
  private seenHere = 0;

  constructor(portal: Pick<Portal, "show">, viewer: ViewerApp, me: string) {
    this.viewer = viewer;
    this.me = me;
    this.showView = new Throttle(SHOW_MS, (view) => portal.show("viewport.show", { view }));
    this.showPointer = new Throttle(SHOW_MS, (pointer) => portal.show("pointer.move", pointer));
    this.showSketch = new Throttle(SHOW_MS, (annotation) => portal.show("annotation.sketch", { annotation }));
    this.showTyping = new Throttle(TYPING_EVERY_MS, () => portal.show("typing", {}));
    this.showSeen = new Throttle(SEEN_MS, (number) => portal.show("talk.seen", { number }));
    viewer.onViewChange((view, cause) => cause === "hand" && this.moved(view));
    viewer.onPointerMove(
      (pointer) => pointer !== null && this.alone === false && this.showPointer.push(pointer),
    );
  }

  /** Everybody here but oneself. */
  get others(): readonly PresentPerson[] {
    return this.people.value.filter(({ id }) => id !== this.me);
  }

  present(people: readonly PresentPerson[]): void {
    const before = new Set(this.people.value.map(({ id }) => id));
    this.people.value = people;
    const here = new Set(people.map(({ id }) => id));
    for (const id of before) if (!here.has(id)) this.gone(id);
    const followed = this.following.value?.id;
    if (followed !== undefined && here.has(followed)) clearTimeout(this.timers.get("away"));
    // Whoever comes in does not know yet what we look at; without this, following would wait for our next move.
    if (this.others.some(({ id }) => !before.has(id))) {
      this.sayView();
      this.saySeen();
    }
  }

  /** The line broke: who is here now is not known, and saying so is honest. */
  lost(): void {
    for (const { id } of this.people.value) this.gone(id);
    this.people.value = [];
  }

  follow(person: Person): void {
    this.following.value = { id: person.id, name: person.name, hospital: person.hospital };
    const view = this.views.get(person.id);
    if (view !== undefined) this.showFollowed(view);
  }

  private showFollowed(view: View): void {
    this.followsPlanes.value = (view.planes ?? null) !== null;
    this.viewer.showView(view);
  }

  stopFollowing(): void {
    this.following.value = null;
    this.followsPlanes.value = false;
  }

  /** Shows a view because this person asked for it (a message, a mark): it counts as their own move. */
  go(view: View): boolean {
    if (!this.viewer.showView(view)) return false;
    this.moved(view);
    return true;
  }

  viewport(person: Person, view: View): void {
    this.views.set(person.id, view);
    if (this.following.value?.id === person.id) this.showFollowed(view);
  }

  pointer({ person, ...at }: ImagePointer & { readonly person: Person }): void {
    if (person.id === this.me) return;
    this.pointers.set(person.id, { ...at, person });
    this.drawPointers();
    this.expire(`pointer ${person.id}`, POINTER_LASTS_MS, () => this.dropPointer(person.id));
  }

  sketch(person: Person, annotation: Annotation): void {
    if (person.id !== this.me) this.viewer.applySketch({ ...annotation, author: person });
  }

  types(person: Person): void {
    if (person.id === this.me) return;
    this.typingUntil.value = new Map(this.typingUntil.value).set(person.id, person);
    this.expire(`typing ${person.id}`, TYPING_LASTS_MS, () => this.typed(person.id));
  }

  haveSeen(people: Readonly<Record<string, number>>): void {
    const seen = new Map(this.seen.value);
    for (const [id, number] of Object.entries(people)) seen.set(id, Math.max(number, seen.get(id) ?? 0));
    this.seen.value = seen;
  }

  /** The talk up to this line is in sight here. Said also to an empty room: the server keeps it. */
  saySeen(number = this.seenHere): void {
    this.seenHere = Math.max(this.seenHere, number);
    if (this.seenHere > 0) this.showSeen.push(this.seenHere);
  }

  /** Their line has come: they are not typing it any more. */
  typed(personId: string): void {
    if (!this.typingUntil.value.has(personId)) return;
    const left = new Map(this.typingUntil.value);
    left.delete(personId);
    this.typingUntil.value = left;
  }

  sayView(): void {
    const view = this.viewer.currentView();
    if (view !== null && !this.alone) this.showView.push(view);
  }

  sayTyping(): void {
    if (!this.alone) this.showTyping.push(null);
  }

  saySketch(annotation: Annotation): void {
    if (!this.alone) this.showSketch.push(annotation);
  }

  /** The final mark is on its durable way: a late sketch would lay the unfinished one over it. */
  endSketch(): void {
    this.showSketch.forget();
  }

  private get alone(): boolean {
    return this.others.length === 0;
  }

  private moved(view: View): void {
    this.stopFollowing();
    if (!this.alone) this.showView.push(view);
  }

  private gone(id: string): void {
    this.views.delete(id);
    this.dropPointer(id);
    this.typed(id);
    const { value } = this.following;
    if (value?.id === id) this.expire("away", AWAY_MS, () => this.leftBehind(value));
  }

  private leftBehind(person: Person): void {
    if (this.following.value?.id !== person.id) return;
    this.stopFollowing();
    this.viewer.notify(t("{name} has left. You are no longer following.", { name: person.name }));
  }

  private dropPointer(id: string): void {
    if (this.pointers.delete(id)) this.drawPointers();
  }

  private drawPointers(): void {
    this.viewer.setRemotePointers([...this.pointers.values()]);
  }

  private expire(name: string, milliseconds: number, fn: () => void): void {
    clearTimeout(this.timers.get(name));
    this.timers.set(name, setTimeout(fn, milliseconds));
  }
}
