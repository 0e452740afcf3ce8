import { Mailbox } from "../../mailbox.ts";
import type { PhoneError, PhoneEvent, PhoneEventOf, PhoneEventType } from "./callEvents.ts";

/** The events of one call: to wait for one by one, or to watch as they come. */
export class CallEventLog {
  readonly #listeners = new Set<(event: PhoneEvent) => void>();
  readonly #errors: PhoneError[] = [];
  readonly #unclaimed = new Mailbox<PhoneEvent>(maxUnclaimed);

  /** What Twilio's debugger would show; the first hundred. */
  get errors(): readonly PhoneError[] {
    return this.#errors;
  }

  emit(event: PhoneEvent): void {
    if (event.type === "error" && this.#errors.length < maxErrors) this.#errors.push(event.error);
    this.#unclaimed.put(event);
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * The next event of a type. Each event is given out once, and earlier ones are kept, so no
   * wait can miss one. Rejects when the call ends without it.
   */
  next<T extends PhoneEventType>(type: T): Promise<PhoneEventOf<T>> {
    return this.#unclaimed.next(
      `Cannot wait for "${type}": the call has ended`,
      (event): event is PhoneEventOf<T> => event.type === type,
    );
  }

  /** Calls back for every event from now on; the answer stops it. */
  watch(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unclaimed.close();
  }
}

const maxErrors = 100;
const maxUnclaimed = 4_000;
