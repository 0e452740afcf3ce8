import { MU_LAW } from "../../../utils/audio/g711.ts";
import { coordinate, escapeHtml } from "./markup.ts";

/** A place in a call that is marked on its waveform. */
export interface WaveMark {
  readonly atMs: number;
  readonly kind: "cut" | "fault";
  readonly label: string;
}

const COLUMNS = 900;
const HALF = 36;
const FULL_SCALE = 32_768;

/** Both sides as they sounded: the agent above the line, the caller below it, with marks across. */
export function waveform(
  { agent, caller, endMs, marks }: {
    readonly agent: Uint8Array;
    readonly caller: Uint8Array;
    readonly endMs: number;
    readonly marks: readonly WaveMark[];
  },
): string {
  const lines = marks.map(({ atMs, kind, label }) => {
    const x = coordinate(COLUMNS * Math.min(1, Math.max(0, atMs / Math.max(1, endMs))));
    return `<line class="${kind}" x1="${x}" x2="${x}" y1="0" y2="${2 * HALF}"><title>${
      escapeHtml(label)
    }</title></line>`;
  });
  return `<svg class="wave" viewBox="0 0 ${COLUMNS} ${
    2 * HALF
  }" preserveAspectRatio="none" role="img" ` +
    `aria-label="The agent above, the caller below"><path class="agent" d="${
      side(agent, -1)
    }"/><path class="caller" d="${side(caller, 1)}"/>${lines.join("")}` +
    `<line class="head" x1="0" x2="0" y1="0" y2="${2 * HALF}"/></svg>`;
}

function side(track: Uint8Array, sign: 1 | -1): string {
  const step = Math.max(1, track.length / COLUMNS);
  let path = "";
  for (let column = 0; column < COLUMNS; column++) {
    const peak = peakOf(track, Math.floor(column * step), Math.floor((column + 1) * step));
    if (peak === 0) continue;
    // Quiet speech is to be seen, too.
    const height = HALF * Math.sqrt(peak / FULL_SCALE);
    path += `M${column} ${HALF}V${coordinate(HALF + sign * height)}`;
  }
  return path;
}

function peakOf(track: Uint8Array, from: number, to: number): number {
  let peak = 0;
  for (let at = from; at < to; at++) {
    peak = Math.max(peak, Math.abs(MU_LAW.decoded[track[at] ?? 0xff] ?? 0));
  }
  return peak;
}
