/** How often the values of a region occur, from its smallest to its largest. */

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RegionAnnotation, RegionValues } from "../annotations/model";
import { sentenceOf } from "../api/http";
import { formatNumber, t } from "../i18n/translate";
import type { Frame } from "../stream/stack";
import { histogram } from "../viewport/measuring";
import type { Workspace } from "../viewport/workspace";

interface Props {
  workspace: Workspace;
  frame: Frame;
  mark: RegionAnnotation;
}

/** Bars side by side in a box of so many wide and 1 high. */
function barsOf(counts: readonly number[]): string {
  const most = Math.max(...counts, 1);
  return counts.map((count, i) => `M${i} 1v${-count / most}h1v${count / most}z`).join("");
}

function End({ value, unit }: { value: number; unit: string }) {
  return <span>{`${formatNumber(value, Number.isInteger(value) ? 0 : 2)} ${unit}`.trim()}</span>;
}

export function Histogram({ workspace, frame, mark }: Props) {
  const counts = useSignal<readonly number[] | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    let isMeant = true;
    histogram(workspace.store, frame, mark, workspace.csrf).then(
      (found) => {
        if (isMeant) counts.value = found;
      },
      (error: unknown) => {
        if (isMeant) problem.value = sentenceOf(error);
      },
    );
    return () => {
      isMeant = false;
    };
  }, [workspace, frame, mark, counts, problem]);
  const { min, max, unit } = mark.values as RegionValues;
  const most = Math.max(...(counts.value ?? [0]));
  const name = t("Histogram: the most frequent step has {count} pixels", { count: formatNumber(most) });
  return (
    <figure class="hv-histogram">
      {counts.value && (
        <svg viewBox={`0 0 ${counts.value.length} 1`} preserveAspectRatio="none" role="img" aria-label={name}>
          <path d={barsOf(counts.value)} />
        </svg>
      )}
      {problem.value && <p role="status">{problem.value}</p>}
      <figcaption>
        <End value={min} unit={unit} />
        <span>{counts.value && t("Histogram")}</span>
        <End value={max} unit={unit} />
      </figcaption>
    </figure>
  );
}
