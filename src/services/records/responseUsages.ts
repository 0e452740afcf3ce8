import type { CallEvent } from "../../call/callEvent.ts";
import { present } from "../../utils/present.ts";
import { costOf, type Prices, usageOfResponse } from "../spending.ts";
import type { CallWrite } from "../store.ts";

/** More responses than any conversation has. */
const MAX_RESPONSES = 5000;

/** What each response of a call has used, with its price. */
export class ResponseUsages {
  readonly #prices: Prices;
  #count: number;

  /** `count` are stored of a call that an earlier session began. */
  constructor(prices: Prices, count = 0) {
    this.#prices = prices;
    this.#count = count;
  }

  /** The write of a response that is over; none beyond so many. */
  follow(
    { usage, itemId }: Extract<CallEvent, { type: "usage" }>,
    { callId, atMs, model }: {
      readonly callId: string;
      /** Since the call began. */
      readonly atMs: number;
      /** Of the agent that has the call. */
      readonly model: string | undefined;
    },
  ): readonly CallWrite[] {
    if (this.#count >= MAX_RESPONSES) return [];
    const { usd } = costOf({ usage: usageOfResponse(usage), model }, this.#prices);
    const response = { atMs, usage, ...present({ itemId, model, usd: usd ?? undefined }) };
    return [{ type: "responseUsage", callId, sequence: ++this.#count, response }];
  }
}
