/** Line drawings of the call's buttons; the label beside or behind says what they do. */

const PATHS = {
  camera: "M3.5 7h11v10h-11zM14.500 11l6-3.500v9l-6-3.500",
  hand: "M5 12l14-7-5 15-3.500-6zM10.500 14L19 5",
  less: "M6 12h12",
  more: "M6 12h12M12 6v12",
  phone:
    "M6.500 3.500l3 .5 1 4-2 1.800a12 12 0 0 0 5.700 5.700l1.800-2 4 1 .5 3c0 1.700-1.300 3-3 3C9.800 20.500 3.500 14.200 3.500 6.500c0-1.700 1.300-3 3-3z",
  picture: "M3.500 5h17v14h-17zM12 12h6v4.500h-6z",
  screen: "M3.500 5h17v11h-17zM9 20h6M12 16v4M12 13V8M9.500 10L12 7.500l2.500 2.500",
  silent:
    "M12 4a2.500 2.500 0 0 0-2.500 2.500V11a2.500 2.500 0 0 0 5 0V6.500A2.500 2.500 0 0 0 12 4zM6.500 11a5.500 5.500 0 0 0 11 0M12 16.500V20M4 4l16 16",
  test: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  voice:
    "M12 4a2.500 2.500 0 0 0-2.500 2.500V11a2.500 2.500 0 0 0 5 0V6.500A2.500 2.500 0 0 0 12 4zM6.500 11a5.500 5.500 0 0 0 11 0M12 16.500V20",
} as const;

export function Mark({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
