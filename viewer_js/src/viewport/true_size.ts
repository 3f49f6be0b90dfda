/** A millimetre on this screen: measured once with a card that everybody has, kept by the browser. */

import { type Signal, signal } from "@preact/signals";

/** Sides of a bank or identity card (ISO/IEC 7810, ID-1), held upright: so it fits on every panel and phone. */
export const CARD_MM = 53.98;
export const CARD_HEIGHT_MM = 85.6;
const KEY = "hoichan-device-pixels-per-mm";
/** What no screen is outside of: an old television, the sharpest phone. */
const [COARSEST, FINEST] = [1, 40];

function kept(): number | null {
  try {
    const value = Number(localStorage.getItem(KEY));
    return value >= COARSEST && value <= FINEST ? value : null;
  } catch {
    // a browser that keeps nothing: it is measured anew with every page
    return null;
  }
}

/** Device pixels for a millimetre: the browser's own zoom does not change them. Null: not measured yet. */
export const devicePerMillimetre: Signal<number | null> = signal(kept());

export function calibrate(cardWidth: number, pixelRatio: number): void {
  const value = (cardWidth * pixelRatio) / CARD_MM;
  if (!(value >= COARSEST && value <= FINEST)) return;
  devicePerMillimetre.value = value;
  try {
    localStorage.setItem(KEY, String(value));
  } catch {
    // kept for as long as the page is open
  }
}

interface Shown {
  /** CSS pixels for one column at zoom 1 */
  readonly fitScale: number;
  readonly pixelRatio: number;
}

/** One column of the image on one pixel of the screen. */
export function zoomOfPixels({ fitScale, pixelRatio }: Shown): number {
  return 1 / (fitScale * pixelRatio);
}

/** A millimetre of the image on a millimetre of the screen; `spacing`: millimetres between columns. */
export function zoomOfMillimetres(
  { fitScale, pixelRatio }: Shown,
  spacing: number,
  perMillimetre: number,
): number {
  return (perMillimetre * spacing) / pixelRatio / fitScale;
}
