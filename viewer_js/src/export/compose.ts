/** What a viewport shows, as one picture: the image, the marks over it, and who and what it is. */

import { formatNumber, t } from "../i18n/translate";
import { ageText, dayText, nameText, sexText, timeText } from "../ui/format";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";

export interface Wishes {
  readonly marks: boolean;
  /** name, hospital, day and image over and under the picture */
  readonly patient: boolean;
}

/** The elements of a viewport, by its place among those shown. */
export function elementsOf(
  workspace: Workspace,
  viewport: ViewportModel,
): { canvas: HTMLCanvasElement; svg: SVGSVGElement } | null {
  const place = workspace.shownViewports.peek().indexOf(viewport);
  const section = document.querySelectorAll(".hv-root .hv-viewport")[place];
  const canvas = section?.querySelector<HTMLCanvasElement>(".hv-surface > canvas");
  const svg = section?.querySelector<SVGSVGElement>(".hv-surface > svg.hv-marks");
  return canvas && svg && canvas.width > 0 ? { canvas, svg } : null;
}

const PAINTED = [
  "fill", "fill-opacity", "font-family", "font-size", "font-weight", "opacity", "paint-order", "stroke",
  "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-opacity", "stroke-width", "text-anchor", "visibility",
]; // biome-ignore format: a list

/** A copy that looks the same without the page's style sheets. */
function standing(svg: SVGSVGElement): SVGSVGElement {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll<SVGElement>("*");
  svg.querySelectorAll("*").forEach((element, place) => {
    const style = getComputedStyle(element);
    const target = copies[place];
    for (const name of PAINTED) target?.setAttribute(name, style.getPropertyValue(name));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(svg.clientWidth));
  copy.setAttribute("height", String(svg.clientHeight));
  return copy;
}

/** The marks as a picture of their own; null when there are none. */
export async function marksPicture(svg: SVGSVGElement): Promise<HTMLImageElement | null> {
  if (svg.childElementCount === 0) return null;
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(standing(svg)))}`;
  await image.decode();
  return image;
}

export interface Captions {
  readonly above: readonly string[];
  readonly below: readonly string[];
}

export function captionsOf(workspace: Workspace, viewport: ViewportModel): Captions {
  const facts = workspace.studies.peek().find(({ id }) => id === viewport.stack.peek()?.studyId)?.facts;
  const stack = viewport.stack.peek();
  if (!facts || !stack) return { above: [], below: [] };
  const { series, frames } = stack;
  const window = viewport.shownWindow.peek();
  const born = [dayText(facts.birth_date), sexText(facts.sex), ageText(facts.age)].filter(Boolean);
  const number = series.number === null ? "" : `${series.number}.`;
  return {
    above: [
      [nameText(facts.patient_name), facts.patient_id, ...born].filter(Boolean).join(" · "),
      [facts.hospital_name, dayText(facts.study_date), timeText(facts.study_time), facts.description]
        .filter(Boolean)
        .join(" · "),
    ],
    below: [
      [
        [series.modality, number, series.description].filter(Boolean).join(" "),
        t("Image {number} of {count}", { number: viewport.index.peek() + 1, count: frames.length }),
        window &&
          t("C {center} W {width}", {
            center: formatNumber(window.center),
            width: formatNumber(window.width),
          }),
        viewport.quality.peek() === "preview" && t("Preview"),
        t("Not for diagnosis"),
      ]
        .filter(Boolean)
        .join(" · "),
    ],
  };
}

const [LINE, PAD] = [1.5, 0.6];

function strip(
  context: CanvasRenderingContext2D,
  lines: readonly string[],
  top: number,
  size: number,
  width: number,
): void {
  context.fillStyle = "#e8eef3";
  context.font = `${size}px "Be Vietnam Pro", sans-serif`;
  context.textBaseline = "top";
  lines.forEach((line, place) => {
    context.fillText(line, size * PAD, top + size * (PAD + place * LINE), width - 2 * size * PAD);
  });
}

function stripHeight(lines: readonly string[], size: number): number {
  return lines.length === 0 ? 0 : Math.ceil(size * (2 * PAD + lines.length * LINE));
}

/** `onto` is resized and painted; without it a new canvas is made. Null: the viewport shows no image. */
export async function composed(
  workspace: Workspace,
  viewport: ViewportModel,
  wishes: Wishes,
  onto = document.createElement("canvas"),
): Promise<HTMLCanvasElement | null> {
  const elements = elementsOf(workspace, viewport);
  if (!elements || !viewport.frame.peek()) return null;
  const { canvas, svg } = elements;
  const marks = wishes.marks ? await marksPicture(svg) : null;
  const captions = wishes.patient ? captionsOf(workspace, viewport) : { above: [], below: [] };
  const size = Math.max(12, Math.round(canvas.width / 60));
  const [above, below] = [stripHeight(captions.above, size), stripHeight(captions.below, size)];
  const [width, height] = [canvas.width, canvas.height + above + below];
  if (onto.width !== width) onto.width = width;
  if (onto.height !== height) onto.height = height;
  const context = onto.getContext("2d", { alpha: false });
  if (!context) return null;
  context.fillStyle = "#000";
  context.fillRect(0, 0, width, height);
  context.drawImage(canvas, 0, above);
  if (marks) context.drawImage(marks, 0, above, canvas.width, canvas.height);
  strip(context, captions.above, 0, size, width);
  strip(context, captions.below, above + canvas.height, size, width);
  return onto;
}
