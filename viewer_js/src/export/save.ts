/** A file for the person: by the browser's own way of saving. */

import type { ViewportModel } from "../viewport/model";

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function saveCanvas(canvas: HTMLCanvasElement, type: "image/jpeg" | "image/png", name: string): void {
  canvas.toBlob((blob) => blob && saveBlob(blob, name), type, 0.92);
}

/** Without a name of the patient: files are sent on. "ct-3-image-45" */
export function fileName(viewport: ViewportModel, ending: string): string {
  const series = viewport.stack.peek()?.series;
  const parts = [series?.modality.toLowerCase(), series?.number, "image", viewport.index.peek() + 1];
  return `${parts.filter((part) => part !== null && part !== undefined).join("-")}.${ending}`;
}
