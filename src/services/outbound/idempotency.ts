import type { EarlierRequest, IdempotencyKeys, RequestKey, StoredResponse } from "../store.ts";
import { OutcomeUnknown, RequestKeyReused, RequestUnderWay } from "./outboundErrors.ts";
import { stored } from "./placementDeadline.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** A request that must not have its effect twice. */
export interface IdempotentRequest extends RequestKey {
  readonly bodyHash: string;
  /** Of the call that it places, if it is the first. */
  readonly callId: string;
}

/** Lets one of many identical requests through, and gives all of them its answer. */
export interface Idempotency {
  run(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse>;
}

export interface IdempotencyDeps {
  readonly keys: IdempotencyKeys;
  /** Finds out what became of a call of which that was not known. Rejects while it still is not. */
  readonly answerOf: (callId: string) => Promise<StoredResponse>;
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

/** How often another process is asked for its answer, and for how long. */
const POLL_MS = 100;
const MAX_POLLS = 150;

export function createIdempotency(deps: IdempotencyDeps): Idempotency {
  const { keys, answerOf, now, setTimer, log } = deps;
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
      const answer = first(request, place).finally(() => underWay.delete(name));
      underWay.set(name, { bodyHash: request.bodyHash, answer });
      return answer;
    },
  };

  /** The first of this process, though perhaps not of all. */
  async function first(
    request: IdempotentRequest,
    place: () => Promise<StoredResponse>,
  ): Promise<StoredResponse> {
    for (let poll = 0; poll < MAX_POLLS; poll++) {
      const taken = await stored(
        keys.reserve(request, now()),
        (late) => late.state === "reserved" ? keys.release(request) : undefined,
      );
      if (taken.state === "reserved") return await carryOut(request, place);
      const answer = await answerTo(request, taken);
      if (answer !== undefined) return answer;
      await new Promise<void>((resolve) => setTimer(resolve, POLL_MS));
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
      await note(
        error instanceof OutcomeUnknown ? keys.markUnknown(request) : keys.release(request),
      );
      throw error;
    }
    await note(keys.complete(request, answer));
    return answer;
  }

  /** Nothing while another process is still at it. */
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
        const answer = await answerOf(earlier.callId ?? "");
        await note(keys.complete(request, answer));
        return answer;
      }
    }
  }

  /** The call is placed, or is not: that its key could not be noted changes nothing about it. */
  async function note(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      log.warn("Request key not stored", { error });
    }
  }
}
