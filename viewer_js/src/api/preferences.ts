/**
 * How this person's viewer is set: read from the page, kept by the server (app/viewing).
 *
 * Whoever has no account (a patient with a link) may change everything for as long as the page is open.
 */

import { effect, type Signal, signal } from "@preact/signals";
import { requestJson } from "./http";

export interface PreferenceSource {
  readonly csrf: string;
  /** empty: nobody is signed in */
  readonly personId: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** may set what holds for the whole hospital */
  readonly managesHospital?: boolean;
}

/** A person who drags a slider is not to ask the server for each step. */
const WAIT = 600;

export class Preferences {
  readonly #source: PreferenceSource;
  readonly #signals = new Map<string, Signal<unknown>>();
  readonly #onError: (error: unknown) => void;

  constructor(source: PreferenceSource, onError: (error: unknown) => void = () => {}) {
    this.#source = source;
    this.#onError = onError;
  }

  /** The setting; a new value is kept soon after. `undefined` and null count as not set. */
  of<T>(name: string, fallback: T): Signal<T> {
    const known = this.#signals.get(name);
    if (known) return known as Signal<T>;
    const made = signal<T>((this.#source.values[name] as T | null | undefined) ?? fallback);
    this.#signals.set(name, made as Signal<unknown>);
    if (this.#source.personId) this.#keep(name, made);
    return made;
  }

  get managesHospital(): boolean {
    return this.#source.managesHospital ?? false;
  }

  /** The default of everybody in the hospital who has not set it. */
  async keepForHospital(name: string, value: unknown): Promise<void> {
    const address = `/viewer/preferences/${name}?for=hospital`;
    await requestJson(address, { method: "PUT", csrf: this.#source.csrf, body: value });
  }

  #keep(name: string, value: Signal<unknown>): void {
    let isFirst = true;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    effect(() => {
      const newest = value.value;
      if (isFirst) {
        isFirst = false;
        return;
      }
      clearTimeout(waiting);
      waiting = setTimeout(() => void this.#put(name, newest), WAIT);
    });
  }

  async #put(name: string, value: unknown): Promise<void> {
    try {
      const address = `/viewer/preferences/${name}`;
      await requestJson(address, { method: "PUT", csrf: this.#source.csrf, body: value });
    } catch (error) {
      this.#onError(error);
    }
  }
}

let current = new Preferences({ csrf: "", personId: "", values: {} });

/** Said once, by mount(), before anything asks. */
export function setPreferences(preferences: Preferences): void {
  current = preferences;
}

/** One setting of the person at this page: `preference("data_saver", false).value = true`. */
export function preference<T>(name: string, fallback: T): Signal<T> {
  return current.of(name, fallback);
}

export function managesHospital(): boolean {
  return current.managesHospital;
}

export function keepForHospital(name: string, value: unknown): Promise<void> {
  return current.keepForHospital(name, value);
}
