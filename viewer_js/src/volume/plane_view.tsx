/** One plane: picture, lines, texts, slider. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { Edges } from "../ui/edges";
import { directionsOf, edgeLetters, lettersOf } from "../viewport/letters";
import { scaleBar } from "../viewport/scale_bar";
import { Cell } from "./cell";
import type { Standing } from "./places";
import { PlaneGestures } from "./plane_gestures";
import { PlaneLines } from "./plane_lines";
import { PlaneModel } from "./plane_model";
import { PlanePainter } from "./plane_painter";
import type { Projection } from "./projection";
import type { VolumeSession } from "./session";
import { isOblique, type PlaneName } from "./trio";
import { PLANE_NAMES, SLAB_SIGNS } from "./words";

function Letters({ screen: { right, down } }: { screen: Projection }) {
  const letters = edgeLetters(directionsOf([...right, ...down], null), 0, false);
  return <Edges letters={letters} />;
}

function Ruler({ screen: { millimetres, size } }: { screen: Projection }) {
  const bar = scaleBar(1 / millimetres, Math.min(140, size.width / 4));
  if (!bar) return null;
  const text =
    bar.millimetres >= 10
      ? `${bar.millimetres / 10} cm`
      : `${formatNumber(bar.millimetres, bar.millimetres < 1 ? 1 : 0)} mm`;
  return (
    <span class="hv-ruler">
      <span>{text}</span>
      <i style={{ width: `${bar.length}px` }} />
    </span>
  );
}

function slabText(session: VolumeSession): string {
  const slab = session.slab.value;
  return slab === 0 ? "" : `${t(SLAB_SIGNS[session.mode.value])} ${formatNumber(slab)} mm`;
}

/** An image's number only where the plane is that image. */
function placeText({ says }: Standing, count: number): string {
  if (says.is === "image") return t("Image {number} of {count}", { number: says.number, count });
  if (says.is === "between") return t("Between images {first} and {second}", { ...says });
  return `${lettersOf(says.towards)} ${formatNumber(says.millimetres, 1)} mm`;
}

function Corners({ session, model }: { session: VolumeSession; model: PlaneModel }) {
  const screen = model.projection.value;
  const standing = session.standingOf(model.name);
  if (!screen || !standing) return null;
  const isFull = model.picture.value?.kind === "full";
  const { center, width } = session.window.value;
  return (
    <div class="hv-corners">
      <div class="hv-corner hv-bottom-left">
        <span>{slabText(session)}</span>
        <span data-slice={standing.place}>{placeText(standing, session.stack.frames.length)}</span>
        <span>{t("C {center} W {width}", { center: formatNumber(center), width: formatNumber(width) })}</span>
      </div>
      <div class="hv-corner hv-bottom-right">
        <Ruler screen={screen} />
        <span class={`hv-quality hv-quality-${isFull ? "full" : "preview"}`}>
          {isFull ? t("Full values") : t("Preview")}
        </span>
      </div>
      <Letters screen={screen} />
    </div>
  );
}

function Slider({ session, name }: { session: VolumeSession; name: PlaneName }) {
  const standing = session.standingOf(name);
  if (!standing) return null;
  return (
    <div class="hv-slider">
      <div class="hv-slider-loaded" />
      <input
        type="range"
        min={1}
        max={standing.places}
        value={standing.place}
        aria-valuetext={placeText(standing, session.stack.frames.length)}
        aria-label={t("Slice of the plane {name}", { name: t(PLANE_NAMES[name]) })}
        onInput={({ currentTarget }) => session.goTo(name, Number(currentTarget.value))}
      />
    </div>
  );
}

export function PlaneView({ session, name }: { session: VolumeSession; name: PlaneName }) {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const model = useMemo(() => new PlaneModel(session, name), [session, name]);
  useEffect(() => {
    if (!surface.current || !canvas.current) return;
    const element = surface.current;
    const measure = () => {
      model.size.value = { width: element.clientWidth, height: element.clientHeight };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    const painter = new PlanePainter(canvas.current, model, session);
    const gestures = new PlaneGestures(element, session, model);
    return () => {
      observer.disconnect();
      painter.stop();
      gestures.stop();
      model.stop();
    };
  }, [model, session]);
  const trouble = model.trouble.value;
  const oblique = isOblique(session.trio.value.views[name], name) ? ` · ${t("oblique")}` : "";
  return (
    <Cell session={session} name={name} title={t(PLANE_NAMES[name]) + oblique}>
      <div
        ref={surface}
        class="hv-surface"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: one works in this picture by keys and pointers
        tabIndex={0}
        aria-label={t("Plane {name}", { name: t(PLANE_NAMES[name]) })}
        data-tool={session.tool.value}
        onFocus={() => {
          session.active.value = name;
        }}
      >
        <canvas ref={canvas} />
        <PlaneLines session={session} model={model} />
        <Corners session={session} model={model} />
      </div>
      <Slider session={session} name={name} />
      {trouble !== null && (
        <div class="hv-mpr-trouble" role="status">
          {trouble}
        </div>
      )}
    </Cell>
  );
}
