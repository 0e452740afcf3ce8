import type { EarlierRequest, IdempotencyStore, RequestKey, StoredResponse } from "../store.ts";
import { awaitStore, OutcomeUnknown, RequestKeyReused, RequestUnderWay } from "./outboundErrors.ts";
import type { UnresolvedCalls } from "./unresolvedCalls.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { sleep } from "../../utils/sleep.ts";

/** A request that must not have its effect twice. */
export interface IdempotentRequest extends RequestKey {
  readonly bodyHash: string;
  /** Of the call that it places, if it is the first. */
  readonly callId: string;
}

/** Carries out one of many identical requests, and answers all of them with its result. */
export interface Idempotency {
  run(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse>;
}

export interface IdempotencyDeps extends Clock {
  readonly keys: IdempotencyStore;
  readonly unresolvedCalls: Pick<UnresolvedCalls, "answerOf">;
  readonly log: Pick<Log, "warn">;
}

/** How often another process is asked for its answer, and for how long. */
const POLL_MS = 100;
const MAX_POLLS = 150;

export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  const { keys, unresolvedCalls, now, setTimer, log } = deps;
  const underWay = new Map<
    string,
    { readonly bodyHash: string; readonly answer: Promise<StoredResponse> }
  >();

  return {
    run(request, place) {
      const name = `${request.keyName}\n${request.requestKey}`;
      const earlier = underWay.get(name);
      if (earlier !== undefined) {
        return earlier.bodyHash === request.bodyHash
          ? earlier.answer
          : Promise.reject(new RequestKeyReused());
      }
      const answer = firstHere(request, place).finally(() => underWay.delete(name));
      underWay.set(name, { bodyHash: request.bodyHash, answer });
      return answer;
    },
  };

  /** For the first of this process, though perhaps not of all processes. */
  async function firstHere(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse> {
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const reserved = await awaitStore(
        keys.reserve(request, now()),
        ({ state }) => state === "reserved" ? keys.release(request) : undefined,
      );
      if (reserved.state === "reserved") return await carryOut(request, place);
      const answer = await answerTo(request, reserved);
      if (answer !== undefined) return answer;
      await sleep(POLL_MS, { setTimer });
    }
    throw new RequestUnderWay();
  }

  async function carryOut(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse> {
    let answer: StoredResponse;
    try {
      answer = await place();
    } catch (error) {
      await write(
        error instanceof OutcomeUnknown ? keys.markUnknown(request) : keys.release(request),
      );
      throw error;
    }
    await write(keys.complete(request, answer));
    return answer;
  }

  /** Undefined while another process carries the request out. */
  async function answerTo(
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
        const answer = await unresolvedCalls.answerOf(earlier.callId ?? "");
        await write(keys.complete(request, answer));
        return answer;
      }
    }
  }

  /** A failure of the store here does not change whether the call was placed. */
  async function write(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      log.warn("Request key not stored", { error });
    }
  }
}
