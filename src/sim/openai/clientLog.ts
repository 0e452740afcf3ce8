import type { ClientEvent, ClientEventType } from "./wire.ts";

/** A client's event of one type. */
export type ClientEventOf<Type extends ClientEventType> = Extract<ClientEvent, { type: Type }>;

/** The events of a client, to inspect and to wait for. */
export class ClientLog {
  readonly #received: ClientEvent[] = [];
  readonly #unclaimed: ClientEvent[] = [];
  readonly #waiting: Waiter[] = [];
  #appends = 0;
  #closed = false;

  /** The last events in order; audio is counted, not kept. */
  get received(): readonly ClientEvent[] {
    return this.#received;
  }

  get appends(): number {
    return this.#appends;
  }

  record(event: ClientEvent): void {
    const isAudio = event.type === "input_audio_buffer.append";
    if (isAudio) this.#appends++;
    else keep(this.#received, event);
    const index = this.#waiting.findIndex((waiter) => waiter.type === event.type);
    const [waiter] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (waiter) waiter.resolve(event);
    else if (!isAudio) keep(this.#unclaimed, event);
  }

  /** The first event of this type that no other call was given, waiting for it if need be. */
  async next<Type extends ClientEventType>(type: Type): Promise<ClientEventOf<Type>> {
    const index = this.#unclaimed.findIndex((event) => event.type === type);
    const [known] = index < 0 ? [] : this.#unclaimed.splice(index, 1);
    const event = known ?? await this.#wait(type);
    if (isOf(event, type)) return event;
    throw new TypeError(`Cannot await ${type}: got ${event.type}`);
  }

  close(): void {
    this.#closed = true;
    for (const { type, reject } of this.#waiting.splice(0)) reject(closedError(type));
  }

  #wait(type: ClientEventType): Promise<ClientEvent> {
    if (this.#closed) return Promise.reject(closedError(type));
    const { promise, resolve, reject } = Promise.withResolvers<ClientEvent>();
    this.#waiting.push({ type, resolve, reject });
    return promise;
  }
}

interface Waiter {
  readonly type: ClientEventType;
  readonly resolve: (event: ClientEvent) => void;
  readonly reject: (error: Error) => void;
}

const maxKept = 1_000;

function keep(events: ClientEvent[], event: ClientEvent): void {
  events.push(event);
  if (events.length > maxKept) events.shift();
}

function isOf<Type extends ClientEventType>(
  event: ClientEvent,
  type: Type,
): event is ClientEventOf<Type> {
  return event.type === type;
}

function closedError(type: string): Error {
  return new Error(`Cannot await ${type}: the session is closed`);
}
