/** A component whose code is fetched when it is first shown. */

import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { fetched } from "../i18n/fetched";
import { t } from "../i18n/translate";

export function lazy<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let loaded: FunctionComponent<P> | null = null;
  return function Lazy(props: P) {
    const problem = useSignal("");
    const isHere = useSignal(loaded !== null);
    useEffect(() => {
      if (loaded) return;
      fetched(load).then(
        (component) => {
          loaded = component;
          isHere.value = true;
        },
        (error: unknown) => {
          problem.value = sentenceOf(error);
        },
      );
    }, [isHere, problem]);
    const Content = isHere.value ? loaded : null;
    return Content ? <Content {...props} /> : <p role="status">{problem.value || t("Loading…")}</p>;
  };
}
