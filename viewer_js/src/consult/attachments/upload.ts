/** One file on its way to the case: how far it is, and the way to stop it. */

import { ApiError } from "../../api/http";
import { t } from "../../i18n/translate";

export const LARGEST = 20 * 1024 * 1024;

export interface Sending {
  readonly done: Promise<void>;
  readonly cancel: () => void;
}

interface Going {
  readonly address: string;
  readonly csrf: string;
  readonly file: File;
  readonly description: string;
  /** From 0 to 1. */
  readonly progress: (share: number) => void;
}

/** `done` rejects with a sentence; with an AbortError when it was stopped. */
export function sendFile({ address, csrf, file, description, progress }: Going): Sending {
  const line = new XMLHttpRequest(); // fetch tells nothing of how far a body has gone
  const done = new Promise<void>((resolve, reject) => {
    if (file.size > LARGEST) {
      reject(new ApiError(413, "too_large", t("The file is too large. Send at most 20 MB.")));
      return;
    }
    line.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    line.onload = () => (line.status < 300 ? resolve() : reject(refusal(line)));
    line.onerror = () => reject(new TypeError("line"));
    line.onabort = () => reject(new DOMException("", "AbortError"));
    line.open("POST", address);
    line.setRequestHeader("Accept", "application/json");
    line.setRequestHeader("X-CSRF-Token", csrf);
    line.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    line.setRequestHeader("X-Description", encodeURIComponent(description));
    line.send(file);
  });
  return { done, cancel: () => line.abort() };
}

function refusal({ responseText, status }: XMLHttpRequest): ApiError {
  let told: { code?: string; detail?: string } = {};
  try {
    told = JSON.parse(responseText);
  } catch {
    // not ours: a proxy's page
  }
  const detail = told.detail ?? t("The server answered with error {status}.", { status });
  return new ApiError(status, told.code ?? "http", detail);
}
