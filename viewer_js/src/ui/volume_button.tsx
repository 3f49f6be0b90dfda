/** Opens the planes of the active series; everything behind this button is loaded when it is first pressed. */

import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";
import type { Workspace } from "../viewport/workspace";
import { refusalOf } from "../volume/eligible";

/** Three planes at right angles. */
const ICON = "M12 3 20 7.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12 4 7.5";

export function VolumeButton({ workspace }: { workspace: Workspace }) {
  const button = useRef<HTMLButtonElement>(null);
  const isLoading = useSignal(false);
  const stack = workspace.active.value.stack.value;
  const reason = refusalOf(stack);
  const name = t("Planes and 3D");
  const open = async () => {
    const viewer = button.current?.closest<HTMLElement>(".hv-root");
    if (!stack || !viewer || !button.current || isLoading.peek()) return;
    isLoading.value = true;
    try {
      const { openVolume } = await fetched(() => import("../volume/mode"));
      openVolume(workspace, stack, viewer, { after: button.current });
    } catch {
      workspace.notify(t("The line to the server is broken."));
    } finally {
      isLoading.value = false;
    }
  };
  return (
    <button
      ref={button}
      type="button"
      class="hv-button"
      aria-label={name}
      aria-busy={isLoading.value}
      title={reason === null ? name : `${name}: ${t(reason)}`}
      disabled={reason !== null}
      onClick={() => void open()}
    >
      <svg class="hv-icon" viewBox="0 0 24 24" aria-hidden="true">
        <path d={ICON} />
      </svg>
      <span class="hv-button-text">{t("Planes and 3D")}</span>
    </button>
  );
}
