/** A sheet of curves with calipers: dragged over it, they say time, rate and voltage. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber, t } from "../i18n/translate";
import { paintSheet } from "./waveform_paint";
import type { Paper, Sheet } from "./waveform_traces";

interface Span {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** "480 ms · 125/min · 1.2 mV" of a span in millimetres. */
export function spanText({ x0, x1, y0, y1 }: Span, paper: Paper, isVoltage: boolean): string {
  const seconds = Math.abs(x1 - x0) / paper.speed;
  const volts = Math.abs(y1 - y0) / paper.gain;
  return [
    `${formatNumber(seconds * 1000)} ms`,
    seconds > 0.1 && t("{count}/min", { count: formatNumber(60 / seconds) }),
    isVoltage && `${formatNumber(volts, 2)} mV`,
  ]
    .filter(Boolean)
    .join(" · ");
}

interface Props {
  sheet: Sheet;
  rate: number;
  paper: Paper;
  /** CSS pixels of a millimetre */
  scale: number;
  name: string;
}

export function SheetView({ sheet, rate, paper, scale, name }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const span = useSignal<Span | null>(null);
  const isDragging = useRef(false);
  useEffect(() => {
    if (canvas.current) paintSheet(canvas.current, sheet, rate, paper, scale * devicePixelRatio);
  }, [sheet, rate, paper, scale]);
  const at = (event: PointerEvent): [number, number] => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
  };
  const size = { width: `${sheet.width * scale}px`, height: `${sheet.height * scale}px` };
  const shown = span.value;
  const left = shown ? Math.min(shown.x0, shown.x1) : 0;
  const top = shown ? Math.min(shown.y0, shown.y1) : 0;
  return (
    <div
      class="hv-curves-sheet"
      style={size}
      onPointerDown={(event) => {
        if (event.pointerType !== "mouse" || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        isDragging.current = true;
        const [x, y] = at(event);
        span.value = { x0: x, y0: y, x1: x, y1: y };
      }}
      onPointerMove={(event) => {
        if (!isDragging.current || !span.value) return;
        const [x, y] = at(event);
        span.value = { ...span.value, x1: x, y1: y };
      }}
      onPointerUp={() => {
        isDragging.current = false;
        if (span.value && Math.abs(span.value.x1 - span.value.x0) < 0.5) span.value = null;
      }}
    >
      <canvas ref={canvas} style={size} role="img" aria-label={name} />
      {shown && (
        <div
          class="hv-curves-span"
          style={{
            left: `${left * scale}px`,
            top: `${top * scale}px`,
            width: `${Math.abs(shown.x1 - shown.x0) * scale}px`,
            height: `${Math.abs(shown.y1 - shown.y0) * scale}px`,
          }}
        >
          <output>
            {spanText(
              shown,
              paper,
              sheet.traces.every(({ curve }) => curve.isVoltage),
            )}
          </output>
        </div>
      )}
    </div>
  );
}
