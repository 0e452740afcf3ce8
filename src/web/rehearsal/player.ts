/// <reference lib="dom" />

const HZ = 8000;
const SIDES = ["caller", "agent"] as const;
type Side = typeof SIDES[number];

let context: AudioContext | undefined;
let playing: Player | undefined;

/** Plays both sides of a call; its waveform, its time and its conversation go along. */
class Player {
  readonly #call: HTMLElement;
  readonly #range: HTMLInputElement;
  readonly #head: Element | null;
  readonly #endMs: number;
  #buffers: Promise<Record<Side, AudioBuffer>> | undefined;
  #gains: Partial<Record<Side, GainNode>> = {};
  #sources: readonly AudioBufferSourceNode[] = [];
  #fromMs = 0;
  #startedAt = 0;
  #isPlaying = false;

  constructor(call: HTMLElement, range: HTMLInputElement) {
    this.#call = call;
    this.#range = range;
    this.#head = call.querySelector(".head");
    this.#endMs = Number(range.max);
    range.addEventListener("input", () => this.#seek(Number(range.value)));
    this.#button.addEventListener("click", () => this.#isPlaying ? this.pause() : this.play());
    for (const button of call.querySelectorAll<HTMLElement>(".side")) {
      button.addEventListener("click", () => this.#mute(button));
    }
    call.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("[data-at]") : null;
      if (button === null) return;
      this.#seek(Number(button.dataset["at"]));
      if (!this.#isPlaying) void this.play();
    });
  }

  async play(): Promise<void> {
    if (playing !== this) playing?.pause();
    playing = this;
    context ??= new AudioContext();
    void context.resume();
    this.#isPlaying = true;
    this.#button.textContent = "Pause";
    if (this.#fromMs >= this.#endMs) this.#fromMs = 0;
    const buffers = await (this.#buffers ??= this.#read(context));
    if (this.#isPlaying) this.#start(context, buffers);
  }

  pause(): void {
    if (!this.#isPlaying) return;
    this.#fromMs = this.#nowMs;
    this.#isPlaying = false;
    this.#stop();
    this.#button.textContent = "Play";
    this.#show();
  }

  #seek(ms: number): void {
    this.#fromMs = Math.min(this.#endMs, Math.max(0, ms));
    const isPlaying = this.#isPlaying && this.#sources.length > 0;
    this.#stop();
    this.#show();
    if (isPlaying) void this.play();
  }

  #start(context: AudioContext, buffers: Record<Side, AudioBuffer>): void {
    this.#stop();
    this.#startedAt = context.currentTime;
    this.#sources = SIDES.map((side) => {
      const source = new AudioBufferSourceNode(context, { buffer: buffers[side] });
      const gain = new GainNode(context, { gain: this.#isOn(side) ? 1 : 0 });
      this.#gains[side] = gain;
      source.connect(gain).connect(context.destination);
      source.start(0, this.#fromMs / 1000);
      return source;
    });
    this.#follow();
  }

  #stop(): void {
    for (const source of this.#sources) {
      source.stop();
      source.disconnect();
    }
    this.#sources = [];
  }

  #follow(): void {
    if (!this.#isPlaying || this.#sources.length === 0) return;
    if (this.#nowMs >= this.#endMs) {
      this.pause();
      return;
    }
    this.#show();
    requestAnimationFrame(() => this.#follow());
  }

  #mute(button: HTMLElement): void {
    const side = button.dataset["side"] === "agent" ? "agent" : "caller";
    const isOn = !this.#isOn(side);
    button.setAttribute("aria-pressed", String(isOn));
    const gain = this.#gains[side];
    if (gain !== undefined) gain.gain.value = isOn ? 1 : 0;
  }

  #isOn(side: Side): boolean {
    return this.#call.querySelector(`.side.${side}`)?.getAttribute("aria-pressed") !== "false";
  }

  #show(): void {
    const ms = this.#nowMs;
    const text = `${clockTime(ms)} of ${clockTime(this.#endMs)}`;
    this.#range.value = String(ms);
    this.#range.setAttribute("aria-valuetext", text);
    const x = String(600 * ms / Math.max(1, this.#endMs));
    this.#head?.setAttribute("x1", x);
    this.#head?.setAttribute("x2", x);
    const time = this.#call.querySelector(".time");
    if (time !== null) time.textContent = text;
    for (const line of this.#call.querySelectorAll<HTMLElement>("[data-from]")) {
      const isNow = Number(line.dataset["from"]) <= ms && ms < Number(line.dataset["to"]);
      line.classList.toggle("now", isNow);
    }
  }

  get #nowMs(): number {
    if (!this.#isPlaying || this.#sources.length === 0 || context === undefined) {
      return this.#fromMs;
    }
    const playedMs = (context.currentTime - this.#startedAt) * 1000;
    return Math.min(this.#endMs, this.#fromMs + playedMs);
  }

  get #button(): HTMLElement {
    const button = this.#call.querySelector<HTMLElement>(".play");
    if (button === null) throw new Error("Cannot play: there is no button");
    return button;
  }

  /** The caller's side stands before the agent's, each a byte of mu-law for each sample. */
  async #read(context: AudioContext): Promise<Record<Side, AudioBuffer>> {
    const text = this.#call.querySelector("script")?.textContent ?? "";
    const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const both = new Uint8Array(await new Response(plain).arrayBuffer());
    const length = both.length / 2;
    const bufferOf = (from: number) => {
      const buffer = context.createBuffer(1, Math.max(1, length), HZ);
      buffer.copyToChannel(Float32Array.from(both.subarray(from, from + length), linear), 0);
      return buffer;
    };
    return { caller: bufferOf(0), agent: bufferOf(length) };
  }
}

/** A sample of mu-law (G.711) between -1 and 1. */
function linear(byte: number): number {
  const bits = ~byte & 0xff;
  const size = (((bits & 0x0f) << 3) + 0x84 << (bits >> 4 & 0x07)) - 0x84;
  return (bits & 0x80 ? -size : size) / 32_768;
}

function clockTime(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}

for (const call of document.querySelectorAll<HTMLElement>(".call")) {
  const range = call.querySelector<HTMLInputElement>("input[type=range]");
  if (range !== null) new Player(call, range);
}

export {};
