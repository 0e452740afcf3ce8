import type { LoggedEvent, ReadOptions } from "../../../src/services/events/eventRing.ts";

interface ModelPlace {
  readonly origin: string;
  readonly sequence: number;
  readonly id: string;
  event: LoggedEvent | undefined;
  readonly openTurn: string | undefined;
  characters: number;
  isErased: boolean;
}

interface Limits {
  readonly maxEvents: number;
  readonly maxCharacters: number;
}

/** The log as it would be if every id and text were made when the event comes; it keeps all places. */
export class EagerLog {
  readonly places: ModelPlace[] = [];
  readonly #reached = new Map([["here", 0]]);
  readonly #dropped = new Map([["here", 0]]);
  readonly #limits: Limits;
  start = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get endId(): string {
    return [...this.#reached].map(([origin, sequence]) => `${origin}-${sequence}`).join(".");
  }

  reached(origin: string): number | undefined {
    return this.#reached.get(origin);
  }

  append(
    head: Pick<LoggedEvent, "origin" | "sequence" | "callId" | "type" | "keyName">,
    data: string,
    characters: number,
    turn: { readonly id: string; readonly final: boolean } | undefined,
  ): void {
    const { origin, sequence, callId } = head;
    const known = this.#ensure(origin, sequence - 1);
    if (sequence <= known) return;
    if (sequence > known + 1) this.#gap(origin, sequence - 1);
    this.#reached.set(origin, sequence);
    const id = this.endId;
    const subject = turn && `${callId} ${turn.id}`;
    for (const place of this.#kept()) {
      if (subject !== undefined && place.openTurn === subject) erase(place);
    }
    const others = id.length - id.split(".", 1)[0]!.length;
    this.#push({
      origin,
      sequence,
      id,
      event: { ...head, id, text: textOf(id, data) },
      openTurn: turn?.final === false ? subject : undefined,
      characters: characters + others,
      isErased: false,
    });
  }

  advance(origin: string, sequence: number): void {
    if (sequence > this.#ensure(origin, sequence)) this.#gap(origin, sequence);
  }

  erase(callIds: readonly string[]): void {
    for (const place of this.#kept()) {
      if (place.event !== undefined && callIds.includes(place.event.callId)) erase(place);
    }
  }

  read(position: number, options: Required<ReadOptions>) {
    const { wanted, after, maxEvents, maxCharacters } = options;
    const from = Math.max(position, this.start);
    let next = Math.max(position, from);
    let missed = from > position;
    let characters = 0;
    const events: LoggedEvent[] = [];
    for (const place of this.places.slice(from, from + maxEvents)) {
      next++;
      if (place.sequence <= (after.get(place.origin) ?? 0)) continue;
      if (place.event === undefined) missed ||= !place.isErased;
      else if (wanted(place.event)) {
        events.push(place.event);
        characters += place.event.text.length;
        place.characters = place.event.text.length;
        if (characters >= maxCharacters) break;
      }
    }
    const id = this.places[next - 1]?.id;
    return { events, position: next, missed, ...(next < this.places.length && { id }) };
  }

  whyMissed(after: ReadonlyMap<string, number>): "restarted" | "too_late" | undefined {
    if ([...after.keys()].some((origin) => !this.#reached.has(origin))) return "restarted";
    const isLate = [...this.#dropped].some(([origin, at]) => at > (after.get(origin) ?? 0));
    return isLate ? "too_late" : undefined;
  }

  #kept(): readonly ModelPlace[] {
    return this.places.slice(this.start);
  }

  #ensure(origin: string, position: number): number {
    const known = this.#reached.get(origin);
    if (known !== undefined) return known;
    this.#reached.set(origin, position);
    this.#dropped.set(origin, position);
    const [, oldest] = this.#reached.keys();
    if (this.#reached.size > 20 && oldest !== undefined) {
      this.#reached.delete(oldest);
      this.#dropped.delete(oldest);
    }
    return position;
  }

  #gap(origin: string, sequence: number): void {
    this.#reached.set(origin, sequence);
    const place = { origin, sequence, id: this.endId, event: undefined, openTurn: undefined };
    this.#push({ ...place, characters: 0, isErased: false });
  }

  #push(place: ModelPlace): void {
    const { maxEvents, maxCharacters } = this.#limits;
    const characters = () =>
      this.#kept().reduce((sum, { characters }) => sum + characters, place.characters);
    while (
      this.start < this.places.length &&
      (this.#kept().length >= maxEvents || characters() > maxCharacters)
    ) {
      const { origin, sequence } = this.places[this.start++]!;
      if (this.#dropped.has(origin)) this.#dropped.set(origin, sequence);
    }
    this.places.push(place);
  }
}

function erase(place: ModelPlace): void {
  place.event = undefined;
  place.characters = 0;
  place.isErased = true;
}

/** The text of an event, for this log and for the one that is held against it. */
export function textOf(id: string, data: string): string {
  return `${id} ${data}`;
}
