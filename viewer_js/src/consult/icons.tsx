/** Line drawings of the room's buttons; the text beside or the label says what they do. */

const PATHS = {
  attach:
    "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M9 12h6M12 9v6",
  case: "M8 4h8v3H8zM8 5.5H6A1.5 1.5 0 0 0 4.500 7v12A1.500 1.500 0 0 0 6 20.500h12a1.500 1.500 0 0 0 1.500-1.500V7A1.500 1.500 0 0 0 18 5.500h-2M8.500 12h7M8.500 16h4.500",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 9.300a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400z",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.500 11h13v9.500h-13z",
  file: "M12.500 6.500l-6 6a3.500 3.500 0 0 0 5 5l7-7a5.500 5.500 0 0 0-7.800-7.800L4 9.500",
  marks: "M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3",
  mic: "M12 3.500a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
  pause: "M8 5v14M16 5v14",
  people:
    "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c0-3.500 3-5.500 6.500-5.500s6.500 2 6.500 5.500M16 5a3.300 3.300 0 0 1 0 6.300M18 14.800c2.200.7 3.500 2.500 3.500 5.200",
  play: "M7 4.500l12 7.500-12 7.500z",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h9c4 0 7 2 7 6",
  right: "M9 6l6 6-6 6",
  send: "M4 12l16-8-6 16-3-7-7-1z",
  stop: "M6.500 6.500h11v11h-11z",
  talk: "M4 5h16v11H10l-5 4v-4H4z",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 13h8l1-13M10.500 10.500v6M13.500 10.500v6",
  up: "M6 15l6-6 6 6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
