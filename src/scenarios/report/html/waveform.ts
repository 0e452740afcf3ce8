import { MU_LAW } from "../../../utils/audio/g711.ts";
import type { CallSound } from "../keptSound.ts";
import { coordinate, escapeHtml } from "./markup.ts";

/** A place in a call that is marked above its waveform, and where more is said of it. */
export interface WaveMark {
  readonly atMs: number;
  readonly kind: "cut" | "fault";
  readonly label: string;
  readonly target: string;
}

const COLUMNS = 600;
const HALF = 36;
const FULL_SCALE = 32_768;

/** Both sides as they sounded: the agent above the line, the caller below it, the longest silence behind them. */
export function waveform(
  { agent, caller }: CallSound,
  { endMs, quiet, marks }: {
    readonly endMs: number;
    readonly quiet: { readonly atMs: number; readonly ms: number } | undefined;
    readonly marks: readonly WaveMark[];
  },
): string {
  const x = (ms: number) => COLUMNS * Math.min(1, Math.max(0, ms / Math.max(1, endMs)));
  const silence = quiet === undefined
    ? ""
    : `<rect class="quiet" x="${coordinate(x(quiet.atMs))}" width="${
      coordinate(x(quiet.atMs + quiet.ms) - x(quiet.atMs))
    }" y="0" height="${2 * HALF}"/>`;
  const lines = marks.map(({ atMs, kind }) => {
    const at = coordinate(x(atMs));
    return `<line class="${kind}" x1="${at}" x2="${at}" y1="0" y2="${2 * HALF}"/>`;
  });
  return `<svg class="wave" viewBox="0 0 ${COLUMNS} ${
    2 * HALF
  }" preserveAspectRatio="none" aria-hidden="true">${silence}<path class="agent" d="${
    side(agent, -1)
  }"/><path class="caller" d="${side(caller, 1)}"/>${lines.join("")}` +
    `<line class="head" x1="0" x2="0" y1="0" y2="${2 * HALF}"/></svg>`;
}

/** Marks as links, above the waveform and as wide; empty where there are none. */
export function waveMarks(marks: readonly WaveMark[], endMs: number): string {
  if (marks.length === 0) return "";
  const links = marks.map(({ atMs, kind, label, target }) => {
    const x = coordinate(100 * Math.min(1, Math.max(0, atMs / Math.max(1, endMs))));
    return `<a href="#${target}" aria-label="${escapeHtml(label)}"><title>${
      escapeHtml(label)
    }</title><circle class="${kind}" cx="${x}%" cy="12" r="12"/><circle class="${kind} point" cx="${x}%" cy="12" r="5"/></a>`;
  });
  return `<svg class="marks" role="group" aria-label="Marks">${links.join("")}</svg>`;
}

function side(track: Uint8Array, sign: 1 | -1): string {
  const step = Math.max(1, track.length / COLUMNS);
  let path = "";
  for (let column = 0; column < COLUMNS; column++) {
    const peak = peakOf(track, Math.floor(column * step), Math.floor((column + 1) * step));
    if (peak === 0) continue;
    // Quiet speech is to be seen, too.
    const height = HALF * Math.sqrt(peak / FULL_SCALE);
    path += `M${column} ${HALF}v${coordinate(sign * height)}`;
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
