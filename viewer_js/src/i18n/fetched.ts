/** Code that is loaded when it is needed, together with the words it will say. */

import { currentLanguage, learn } from "./translate";

let words: Promise<unknown> | null = null;

/** Where the words of what is loaded later are; the consult room adds its own. */
export const laterWords = [() => import("virtual:messages/rest")];

/** English needs none. Where the line breaks, English words are better than no answer; the next one asks again. */
function restOfWords(): Promise<unknown> {
  if (currentLanguage() === "en") return Promise.resolve();
  words ??= Promise.all(laterWords.map((load) => load().then(({ messages }) => learn(messages)))).catch(
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
