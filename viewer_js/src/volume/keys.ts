/** Every key while planes are open. */

import { msg } from "../i18n/translate";
import type { RenderingModel } from "./rendering";
import { CELLS, type CellName, type VolumeSession } from "./session";
import { movedTo, type PlaneName, rotated } from "./trio";
import { plus, times } from "./vectors";
import { PLANE_TOOLS } from "./words";

/** For the list of keys; English messages. */
export const KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓", msg("Move the plane by one slice")],
  [msg("Wheel"), msg("Move the plane by one slice")],
  ["Shift + ← ↑ ↓ →", msg("Move the crosshair within the plane")],
  ["Q  E", msg("Turn the lines")],
  ["[  ]", msg("Thinner or thicker slab")],
  [msg("Shift + wheel"), msg("Thinner or thicker slab")],
  ["K", msg("Maximum, mean or minimum")],
  ["+  −", msg("Zoom in or out")],
  ["\\", msg("Next picture")],
  ["M", msg("One picture alone")],
  ["U", msg("Curved plane")],
  ["1 … 9", msg("Window presets")],
  ["⌫", msg("Take the last point or measurement back")],
  ["Esc", msg("Back to the images")],
];

const TURN = Math.PI / 60;
const DEGREES = 6;
const PAGE = 10;

type Act = (session: VolumeSession) => void;

function onPlane(session: VolumeSession, act: (name: PlaneName) => void): void {
  const active = session.active.peek();
  if (active !== "last") act(active);
}

function scroll(steps: number): Act {
  return (session) => onPlane(session, (name) => session.scroll(name, steps));
}

function turn(radians: number): Act {
  return (session) => onPlane(session, (name) => session.change((trio) => rotated(trio, name, radians)));
}

function nextCell(session: VolumeSession): void {
  const place = CELLS.indexOf(session.active.peek());
  const next = CELLS[(place + 1) % CELLS.length] as CellName;
  session.active.value = next;
  if (session.alone.peek() !== null) session.alone.value = next;
}

const ACTS: Record<string, Act> = {
  ArrowDown: scroll(1),
  ArrowRight: scroll(1),
  ArrowUp: scroll(-1),
  ArrowLeft: scroll(-1),
  PageDown: scroll(PAGE),
  PageUp: scroll(-PAGE),
  q: turn(-TURN),
  e: turn(TURN),
  "[": (session) => session.thicken(-1),
  "]": (session) => session.thicken(1),
  k: (session) => session.nextMode(),
  "+": (session) => session.zoomBy(1.25),
  "=": (session) => session.zoomBy(1.25),
  "-": (session) => session.zoomBy(0.8),
  "\\": nextCell,
  m: (session) => session.toggleAlone(session.active.peek()),
  u: (session) => session.toggleCurve(),
  b: (session) => session.toggleLines(),
  i: (session) => session.toggleInvert(),
  x: (session) => session.reset(),
  Backspace: (session) => session.takeBack(),
  Delete: (session) => session.takeBack(),
};

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
};

function moveCrosshair(session: VolumeSession, [x, y]: readonly [number, number]): void {
  onPlane(session, (name) =>
    session.change((trio, box) => {
      const { right, down } = trio.views[name];
      return movedTo(trio, plus(trio.focus, plus(times(right, x), times(down, y))), box);
    }),
  );
}

/** True: the key was meant for the planes. */
export function handleKey(event: KeyboardEvent, session: VolumeSession, rendering: RenderingModel): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = ARROWS[event.key];
  if (arrow && session.active.peek() === "last" && session.last.peek() === "rendering") {
    rendering.turn(arrow[0] * DEGREES, -arrow[1] * DEGREES);
    return true;
  }
  if (arrow && event.shiftKey) {
    moveCrosshair(session, arrow);
    return true;
  }
  return handleLetter(event.key.length === 1 ? event.key.toLowerCase() : event.key, session);
}

function handleLetter(key: string, session: VolumeSession): boolean {
  const tool = PLANE_TOOLS.find((known) => known.key === key);
  if (tool) session.tool.value = tool.id;
  else if (/^[1-9]$/.test(key)) session.choosePreset(Number(key) - 1);
  else if (ACTS[key]) ACTS[key](session);
  else return false;
  return true;
}
