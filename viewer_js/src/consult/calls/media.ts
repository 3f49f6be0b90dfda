/** Microphone, camera and screen of this computer, and why one of them cannot be had. */

import { t } from "../../i18n/translate";

export interface Choice {
  readonly microphone: string;
  readonly camera: string;
  readonly speaker: string;
}

const KEY = "hoichan.call.devices";
const NONE: Choice = { microphone: "", camera: "", speaker: "" };

/** What was chosen in the test of devices, on this computer. */
export function chosen(): Choice {
  try {
    return { ...NONE, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return NONE;
  }
}

export function choose(choice: Choice): void {
  localStorage.setItem(KEY, JSON.stringify(choice));
}

/** Browsers hand out no microphone to a page that came over plain http. */
export function isSecure(): boolean {
  return window.isSecureContext && navigator.mediaDevices !== undefined;
}

export function notSecure(): string {
  return t("Calls need a secure address (https). Ask the administrator for it.");
}

const only = (id: string) => (id ? { deviceId: { ideal: id } } : {});

export async function microphone(): Promise<MediaStreamTrack> {
  const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return first({ audio: { ...sound, ...only(chosen().microphone) } });
}

export async function camera(): Promise<MediaStreamTrack> {
  const size = { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 20, max: 24 } };
  return first({ video: { ...size, ...only(chosen().camera) } });
}

/** null: the person closed the choice of what to share. */
export async function screen(): Promise<MediaStreamTrack | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 10 } } });
    const [track] = stream.getVideoTracks();
    if (track) track.contentHint = "detail"; // text and lines stay sharp
    return track ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotAllowedError") return null;
    throw error;
  }
}

async function first(wanted: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  const [track] = stream.getTracks();
  if (track === undefined) throw new DOMException("", "NotFoundError");
  return track;
}

/** In words that say what to do. */
export function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError")
    return t("The browser may not use the microphone or the camera. Allow it beside the page's address.");
  if (name === "NotFoundError") return t("No microphone or camera was found. Plug one in and try again.");
  if (name === "NotReadableError") return t("Another program uses the microphone or the camera. Close it.");
  return t("The microphone or the camera does not start.");
}
