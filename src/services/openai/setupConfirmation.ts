import type { ModelSetup } from "../../call/modelSetup.ts";
import type { ModelLoss } from "../../call/realtimeClient.ts";
import type { ServerError } from "./wire/serverEventTypes.ts";
import type { ClientEvent } from "./wire/clientRequests.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { shownSetupReason } from "./faultReason.ts";
import { ReducedSetup } from "./reducedSetup.ts";
import { changeOf } from "./wire/sessionUpdate.ts";
import type { SocketTarget } from "./socket.ts";

/** What is to be done about an error: send the next set-up, nothing, or give the session up. */
type RefusalStep = "again" | "nothing" | { readonly loss: ModelLoss };

/** Sends the session set-up, reduces it when refused and sends again, until the server confirms it. */
export class SetupConfirmation {
  #setup: ModelSetup;
  readonly #target: string;
  readonly #options: SetupOptions;
  #reduced: ReducedSetup;
  /** The set-up before the present one, in a session that is ready: it is sent what differs. */
  #before: ModelSetup | undefined;
  #sent = 0;
  #confirmed = false;
  #refusedSince: number | undefined;

  constructor(setup: ModelSetup, target: SocketTarget, options: SetupOptions) {
    this.#setup = setup;
    this.#options = options;
    this.#target = nameOf(target);
    this.#reduced = new ReducedSetup(setup, this.#target, options.refusedParts);
  }

  /**
   * The session is to have another set-up, of the same voice, formats and transcription; once it is ready,
   * that changes it.
   */
  change(setup: ModelSetup, { isReady }: { readonly isReady: boolean }): void {
    this.#before = isReady ? this.#setup : undefined;
    this.#setup = setup;
    this.#refusedSince = undefined;
    this.#reduced = new ReducedSetup(setup, this.#target, this.#options.refusedParts);
  }

  /** The set-up to send, and the id by which the server would refuse it. */
  next(): { readonly event: ClientEvent; readonly eventId: string } {
    this.#confirmed = false;
    return { event: this.#event, eventId: `${PREFIX}${++this.#sent}` };
  }

  get #event(): ClientEvent {
    return this.#before === undefined
      ? this.#reduced.update
      : changeOf(this.#reduced.update, this.#before.turnDetection, this.#setup.turnDetection);
  }

  confirmed(): void {
    if (this.#confirmed) return;
    this.#confirmed = true;
    const { faults } = this.#options;
    faults.succeeded("session", this.#setup.model);
    if (this.#reduced.accepted()) faults.succeeded("setup", this.#setup.model);
  }

  /** Whether an error is about the set-up; `alone`: the server has been sent nothing else yet. */
  concerns({ eventId, param = "" }: ServerError, { alone }: { readonly alone: boolean }): boolean {
    if (eventId?.startsWith(PREFIX)) return true;
    return !this.#confirmed && (alone || eventId === undefined && /^session\b/.test(param));
  }

  refused(error: ServerError): RefusalStep {
    const { faults, now } = this.#options;
    const { instructions, toolServers = [] } = this.#setup;
    const secrets = toolServers.flatMap((server) => server.secrets);
    const reason = shownSetupReason(error.message, instructions, secrets);
    faults.report({ ...error, reason, source: "setup" }, this.#setup.model);
    // A server may find several faults in one set-up; the next has been sent already.
    const latest = `${PREFIX}${this.#sent}`;
    if (error.eventId?.startsWith(PREFIX) && error.eventId !== latest) return "nothing";
    this.#refusedSince ??= now();
    const hurried = now() - this.#refusedSince > LONGEST_REDUCTION_MS;
    const refusedEvent = JSON.stringify(this.#event);
    while (this.#reduced.refuse(error, { hurried })) {
      if (JSON.stringify(this.#event) !== refusedEvent) return "again";
    }
    // A connection of its own can be set up with less than a change can be made of.
    if (this.#before !== undefined) {
      return { loss: { code: error.code ?? "session_refused", retry: "now" } };
    }
    const retry = this.#reduced.conclusive ? "no" : "backoff";
    return { loss: { code: error.code ?? "session_refused", retry } };
  }
}

type SetupOptions = Pick<ConnectionOptions, "faults" | "refusedParts" | "now">;

const PREFIX = "setup_";
/** So long a refused set-up is narrowed step by step; then all is left out that can be. */
const LONGEST_REDUCTION_MS = 4_000;

/** The server and the model, without the query, in which there may be a key. */
function nameOf({ url }: SocketTarget): string {
  const { origin, pathname, searchParams } = new URL(url);
  return `${origin}${pathname} ${searchParams.get("model")}`;
}
