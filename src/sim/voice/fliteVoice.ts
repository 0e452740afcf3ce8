import type { FliteAnswer, FliteRequest } from "./fliteWorker.ts";
import type { Voice } from "./voice.ts";
import { toneSamples } from "./toneVoice.ts";

/** The voices inside Flite's module; `slt` is the clearest. */
export type FliteSpeaker = "slt" | "rms" | "awb" | "kal";

export interface FliteVoiceOptions {
  readonly voice?: FliteSpeaker;
  /** How long one sentence may take before the worker counts as broken. */
  readonly timeoutMs?: number;
  /** Stands in for Flite's worker. */
  readonly startWorker?: () => Worker;
}

/**
 * Opens Flite's voice. Its worker starts with the first sentence and needs only read access to
 * this folder; where it breaks, a tone replaces it.
 */
export function createFliteVoice(
  { voice = "slt", timeoutMs = 15_000, startWorker = startFliteWorker }: FliteVoiceOptions = {},
): Voice {
  const queue = new FliteQueue(voice, timeoutMs, startWorker);
  return {
    // The oldest of the voices was made for telephones.
    sampleRate: voice === "kal" ? 8_000 : 16_000,
    say: (sentence, signal) => queue.say(sentence, signal),
    close: () => queue.close(),
  };
}

/** Sends one sentence at a time to the worker, so that aborted ones are skipped. */
class FliteQueue {
  readonly #speaker: FliteSpeaker;
  readonly #timeoutMs: number;
  readonly #startWorker: () => Worker;
  readonly #waiting: Job[] = [];
  readonly #said = new Map<string, Int16Array>();
  #saidSamples = 0;
  #worker: Worker | undefined;
  #job: Job | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: "working" | "broken" | "closed" = "working";

  constructor(speaker: FliteSpeaker, timeoutMs: number, startWorker: () => Worker) {
    this.#speaker = speaker;
    this.#timeoutMs = timeoutMs;
    this.#startWorker = startWorker;
  }

  say(text: string, signal?: AbortSignal): Promise<Int16Array> {
    const sentence = plain(text);
    if (this.#state === "closed" || signal?.aborted) return Promise.resolve(new Int16Array());
    const known = this.#said.get(sentence);
    if (known) return Promise.resolve(known);
    if (sentence === "" || this.#state === "broken" || this.#waiting.length >= maxWaiting) {
      return Promise.resolve(inPlaceOf(sentence));
    }
    const { promise, resolve } = Promise.withResolvers<Int16Array>();
    this.#waiting.push({ sentence, signal, resolve });
    this.#next();
    return promise;
  }

  close(): void {
    this.#state = "closed";
    this.#stop((job) => job.resolve(new Int16Array()));
  }

  #next(): void {
    while (!this.#job) {
      const job = this.#waiting.shift();
      if (!job) return;
      if (job.signal?.aborted) job.resolve(new Int16Array());
      else this.#begin(job);
    }
  }

  #begin(job: Job): void {
    this.#job = job;
    this.#timer = setTimeout(() => this.#break(), this.#timeoutMs);
    try {
      this.#worker ??= this.#listen(this.#startWorker());
      const request: FliteRequest = { sentence: job.sentence, speaker: this.#speaker };
      this.#worker.postMessage(request);
    } catch {
      this.#break();
    }
  }

  #listen(worker: Worker): Worker {
    worker.addEventListener("message", ({ data }: MessageEvent<FliteAnswer>) => this.#answer(data));
    worker.addEventListener("error", (event) => {
      // Otherwise the error of the worker would end the whole process.
      event.preventDefault();
      this.#break();
    });
    worker.addEventListener("messageerror", () => this.#break());
    return worker;
  }

  #answer(answer: FliteAnswer): void {
    const job = this.#job;
    if (!job) return;
    clearTimeout(this.#timer);
    this.#job = undefined;
    if ("samples" in answer) this.#remember(job.sentence, answer.samples);
    job.resolve("samples" in answer ? answer.samples : inPlaceOf(job.sentence));
    this.#next();
  }

  #remember(sentence: string, samples: Int16Array): void {
    this.#said.set(sentence, samples);
    this.#saidSamples += samples.length;
    for (const [oldest, old] of this.#said) {
      if (this.#saidSamples <= maxSaidSamples) return;
      this.#said.delete(oldest);
      this.#saidSamples -= old.length;
    }
  }

  #break(): void {
    if (this.#state === "working") this.#state = "broken";
    this.#stop((job) => job.resolve(inPlaceOf(job.sentence)));
  }

  #stop(settle: (job: Job) => void): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    const jobs = this.#job ? [this.#job, ...this.#waiting] : this.#waiting.slice();
    this.#job = undefined;
    this.#waiting.length = 0;
    for (const job of jobs) settle(job);
  }
}

interface Job {
  readonly sentence: string;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (samples: Int16Array) => void;
}

const maxWaiting = 200;

// Two minutes of speech, 4 MB.
const maxSaidSamples = 120 * 16_000;

const toneMsPerCharacter = 60;

function startFliteWorker(): Worker {
  return new Worker(new URL("./fliteWorker.ts", import.meta.url), {
    type: "module",
    name: "flite",
  });
}

function inPlaceOf(sentence: string): Int16Array {
  return toneSamples(Math.max(100, sentence.length * toneMsPerCharacter));
}

/** Flite reads ASCII; accents are taken off, other signs are left out. */
function plain(text: string): string {
  return text.normalize("NFKD").replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"')
    .replaceAll(/[–—]/g, ", ").replaceAll(/[^\x20-\x7e]/g, "").trim();
}
