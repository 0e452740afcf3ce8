/// <reference lib="dom" />

/** How loud each side is now: root mean square, 0..1. */
export interface Levels {
  caller(): number;
  agent(): number;
}

interface Moment {
  readonly caller: number;
  readonly agent: number;
  interrupted: boolean;
}

const STEP_MS = 50;
const BAR_PX = 3;
const GAP_PX = 2;
/** Kept while the canvas is hidden; more than fit on any screen. */
const MAX_MOMENTS = 1000;
/** Drawn at height 0 and at full height. */
const QUIETEST_DB = -52;
const LOUDEST_DB = -10;

/** Draws both levels over the last seconds: the caller above the line, the agent below. */
export function drawLevelMeter(canvas: HTMLCanvasElement) {
  const context = canvas.getContext("2d");
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
  const moments: Moment[] = [];
  let watched: Levels | undefined;
  let frame: number | undefined;
  let last = 0;
  let interrupted = false;

  new ResizeObserver(draw).observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  return {
    /** Draws these levels from now on; with none, the drawing stops at a flat line. */
    show(levels: Levels | undefined): void {
      watched = levels;
      if (levels !== undefined) moments.length = 0;
      frame ??= requestAnimationFrame(step);
    },
    /** Draws a line at the current moment: the caller interrupted the agent. */
    markInterruption(): void {
      interrupted = true;
    },
  };

  function step(now: number): void {
    frame = watched === undefined ? undefined : requestAnimationFrame(step);
    if (watched !== undefined && now - last < STEP_MS) return;
    last = now;
    moments.push({
      caller: loudness(watched?.caller() ?? 0),
      agent: loudness(watched?.agent() ?? 0),
      interrupted,
    });
    interrupted = false;
    draw();
  }

  function draw(): void {
    if (context === null) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) {
      moments.splice(0, moments.length - MAX_MOMENTS);
      return;
    }
    const scale = devicePixelRatio;
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(name);
    const columns = Math.max(1, Math.ceil(width / (BAR_PX + GAP_PX)));
    moments.splice(0, moments.length - columns);
    const shown = reducedMotion.matches ? steady(columns) : moments;
    for (let column = 0; column < columns; column++) {
      const moment = shown[shown.length - 1 - column];
      const x = width - (column + 1) * (BAR_PX + GAP_PX) + GAP_PX;
      bar(x, height / 2 - 2, -(moment?.caller ?? 0), colour("--caller"));
      bar(x, height / 2 + 2, moment?.agent ?? 0, colour("--agent"));
      if (moment?.interrupted === true) {
        context.fillStyle = colour("--cut");
        context.fillRect(x, 0, 1.5, height);
      }
    }

    function bar(x: number, from: number, level: number, fill: string): void {
      if (context === null) return;
      const length = Math.max(1.5, Math.abs(level) * (height / 2 - 4));
      context.globalAlpha = level === 0 ? 0.3 : 1;
      context.fillStyle = fill;
      context.fillRect(x, level <= 0 && from < height / 2 ? from - length : from, BAR_PX, length);
      context.globalAlpha = 1;
    }
  }

  /** For reduced motion: the current level in every column, so that nothing scrolls. */
  function steady(columns: number): readonly Moment[] {
    const now = moments.at(-1) ?? { caller: 0, agent: 0, interrupted: false };
    return Array.from({ length: columns }, () => ({ ...now, interrupted: false }));
  }
}

function loudness(level: number): number {
  const decibels = 20 * Math.log10(Math.max(level, 1e-6));
  const share = (decibels - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB);
  return Math.min(1, Math.max(0, share)) ** 1.5;
}
