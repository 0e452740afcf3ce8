import type { CallRequest } from "../../call/types.ts";
import type { CallModels } from "./billedModels.ts";
import type { CallRegistry } from "../../call/registry.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { LimitSettings } from "../../config/settings.ts";
import { type BudgetExtension, type BudgetLimit, type CallUsage, noUsage } from "../store.ts";
import { type CallBudget, STRETCH } from "./callBudget.ts";
import { addUsage, unreportedUsd, usageOfResponse, usageOfTranscription } from "./callUsage.ts";
import type { EventHub } from "../events.ts";
import { costOf, type Prices } from "./pricing.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** `now` is in milliseconds since 1970. */
export interface CallSpendLimitDeps extends Clock {
  readonly events: Pick<EventHub, "subscribe">;
  readonly registry: Pick<CallRegistry, "get">;
  readonly prices: Prices;
  readonly modelsOf: (request: CallRequest) => CallModels;
  readonly settings: { readonly limits: Pick<LimitSettings, "callUsd"> };
  readonly callBudget: Pick<CallBudget, "extend" | "isPriced" | "releasePlace">;
  readonly log: Pick<Log, "info" | "warn">;
}

interface Running {
  /** Of the models that the call has now. */
  usage: CallUsage;
  models: CallModels | undefined;
  /** What other models have cost that earlier agents of the call had. */
  earlierUsd: number;
  connectedAt: number | undefined;
  usd: number;
  /** The part of the daily limits that is reserved for this call. */
  held: { readonly minutes: number; readonly usd: number };
  /** The daily limit that is used up. */
  refused: BudgetLimit | undefined;
  extending: boolean;
  ending: boolean;
}

/** How often calls are checked; a reservation always lasts until the next check. */
const CHECK_MS = 20_000;

/**
 * Watches the cost of all calls from now on, and ends those that have reached their own spend limit, or
 * for which a daily limit is used up.
 */
export function openCallSpendLimit(deps: CallSpendLimitDeps) {
  const { events, registry, prices, modelsOf, settings, callBudget, now, log } = deps;
  const { callUsd } = settings.limits;
  const { isPriced } = callBudget;
  const calls = new Map<string, Running>();
  let cancelTimer = () => {};
  let closed = false;

  const subscription = events.subscribe(({ event: { type } }) => watched.has(type), (published) => {
    const { callId, event, atMs } = published;
    if (event.type === "ended" || event.type === "handedOver") {
      calls.delete(callId);
      return callBudget.releasePlace(callId);
    }
    const call = calls.get(callId) ?? begin(callId, atMs);
    if (event.type === "connected") call.connectedAt ??= atMs;
    if (event.type === "usage") call.usage = addUsage(call.usage, usageOfResponse(event.usage));
    if (event.type === "transcriptionUsage") {
      call.usage = addUsage(call.usage, usageOfTranscription(event.usage));
    }
    const session = registry.get(callId);
    if (session === undefined) return;
    useModels(session, call);
    check(session, call);
  });

  return {
    close(): void {
      closed = true;
      cancelTimer();
      subscription.close();
    },
  };

  /** What an earlier session of the call has used counts. */
  function begin(callId: string, atMs: number): Running {
    const { usage = noUsage, connectedMs } = registry.get(callId)?.resumed ?? {};
    const call: Running = {
      usage,
      models: undefined,
      earlierUsd: 0,
      connectedAt: connectedMs === undefined ? undefined : atMs - connectedMs,
      usd: 0,
      held: { minutes: 0, usd: 0 },
      refused: undefined,
      extending: false,
      ending: false,
    };
    if (calls.size === 0) scheduleCheck();
    calls.set(callId, call);
    return call;
  }

  function scheduleCheck(): void {
    cancelTimer();
    cancelTimer = deps.setTimer(() => {
      for (const [callId, call] of calls) {
        const session = registry.get(callId);
        if (session === undefined) continue;
        check(session, call);
        if (call.refused !== undefined || leftMs(call) < 2 * CHECK_MS) extend(session, call);
      }
      if (calls.size > 0) scheduleCheck();
    }, CHECK_MS);
  }

  function check(session: CallSession, call: Running): void {
    if (call.ending) return;
    call.usd = runningCost(session, call);
    if (callUsd !== undefined && call.usd >= callUsd) return end(session, call, "call");
    if (call.refused !== undefined) {
      if (isOverReservation(call)) end(session, call, "day");
      // Extended again at the next check.
      return;
    }
    if (call.held.usd >= (callUsd ?? Infinity)) return;
    const lead = isPriced(session.request) ? Math.min(STRETCH.usd, callUsd ?? Infinity) / 2 : 0;
    if (call.usd > call.held.usd - lead) extend(session, call);
  }

  /** Reserves the next stretch and keeps the reservation alive, also while a limit is used up. */
  function extend(session: CallSession, call: Running): void {
    if (call.extending || call.ending || closed) return;
    call.extending = true;
    callBudget.extend(session, {
      minutes: minutesOf(call) + STRETCH.minutes,
      usd: call.usd + (isPriced(session.request) ? STRETCH.usd : 0),
    }).then(
      (extension) => applyExtension(session, call, extension),
      (error) => log.warn("Budget not extended", { callId: session.id, error }),
    ).finally(() => call.extending = false);
  }

  function applyExtension(session: CallSession, call: Running, extension: BudgetExtension): void {
    const { minutes, usd, refusal } = extension;
    call.held = { minutes, usd };
    call.refused = refusal?.limit;
    if (refusal !== undefined) check(session, call);
  }

  function isOverReservation(call: Running): boolean {
    return call.refused === "dailyUsd" && call.usd >= call.held.usd ||
      minutesOf(call) >= call.held.minutes;
  }

  /** How long the reservation still lasts. */
  function leftMs(call: Running): number {
    return (call.held.minutes - minutesOf(call)) * 60_000;
  }

  function minutesOf({ connectedAt }: Running): number {
    return connectedAt === undefined ? 0 : Math.max(0, now() - connectedAt) / 60_000;
  }

  /** Where another agent has the call, what was used before is charged by the models of its predecessor. */
  function useModels(session: CallSession, call: Running): void {
    const models = modelsOf(session.request);
    const before = call.models;
    call.models = models;
    if (before === undefined || JSON.stringify(before) === JSON.stringify(models)) return;
    call.earlierUsd += knownUsd(costOf({ usage: call.usage, ...before }, prices));
    call.usage = noUsage;
  }

  /** The cost so far, without parts that have no known price. */
  function runningCost(session: CallSession, call: Running): number {
    const { direction, caller } = session.request;
    const { usage } = call;
    const connectedMs = minutesOf(call) * 60_000;
    const cost = costOf({
      usage,
      ...modelsOf(session.request),
      ...(direction !== "web" && { phone: { direction, connectedMs, number: caller } }),
    }, prices);
    const known = call.earlierUsd + knownUsd(cost);
    const isUnreported = isPriced(session.request) && call.earlierUsd === 0;
    return known + (isUnreported ? unreportedUsd(usage, connectedMs) : 0);
  }

  function end(session: CallSession, call: Running, limit: "call" | "day"): void {
    if (call.ending) return;
    call.ending = true;
    log.info("Spend limit reached", { callId: session.id, limit });
    session.input({
      type: "endAsked",
      end: { reason: "spend_limit", detail: limit },
      goodbye: true,
    });
  }
}

function knownUsd({ parts }: ReturnType<typeof costOf>): number {
  return Object.values(parts).reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

const watched: ReadonlySet<string> = new Set([
  "started",
  "resumed",
  "connected",
  "handoff",
  "usage",
  "transcriptionUsage",
  "speaking",
  "handedOver",
  "ended",
]);
