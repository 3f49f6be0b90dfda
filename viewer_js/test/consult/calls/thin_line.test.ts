import { describe, expect, it } from "vitest";
import { BEGIN, limit, type Sample, type Standing, weigh, worst } from "../../../src/consult/calls/thin_line";

const GOOD: Sample = { loss: 0, delay: 40, carries: 2_000_000 };
const LOSSY: Sample = { loss: 0.3, delay: 40, carries: 2_000_000 };

function sampled(standing: Standing, sample: Sample, times: number): Standing {
  let now = standing;
  for (let time = 0; time < times; time += 1) now = weigh(now, sample);
  return now;
}

describe("a thin line", () => {
  it("first makes the picture small, then lets the voice alone, then proposes writing", () => {
    const levels = [2, 4, 6, 20].map((times) => sampled(BEGIN, LOSSY, times).level);
    expect(levels).toEqual(["small", "voice", "text", "text"]);
  });

  it("is not told by one bad moment", () => {
    expect(sampled(sampled(BEGIN, LOSSY, 1), GOOD, 1).bad).toBe(0);
    expect(weigh(sampled(BEGIN, LOSSY, 1), GOOD).level).toBe("full");
  });

  it("comes back step by step when it has grown wide again", () => {
    const voice = sampled(BEGIN, LOSSY, 4);
    expect(sampled(voice, GOOD, 40).level).toBe("full");
  });

  it("waits longer before it tries again what failed", () => {
    const once = sampled(BEGIN, LOSSY, 2);
    const back = sampled(once, GOOD, once.patience);
    const twice = sampled(sampled(back, LOSSY, 2), LOSSY, 2);
    expect(twice.patience).toBeGreaterThan(once.patience);
  });

  it("knows what a picture needs of the line", () => {
    expect(sampled(BEGIN, { ...GOOD, carries: 100_000 }, 9).level).toBe("small");
    expect(sampled(BEGIN, { ...GOOD, carries: 30_000 }, 9).level).toBe("voice");
  });

  it("is as thin as the thinnest of them", () => {
    expect(worst([GOOD, LOSSY, { loss: 0, delay: 900, carries: null }])).toEqual({
      loss: 0.3,
      delay: 900,
      carries: 2_000_000,
    });
  });
});

describe("the camera", () => {
  const sent = async (level: Standing["level"], isLargeCall: boolean) => {
    let encoding: RTCRtpEncodingParameters = {};
    const sender = {
      getParameters: () => ({ encodings: [encoding] }),
      setParameters: async (told: RTCRtpSendParameters) => {
        encoding = told.encodings[0] ?? {};
      },
    };
    await limit(sender as unknown as RTCRtpSender, level, isLargeCall);
    return encoding;
  };

  it("is sent whole on a good line, smaller in a large call, smallest on a thin line", async () => {
    const smaller = [await sent("full", false), await sent("full", true), await sent("small", true)];
    expect(smaller.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy)).toEqual([1, 2, 3]);
  });

  it("rests where only a voice gets through", async () => {
    expect((await sent("voice", false)).active).toBe(false);
    expect((await sent("full", false)).active).toBe(true);
  });
});
