import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { Problem, useAttempt } from "../attempt";
import type { StartPlace } from "../event_types";
import type { Room } from "../room";
import type { RoomState } from "../wire";
import "./preflight.css";

const LOOK_AGAIN_MS = 500;
const LOOKS = 40;
const MOST = 20;
/** Rooms that were opened on their first image, or are looked at by hand already. */
const begun = new WeakSet<Room>();

interface PartProps {
  readonly room: Room;
  readonly state: RoomState;
}

/** The images to begin with: the room opens on the first of them. */
export function StartsPart({ room, state }: PartProps) {
  const places = state.starts ?? [];
  const attempt = useAttempt();
  const known = useOpened(room, places);
  const mayChange = state.consult.allowed.includes("discuss");
  const isReferring = room.me.value?.side === "referring";
  if (places.length === 0 && !(mayChange && isReferring)) return null;
  const choose = (chosen: readonly StartPlace[]): void => {
    void attempt.run(() => room.wish("begin", { places: chosen }));
  };
  return (
    <section class={places.length > 0 ? "hr-section hr-starts" : "hr-starts"} data-known={known}>
      {places.length > 0 && <h3>{t("Begin with these images")}</h3>}
      {places.length > 0 && (
        <ul>
          {places.map((place) => (
            <Start
              key={keyOf(place)}
              room={room}
              place={place}
              remove={
                mayChange && isReferring
                  ? () => choose(places.filter((one) => keyOf(one) !== keyOf(place)))
                  : null
              }
            />
          ))}
        </ul>
      )}
      {mayChange && isReferring && places.length < MOST && (
        <button
          type="button"
          class="hr-link"
          disabled={attempt.busy.value}
          onClick={() => {
            const view = room.viewer.currentView();
            if (view === null) return;
            const { study_id, sop_instance_uid, frame_number } = view;
            choose([...places, { study_id, sop_instance_uid, frame_number }]);
          }}
        >
          {t("Let reading begin with the image on the screen")}
        </button>
      )}
      <Problem of={attempt.problem} />
    </section>
  );
}

interface StartProps {
  readonly room: Room;
  readonly place: StartPlace;
  readonly remove: (() => void) | null;
}

function Start({ room, place, remove }: StartProps) {
  const view = room.viewer.viewOf(place);
  const words = (view && room.viewer.describe(view)) ?? t("An image that is not open here");
  return (
    <li>
      <button
        type="button"
        class="button"
        disabled={view === null}
        onClick={() => {
          const now = room.viewer.viewOf(place);
          if (now !== null) room.restore(now);
        }}
      >
        {words}
      </button>
      {remove && (
        <button
          type="button"
          class="hr-link"
          aria-label={t("Remove {name}", { name: words })}
          onClick={remove}
        >
          ×
        </button>
      )}
    </li>
  );
}

/** How many of the places are open here; the first one is shown unless somebody was quicker. */
function useOpened(room: Room, places: readonly StartPlace[]): number {
  const known = useSignal(0);
  useEffect(() => {
    const [first] = places;
    if (first === undefined) return;
    const stop = room.viewer.onViewChange((_, cause) => {
      if (cause === "hand") begun.add(room);
    });
    let left = LOOKS;
    const look = (): void => {
      known.value = places.filter((place) => room.viewer.viewOf(place) !== null).length;
      const view = room.viewer.viewOf(first);
      if (view !== null && !begun.has(room)) {
        begun.add(room);
        if (room.live.following.value === null) room.viewer.showView(view);
      }
      left -= 1;
      if (left === 0 || known.value === places.length) clearInterval(timer);
    };
    const timer = setInterval(look, LOOK_AGAIN_MS);
    look();
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [room, places, known]);
  return known.value;
}

function keyOf({ study_id, sop_instance_uid, frame_number }: StartPlace): string {
  return `${study_id}/${sop_instance_uid}/${frame_number}`;
}
