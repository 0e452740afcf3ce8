/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import { element } from "../elements.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";
import { drawWaves, type WavePeaks, type WaveRange } from "./drawWaves.ts";
import { markKinds, markNames, type WaveMark } from "./waveMarks.ts";

/** The picture of a recording: both sides over time, with what is marked; its place is a slider. */
export interface Waveform {
  readonly element: HTMLElement;
  /** The buttons that zoom. */
  readonly zooms: HTMLElement;
  /** Draws anew, with the sound at this time of the call; `follows` keeps that in view. */
  move(atMs: number, follows: boolean): void;
  close(): void;
}

const STEP_MS = 5000;
const PAGE_MS = 30_000;
const LEAST_RANGE_MS = 4000;
const MAX_BUCKETS = 4000;
/** How long a view stays before its own peaks are asked for. */
const SETTLE_MS = 150;
/** The server reads other recordings. */
const BUSY_MS = 1500;

/** Creates the picture of a call's recording, which is `durationMs` long. Asks for no peaks until it is in the page. */
export function createWaveform(
  callId: string,
  { durationMs, marks, lineAt, onSeek, onToggle }: {
    readonly durationMs: number;
    readonly marks: readonly WaveMark[];
    /** What is said at a time, for people who do not see the picture. */
    readonly lineAt: (ms: number) => string;
    readonly onSeek: (ms: number) => void;
    readonly onToggle: () => void;
  },
): Waveform {
  const whole: WaveRange = { fromMs: 0, toMs: Math.max(1, durationMs) };
  const gone = new AbortController();
  const canvas = element("canvas");
  const slider = element("div", { className: "waves", tabIndex: 0, role: "slider" }, [canvas]);
  slider.ariaLabel = t("Place in the recording");
  slider.ariaValueMin = "0";
  slider.ariaValueMax = String(Math.round(durationMs / 1000));
  const closer = zoomButton("+", t("Zoom in"), () => zoom(0.5));
  const wider = zoomButton("−", t("Zoom out"), () => zoom(2));
  const names = element("div", { className: "sides", ariaHidden: "true" }, [
    element("span", { className: "caller", textContent: t("Caller") }),
    element("span", { className: "agent", textContent: t("Agent") }),
  ]);
  const body = element("div", { className: "wave-body" }, [names, slider]);
  const legend = element("p", { className: "legend" }, [
    ...markKinds.filter((kind) => marks.some((mark) => mark.kind === kind)).map((kind) =>
      element("span", {}, [
        element("i", { className: `swatch ${kind}`, ariaHidden: "true" }),
        markNames[kind],
      ])
    ),
  ]);
  let range = whole;
  let peaks: WavePeaks | undefined;
  let toldLine = "";
  let atMs = 0;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let asked: AbortController | undefined;

  slider.onpointerdown = (event) => {
    if (event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    onSeek(timeAt(event));
  };
  slider.onpointermove = (event) => {
    if (slider.hasPointerCapture(event.pointerId)) onSeek(timeAt(event));
  };
  slider.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const action = KEYS[event.key];
    if (action === undefined) return;
    event.preventDefault();
    if (action === "toggle") onToggle();
    else if (action === "in" || action === "out") zoom(action === "in" ? 0.5 : 2);
    else onSeek(Math.min(Math.max(0, action(atMs, durationMs)), durationMs));
  };
  const sizes = new ResizeObserver(() => show(range));
  sizes.observe(canvas);
  matchMedia("(prefers-color-scheme: dark)")
    .addEventListener("change", draw, { signal: gone.signal });
  tell();

  return {
    element: element("div", { className: "waveform" }, [body, legend]),
    zooms: element("span", { className: "zoom" }, [wider, closer]),
    move(ms, follows) {
      atMs = ms;
      const isOut = ms < range.fromMs || ms > range.toMs;
      if (follows && isOut) around(ms, range.toMs - range.fromMs);
      else draw();
      slider.ariaValueNow = String(Math.round(ms / 1000));
      // A screen reader speaks each change of the text: while the sound plays, a new line alone.
      if (!follows || lineAt(ms) !== toldLine) tell();
    },
    close() {
      gone.abort();
      asked?.abort();
      clearTimeout(settling);
      sizes.disconnect();
    },
  };

  function timeAt({ clientX }: PointerEvent): number {
    const { left, width } = canvas.getBoundingClientRect();
    const share = Math.min(Math.max((clientX - left) / Math.max(1, width), 0), 1);
    return Math.min(range.fromMs + share * (range.toMs - range.fromMs), durationMs);
  }

  function zoom(factor: number): void {
    around(atMs, (range.toMs - range.fromMs) * factor);
  }

  /** Shows so much of the call, with this time in the middle where there is room. */
  function around(ms: number, length: number): void {
    const long = Math.min(Math.max(length, LEAST_RANGE_MS), whole.toMs);
    const fromMs = Math.min(Math.max(0, ms - long / 2), whole.toMs - long);
    show({ fromMs, toMs: fromMs + long });
  }

  function show(next: WaveRange): void {
    range = next;
    closer.disabled = range.toMs - range.fromMs <= Math.min(LEAST_RANGE_MS, whole.toMs);
    wider.disabled = range.toMs - range.fromMs >= whole.toMs;
    const { width, height } = canvas.getBoundingClientRect();
    const size = [width, height].map((side) => Math.max(1, Math.round(side * devicePixelRatio)));
    [canvas.width, canvas.height] = [size[0]!, size[1]!];
    draw();
    clearTimeout(settling);
    if (width > 0) settling = setTimeout(() => void ask(), SETTLE_MS);
  }

  async function ask(): Promise<void> {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const buckets = Math.min(MAX_BUCKETS, Math.max(1, canvas.width));
    const part = `fromMs=${Math.floor(range.fromMs)}&toMs=${Math.ceil(range.toMs)}`;
    try {
      const path = `/api/calls/${callId}/recording/peaks?buckets=${buckets}&${part}`;
      const found = await fetchApiJson<WavePeaks>(path, { signal });
      if (signal.aborted) return;
      peaks = found;
      slider.classList.add("drawn");
      draw();
    } catch (error) {
      // The marks and the place are shown all the same; whether it can be heard, the player says.
      const isBusy = error instanceof RequestError && error.status === 429;
      if (isBusy && !signal.aborted) settling = setTimeout(() => void ask(), BUSY_MS);
    }
  }

  function draw(): void {
    drawWaves(canvas, { peaks, range, marks, atMs });
  }

  function tell(): void {
    slider.ariaValueNow = String(Math.round(atMs / 1000));
    const place = t("{at} of {all}", {
      at: formatDuration(atMs),
      all: formatDuration(durationMs),
    });
    toldLine = lineAt(atMs);
    slider.ariaValueText = [place, toldLine].filter((text) => text !== "").join(", ");
  }
}

type Move = (atMs: number, durationMs: number) => number;

const KEYS: Readonly<Record<string, Move | "toggle" | "in" | "out">> = {
  ArrowRight: (at) => at + STEP_MS,
  ArrowUp: (at) => at + STEP_MS,
  ArrowLeft: (at) => at - STEP_MS,
  ArrowDown: (at) => at - STEP_MS,
  PageUp: (at) => at + PAGE_MS,
  PageDown: (at) => at - PAGE_MS,
  Home: () => 0,
  End: (_, durationMs) => durationMs,
  " ": "toggle",
  "+": "in",
  "-": "out",
};

function zoomButton(textContent: string, label: string, onclick: () => void): HTMLButtonElement {
  return element("button", {
    type: "button",
    textContent,
    title: label,
    ariaLabel: label,
    onclick,
  });
}
