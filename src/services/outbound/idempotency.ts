import type { EarlierRequest, IdempotencyStore, RequestKey, StoredResponse } from "../store.ts";
import { awaitStore, OutcomeUnknown, RequestKeyReused, RequestUnderWay } from "./outboundErrors.ts";
import type { UnresolvedCalls } from "./unresolvedCalls.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { sleep } from "../../utils/sleep.ts";

/** A request that must not have its effect twice. */
export interface IdempotentRequest extends RequestKey {
  readonly bodyHash: string;
  /** Of the call that it places, if no earlier request has its key. */
  readonly callId: string;
}

export interface IdempotencyDeps extends Clock {
  readonly idempotencyStore: IdempotencyStore;
  readonly unresolvedCalls: Pick<UnresolvedCalls, "answerOf">;
  readonly log: Pick<Log, "warn">;
}

/** How often the store is polled for the response of another process, and how many times. */
const POLL_MS = 100;
const MAX_POLLS = 150;

/** Executes one of several identical requests, and gives all of them its response. */
export class Idempotency {
  readonly #deps: IdempotencyDeps;
  readonly #underWay = new Map<
    string,
    { readonly bodyHash: string; readonly answer: Promise<StoredResponse> }
  >();

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps;
  }

  run(request: IdempotentRequest, place: () => Promise<StoredResponse>): Promise<StoredResponse> {
    const name = `${request.keyName}\n${request.requestKey}`;
    const earlier = this.#underWay.get(name);
    if (earlier !== undefined) {
      return earlier.bodyHash === request.bodyHash
        ? earlier.answer
        : Promise.reject(new RequestKeyReused());
    }
    const answer = this.#firstHere(request, place).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, { bodyHash: request.bodyHash, answer });
    return answer;
  }

  /** The first request with its key in this process; another process may have had one before. */
  async #firstHere(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse> {
    const { idempotencyStore, now, setTimer } = this.#deps;
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const reserved = await awaitStore(
        idempotencyStore.reserve(request, now()),
        ({ state }) => state === "reserved" ? idempotencyStore.release(request) : undefined,
      );
      if (reserved.state === "reserved") return await this.#carryOut(request, place);
      const answer = await this.#answerTo(request, reserved);
      if (answer !== undefined) return answer;
      await sleep(POLL_MS, { setTimer });
    }
    throw new RequestUnderWay();
  }

  async #carryOut(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse> {
    const { idempotencyStore } = this.#deps;
    let answer: StoredResponse;
    try {
      answer = await place();
    } catch (error) {
      await this.#write(
        error instanceof OutcomeUnknown
          ? idempotencyStore.markUnknown(request)
          : idempotencyStore.release(request),
      );
      throw error;
    }
    await this.#write(idempotencyStore.complete(request, answer));
    return answer;
  }

  /** Undefined while another process carries the request out. */
  async #answerTo(
    request: IdempotentRequest,
    earlier: EarlierRequest,
  ): Promise<StoredResponse | undefined> {
    if (earlier.bodyHash !== request.bodyHash) throw new RequestKeyReused();
    switch (earlier.state) {
      case "in_flight":
        return undefined;
      case "done":
        return earlier.response;
      case "unknown": {
        const answer = await this.#deps.unresolvedCalls.answerOf(earlier.callId ?? "");
        await this.#write(this.#deps.idempotencyStore.complete(request, answer));
        return answer;
      }
    }
  }

  /** A failure of the store here does not change whether the call was placed. */
  async #write(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#deps.log.warn("Request key not stored", { error });
    }
  }
}
