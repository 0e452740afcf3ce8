import { noPositions, type Positions, type Reached, writeId } from "./eventPositions.ts";
import { OpenTurns } from "./openTurns.ts";
import type { TranscriptTurn } from "../../call/callEvent.ts";
import { present } from "../../utils/present.ts";

/** What is known of an event before its text is made. */
export interface EventHead {
  /** The process that holds the call. */
  readonly origin: string;
  /** Increases by one with every event of that process. */
  readonly sequence: number;
  readonly callId: string;
  readonly type: string;
  /** The key that the call belongs to. */
  readonly keyName?: string | undefined;
}

/** An event as processes exchange it; contains nothing secret. */
export interface SharedEvent extends EventHead {
  /** What readers receive, as JSON; may be made only when it is read, so read it by name. */
  readonly data: string;
}

/** An event as readers receive it. */
export interface LoggedEvent extends EventHead {
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
  readonly wanted: (event: EventHead) => boolean;
  /** What the reader has received already. */
  readonly after?: Positions;
  /** Examines no more, wanted or not: a page may be empty before the end. */
  readonly maxEvents?: number;
  /** Limit of the sum of the texts: the page ends after the event that reaches it. */
  readonly maxCharacters?: number;
}

/** Which turn an event tells the state of, and whether no later state comes. */
export type TurnState = Pick<TranscriptTurn, "id" | "final">;

/** The place of one event. It stays, without the event, for readers that continue from there. */
interface Place extends Reached {
  readonly origin: string;
  readonly sequence: number;
  /** As it came, from its first reading on with its text; absent for a gap, and once it was removed. */
  event: SharedEvent | LoggedEvent | undefined;
  /** The turn that the event tells the state of, where a later one of the same turn replaces it. */
  readonly openTurn: string | undefined;
  /** What the event counts for. */
  characters: number;
  /** What was erased, or replaced by a later event, does not count as missed. */
  isErased: boolean;
}

export interface EventRingOptions {
  /** The name of this process in event ids. */
  readonly own: string;
  /** Encodes an event for its readers; called when the first of them reads it. */
  readonly write: (event: SharedEvent, id: string) => string;
  readonly maxEvents: number;
  /** Limit of the characters of all texts; one that has not been made counts with an estimate. */
  readonly maxCharacters: number;
  /** Called with the origin and the sequence of what is not kept any more. */
  readonly onDrop: (origin: string, sequence: number) => void;
}

/** The newest events in bounded memory; the oldest are dropped first. */
export class EventRing {
  readonly #options: EventRingOptions;
  readonly #places: (Place | undefined)[] = [];
  readonly #openTurns = new OpenTurns<Place>();
  #start = 0;
  #end = 0;
  #characters = 0;

  constructor(options: EventRingOptions) {
    this.#options = options;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** A state of a turn takes the place of the one before, unless that was the last of it. */
  push(event: SharedEvent, { own, others }: Reached, { characters, turn }: {
    /** The length of the event's text, or about that. */
    readonly characters: number;
    readonly turn: TurnState | undefined;
  }): void {
    const { origin, sequence, callId } = event;
    const place: Place = {
      origin,
      sequence,
      own,
      others,
      event,
      openTurn: turn?.final === false ? turn.id : undefined,
      characters: characters + others.length,
      isErased: false,
    };
    if (turn !== undefined) {
      const before = this.#openTurns.replace(callId, turn.id, turn.final ? undefined : place);
      if (before !== undefined) this.#empty(before);
    }
    this.#add(place);
  }

  /** Takes the place of events that never arrived, the last of which has this sequence. */
  pushGap(origin: string, sequence: number, { own, others }: Reached): void {
    this.#add({
      origin,
      sequence,
      own,
      others,
      event: undefined,
      openTurn: undefined,
      characters: 0,
      isErased: false,
    });
  }

  read(position: number, options: ReadOptions): EventPage {
    const { wanted, after = noPositions, maxEvents = 500, maxCharacters = 64 * 1024 } = options;
    const from = Math.max(position, this.#start);
    let to = Math.min(this.#end, from + maxEvents);
    let characters = 0;
    const events: LoggedEvent[] = [];
    let missed = from > position;
    for (let at = from; at < to; at++) {
      const place = this.#at(at);
      if (place === undefined || place.sequence <= (after.get(place.origin) ?? 0)) continue;
      if (place.event === undefined) missed ||= !place.isErased;
      else if (wanted(place.event)) {
        const event = this.#logged(place, place.event);
        events.push(event);
        characters += event.text.length;
        if (characters >= maxCharacters) to = at + 1;
      }
    }
    const next = Math.max(position, to);
    const id = this.#idBefore(next);
    return { events, position: next, missed, ...present({ id }) };
  }

  /** Removes all events of these calls, without a trace of what they were. */
  erase(callIds: ReadonlySet<string>): void {
    for (let at = this.#start; at < this.#end; at++) {
      const place = this.#at(at);
      if (place?.event !== undefined && callIds.has(place.event.callId)) this.#erase(place);
    }
  }

  #at(position: number): Place | undefined {
    return this.#places[position % this.#options.maxEvents];
  }

  #add(place: Place): void {
    this.#characters += place.characters;
    while (this.#start < this.#end && this.#isFull) this.#dropOldest();
    this.#places[this.#end % this.#options.maxEvents] = place;
    this.#end++;
  }

  /** The event with its text, which is made once and then kept in the place of what it was made from. */
  #logged(place: Place, event: SharedEvent | LoggedEvent): LoggedEvent {
    if ("text" in event) return event;
    const { origin, sequence, callId, type, keyName } = event;
    const id = writeId(this.#options.own, place);
    const text = this.#options.write(event, id);
    this.#characters += text.length - place.characters;
    place.characters = text.length;
    const logged = { origin, sequence, callId, type, ...present({ keyName }), id, text };
    place.event = logged;
    return logged;
  }

  #erase(place: Place): void {
    const { event, openTurn } = place;
    if (event === undefined) return;
    if (openTurn !== undefined) this.#openTurns.replace(event.callId, openTurn, undefined);
    this.#empty(place);
  }

  #empty(place: Place): void {
    this.#characters -= place.characters;
    place.characters = 0;
    place.event = undefined;
    place.isErased = true;
  }

  get #isFull(): boolean {
    const { maxEvents, maxCharacters } = this.#options;
    return this.#end - this.#start >= maxEvents || this.#characters > maxCharacters;
  }

  #dropOldest(): void {
    const at = this.#start++ % this.#options.maxEvents;
    const place = this.#places[at];
    this.#places[at] = undefined;
    if (place === undefined) return;
    this.#erase(place);
    this.#options.onDrop(place.origin, place.sequence);
  }

  #idBefore(position: number): string | undefined {
    if (position >= this.#end) return undefined;
    const place = this.#at(position - 1);
    return place === undefined ? undefined : writeId(this.#options.own, place);
  }
}
