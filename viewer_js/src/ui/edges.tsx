/** The orientation letters at the edges of a picture. */

import type { EdgeLetters } from "../viewport/letters";

export function Edges({ letters }: { letters: EdgeLetters | null }) {
  if (!letters) return null;
  return (
    <>
      <span class="hv-edge hv-edge-top">{letters.top}</span>
      <span class="hv-edge hv-edge-right">{letters.right}</span>
      <span class="hv-edge hv-edge-bottom">{letters.bottom}</span>
      <span class="hv-edge hv-edge-left">{letters.left}</span>
    </>
  );
}
