/** Line icons of the planes, on a grid of 24 as those of the toolbar. */

const PATHS = {
  alone: "M4 4h16v16H4zM9 9h6v6H9z",
  angle: "M4 19h16M4 19 15 5M10 19a7 7 0 0 0-1.8-4.8",
  cross: "M12 3v6M12 15v6M3 12h6M15 12h6M12 12h.01",
  curve: "M4 18c0-8 4-12 8-12s8 4 8 12M4 18h.01M12 6h.01M20 18h.01",
  ellipse: "M3 12c0-3.3 4-6 9-6s9 2.7 9 6-4 6-9 6-9-2.7-9-6z",
  help: "M9.2 9a2.9 2.9 0 1 1 4.2 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  invert: "M4 4h16v16H4zM12 4v16M15 8h2M15 12h2M15 16h2",
  leave: "M10 5 4 12l6 7M4 12h16",
  length: "M4 20 20 4M2.5 17.5l4 4M17.5 2.5l4 4",
  lines: "M12 3v18M3 12h18",
  pan: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  probe: "M12 3v5M12 16v5M3 12h5M16 12h5M12 14a2 2 0 1 1 0-4 2 2 0 0 1 0 4z",
  reset: "M4 12a8 8 0 1 0 2.6-5.9M4 4v5h5",
  scroll: "M12 3v18M8.5 6.5 12 3l3.5 3.5M8.5 17.5 12 21l3.5-3.5M5 12h14",
  undo: "M4 9h10a6 6 0 1 1 0 12H9M4 9l4-4M4 9l4 4",
  window: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M15 6v12M18 9v6",
  zoom: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21M7.5 10.5h6M10.5 7.5v6",
} as const;

export type PlaneIconName = keyof typeof PATHS;

export function PlaneIcon({ name }: { name: PlaneIconName }) {
  return (
    <svg class="hv-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
