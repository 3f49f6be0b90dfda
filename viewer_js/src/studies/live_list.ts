/**
 * A list without reload: the server says that something changed, and is asked for the rows as they are now. What changes
 * by time alone, or without this person being told, is asked for every so often (data-live-every, seconds).
 */

import { io, type Socket } from "socket.io-client";
import { t, tn } from "../i18n/translate";
import { reconcileRows } from "./rows";

/** What a list of studies listens to; another list names its own events in data-live-events. */
const STUDY_EVENTS = "study.changed study.listed";
const AT_MOST_EVERY_MS = 300;
const WITHOUT_SOCKET_MS = 10_000;
const MARKED_MS = 4_000;

export class LiveList {
  private readonly root: HTMLElement;
  private readonly socket: Socket;
  private asking = false;
  private again = false;
  private lastAsked = 0;

  constructor(root: HTMLElement) {
    this.root = root;
    this.socket = io("/live", { transports: ["websocket"], reconnectionDelayMax: 8_000 });
  }

  start(): void {
    const events = this.root.dataset.liveEvents ?? STUDY_EVENTS;
    for (const event of events.split(" ")) this.socket.on(event, () => this.refreshSoon());
    this.socket.on("notice.changed", () => document.dispatchEvent(new Event("hoichan:notice")));
    // After a broken line nobody knows what was missed.
    this.socket.io.on("reconnect", () => this.refreshSoon());
    setInterval(() => {
      if (!this.socket.connected) this.refreshSoon();
    }, WITHOUT_SOCKET_MS);
    const every = Number(this.root.dataset.liveEvery ?? 0);
    if (every > 0) setInterval(() => this.refreshSoon(), every * 1000);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.refreshSoon();
    });
  }

  private refreshSoon(): void {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    const wait = Math.max(0, this.lastAsked + AT_MOST_EVERY_MS - Date.now());
    setTimeout(() => void this.refresh(), wait);
  }

  private async refresh(): Promise<void> {
    this.lastAsked = Date.now();
    try {
      const response = await fetch(window.location.href, { headers: { Accept: "text/html" } });
      if (response.ok && !response.redirected) this.show(await response.text());
    } catch {
      // The line is broken; the next event or the poll asks again.
    }
    this.asking = false;
    if (this.again) {
      this.again = false;
      this.refreshSoon();
    }
  }

  private show(page: string): void {
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-live-list]");
    if (!fresh) return;
    const rows = this.root.querySelector("[data-rows]");
    const freshRows = fresh.querySelector("[data-rows]");
    if (!rows || !freshRows) {
      this.replace(fresh);
      return;
    }
    this.mark(reconcileRows(rows, freshRows));
  }

  /** Whoever is on a link with the keyboard stays on it. */
  private replace(fresh: Element): void {
    const held = this.root.contains(document.activeElement) ? document.activeElement : null;
    const address = held?.getAttribute("href");
    this.root.replaceChildren(...Array.from(document.importNode(fresh, true).childNodes));
    if (address) this.root.querySelector<HTMLElement>(`a[href="${CSS.escape(address)}"]`)?.focus();
  }

  private mark(keys: readonly string[]): void {
    if (keys.length === 0) return;
    for (const key of keys) {
      const row = this.root.querySelector(`[data-key="${CSS.escape(key)}"]`);
      row?.setAttribute("data-fresh", "");
      setTimeout(() => row?.removeAttribute("data-fresh"), MARKED_MS);
    }
    const told = document.querySelector("[data-live-told]");
    if (!told) return;
    const count = this.root.dataset.liveEvents ? "" : tn("{count} study", "{count} studies", keys.length);
    told.textContent = `${t("The list has changed.")} ${count}`;
  }
}
