/** What needs the stored values of the image on the screen waits for them, and says so. */

import { effect, untracked } from "@preact/signals";
import { t } from "../i18n/translate";
import type { Frame } from "../stream/stack";
import type { ViewportModel } from "./model";
import type { Picture } from "./renderer";
import type { Workspace } from "./workspace";

export interface ValuesWish {
  readonly frame: Frame;
  use(picture: Picture): void;
}

/** Once the values of the frame that is shown now are here; not at all when another has taken its place. */
export function whenValues(viewport: ViewportModel, use: (picture: Picture) => void): void {
  const frame = viewport.frame.peek();
  if (frame) viewport.valuesWish.value = { frame, use };
}

type Told = Pick<Workspace, "notify" | "store">;

/** Serves the wishes of a viewport; what is returned ends it. */
export function serveValues(workspace: Told, viewport: ViewportModel): () => void {
  let asked: ValuesWish | null = null;
  return effect(() => {
    const wish = viewport.valuesWish.value;
    const [picture, frame] = [viewport.shown.value, viewport.frame.value];
    if (!wish) return;
    untracked(() => {
      const isHere = picture?.kind === "stored";
      if (frame !== wish.frame || isHere) viewport.valuesWish.value = null;
      if (frame !== wish.frame) return;
      if (isHere) wish.use(picture);
      else if (asked !== wish) ask(workspace, viewport, wish);
      asked = wish;
    });
  });
}

function ask({ notify, store }: Told, viewport: ViewportModel, { frame }: ValuesWish): void {
  if (!frame.instance.stored) {
    viewport.valuesWish.value = null;
    notify(t("Only the server can window this image: no window can be made from its values here."));
    return;
  }
  if (store.saver.spares(frame)) store.saver.ask(frame);
  notify(t("The image is still a preview. The window is made as soon as its values are here."));
}
