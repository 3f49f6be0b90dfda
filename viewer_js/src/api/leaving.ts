import { effect } from "@preact/signals";

/** Who leaves the page while something waits is asked. A listener without need would keep the page from the back cache. */
export function askBeforeLeaving(waits: () => boolean): void {
  const ask = (event: Event): void => event.preventDefault();
  effect(() => {
    if (waits()) addEventListener("beforeunload", ask);
    else removeEventListener("beforeunload", ask);
  });
}
