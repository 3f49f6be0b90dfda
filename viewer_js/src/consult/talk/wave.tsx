const HEIGHT = 28;
const STEP = 4;

/** Loudness as bars; up to `heard` (0 to 1) they stand out. */
export function Wave({ peaks, heard = 0 }: { readonly peaks: readonly number[]; readonly heard?: number }) {
  const width = Math.max(1, peaks.length) * STEP;
  return (
    <svg
      class="hr-wave"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
    >
      {peaks.map((peak, place) => {
        const height = Math.max(2, (peak / 100) * HEIGHT);
        return (
          <rect
            key={place}
            class={place < heard * peaks.length ? "heard" : ""}
            x={place * STEP}
            y={(HEIGHT - height) / 2}
            width={STEP - 1.5}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
