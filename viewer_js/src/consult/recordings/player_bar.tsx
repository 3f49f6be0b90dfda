/** Below the images: play, speed, and the time line with a lane for each person. */

import { useEffect } from "preact/hooks";
import { t } from "../../i18n/translate";
import { Icon } from "../icons";
import { lengthOf } from "../length";
import { type Player, SPEEDS } from "./player";
import type { Span } from "./track";

const STEP_MS = 5_000;
const FIELDS = "input, select, textarea";

interface BarProps {
  readonly player: Player;
  readonly back: string;
}

export function PlayerBar({ player, back }: BarProps) {
  const { duration, recording } = player.score;
  useEffect(() => keys(player), [player]);
  const playing = player.isPlaying.value;
  return (
    <section class="hp-bar" aria-label={t("Recording")}>
      <div class="hp-row">
        <button
          type="button"
          class="button primary hp-play"
          aria-label={playing ? t("Pause") : t("Play")}
          title={playing ? t("Pause") : t("Play")}
          onClick={() => player.toggle()}
        >
          <Icon name={playing ? "pause" : "play"} />
        </button>
        <span class="hp-time">
          {lengthOf(player.at.value)} / {lengthOf(duration)}
        </span>
        <Speed player={player} />
        <button type="button" class="button quiet" onClick={() => player.jump(-1)}>
          {t("Previous mark or line")}
        </button>
        <button type="button" class="button quiet" onClick={() => player.jump(1)}>
          {t("Next mark or line")}
        </button>
        <p class="hp-now" role="status">
          <Now player={player} />
        </p>
        <a class="button quiet" href={back}>
          {t("Back to the consult")}
        </a>
      </div>
      <div class="hp-line">
        <span class="hp-name">{recording.title || t("Recording")}</span>
        <div class="hp-track">
          <input
            type="range"
            min={0}
            max={duration}
            step={100}
            value={player.at.value}
            aria-label={t("Time")}
            aria-valuetext={lengthOf(player.at.value)}
            onInput={({ currentTarget }) => player.seek(Number(currentTarget.value))}
          />
          <Ticks player={player} />
        </div>
      </div>
      {player.score.people.map((_, place) => (
        <Lane key={place} player={player} place={place} />
      ))}
    </section>
  );
}

function Speed({ player }: { readonly player: Player }) {
  return (
    <select
      aria-label={t("Speed")}
      value={String(player.speed.value)}
      onChange={({ currentTarget }) => {
        player.speed.value = Number(currentTarget.value);
      }}
    >
      {SPEEDS.map((speed) => (
        <option key={speed} value={String(speed)}>
          {speed}×
        </option>
      ))}
    </select>
  );
}

/** Who says what now. */
function Now({ player }: { readonly player: Player }) {
  const names = player.speakers.value.map(({ name }) => name).join(", ");
  const line = player.line.value;
  return (
    <>
      {names && <b>{t("{names} speaks", { names })}</b>}
      {line && (
        <span>
          {line.by}: {line.text}
        </span>
      )}
    </>
  );
}

function Ticks({ player }: { readonly player: Player }) {
  const { duration, ticks } = player.score;
  return (
    <svg class="hp-ticks" viewBox={`0 0 ${duration} 10`} preserveAspectRatio="none" aria-hidden="true">
      {ticks.map(({ at, kind }, place) => (
        <rect key={`${place} ${at}`} class={kind} x={at} y="0" width={duration / 300} height="10">
          <title>{ticks[place]?.text}</title>
        </rect>
      ))}
    </svg>
  );
}

interface LaneProps {
  readonly player: Player;
  readonly place: number;
}

function Lane({ player, place }: LaneProps) {
  const { duration, people, doings } = player.score;
  const doing = doings[place];
  const person = people[place];
  if (doing === undefined || person === undefined) return null;
  const isSeen = player.seenBy.value === place;
  const isMany = people.length > 1;
  const speaks = player.speakers.value.includes(person);
  const width = duration / 250;
  const go = (event: MouseEvent & { readonly currentTarget: Element }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * duration);
  };
  return (
    <div class={`hp-line${speaks ? " speaks" : ""}`}>
      <button
        type="button"
        class="hp-name"
        aria-pressed={isMany ? isSeen : undefined}
        title={isMany ? t("See what {name} saw", { name: person.name }) : person.name}
        onClick={() => player.see(place)}
      >
        {isMany && isSeen && <Icon name="eye" />}
        {person.name}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the slider above does the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <div class="hp-track hp-lane" onClick={go}>
        <svg viewBox={`0 0 ${duration} 10`} preserveAspectRatio="none" aria-hidden="true">
          {doing.views.map(({ at }) => (
            <rect key={`v${at}`} class="moved" x={at} y="7" width={width} height="3" />
          ))}
          {doing.spoken.map((span: Span) => (
            <rect
              key={`s${span.from}`}
              class="spoken"
              x={span.from}
              y="1"
              width={span.to - span.from}
              height="5"
            />
          ))}
        </svg>
      </div>
      {doing.spoken.length > 0 && (
        <button
          type="button"
          class="button quiet hp-next"
          aria-label={t("To the next words of {name}", { name: person.name })}
          title={t("To the next words of {name}", { name: person.name })}
          onClick={() => player.hear(place)}
        >
          <Icon name="right" />
        </button>
      )}
    </div>
  );
}

/** Space plays and pauses, arrows go on and back, [ and ] from mark to mark: before the viewer has them. */
function keys(player: Player): () => void {
  const acts: Record<string, () => void> = {
    " ": () => player.toggle(),
    "[": () => player.jump(-1),
    "]": () => player.jump(1),
    ArrowLeft: () => player.seek(player.at.value - STEP_MS),
    ArrowRight: () => player.seek(player.at.value + STEP_MS),
  };
  const press = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const act = acts[event.key];
    const isTaken = target.matches(FIELDS) || (event.key === " " && target.matches("button, a, summary"));
    if (act === undefined || isTaken || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  window.addEventListener("keydown", press, true);
  return () => window.removeEventListener("keydown", press, true);
}
