/** Curves on millimetre paper, on a canvas. */

import type { Paper, Sheet, Trace } from "./waveform_traces";

const [FINE, COARSE, INK, GROUND] = ["#f6d5d0", "#e9a79f", "#101418", "#fffdfb"];

function lines(
  context: CanvasRenderingContext2D,
  { width, height }: Sheet,
  step: number,
  scale: number,
): void {
  context.beginPath();
  for (let x = 0; x <= width; x += step) {
    const at = Math.round(x * scale) + 0.5;
    context.moveTo(at, 0);
    context.lineTo(at, height * scale);
  }
  for (let y = 0; y <= height; y += step) {
    const at = Math.round(y * scale) + 0.5;
    context.moveTo(0, at);
    context.lineTo(width * scale, at);
  }
  context.stroke();
}

/** A gap in the recording is a gap in the line. */
function curve(context: CanvasRenderingContext2D, trace: Trace, step: number, scale: number): void {
  const { values } = trace.curve;
  context.beginPath();
  let isDrawing = false;
  for (let at = Math.max(0, trace.from); at < Math.min(trace.to, values.length); at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) {
      isDrawing = false;
      continue;
    }
    const x = (trace.x + (at - trace.from) * step) * scale;
    const y = (trace.y - value * trace.gain) * scale;
    if (isDrawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    isDrawing = true;
  }
  context.stroke();
}

/** `scale`: device pixels of a millimetre. */
export function paintSheet(
  canvas: HTMLCanvasElement,
  sheet: Sheet,
  rate: number,
  paper: Paper,
  scale: number,
): void {
  canvas.width = Math.ceil(sheet.width * scale);
  canvas.height = Math.ceil(sheet.height * scale);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return;
  context.fillStyle = GROUND;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.lineWidth = 1;
  if (scale >= 3) {
    context.strokeStyle = FINE;
    lines(context, sheet, 1, scale);
  }
  context.strokeStyle = COARSE;
  lines(context, sheet, 5, scale);
  context.strokeStyle = INK;
  context.fillStyle = INK;
  context.lineJoin = "round";
  context.lineWidth = Math.max(1, 0.3 * scale);
  context.font = `600 ${Math.max(11, 3.4 * scale)}px "Be Vietnam Pro", system-ui, sans-serif`;
  for (const trace of sheet.traces) {
    curve(context, trace, paper.speed / rate, scale);
    const { name, unit, isVoltage } = trace.curve;
    const words = isVoltage ? name : [name, unit && `(${unit})`].filter(Boolean).join(" ");
    context.fillText(words, (trace.x + 1) * scale, (trace.y - 9) * scale, 60 * scale);
  }
}
