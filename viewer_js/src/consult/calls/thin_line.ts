/** What a line can carry: the pictures shrink, then end, and at last writing is proposed; all of it comes back. */

export type Level = "full" | "small" | "text" | "voice";

export interface Sample {
  /** Of the packets sent: 0 to 1. */
  readonly loss: number;
  /** There and back, in milliseconds. */
  readonly delay: number;
  /** What the browser thinks the line carries, in bits a second; null where it does not say. */
  readonly carries: number | null;
}

export interface Standing {
  readonly level: Level;
  readonly bad: number;
  readonly good: number;
  /** Good samples in a row before more is tried: doubled each time that it was too early. */
  readonly patience: number;
}

export const BEGIN: Standing = { level: "full", bad: 0, good: 0, patience: 5 };
const ORDER: readonly Level[] = ["full", "small", "voice", "text"];
/** Below this a level does not work, in bits a second. */
const NEEDS: Readonly<Record<Level, number>> = { full: 250_000, small: 80_000, voice: 24_000, text: 0 };
/** Bits a second at most, and by how much the picture is made smaller. */
const FULL = [900_000, 1] as const;
const LARGE_CALL = [250_000, 2] as const;
const SMALL = [120_000, 3] as const;
const BAD_IN_A_ROW = 2;
const LONGEST_PATIENCE = 40;

export function weigh(standing: Standing, sample: Sample): Standing {
  const { level, patience } = standing;
  const place = ORDER.indexOf(level);
  if (isBad(sample, level)) {
    const bad = standing.bad + 1;
    const lower = ORDER[place + 1];
    if (bad < BAD_IN_A_ROW || lower === undefined) return { ...standing, bad, good: 0 };
    const longer = Math.min(patience * 2, LONGEST_PATIENCE);
    return { level: lower, bad: 0, good: 0, patience: level === "full" ? patience : longer };
  }
  const good = standing.good + 1;
  const higher = ORDER[place - 1];
  if (good < patience || higher === undefined) return { ...standing, bad: 0, good };
  return { level: higher, bad: 0, good: 0, patience };
}

function isBad({ loss, delay, carries }: Sample, level: Level): boolean {
  return loss > 0.08 || delay > 1_200 || (carries !== null && carries < NEEDS[level]);
}

/** The worst of several lines counts: one's own line is common to all of them. */
export function worst(samples: readonly Sample[]): Sample {
  const carried = samples.flatMap(({ carries }) => (carries === null ? [] : [carries]));
  return {
    loss: Math.max(0, ...samples.map(({ loss }) => loss)),
    delay: Math.max(0, ...samples.map(({ delay }) => delay)),
    carries: carried.length > 0 ? Math.min(...carried) : null,
  };
}

interface Told {
  readonly type: string;
  readonly fractionLost?: number;
  readonly roundTripTime?: number;
  readonly nominated?: boolean;
  readonly availableOutgoingBitrate?: number;
  readonly currentRoundTripTime?: number;
}

export async function sampleOf(peer: RTCPeerConnection): Promise<Sample> {
  let [loss, delay, carries]: [number, number, number | null] = [0, 0, null];
  for (const told of (await peer.getStats()).values() as Iterable<Told>) {
    if (told.type === "remote-inbound-rtp") loss = Math.max(loss, told.fractionLost ?? 0);
    if (told.type !== "candidate-pair" || !told.nominated) continue;
    delay = Math.max(delay, (told.currentRoundTripTime ?? 0) * 1_000);
    carries = told.availableOutgoingBitrate ?? carries;
  }
  return { loss, delay, carries };
}

/** How the camera is sent at a level; in a large call everybody is small, for the sake of those who show many. */
export async function limit(
  sender: RTCRtpSender | undefined,
  level: Level,
  isLargeCall: boolean,
): Promise<void> {
  const parameters = sender?.getParameters();
  const [encoding] = parameters?.encodings ?? [];
  if (sender === undefined || parameters === undefined || encoding === undefined) return;
  encoding.active = level === "full" || level === "small";
  const [most, smaller] = level === "full" ? (isLargeCall ? LARGE_CALL : FULL) : SMALL;
  encoding.maxBitrate = most;
  encoding.scaleResolutionDownBy = smaller;
  await sender.setParameters(parameters);
}
