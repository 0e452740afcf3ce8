/// <reference lib="dom" />
import type { MarkKind, WaveMark } from "./waveMarks.ts";

/** How loud both sides are over a part of a call, from 0 to 1, as the server answers it. */
export interface WavePeaks {
  readonly durationMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly caller: readonly number[];
  readonly agent: readonly number[];
}

/** The part of the call that is seen, in milliseconds since it began. */
export interface WaveRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Of the canvas, for tools and transfers, which are on no side. */
const STRIP = 0.14;

/** Draws both sides, what is marked, and where the sound is, in the colours of the canvas's style. */
export function drawWaves(
  canvas: HTMLCanvasElement,
  { peaks, range, marks, atMs }: {
    readonly peaks: WavePeaks | undefined;
    readonly range: WaveRange;
    readonly marks: readonly WaveMark[];
    readonly atMs: number;
  },
): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const { width, height } = canvas;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const xOf = (ms: number) => (ms - range.fromMs) / (range.toMs - range.fromMs) * width;
  const lane = height * (1 - STRIP) / 2;
  context.clearRect(0, 0, width, height);
  for (const mark of marks) if (!IN_FRONT.has(mark.kind)) drawMark(mark);
  if (peaks !== undefined) {
    drawLane(peaks, peaks.caller, 0, "--caller");
    drawLane(peaks, peaks.agent, lane, "--agent");
  }
  context.fillStyle = colour("--rule");
  context.fillRect(0, lane, width, 1);
  for (const mark of marks) if (IN_FRONT.has(mark.kind)) drawMark(mark);
  context.fillStyle = colour("--ink");
  const line = Math.max(2, devicePixelRatio * 1.5);
  context.fillRect(Math.min(xOf(atMs), width - line), 0, line, height);

  function drawLane(
    { fromMs, toMs }: WavePeaks,
    side: readonly number[],
    top: number,
    name: string,
  ): void {
    const perMs = side.length / Math.max(1, toMs - fromMs);
    const msPerPixel = (range.toMs - range.fromMs) / width;
    context!.fillStyle = colour(name);
    for (let x = 0; x < width; x++) {
      const ms = range.fromMs + x * msPerPixel;
      const first = Math.floor((ms - fromMs) * perMs);
      const last = Math.max(first + 1, Math.ceil((ms + msPerPixel - fromMs) * perMs));
      let peak = -1;
      for (let at = Math.max(0, first); at < last && at < side.length; at++) {
        peak = Math.max(peak, side[at] ?? 0);
      }
      if (peak < 0) continue;
      // By its root: speech on a telephone is far from the loudest that there can be.
      const half = Math.max(0.5, Math.sqrt(peak) * lane * 0.48);
      context!.fillRect(x, top + lane / 2 - half, 1, 2 * half);
    }
  }

  function drawMark({ kind, fromMs, toMs, side }: WaveMark): void {
    const [x, end] = [xOf(fromMs), xOf(toMs)];
    if (end < 0 || x > width) return;
    const least = 2 * devicePixelRatio;
    const long = Math.max(least, end - x);
    const top = side === "agent" ? lane : 0;
    const tall = side === undefined ? 2 * lane : lane;
    context!.fillStyle = colour(COLOURS[kind]);
    switch (kind) {
      case "cut":
        return context!.fillRect(x - least / 2, top, least, tall);
      case "unheard":
        // Dashes: there is no sound of it.
        for (let at = x; at < x + long; at += 4 * least) {
          context!.fillRect(at, top + tall / 2 - least / 2, 2 * least, least);
        }
        return;
      case "silent":
        context!.globalAlpha = 0.6;
        context!.fillRect(x, top, long, tall);
        context!.globalAlpha = 1;
        return;
      case "tool":
      case "transfer": {
        const [from, deep] = [2 * lane, height - 2 * lane];
        const upper = kind === "tool" ? from + deep * 0.15 : from + deep * 0.6;
        return context!.fillRect(x, upper, long, deep * 0.35);
      }
    }
  }
}

const IN_FRONT: ReadonlySet<MarkKind> = new Set(["cut", "unheard", "tool", "transfer"]);
const COLOURS: Readonly<Record<MarkKind, string>> = {
  cut: "--stop",
  unheard: "--stop",
  tool: "--cut",
  transfer: "--caller",
  silent: "--rule",
};
