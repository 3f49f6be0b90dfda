/** Undoes the coding of stored values beside the page, so that scrolling never waits for it. */

import { decode, type Job } from "./decode";

export interface Done {
  readonly number: number;
  readonly values?: ReturnType<typeof decode>;
  readonly problem?: string;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Job & { number: number }>) => void) | null;
  postMessage(message: Done | "ready", transfer?: Transferable[]): void;
};

scope.onmessage = ({ data: { number, ...job } }) => {
  try {
    const values = decode(job);
    scope.postMessage({ number, values }, [values.buffer]);
  } catch (error) {
    scope.postMessage({ number, problem: String(error) });
  }
};
scope.postMessage("ready");
