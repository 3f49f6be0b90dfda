/** Draws layers on a canvas over the image: shutters below, then masks, outlines, words. */

import type { Point } from "../annotations/model";
import type { Shutter } from "../objects/types";
import { type Affine, apply, type Size } from "./geometry";
import type { Layer } from "./layers";

const ORDER: Record<Layer["kind"], number> = { shutter: 0, bitmask: 1, outline: 2, text: 3, star: 4 };
const FONT = 13;
const LINE = 17;

export interface Stage {
  readonly context: CanvasRenderingContext2D;
  /** image coordinates to device pixels */
  readonly toDevice: Affine;
  readonly image: Size;
  /** device pixels */
  readonly size: Size;
  readonly ratio: number;
}

export function drawLayers(stage: Stage, layers: readonly Layer[]): void {
  const { context, size } = stage;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  for (const layer of [...layers].sort((a, b) => ORDER[a.kind] - ORDER[b.kind])) drawLayer(stage, layer);
}

function drawLayer(stage: Stage, layer: Layer): void {
  if (layer.kind === "shutter") drawShutter(stage, layer.shutter);
  else if (layer.kind === "bitmask") drawMask(stage, layer);
  else if (layer.kind === "outline") drawOutline(stage, layer);
  else if (layer.kind === "text") drawText(stage, apply(stage.toDevice, layer.at), layer.text, layer.colour);
  else drawStar(stage, layer.label);
}

function transform(context: CanvasRenderingContext2D, { a, b, c, d, e, f }: Affine): void {
  context.setTransform(a, b, c, d, e, f);
}

/** Everything of the image that one of the shapes leaves out. */
function drawShutter({ context, toDevice, image }: Stage, shutter: Shutter): void {
  context.save();
  transform(context, toDevice);
  context.beginPath();
  context.rect(0, 0, image.width, image.height);
  context.clip();
  context.fillStyle = `rgb(${shutter.grey} ${shutter.grey} ${shutter.grey})`;
  for (const draw of shapesOf(shutter)) {
    context.beginPath();
    // larger than the image, so that a shape that reaches over its edge leaves nothing between
    context.rect(-image.width, -image.height, 3 * image.width, 3 * image.height);
    draw(context);
    context.fill("evenodd");
  }
  context.restore();
}

function shapesOf({ rectangle, circle, polygon }: Shutter): ((context: CanvasRenderingContext2D) => void)[] {
  const shapes: ((context: CanvasRenderingContext2D) => void)[] = [];
  if (rectangle) {
    const [left, top, right, bottom] = rectangle;
    shapes.push((context) => context.rect(left, top, right - left, bottom - top));
  }
  if (circle) {
    const [x, y, radius] = circle;
    shapes.push((context) => {
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    });
  }
  if (polygon) shapes.push((context) => trace(context, polygon, true));
  return shapes;
}

function trace(context: CanvasRenderingContext2D, points: readonly Point[], closed: boolean): void {
  points.forEach(([x, y], i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (closed) context.closePath();
}

type Mask = Extract<Layer, { kind: "bitmask" }>;
const coloured = new WeakMap<Uint8Array, Map<string, HTMLCanvasElement>>();

function drawMask({ context, toDevice }: Stage, mask: Mask): void {
  const picture = pictureOf(mask);
  context.save();
  transform(context, toDevice);
  const { a, b, c, d, e, f } = mask.toImage;
  context.transform(a, b, c, d, e, f);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0);
  context.restore();
}

function pictureOf(mask: Mask): HTMLCanvasElement {
  const looks = coloured.get(mask.values) ?? new Map<string, HTMLCanvasElement>();
  coloured.set(mask.values, looks);
  const known = looks.get(mask.look);
  if (known) return known;
  const canvas = document.createElement("canvas");
  canvas.width = mask.columns;
  canvas.height = mask.rows;
  const data = new ImageData(mask.columns, mask.rows);
  colourInto(data.data, mask);
  canvas.getContext("2d")?.putImageData(data, 0, 0);
  looks.set(mask.look, canvas);
  return canvas;
}

/** RGBA, not yet multiplied. */
export function colourInto(
  pixels: Uint8ClampedArray,
  { values, colour, strength }: Pick<Mask, "colour" | "strength" | "values">,
): void {
  const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const alpha = Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * strength(value)));
  for (let i = 0; i < values.length; i++) {
    const strong = alpha[values[i] as number] as number;
    if (strong === 0) continue;
    pixels[4 * i] = rgb[0] as number;
    pixels[4 * i + 1] = rgb[1] as number;
    pixels[4 * i + 2] = rgb[2] as number;
    pixels[4 * i + 3] = strong;
  }
}

function drawOutline(
  { context, toDevice, ratio }: Stage,
  { points, closed, filled, colour }: Extract<Layer, { kind: "outline" }>,
): void {
  const shown = points.map((point) => apply(toDevice, point));
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineJoin = "round";
  context.beginPath();
  const [only] = shown;
  if (shown.length === 1 && only) context.arc(only[0], only[1], 3 * ratio, 0, 2 * Math.PI);
  else trace(context, shown, closed);
  if (filled) {
    context.globalAlpha = 0.3;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
  }
  context.lineWidth = 3.5 * ratio;
  context.strokeStyle = "rgb(0 0 0 / 65%)";
  context.stroke();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = colour;
  context.stroke();
  context.restore();
}

function drawText({ context, ratio }: Stage, [x, y]: Point, text: string, colour: string): void {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.font = `600 ${FONT * ratio}px "Be Vietnam Pro", system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3 * ratio;
  context.strokeStyle = "rgb(0 0 0 / 80%)";
  context.fillStyle = colour;
  text.split(/\r\n|\r|\n/).forEach((line, i) => {
    context.strokeText(line, x + 8 * ratio, y + i * LINE * ratio);
    context.fillText(line, x + 8 * ratio, y + i * LINE * ratio);
  });
  context.restore();
}

function drawStar(stage: Stage, label: string): void {
  const { context, size, ratio } = stage;
  const text = `★ ${label}`;
  context.save();
  context.font = `600 ${FONT * ratio}px "Be Vietnam Pro", system-ui, sans-serif`;
  const { width } = context.measureText(text);
  context.restore();
  drawText(stage, [(size.width - width) / 2 - 8 * ratio, 40 * ratio], text, "#ffd84d");
}
