import type { Socket } from "node:net";

/** What can be wrong with one direction of a line. */
export interface LaneFaults {
  /** Takes what comes and passes nothing on, no end and no reset either, until it is healed. */
  readonly stalled?: boolean;
  readonly bytesPerSecond?: number;
  /** How much later everything arrives. */
  readonly delayMs?: number;
}

/** What is under way: bytes, or the end of them. */
interface Parcel {
  readonly sentAt: number;
  readonly what: Uint8Array | "end" | "reset";
}

/**
 * Ends a socket with a reset (RST); one from which nothing has come yet with FIN, since Deno tells nothing of a
 * WebSocket that is reset while it is upgraded, and keeps it for good.
 */
export function reset(socket: Socket): void {
  // Node ends a socket that it thinks is still connecting without a reset, though its peer may have it.
  if (socket.connecting) socket.once("connect", () => reset(socket));
  else if (socket.bytesRead === 0) socket.destroy();
  else socket.resetAndDestroy();
}

/** As much as a network with its routers holds; above it, the sender is not read from any more. */
const MAX_HELD_BYTES = 256 * 1024;
/** Throttled bytes are passed on in portions of this time. */
const PORTION_MS = 20;

/** One direction of a line: passes on what one socket says to the other, in order, with what is wrong. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #parcels: Parcel[] = [];
  #faults: LaneFaults = {};
  #heldBytes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  #nextPortionAt = 0;

  constructor(from: Socket, to: Socket) {
    this.#from = from;
    this.#to = to;
    from.on("data", (bytes: Uint8Array) => {
      this.#heldBytes += bytes.length;
      if (this.#heldBytes > MAX_HELD_BYTES) from.pause();
      this.#take(bytes);
    });
    from.on("end", () => this.#take("end"));
    from.on("error", () => this.#take("reset"));
    to.on("drain", () => this.#pass());
    to.on("connect", () => this.#pass());
  }

  /** Replaces what is wrong. */
  set(faults: LaneFaults): void {
    this.#faults = faults;
    this.#pass();
  }

  /** Nothing comes through this direction any more. */
  end(): void {
    this.#finish(() => this.#to.end());
  }

  /** The same, without telling. */
  drop(): void {
    this.#finish(() => {});
  }

  #take(what: Parcel["what"]): void {
    if (this.#over) return;
    this.#parcels.push({ sentAt: performance.now(), what });
    this.#pass();
  }

  #pass(): void {
    clearTimeout(this.#timer);
    while (!this.#over && this.#faults.stalled !== true && !this.#to.connecting) {
      const [parcel] = this.#parcels;
      if (parcel === undefined) return;
      const now = performance.now();
      const dueAt = Math.max(parcel.sentAt + (this.#faults.delayMs ?? 0), this.#nextPortionAt);
      if (dueAt > now) {
        this.#timer = setTimeout(() => this.#pass(), dueAt - now);
        return;
      }
      if (parcel.what === "end") return this.end();
      if (parcel.what === "reset") return this.#finish(() => reset(this.#to));
      if (this.#to.writableNeedDrain) return;
      this.#write(parcel, parcel.what, now);
    }
  }

  #write(parcel: Parcel, bytes: Uint8Array, now: number): void {
    const { bytesPerSecond } = this.#faults;
    const portion = bytesPerSecond === undefined
      ? bytes.length
      : Math.min(bytes.length, Math.max(1, Math.round(bytesPerSecond * PORTION_MS / 1000)));
    if (bytesPerSecond !== undefined) this.#nextPortionAt = now + portion / bytesPerSecond * 1000;
    if (portion === bytes.length) this.#parcels.shift();
    else this.#parcels[0] = { ...parcel, what: bytes.subarray(portion) };
    this.#to.write(bytes.subarray(0, portion));
    this.#heldBytes -= portion;
    if (this.#heldBytes <= MAX_HELD_BYTES && this.#from.isPaused()) this.#from.resume();
  }

  #finish(how: () => void): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#parcels.length = 0;
    this.#heldBytes = 0;
    // What still comes is read and dropped, since an unread socket never tells that it has ended.
    this.#from.resume();
    how();
  }
}
