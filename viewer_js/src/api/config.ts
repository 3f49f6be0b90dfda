/** What the page tells its script: <script type="application/json" id="hoichan-config">. */

import { type Language, setLanguage } from "../i18n/translate";
import type { Manifest } from "./manifest";

export const CONFIG_ELEMENT_ID = "hoichan-config";

export interface PersonConfig {
  id: string;
  name: string;
  hospital: string;
  /** app/base/actor.Role */
  roles?: readonly string[];
  /** false: no mark of theirs is kept */
  may_mark: boolean;
}

export interface StudyConfig {
  id: string;
  /** the opening key that stands in every frame address */
  key: string;
  /** inlined by the page so that the first image needs no further question; null: fetched */
  manifest: Manifest | null;
}

export interface PageConfig {
  page: string;
  language: Language;
  csrf: string;
  person: PersonConfig;
  studies: StudyConfig[];
  /** by name: app/viewing/schemas.PREFERENCES */
  preferences?: Readonly<Record<string, unknown>>;
}

/** Reads the page's configuration; `C` adds what one page alone knows (the room: its consult). */
export function readConfig<C extends PageConfig = PageConfig>(): C {
  const text = document.getElementById(CONFIG_ELEMENT_ID)?.textContent;
  if (!text) throw new Error(`the page has no #${CONFIG_ELEMENT_ID}`);
  const config = JSON.parse(text) as C;
  setLanguage(config.language);
  return config;
}
