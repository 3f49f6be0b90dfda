/** One file on its way to the case: how far it is, and the way to stop it. */

import { ApiError } from "../../api/http";
import { t } from "../../i18n/translate";

export const LARGEST = 20 * 1024 * 1024;

export interface Sending {
  /** Its id. */
  readonly done: Promise<string>;
  readonly cancel: () => void;
}

interface Going {
  readonly address: string;
  readonly csrf: string;
  readonly file: File;
  readonly description?: string;
  /** Sent again under the same one, it is the same file. */
  readonly clientId?: string;
  /** The only people who are shown it; null: everybody. */
  readonly recipients?: readonly string[] | null;
  /** From 0 to 1. */
  readonly progress: (share: number) => void;
}

/** `done` rejects with a sentence; with an AbortError when it was stopped. */
export function sendFile(going: Going): Sending {
  const { address, file, progress } = going;
  const line = new XMLHttpRequest(); // fetch tells nothing of how far a body has gone
  const done = new Promise<string>((resolve, reject) => {
    if (file.size > LARGEST) {
      reject(new ApiError(413, "too_large", t("The file is too large. Send at most 20 MB.")));
      return;
    }
    line.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    line.onload = () => (line.status < 300 ? resolve(idIn(line)) : reject(refusal(line)));
    line.onerror = () => reject(new TypeError("line"));
    line.onabort = () => reject(new DOMException("", "AbortError"));
    line.open("POST", address);
    for (const [name, value] of Object.entries(headersOf(going))) line.setRequestHeader(name, value);
    line.send(file);
  });
  return { done, cancel: () => line.abort() };
}

function headersOf({ csrf, file, description = "", clientId, recipients }: Going): Record<string, string> {
  return {
    Accept: "application/json",
    "X-CSRF-Token": csrf,
    "X-File-Name": encodeURIComponent(file.name),
    "X-Description": encodeURIComponent(description),
    ...(clientId !== undefined && { "X-Client-Id": clientId }),
    ...(recipients && { "X-Recipients": recipients.join(",") }),
  };
}

function idIn({ responseText }: XMLHttpRequest): string {
  const { id }: { id: string } = JSON.parse(responseText);
  return id;
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
