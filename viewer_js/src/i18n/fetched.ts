/** Code that is loaded when it is needed, together with the words it will say. */

import { currentLanguage, learn } from "./translate";

let words: Promise<void> | null = null;

/** English needs none. Where the line breaks, English words are better than no answer; the next one asks again. */
function restOfWords(): Promise<void> {
  if (currentLanguage() === "en") return Promise.resolve();
  words ??= import("virtual:messages/rest").then(
    ({ messages }) => learn(messages),
    () => {
      words = null;
    },
  );
  return words;
}

/** `fetched(() => import("./x"))`: every import() of the viewer goes through here, so that nothing speaks English first. */
export async function fetched<T>(load: () => Promise<T>): Promise<T> {
  const [found] = await Promise.all([load(), restOfWords()]);
  return found;
}
