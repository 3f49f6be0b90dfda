/** Line icons on a grid of 24, drawn for this program. */

const PATHS = {
  angle: "M4 19h16M4 19 15 5M10 19a7 7 0 0 0-1.8-4.8",
  arrow: "M19 5 6 18M6 11v7h7",
  bidirectional: "M4 18 18 4M8 8l7 7M2.5 16.5l3 3M16.5 2.5l3 3",
  chevron: "m7 10 5 5 5-5",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 12h.01",
  close: "M6 6l12 12M18 6 6 18",
  cursor: "M12 3v6M12 15v6M3 12h6M15 12h6M12 12h.01",
  cobb: "M4 5 19 8M4 19l15-6M11.5 7v9",
  ellipse: "M3 12c0-3.3 4-6 9-6s9 2.7 9 6-4 6-9 6-9-2.7-9-6z",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z",
  eye_off:
    "M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.9 3.6M6.3 7.5A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.2-1",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  flip: "M12 3v18M9 7 4 17h5zM15 7l5 10h-5z",
  flip_v: "M3 12h18M7 9 17 4v5zM7 15l10 5v-5z",
  freehand: "M7 6c4-4 11-1 12 4s-3 5-4 8-6 3-9 0-3-8 1-12z",
  help: "M9.2 9a2.9 2.9 0 1 1 4.2 2.7c-.9.5-1.4 1-1.4 2.1M12 17.5v.2M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  invert: "M4 4h16v16H4z",
  layout1: "M4 5h16v14H4z",
  layout2: "M4 5h16v14H4zM12 5v14",
  layout4: "M4 5h16v14H4zM12 5v14M4 12h16",
  length: "M4 20 20 4M2.5 17.5l4 4M17.5 2.5l4 4",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  meter: "M4 18a8 8 0 1 1 16 0M12 18l4-6",
  magnifier: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  objects: "M12 3l2.6 5.6 6 .7-4.4 4.1 1.2 6L12 16.5 6.6 19.4l1.2-6L3.4 9.3l6-.7z",
  pan: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  polyline: "M3 18 8 7l6 9 7-11",
  probe: "M12 3v6M12 15v6M3 12h6M15 12h6M12 12h.01",
  ratio: "M4 6h9M4 4v4M13 4v4M4 17h16M4 15v4M20 15v4",
  rectangle: "M4 6h16v12H4z",
  redo: "M20 9H10a6 6 0 1 0 0 12h5M20 9l-4-4M20 9l-4 4",
  reset: "M4 12a8 8 0 1 0 2.6-5.9M4 4v5h5",
  rotate: "M20 12a8 8 0 1 1-2.6-5.9M20 4v5h-5",
  save: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4 16v4h16v-4",
  saver: "M12 3v10M8 9l4 4 4-4M4 16v4h16v-4",
  ruler: "M3 16 16 3l5 5L8 21zM7 12l2.5 2.5M10 9l2 2M13 6l2.5 2.5",
  scroll: "M12 3v18M8.5 6.5 12 3l3.5 3.5M8.5 17.5 12 21l3.5-3.5M5 12h14",
  select: "M6 3l12 9-5.4 1.1L9.5 19z",
  series: "M4 7h11v11H4zM8 7V4h12v11h-5",
  spine_label: "M9 3h6v4H9zM9 10h6v4H9zM9 17h6v4H9zM4 5h2M18 5h2M4 12h2M18 12h2M4 19h2M18 19h2",
  text: "M5 7V4h14v3M12 4v16M9 20h6",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  undo: "M4 9h10a6 6 0 1 1 0 12H9M4 9l4-4M4 9l4 4",
  sliders: "M4 8h9M17 8h3M4 16h3M11 16h9M15 6v4M9 14v4",
  window: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  window_region: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z",
  zoom: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5 21 21M7.5 10.5h6M10.5 7.5v6",
} as const;

/** Parts that are filled. */
const FILLED: Partial<Record<keyof typeof PATHS, string>> = {
  invert: "M20 4v16H4z",
  window: "M12 3a9 9 0 0 1 0 18z",
  window_region: "M12 8a4 4 0 0 1 0 8z",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="hv-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
      {FILLED[name] && <path class="hv-filled" d={FILLED[name]} />}
    </svg>
  );
}
