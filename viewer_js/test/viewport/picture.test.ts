import { describe, expect, it } from "vitest";
import type { Entry } from "../../src/stream/frame_cache";
import type { Frame } from "../../src/stream/stack";
import { pictureOf } from "../../src/viewport/picture";
import { instance, series, study } from "../manifests";

const OWN = { window: null, invert: false };
const LUNG = { center: -600, width: 1500, function: "LINEAR" } as const;
const bitmap = (name: string) => ({ name, width: 4, height: 4 }) as unknown as ImageBitmap;

function frame(changes = {}): Frame {
  return study(series("a", [instance(1, { rows: 2, columns: 2, ...changes })])).stacks[0]?.frames[0] as Frame;
}

function entry(changes: Partial<Entry>): Entry {
  return { jpeg: null, preview: null, rendered: null, part: null, full: null, reason: null, ...changes };
}

const preview = bitmap("preview");
const rendered = { bitmap: bitmap("rendered"), window: LUNG, box: { width: 4, height: 4 } };
const full = { kind: "stored", values: new Int16Array([0, 1024, 1064, 2000]) } as const;

describe("the best picture there is", () => {
  it("is nothing, then the preview, then the server's, then the stored values", () => {
    const look = { ...OWN, window: LUNG };
    const qualities = [{}, { preview }, { preview, rendered }, { preview, rendered, full }].map(
      (have) => pictureOf(frame(), entry(have), look).quality,
    );
    expect(qualities).toEqual(["none", "preview", "rendered", "full"]);
  });

  it("under another window is the preview with other tones until the server has answered", () => {
    const { picture, quality } = pictureOf(frame(), entry({ preview }), { ...OWN, window: LUNG });
    expect(quality).toBe("preview");
    expect(picture).toMatchObject({ kind: "bitmap", bitmap: preview });
    expect(picture?.kind === "bitmap" && picture.tones).toHaveLength(256);
  });

  it("is not the server's picture of another window", () => {
    const other = { ...OWN, window: { ...LUNG, center: 0 } };
    expect(pictureOf(frame(), entry({ rendered }), other).quality).toBe("preview");
  });

  it("of colour is the whole picture whatever the window", () => {
    const colour = frame({ samples: 3, stored: false, windows: [] });
    const have = entry({ full: { kind: "picture", bitmap: bitmap("png"), window: null } });
    expect(pictureOf(colour, have, { window: LUNG, invert: true })).toMatchObject({
      quality: "full",
      picture: { kind: "bitmap", invert: true, tones: null },
    });
  });

  it("of an image whose own look is a table only the server has comes from the server", () => {
    const tabled = frame({ windows: [], has_voi_lut: true });
    const have = entry({ full, rendered: { ...rendered, window: null } });
    expect(pictureOf(tabled, have, OWN).quality).toBe("rendered");
    expect(pictureOf(tabled, have, { ...OWN, window: LUNG }).quality).toBe("full");
  });

  it("of MONOCHROME1 is inverse, and upright when it is inverted again", () => {
    const inverse = frame({ inverse: true });
    const scaleOf = (invert: boolean) => {
      const { picture } = pictureOf(inverse, entry({ full }), { window: null, invert });
      return picture?.kind === "stored" ? picture.scale.inverse : null;
    };
    expect([scaleOf(false), scaleOf(true)]).toEqual([true, false]);
  });
});

it("the own window is the file's first, else made of the values once they are here", () => {
  expect(pictureOf(frame(), entry({}), OWN).ownWindow).toMatchObject({ center: 40, width: 400 });
  const bare = frame({ windows: [] });
  expect(pictureOf(bare, entry({}), OWN).ownWindow).toBeNull();
  expect(pictureOf(bare, entry({ full }), OWN).ownWindow?.function).toBe("LINEAR_EXACT");
});
