import type { CallSession } from "../../call/sessionApi.ts";
import type { Log } from "../../utils/logger.ts";

/** Plays DTMF digits into a session's phone call. */
export type SendDigits = (session: CallSession, digits: string) => void;

/** Passes the digits that sessions send to the phone, which is created after the sessions' registry. */
export class DigitSender {
  readonly #log: Pick<Log, "warn">;
  #onSend: SendDigits | undefined;

  constructor(log: Pick<Log, "warn">) {
    this.#log = log;
  }

  /** Sets the only handler. Without one, digits are dropped with a warning. */
  onSend(handler: SendDigits): void {
    this.#onSend = handler;
  }

  send(session: CallSession, digits: string): void {
    if (this.#onSend !== undefined) this.#onSend(session, digits);
    else this.#log.warn("Digits not sent", { callId: session.id });
  }
}
