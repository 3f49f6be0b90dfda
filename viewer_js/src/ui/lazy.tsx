/** A component whose code is fetched when it is first shown, or a little earlier: `want()`. */

import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { sentenceOf } from "../api/http";
import { Later } from "../api/later";
import { t } from "../i18n/translate";

export type LazyComponent<P> = FunctionComponent<P> & { want(): void };

/** "quiet": nothing stands in its place until it has come. */
export function lazy<P extends object>(
  load: () => Promise<FunctionComponent<P>>,
  manner: "quiet" | "told" = "told",
): LazyComponent<P> {
  const code = new Later(load);
  function Lazy(props: P) {
    const problem = useSignal("");
    useEffect(() => {
      code.fetch().catch((error: unknown) => {
        problem.value = sentenceOf(error);
      });
    }, [problem]);
    const Content = code.here;
    if (Content) return <Content {...props} />;
    const said = problem.value || (manner === "told" ? t("Loading…") : "");
    return said ? <p role="status">{said}</p> : null;
  }
  Lazy.want = () => code.want();
  return Lazy;
}
