/** The sheet along the curve, straightened: beside the planes in which its points are placed. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { lettersOf, oppositeOf } from "../viewport/letters";
import { Cell } from "./cell";
import { CurvedModel } from "./curved_model";
import { PlanePainter } from "./plane_painter";
import type { VolumeSession } from "./session";

const [LOWEST, HIGHEST] = [10, 200];

function Hint({ session }: { session: VolumeSession }) {
  if (session.curve.isDrawn.value) return null;
  return (
    <p class="hv-empty">
      <span class="hv-mpr-hint">
        {t(
          "Place points along a vessel or a jaw in any plane; drag a point to move it. The picture along them appears here.",
        )}
      </span>
    </p>
  );
}

function Ends({ session }: { session: VolumeSession }) {
  if (!session.curve.isDrawn.value) return null;
  const up = lettersOf(session.curve.upward.value);
  return (
    <div class="hv-corners">
      <span class="hv-edge hv-edge-top">{up}</span>
      <span class="hv-edge hv-edge-bottom">{oppositeOf(up)}</span>
      <span class="hv-edge hv-edge-left">1</span>
      <span class="hv-edge hv-edge-right">{session.curve.points.value.length}</span>
    </div>
  );
}

function Height({ session }: { session: VolumeSession }) {
  const height = session.curve.height.value;
  return (
    <label class="hv-mpr-height">
      {t("Height")}
      <input
        type="range"
        min={LOWEST}
        max={HIGHEST}
        step={5}
        value={height}
        aria-valuetext={`${height} mm`}
        onInput={({ currentTarget }) => {
          session.curve.height.value = Number(currentTarget.value);
        }}
      />
      <output>{`${formatNumber(height)} mm`}</output>
    </label>
  );
}

export function CurvedView({ session }: { session: VolumeSession }) {
  const surface = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const model = useMemo(() => new CurvedModel(session), [session]);
  useEffect(() => {
    const [element, drawn] = [surface.current, canvas.current];
    if (!element || !drawn) return;
    const observer = new ResizeObserver(() => {
      model.size.value = { width: element.clientWidth, height: element.clientHeight };
    });
    observer.observe(element);
    const painter = new PlanePainter(drawn, model, session);
    return () => {
      observer.disconnect();
      painter.stop();
      model.stop();
    };
  }, [model, session]);
  const trouble = model.trouble.value;
  return (
    <Cell session={session} name="last" title={t("Curved")}>
      <div
        ref={surface}
        class="hv-surface"
        role="img"
        aria-label={t("Picture along the curve")}
        hidden={!session.curve.isDrawn.value}
      >
        <canvas ref={canvas} />
      </div>
      <Hint session={session} />
      <Ends session={session} />
      <div class="hv-mpr-bar">
        <Height session={session} />
      </div>
      {trouble !== null && (
        <div class="hv-mpr-trouble" role="status">
          {trouble}
        </div>
      )}
    </Cell>
  );
}
