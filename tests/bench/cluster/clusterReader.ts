import { EventReader } from "../../support/eventReader.ts";
import { isOf } from "./callNames.ts";

/** What one reader has received of the events of all processes. */
export interface Received {
  /** Between publication and arrival; of events that came from another process than the one that was read. */
  readonly crossedMs: readonly number[];
  readonly events: number;
  /** Without states of turns that a later one may have replaced. */
  readonly lasting: number;
  readonly outOfOrder: number;
  /** How often the reader was told that it had missed some. */
  readonly missed: number;
}

/** Reads the live events of all processes at one of them, over HTTP. */
export class ClusterReader {
  readonly #reader: EventReader;
  readonly #own: string;
  readonly #reading: Promise<void>;
  /** When the newest event of each call happened. */
  readonly #newest = new Map<string, number>();
  #crossedMs: number[] = [];
  #counts = { events: 0, lasting: 0, outOfOrder: 0, missed: 0 };

  /** `own` is the process that answers. */
  constructor(response: Response, own: string) {
    this.#reader = new EventReader(response);
    this.#own = own;
    this.#reading = this.#readAll();
  }

  /** What has come since this was last asked. */
  take(): Received {
    const received = { ...this.#counts, crossedMs: this.#crossedMs };
    this.#counts = { events: 0, lasting: 0, outOfOrder: 0, missed: 0 };
    this.#crossedMs = [];
    return received;
  }

  get events(): number {
    return this.#counts.events;
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#reading;
  }

  async #readAll(): Promise<void> {
    for (;;) {
      const read = await this.#reader.next().catch(() => undefined);
      if (read === undefined) return;
      if (read.name === "comment") continue;
      if (read.name === "missed") {
        this.#counts.missed++;
        continue;
      }
      const [, callId = "", at = ""] = /^{"callId":"(\w+)","at":"([^"]+)"/.exec(read.data) ?? [];
      const atMs = Date.parse(at);
      if (atMs < (this.#newest.get(callId) ?? 0)) this.#counts.outOfOrder++;
      this.#newest.set(callId, atMs);
      this.#counts.events++;
      if (read.name !== "turn" || read.data.includes('"final":true')) this.#counts.lasting++;
      if (!isOf(callId, this.#own)) this.#crossedMs.push(Date.now() - atMs);
    }
  }
}
