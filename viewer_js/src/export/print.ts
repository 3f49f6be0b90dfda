/** A sheet of A4 with what is on the screen: the viewports, whose they are, and when. */

import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { captionsOf, composed } from "./compose";
import "./print.css";

function line(text: string, className = ""): HTMLElement {
  const made = document.createElement("p");
  made.textContent = text;
  made.className = className;
  return made;
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
  caption.textContent = captionsOf(workspace, viewport).below.join(" · ");
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
