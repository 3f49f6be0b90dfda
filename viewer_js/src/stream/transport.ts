/** How frames come: by HTTP at first, over the channel (app/stream/channel.py) once it is open, by HTTP again when it is lost. */

import { isAbort, request } from "../api/http";
import type { Channel } from "./channel";
import { hearRefusal } from "./refused";

/** What is asked for of a study that is open. */
export interface Ask {
  readonly studyKey: string;
  /** after `/stream/<key>/` */
  readonly rest: string;
  /** on the screen now: goes before what is only fetched ahead */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

export interface Arrival {
  readonly response: Response;
  /** when the line began to be busy with the body, as performance.now() says it */
  readonly began: number;
}

/** The socket closed, or said nothing for long: the question goes another way. */
export class Lost extends Error {
  /** no other socket will fare better: it opened and let nothing through */
  readonly isForGood: boolean;

  constructor(isForGood = false) {
    super("the channel is lost");
    this.isForGood = isForGood;
  }
}

export type LoadChannel = () => Promise<new (studyKey: string) => Channel>;

export class Transport {
  readonly #load: LoadChannel;
  readonly #channels = new Map<string, Channel>();
  #made: (new (studyKey: string) => Channel) | null = null;
  #isLoading = false;

  constructor(load: LoadChannel) {
    this.#load = load;
  }

  async fetch(ask: Ask): Promise<Arrival> {
    try {
      return await this.#fetch(ask);
    } catch (error) {
      hearRefusal(ask.studyKey, error);
      throw error;
    }
  }

  /** Nothing of that study is held any longer. */
  forget(studyKey: string): void {
    this.#channels.get(studyKey)?.stop();
    this.#channels.delete(studyKey);
  }

  async #fetch(ask: Ask): Promise<Arrival> {
    const coming = this.#channel(ask.studyKey)?.ask(ask);
    if (coming) {
      try {
        return await coming;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        if (error.isForGood) this.#made = null; // and it is not loaded again
      }
    }
    try {
      const response = await request(`/stream/${ask.studyKey}/${ask.rest}`, { signal: ask.signal });
      return { response, began: performance.now() };
    } catch (error) {
      if (!isAbort(error)) this.#channels.get(ask.studyKey)?.rest();
      throw error;
    } finally {
      void this.#begin(); // the first picture does not wait for the channel's code
    }
  }

  #channel(studyKey: string): Channel | null {
    if (!this.#made) return null;
    const found = this.#channels.get(studyKey) ?? new this.#made(studyKey);
    this.#channels.set(studyKey, found);
    return found;
  }

  async #begin(): Promise<void> {
    if (this.#isLoading || typeof WebSocket === "undefined" || typeof DecompressionStream === "undefined")
      return;
    this.#isLoading = true;
    try {
      this.#made = await this.#load();
    } catch {
      this.#isLoading = false; // the line may be broken: the next frame tries again
    }
  }
}
