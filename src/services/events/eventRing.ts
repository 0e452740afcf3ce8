import { noPositions, type Positions } from "./eventPositions.ts";
import { present } from "../../utils/present.ts";

/** An event as processes exchange it; contains nothing secret. */
export interface SharedEvent {
  /** The process that holds the call. */
  readonly origin: string;
  /** Increases by one with every event of that process. */
  readonly sequence: number;
  readonly callId: string;
  readonly type: string;
  /** The key that the call belongs to. */
  readonly keyName?: string;
  /** What readers receive, as JSON. */
  readonly data: string;
}

/** An event as readers receive it. */
export interface LoggedEvent extends Omit<SharedEvent, "data"> {
  /** From this id a reader continues, at this process or another. */
  readonly id: string;
  /** Ready to be sent; encoded once for all readers. */
  readonly text: string;
}

/** The events after a position, as far as they are still kept. */
export interface EventPage {
  readonly events: readonly LoggedEvent[];
  /** Where to read on. */
  readonly position: number;
  /** The position as an id, for a reader that reconnects later; absent at the end. */
  readonly id?: string;
  /** Whether events between the position and these are lost. */
  readonly missed: boolean;
}

/** Which events a reader gets, and how many at a time. */
export interface ReadOptions {
  readonly wanted: (event: LoggedEvent) => boolean;
  /** What the reader has received already. */
  readonly after?: Positions;
  /** Examines no more, wanted or not: a page may be empty before the end. */
  readonly maxEvents?: number;
  /** Limit of the sum of the texts: the page ends after the event that reaches it. */
  readonly maxCharacters?: number;
}

/** Takes the place of events that never arrived. */
export type EventGap = Pick<LoggedEvent, "origin" | "sequence" | "id">;

type Entry =
  | Kept
  /** What was erased, or replaced by a later event, does not count as missed. */
  | { readonly gap: EventGap; readonly isErased?: boolean };

interface Kept {
  readonly event: LoggedEvent;
  /** What the event tells the state of, where a later one of the same subject replaces it. */
  readonly subject?: string;
}

/** The newest events in bounded memory; the oldest are dropped first. */
export class EventRing {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #maxEvents: number;
  readonly #maxCharacters: number;
  readonly #onDrop: (event: EventGap) => void;
  /** Where the event of each subject is that a later one will replace. */
  readonly #replaceable = new Map<string, number>();
  #start = 0;
  #end = 0;
  #characters = 0;
  #idBeforeStart: string;

  constructor({ maxEvents, maxCharacters, id, onDrop }: {
    readonly maxEvents: number;
    /** Sum of all texts. */
    readonly maxCharacters: number;
    /** The id before the first event. */
    readonly id: string;
    readonly onDrop: (event: EventGap) => void;
  }) {
    this.#maxEvents = maxEvents;
    this.#maxCharacters = maxCharacters;
    this.#idBeforeStart = id;
    this.#onDrop = onDrop;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** An event takes the place of the one before of its `subject`, unless that was the last of it. */
  push(entry: Entry, { isLast = true }: { readonly isLast?: boolean } = {}): void {
    const subject = "event" in entry ? entry.subject : undefined;
    if (subject !== undefined) this.#replace(subject);
    this.#characters += lengthOf(entry);
    while (this.#start < this.#end && this.#isFull) this.#dropOldest();
    if (subject !== undefined && !isLast) this.#replaceable.set(subject, this.#end);
    this.#entries[this.#end % this.#maxEvents] = entry;
    this.#end++;
  }

  read(position: number, options: ReadOptions): EventPage {
    const { wanted, after = noPositions, maxEvents = 500, maxCharacters = 64 * 1024 } = options;
    const from = Math.max(position, this.#start);
    let to = Math.min(this.#end, from + maxEvents);
    let characters = 0;
    const events: LoggedEvent[] = [];
    let missed = from > position;
    for (let at = from; at < to; at++) {
      const entry = this.#entries[at % this.#maxEvents];
      if (entry === undefined) continue;
      const { origin, sequence } = placeOf(entry);
      if (sequence <= (after.get(origin) ?? 0)) continue;
      if ("gap" in entry) missed ||= entry.isErased !== true;
      else if (wanted(entry.event)) {
        events.push(entry.event);
        characters += entry.event.text.length;
        if (characters >= maxCharacters) to = at + 1;
      }
    }
    const next = Math.max(position, to);
    const id = this.#idBefore(next);
    return { events, position: next, missed, ...present({ id }) };
  }

  /** Replaces all events of these calls by gaps. */
  erase(callIds: ReadonlySet<string>): void {
    for (let at = this.#start; at < this.#end; at++) {
      const entry = this.#entries[at % this.#maxEvents];
      if (entry === undefined || "gap" in entry || !callIds.has(entry.event.callId)) continue;
      this.#erase(at, entry);
    }
  }

  #replace(subject: string): void {
    const at = this.#replaceable.get(subject);
    const entry = at === undefined ? undefined : this.#entries[at % this.#maxEvents];
    if (at !== undefined && entry !== undefined && "event" in entry) this.#erase(at, entry);
  }

  #erase(at: number, { event: { origin, sequence, id, text }, subject }: Kept): void {
    if (subject !== undefined) this.#replaceable.delete(subject);
    this.#characters -= text.length;
    this.#entries[at % this.#maxEvents] = { gap: { origin, sequence, id }, isErased: true };
  }

  get #isFull(): boolean {
    return this.#end - this.#start >= this.#maxEvents || this.#characters > this.#maxCharacters;
  }

  #dropOldest(): void {
    const at = this.#start++ % this.#maxEvents;
    const entry = this.#entries[at];
    this.#entries[at] = undefined;
    if (entry === undefined) return;
    if ("event" in entry && entry.subject !== undefined) this.#replaceable.delete(entry.subject);
    this.#characters -= lengthOf(entry);
    const place = placeOf(entry);
    this.#idBeforeStart = place.id;
    this.#onDrop(place);
  }

  #idBefore(position: number): string | undefined {
    if (position >= this.#end) return undefined;
    const entry = this.#entries[(position - 1) % this.#maxEvents];
    return position <= this.#start || entry === undefined ? this.#idBeforeStart : placeOf(entry).id;
  }
}

function placeOf(entry: Entry): EventGap {
  return "gap" in entry ? entry.gap : entry.event;
}

function lengthOf(entry: Entry): number {
  return "gap" in entry ? 0 : entry.event.text.length;
}
