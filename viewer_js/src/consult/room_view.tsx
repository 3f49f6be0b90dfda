import { type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { msg, t, tn } from "../i18n/translate";
import { lazy } from "../ui/lazy";
import { AskDialog } from "./ask";
import { CallPlace } from "./calls/place";
import { CasePanel, Standing } from "./case_panel";
import { Chat } from "./chat";
import { isGuest } from "./guests/role";
import { Icon, type IconName } from "./icons";
import { MarksPanel } from "./marks_panel";
import { PeoplePanel } from "./people_panel";
import type { Room } from "./room";
import type { RoomState } from "./wire";

const RecordingBar = lazy(async () => (await import("./recordings/bar")).RecordingBar, "quiet");

type TabName = "case" | "marks" | "people" | "talk";

const TABS: readonly { readonly name: TabName; readonly label: string; readonly icon: IconName }[] = [
  { name: "case", label: msg("Case"), icon: "case" },
  { name: "talk", label: msg("Talk"), icon: "talk" },
  { name: "marks", label: msg("Marks"), icon: "marks" },
  { name: "people", label: msg("People"), icon: "people" },
];

/** "tall": on a phone the sheet covers nearly everything; on a wide screen as "open". */
type Size = "closed" | "open" | "tall";

const tab: Signal<TabName> = signal("case");
const size: Signal<Size> = signal("open");

/** The panel beside (on a phone: over) the viewer. */
export function Panel({ room, root }: { readonly room: Room; readonly root: HTMLElement }) {
  const isOver = ["closed", "signed-out"].includes(room.portal.line.value);
  const state = isOver ? null : room.state.value;
  useEffect(() => {
    if (isOver && size.value === "closed") size.value = "open";
  }, [isOver]);
  useEffect(() => {
    root.dataset.panel = size.value;
  }, [root, size.value]);
  useEffect(() => shortcuts(room), [room]);
  useEffect(() => keptOnTheWay(room), [room]);
  return (
    <>
      <PanelHead state={state} />
      {state !== null && <CallPlace room={room} />}
      {(state?.recordings?.length ?? 0) > 0 && <RecordingBar room={room} />}
      {!isOver && <Tabs room={room} />}
      <div
        class="hr-body"
        role="tabpanel"
        id="hr-body"
        aria-labelledby={`hr-tab-${tab.value}`}
        onKeyDown={keepScrolling}
      >
        {size.value !== "closed" &&
          (state !== null ? (
            <Body room={room} state={state} />
          ) : isOver ? (
            <Over room={room} />
          ) : (
            <Waiting room={room} />
          ))}
      </div>
      <AskDialog />
    </>
  );
}

/** Keys that scroll the panel belong to it while it has the focus, not to the stack of images. */
const SCROLLING = new Set(["ArrowDown", "ArrowUp", "End", "Home", "PageDown", "PageUp", " "]);

function keepScrolling(event: KeyboardEvent): void {
  if (SCROLLING.has(event.key)) event.stopPropagation();
}

/** "/" leads from the images to the talk, Escape back. */
function shortcuts(room: Room): () => void {
  const press = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const writing = target.matches("input, textarea, select");
    if (event.key === "Escape" && room.live.following.value !== null) room.live.stopFollowing();
    else if (event.key === "Escape" && target.id === "hr-composer") target.blur();
    else if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      openTab("talk");
      requestAnimationFrame(() => document.getElementById("hr-composer")?.focus());
    }
  };
  window.addEventListener("keydown", press);
  return () => window.removeEventListener("keydown", press);
}

/** Signing out in another tab empties this one's storage too; whoever signs in again finds what they were writing. */
function keptOnTheWay(room: Room): () => void {
  const press = (event: MouseEvent): void => {
    if ((event.target as Element).closest('a[href^="/sign-in"]') !== null) room.keeping.again();
  };
  document.addEventListener("click", press, true);
  return () => document.removeEventListener("click", press, true);
}

function openTab(name: TabName): void {
  tab.value = name;
  if (size.value === "closed") size.value = "open";
}

function Waiting({ room }: { readonly room: Room }) {
  return (
    <p class="hr-nothing" role="status">
      {room.trouble.value || t("Loading…")}
    </p>
  );
}

/** What was said here is not shown on: somebody else may sit down at this computer. */
function Over({ room }: { readonly room: Room }) {
  if (isGuest(room)) {
    return (
      <p class="hr-nothing" role="status">
        {room.withdrawn.value
          ? t("The invitation was withdrawn; ask whoever invited you.")
          : t("Your visit has ended. Ask whoever invited you for a new link and code.")}
      </p>
    );
  }
  if (room.portal.line.value === "closed") {
    return (
      <p class="hr-nothing">
        {t("This case is not open to you any more. Somebody else may have it now, or it was taken back.")}
      </p>
    );
  }
  return (
    <div class="hr-nothing">
      <p>{t("You are signed out. Sign in with this button and what you were writing is there again.")}</p>
      <a class="button" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>
        {t("Sign in again")}
      </a>
    </div>
  );
}

function Body({ room, state }: { readonly room: Room; readonly state: RoomState }) {
  if (tab.value === "case") return <CasePanel room={room} state={state} />;
  if (tab.value === "talk") return <Chat room={room} state={state} />;
  return tab.value === "marks" ? <MarksPanel room={room} /> : <PeoplePanel room={room} />;
}

function PanelHead({ state }: { readonly state: RoomState | null }) {
  const closed = size.value === "closed";
  return (
    <header class="hr-head">
      <div>
        <h1>
          {state === null ? t("Consult") : t("Consult {number}", { number: state.consult.number ?? "" })}
        </h1>
        {state !== null && tab.value !== "case" && <Standing consult={state.consult} />}
      </div>
      <button
        type="button"
        class="button quiet hr-taller"
        aria-label={size.value === "tall" ? t("Smaller panel") : t("Larger panel")}
        onClick={() => {
          size.value = size.value === "tall" ? "open" : "tall";
        }}
      >
        <Icon name={size.value === "tall" ? "down" : "up"} />
      </button>
      <button
        type="button"
        class="button quiet hr-shut"
        aria-expanded={!closed}
        aria-label={t("Close the panel")}
        title={t("Close the panel")}
        onClick={() => {
          size.value = "closed";
        }}
      >
        <Icon name="right" />
      </button>
    </header>
  );
}

function Tabs({ room }: { readonly room: Room }) {
  const turn = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const place = TABS.findIndex(({ name }) => name === tab.value);
    const next = TABS[(place + step + TABS.length) % TABS.length];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows belong to the tabs here, not to the stack of images
    openTab(next.name);
    document.getElementById(`hr-tab-${next.name}`)?.focus();
  };
  return (
    <div class="hr-tabs" role="tablist" aria-label={t("Consult")} onKeyDown={turn}>
      {TABS.map(({ name, label, icon }) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`hr-tab-${name}`}
          aria-controls="hr-body"
          aria-selected={tab.value === name && size.value !== "closed"}
          tabIndex={tab.value === name ? 0 : -1}
          onClick={() => {
            if (tab.value === name && size.value !== "closed") size.value = "closed";
            else openTab(name);
          }}
        >
          <Icon name={icon} />
          <span>{t(label)}</span>
          <Badge room={room} name={name} />
        </button>
      ))}
    </div>
  );
}

function Badge({ room, name }: { readonly room: Room; readonly name: TabName }) {
  if (name === "people") {
    const count = room.live.people.value.length;
    return count > 0 ? <span class="hr-count here">{count}</span> : null;
  }
  if (name === "marks") {
    const count = room.marks.value.length;
    return count > 0 ? <span class="hr-count">{count}</span> : null;
  }
  const unread = name === "talk" ? room.reading.unread.value : 0;
  if (unread === 0) return null;
  return (
    <span class="hr-count new">
      {unread}
      <span class="hr-hidden"> {tn("new line", "new lines", unread)}</span>
    </span>
  );
}

/** What lies over the images: whose view one sees, and how the line is. */
export function Banners({ room }: { readonly room: Room }) {
  const followed = room.live.following.value;
  return (
    <>
      <div role="status">
        {followed && (
          <p class="hr-banner following">
            <Icon name="eye" />
            <span>
              {t("Following {name}", { name: followed.name })}
              <span class="hr-keys">
                {" · "}
                {room.live.followsPlanes.value ? t("Esc leaves the planes and stops") : t("Esc stops")}
              </span>
            </span>
            <button type="button" class="button" onClick={() => room.live.stopFollowing()}>
              {t("Stop")}
            </button>
          </p>
        )}
      </div>
      <div role="status">
        <LineBanner room={room} />
      </div>
    </>
  );
}

function LineBanner({ room }: { readonly room: Room }) {
  const line = room.portal.line.value;
  if (["closed", "open", "signed-out"].includes(line) || room.state.value === null) return null; // told in the panel
  if (line === "slow") {
    return (
      <p class="hr-banner late">
        {t("No live line: what is written and drawn comes with a delay of some seconds.")}
      </p>
    );
  }
  const waiting = room.wishes.value.length;
  return (
    <p class="hr-banner late">
      <span>
        {room.keeping.outlivesTab
          ? t("The line to the server is broken. What you write and draw is kept.")
          : t(
              "The line to the server is broken. What you write and draw waits in this window: leave it open.",
            )}{" "}
        {waiting > 0 && tn("{count} thing waits to be sent.", "{count} things wait to be sent.", waiting)}
      </span>
    </p>
  );
}
