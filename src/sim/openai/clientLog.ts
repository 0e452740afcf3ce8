import { Mailbox } from "../mailbox.ts";
import type { ClientEvent, ClientEventType } from "./wire.ts";

/** A client's event of one type. */
export type ClientEventOf<Type extends ClientEventType> = Extract<ClientEvent, { type: Type }>;

/** The events of a client, to inspect and to wait for. */
export class ClientLog {
  readonly #received: ClientEvent[] = [];
  readonly #unclaimed = new Mailbox<ClientEvent>(maxKept);
  #appends = 0;

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
    else this.#received.push(event);
    if (this.#received.length > maxKept) this.#received.shift();
    this.#unclaimed.put(event, { keep: !isAudio });
  }

  /** The first event of this type that no other call was given, waiting for it if need be. */
  next<Type extends ClientEventType>(type: Type): Promise<ClientEventOf<Type>> {
    return this.#unclaimed.next(
      `Cannot await ${type}: the session is closed`,
      (event): event is ClientEventOf<Type> => event.type === type,
    );
  }

  close(): void {
    this.#unclaimed.close();
  }
}

const maxKept = 1_000;
