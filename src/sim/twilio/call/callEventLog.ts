import type { PhoneError, PhoneEvent, PhoneEventOf, PhoneEventType } from "./callEvents.ts";

/** The events of one call: to wait for one by one, or to watch as they come. */
export class CallEventLog {
  readonly #listeners = new Set<(event: PhoneEvent) => void>();
  readonly #errors: PhoneError[] = [];
  #unseen: PhoneEvent[] = [];
  #waiting: Waiter[] = [];
  #closed = false;

  /** What Twilio's debugger would show; the first hundred. */
  get errors(): readonly PhoneError[] {
    return this.#errors;
  }

  emit(event: PhoneEvent): void {
    if (event.type === "error" && this.#errors.length < maxErrors) this.#errors.push(event.error);
    const index = this.#waiting.findIndex((waiter) => waiter.offer(event));
    if (index >= 0) this.#waiting.splice(index, 1);
    else this.#unseen.push(event);
    if (this.#unseen.length > maxUnseen) this.#unseen = this.#unseen.slice(-maxUnseen / 2);
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * The next event of a type. Each event is given out once, and earlier ones are kept, so no
   * wait can miss one. Rejects when the call ends without it.
   */
  next<T extends PhoneEventType>(type: T): Promise<PhoneEventOf<T>> {
    const isWanted = (event: PhoneEvent): event is PhoneEventOf<T> => event.type === type;
    const index = this.#unseen.findIndex(isWanted);
    const found = this.#unseen[index];
    if (found !== undefined && isWanted(found)) {
      this.#unseen.splice(index, 1);
      return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new Error(`Cannot wait for "${type}": the call has ended`));
      if (this.#closed) return refuse();
      const offer = (event: PhoneEvent) => {
        if (!isWanted(event)) return false;
        resolve(event);
        return true;
      };
      this.#waiting.push({ offer, refuse });
    });
  }

  /** Calls back for every event from now on; the answer stops it. */
  watch(listener: (event: PhoneEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiting) waiter.refuse();
    this.#waiting = [];
  }
}

interface Waiter {
  offer(event: PhoneEvent): boolean;
  refuse(): void;
}

const maxErrors = 100;
const maxUnseen = 4_000;
