/** A sheet of A4 with what is on the screen: the viewports, whose they are, and when. */

import { t } from "../i18n/translate";
import type { ViewportModel } from "../viewport/model";
import type { Workspace } from "../viewport/workspace";
import { captionsOf, composed } from "./compose";
import "./print.css";

function line(text: string, className = ""): HTMLElement {
  const made = document.createElement("p");
  made.textContent = text;
  made.className = className;
  return made;
}

/** Beside pictures of another study each says whose and when it is. */
function wordsOf(workspace: Workspace, viewport: ViewportModel): readonly string[] {
  const { above, below } = captionsOf(workspace, viewport);
  const studies = workspace.shownViewports.peek().flatMap(({ stack }) => stack.peek()?.studyId ?? []);
  return new Set(studies).size > 1 ? [...above, ...below] : below;
}

async function figureOf(workspace: Workspace, place: number): Promise<HTMLElement | null> {
  const viewport = workspace.shownViewports.peek()[place];
  const canvas = viewport && (await composed(workspace, viewport, { marks: true, patient: false }));
  if (!viewport || !canvas) return null;
  const figure = document.createElement("figure");
  const image = new Image();
  image.src = canvas.toDataURL("image/jpeg", 0.92);
  await image.decode();
  const caption = document.createElement("figcaption");
  caption.textContent = wordsOf(workspace, viewport).join(" · ");
  figure.append(image, caption);
  return figure;
}

/** Opens the browser's own printing; the sheet is gone when that closes. */
export async function printShown(workspace: Workspace): Promise<boolean> {
  const viewports = workspace.shownViewports.peek();
  const figures = (await Promise.all(viewports.map((_, place) => figureOf(workspace, place)))).filter(
    (figure) => figure !== null,
  );
  const first = viewports.find((viewport) => viewport.frame.peek());
  if (figures.length === 0 || !first) return false;
  const sheet = document.createElement("div");
  sheet.className = `hv-print hv-print-${Math.min(figures.length, 4)}`;
  const [who = "", where = ""] = captionsOf(workspace, first).above;
  const pictures = document.createElement("div");
  pictures.append(...figures);
  sheet.append(
    line(who, "hv-print-who"),
    line(where),
    pictures,
    line(t("Pictures for information; the stored images are for diagnosis.")),
  );
  document.body.append(sheet);
  document.documentElement.classList.add("hv-printing");
  addEventListener(
    "afterprint",
    () => {
      sheet.remove();
      document.documentElement.classList.remove("hv-printing");
    },
    { once: true },
  );
  print();
  return true;
}
