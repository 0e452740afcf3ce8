import { RecordingFault } from "./recordingFault.ts";

/** Which peaks of a recording are wanted. */
export interface PeaksPart {
  /** Samples of one side, from the first to before the last; the whole recording has `samples`. */
  readonly from: number;
  readonly to: number;
  /** Equal parts, fewer where there are not as many samples. */
  readonly parts: number;
}

/** How far each side is from silence at its loudest in each part, from 0 to 1. */
export interface Peaks {
  readonly caller: readonly number[];
  readonly agent: readonly number[];
}

/** What is read at once, so that calls that are being recorded do not wait: 512 KB or 1 MB. */
const SLICE_SAMPLES = 256 * 1024;
/** Parts of one question, however short they are. */
const SLICE_PARTS = 512;

/** Reads peaks slice by slice: `ask` answers as the question `peaks` of the thread does. */
export async function readPeaks(
  ask: (edges: Float64Array<ArrayBuffer>) => Promise<unknown>,
  { from, to, parts: wanted }: PeaksPart,
): Promise<Peaks> {
  const samples = Math.max(0, to - from);
  const parts = Math.min(wanted, samples);
  const edgeOf = (part: number) => from + Math.floor(part * samples / parts);
  const caller: number[] = [];
  const agent: number[] = [];
  let part = 0;
  let at = from;
  while (part < parts) {
    const first = part;
    const end = at + SLICE_SAMPLES;
    const edges = [at];
    while (part < parts && part - first < SLICE_PARTS && edgeOf(part + 1) <= end) {
      edges.push(edgeOf(++part));
    }
    // A part that is longer than a slice goes on in the next one.
    if (part === first) edges.push(end);
    const found = await ask(Float64Array.from(edges));
    if (!(found instanceof Uint16Array)) throw new RecordingFault("damaged");
    for (let i = 0; i + 1 < found.length; i += 2) {
      const index = first + i / 2;
      caller[index] = Math.max(caller[index] ?? 0, found[i]! / 65_535);
      agent[index] = Math.max(agent[index] ?? 0, found[i + 1]! / 65_535);
    }
    at = edges.at(-1)!;
  }
  return { caller, agent };
}
