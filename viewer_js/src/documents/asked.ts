/** One answer of the server for a component: null while it is on its way. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { requestJson, sentenceOf } from "../api/http";

export type Asked<T> = { readonly found: T } | { readonly problem: string } | null;

export function useAsked<T>(address: string): Asked<T> {
  const state = useSignal<Asked<T>>(null);
  useEffect(() => {
    let isOver = false;
    state.value = null;
    const tell = (answer: Asked<T>) => {
      if (!isOver) state.value = answer;
    };
    requestJson<T>(address).then(
      (found) => tell({ found }),
      (error) => tell({ problem: sentenceOf(error) }),
    );
    return () => {
      isOver = true;
    };
  }, [address, state]);
  return state.value;
}
