import {
  type Budget,
  type CallCost,
  type CallRecord,
  type CallStore,
  connectedMsOf,
  noUsage,
} from "../store.ts";
import {
  type AddressOf,
  type CallBudget,
  costOf,
  isTransferOpen,
  type PhoneTime,
  type Prices,
  spentBy,
} from "../spending.ts";
import { type CallProgress, isFinal, type TwilioCalls, warnUnlessAway } from "../twilioOutbound.ts";
import type { Clock } from "../../utils/clock.ts";
import { deadline } from "../../utils/deadline.ts";
import type { Log } from "../../utils/logger.ts";
import { present } from "../../utils/present.ts";

/** `now` is in milliseconds since 1970. */
export interface TransferredCallsDeps extends Clock {
  readonly budget: Pick<Budget, "extend" | "settle">;
  readonly callBudget: Pick<CallBudget, "accountsOf">;
  readonly callStore: Pick<
    CallStore,
    "get" | "bySid" | "openTransfers" | "endTransfer" | "personMs"
  >;
  readonly twilio: Pick<TwilioCalls, "fetch">;
  readonly addressOf: AddressOf;
  readonly prices: Prices;
  readonly maxMs: number;
  readonly log: Pick<Log, "warn">;
}

/** The least for the transfers of a call together, even where nothing is left of a day. */
const LEAST_MS = 2 * 60_000;
/** A shorter talk is none. */
const SHORTEST_MS = 15_000;
/** For the ringing of the second leg, and a late callback. */
const MARGIN_MS = 10 * 60_000;
/** For how long somebody is asked at most, and told that they are not needed. */
const ASK_MS = 2 * 60_000;
const PATIENCE_MS = 1500;
const CHECK_AFTER_MS = 30_000;
const CHECK_EVERY_MS = 60_000;
/** Twilio ends every call sooner. */
const MAX_AGE_MS = 30 * 60 * 60_000;
const MAX_CHECKED = 50;

export type TransferredCalls = ReturnType<typeof createTransferredCalls>;

/** Transferred calls: bounded, and counted until their last leg is over. */
export function createTransferredCalls(deps: TransferredCallsDeps) {
  const {
    addressOf,
    budget,
    callBudget,
    callStore,
    twilio,
    prices,
    maxMs,
    now,
    setTimer,
    log,
  } = deps;
  const underWay = new Set<Promise<void>>();
  const checkedAt = new Map<string, number>();

  return {
    /**
     * Reserves minutes for both legs, and those in which `besides` other people are asked; returns how many whole seconds they may last, or undefined where the
     * limits leave too little for a talk. Never rejects.
     */
    async reserve(callId: string, besides = 0): Promise<number | undefined> {
      const allowed = reserveMs(callId, besides).catch((error) => {
        log.warn("Transfer not counted in advance", { callId, error });
        return maxMs;
      });
      const ms = Math.min(maxMs, await deadline(allowed, PATIENCE_MS, setTimer).catch(() => maxMs));
      return ms < SHORTEST_MS ? undefined : Math.ceil(ms / 1000);
    },
    /** A status callback of any call; only final ones with a duration matter. */
    onStatus(callSid: string, { status, durationSeconds }: CallProgress): void {
      if (!isFinal(status) || durationSeconds === undefined) return;
      const work = callStore.bySid(callSid).then((call) =>
        call !== undefined && isTransferOpen(call) ? finish(call, durationSeconds) : undefined
      ).catch((error) => log.warn("Transfer not settled", { error }))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },
    /** Fetches the status of transferred calls whose last callback did not come. */
    async reconcile(): Promise<void> {
      const at = now();
      const open = await callStore.openTransfers(at - MAX_AGE_MS, MAX_CHECKED);
      for (const callId of checkedAt.keys()) {
        if (!open.some(({ id }) => id === callId)) checkedAt.delete(callId);
      }
      for (const call of open) {
        const dueAt =
          (checkedAt.get(call.id) ?? (call.endedAt ?? 0) + CHECK_AFTER_MS - CHECK_EVERY_MS) +
          CHECK_EVERY_MS;
        if (dueAt > at) continue;
        checkedAt.set(call.id, at);
        await check(call).catch((error) =>
          warnUnlessAway(log, "Transfer not reconciled", { callId: call.id, error })
        );
      }
    },
    /** Settles when all writes under way are done. */
    async settled(): Promise<void> {
      await Promise.all(underWay);
    },
  };

  /** How many milliseconds each leg may last beside the others. */
  async function reserveMs(callId: string, besides: number): Promise<number> {
    const call = await callStore.get(callId);
    if (call === undefined) return maxMs;
    const { direction, keyName, from, to, answeredAt = now() } = call;
    const accounts = callBudget.accountsOf({
      direction,
      keyName,
      number: direction === "inbound" ? from : to,
    });
    if (accounts.length === 0) return maxMs;
    const personMs = await callStore.personMs(callId, now());
    // The minutes of the call until now, those of earlier people included.
    const soFar = (Math.max(0, now() - answeredAt) + personMs) / 60_000;
    const { minutes } = await budget.extend({
      callId,
      accounts,
      usd: 0,
      minutes: soFar + (2 * maxMs + besides * ASK_MS) / 60_000,
      holdMs: maxMs + MARGIN_MS,
    }, now());
    const leftMs = (minutes - soFar) * 60_000;
    return Math.max(
      (leftMs - besides * ASK_MS) / 2,
      // Nobody is asked for longer than the talk may last.
      leftMs / (2 + besides),
      (LEAST_MS - personMs) / (1 + besides),
    );
  }

  async function check(call: CallRecord): Promise<void> {
    if (call.callSid === undefined) return;
    const { status, durationSeconds = 0 } = await twilio.fetch(call.callSid);
    if (isFinal(status)) await finish(call, durationSeconds);
  }

  async function finish(call: CallRecord, durationSeconds: number): Promise<void> {
    const { direction, agent, currentAgent = agent, answeredAt, to, end } = call;
    const alias = end?.transferTo ?? end?.detail ?? "";
    const agentMs = connectedMsOf(call) ?? 0;
    // No call lasts longer than the time since its answer, whatever Twilio reports.
    const mostMs = Math.max(0, now() - (answeredAt ?? now())) + CHECK_EVERY_MS;
    const transferredMs = Math.max(0, Math.min(durationSeconds * 1000, mostMs) - agentMs);
    const cost = direction === "web" ? call.cost : withPhone(call.cost, {
      direction,
      connectedMs: agentMs + transferredMs,
      transferredMs,
      transferNumber: addressOf(currentAgent, alias),
      number: to,
    });
    await callStore.endTransfer(call.id, { transferredMs, ...present({ cost }) });
    await budget.settle(call.id, spentBy({ ...call, transferredMs, ...present({ cost }) }));
  }

  /** Replaces the telephony part of a cost. */
  function withPhone(cost: CallCost | undefined, phone: PhoneTime): CallCost | undefined {
    if (cost === undefined) return undefined;
    const { parts: { telephony }, telephonyEstimated } = costOf({ usage: noUsage, phone }, prices);
    const others = cost.usd === null ? null : cost.usd - (cost.parts.telephony ?? 0);
    return {
      usd: others === null ? null : Math.round((others + (telephony ?? 0)) * 1e6) / 1e6,
      parts: { ...cost.parts, telephony },
      ...(telephonyEstimated && { telephonyEstimated }),
    };
  }
}
