import { FRAME_BYTES, readStamp, type Stamp } from "./frames.ts";

/** What one direction of all calls has shown: order, loss and delay. */
export class Direction {
  /** Of frames that nothing on the way may hold back: all, or only those with sound. */
  readonly delaysMs: number[] = [];
  received = 0;
  outOfOrder = 0;
  readonly #delaysOf: "all" | "loud";
  readonly #next = new Map<string, number>();
  /** Pieces of audio need not end where a frame does. */
  readonly #begun = new Map<string, Uint8Array>();

  constructor(delaysOf: "all" | "loud" = "all") {
    this.#delaysOf = delaysOf;
  }

  take(call: string, audio: string): void {
    const piece = Uint8Array.fromBase64(audio);
    const begun = this.#begun.get(call);
    const bytes = begun === undefined ? piece : joined(begun, piece);
    let at = 0;
    for (; at + FRAME_BYTES <= bytes.length; at += FRAME_BYTES) {
      this.frame(call, readStamp(bytes.subarray(at, at + FRAME_BYTES)));
    }
    if (at < bytes.length) this.#begun.set(call, bytes.slice(at));
    else if (begun !== undefined) this.#begun.delete(call);
  }

  protected frame(call: string, { sequence, sentAt, isLoud }: Stamp): void {
    const expected = this.#next.get(call) ?? 0;
    if (sequence !== expected) this.outOfOrder++;
    this.#next.set(call, sequence + 1);
    this.received++;
    if (isLoud || this.#delaysOf === "all") this.delaysMs.push(performance.now() - sentAt);
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** CPU seconds that a process has used, from Linux' own books. */
export function cpuSeconds(pid: number): number {
  return cpuSecondsIn(`/proc/${pid}/stat`);
}

/** The same of the thread that runs the program, without those of its workers and of V8. */
export function mainThreadSeconds(pid: number): number {
  return cpuSecondsIn(`/proc/${pid}/task/${pid}/stat`);
}

function cpuSecondsIn(path: string): number {
  const stat = shown("cat", path);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

export function residentMb(pid: number): number {
  const status = shown("cat", `/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

export function openFiles(pid: number): number {
  return shown("ls", `/proc/${pid}/fd`).trim().split("\n").length;
}

export function openSockets(pid: number): number {
  return shown("ls", "-l", `/proc/${pid}/fd`).split(" socket:").length - 1;
}

/** Deno reads nothing below /proc without every permission there is; other programs do. */
export function shown(program: string, ...args: readonly string[]): string {
  const { stdout } = new Deno.Command(program, { args: [...args] }).outputSync();
  return new TextDecoder().decode(stdout);
}
