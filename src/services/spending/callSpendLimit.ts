import type { CallRequest } from "../../call/types.ts";
import type { CallModels } from "./callModels.ts";
import type { CallRegistry, CallSession } from "../../call/sessionApi.ts";
import type { LimitSettings } from "../../config/settings.ts";
import {
  type BudgetExtension,
  type BudgetLimit,
  type CallUsage,
  noUsage,
  unreportedUsd,
} from "../store.ts";
import { type CallBudget, STRETCH } from "./callBudget.ts";
import { addUsage, usageOfResponse, usageOfTranscription } from "./callUsage.ts";
import type { EventHub } from "../events.ts";
import { costOf, type Prices } from "./pricing.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

/** Ends calls that have come to what they may, or for which nothing is left of a day. */
export interface CallSpendLimit {
  close(): void;
}

export interface CallSpendLimitDeps {
  readonly events: Pick<EventHub, "subscribe">;
  readonly registry: Pick<CallRegistry, "get">;
  readonly prices: Prices;
  readonly modelsOf: (request: CallRequest) => CallModels;
  readonly settings: { readonly limits: Pick<LimitSettings, "callUsd"> };
  readonly budget: Pick<CallBudget, "extend" | "isPriced" | "releasePlace">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "info" | "warn">;
}

interface Running {
  usage: CallUsage;
  connectedAt: number | undefined;
  usd: number;
  /** Set aside so far. */
  held: { readonly minutes: number; readonly usd: number };
  /** What there is nothing left of for a day. */
  refused: BudgetLimit | undefined;
  asking: boolean;
  ending: boolean;
}

/** How often calls are looked at; what is set aside for one always lasts until the next look. */
const LOOK_MS = 20_000;

/** Starts watching what calls come to. */
export function createCallSpendLimit(deps: CallSpendLimitDeps): CallSpendLimit {
  const { events, registry, prices, modelsOf, settings, budget, now, log } = deps;
  const { callUsd } = settings.limits;
  const { isPriced } = budget;
  const calls = new Map<string, Running>();
  let stopLooking = () => {};
  let closed = false;

  const subscription = events.subscribe(({ event: { type } }) => watched.has(type), (published) => {
    const { callId, event, atMs } = published;
    if (event.type === "ended") {
      calls.delete(callId);
      return budget.releasePlace(callId);
    }
    const call = calls.get(callId) ?? begin(callId);
    if (event.type === "connected") call.connectedAt ??= atMs;
    if (event.type === "usage") call.usage = addUsage(call.usage, usageOfResponse(event.usage));
    if (event.type === "transcriptionUsage") {
      call.usage = addUsage(call.usage, usageOfTranscription(event.usage));
    }
    const session = registry.get(callId);
    if (session !== undefined) judge(session, call);
  });

  return {
    close() {
      closed = true;
      stopLooking();
      subscription.close();
    },
  };

  function begin(callId: string): Running {
    const call: Running = {
      usage: noUsage,
      connectedAt: undefined,
      usd: 0,
      held: { minutes: 0, usd: 0 },
      refused: undefined,
      asking: false,
      ending: false,
    };
    if (calls.size === 0) lookLater();
    calls.set(callId, call);
    return call;
  }

  function lookLater(): void {
    stopLooking();
    stopLooking = deps.setTimer(() => {
      for (const [callId, call] of calls) {
        const session = registry.get(callId);
        if (session === undefined) continue;
        judge(session, call);
        if (call.refused !== undefined || leftMs(call) < 2 * LOOK_MS) keepUp(session, call);
      }
      if (calls.size > 0) lookLater();
    }, LOOK_MS);
  }

  function judge(session: CallSession, call: Running): void {
    if (call.ending) return;
    call.usd = runningCost(session, call);
    if (callUsd !== undefined && call.usd >= callUsd) return end(session, call, "call");
    if (call.refused !== undefined) {
      if (isBeyond(call)) end(session, call, "day");
      // It is asked again when it is looked at.
      return;
    }
    if (call.held.usd >= (callUsd ?? Infinity)) return;
    const lead = isPriced(session.request.agent)
      ? Math.min(STRETCH.usd, callUsd ?? Infinity) / 2
      : 0;
    if (call.usd > call.held.usd - lead) keepUp(session, call);
  }

  /** Asks for the next stretch, and keeps the call's place; also while nothing more is left. */
  function keepUp(session: CallSession, call: Running): void {
    if (call.asking || call.ending || closed) return;
    call.asking = true;
    budget.extend(session, {
      minutes: minutesOf(call) + STRETCH.minutes,
      usd: call.usd + (isPriced(session.request.agent) ? STRETCH.usd : 0),
    }).then(
      (extension) => take(session, call, extension),
      (error) => log.warn("Budget not kept up with", { callId: session.id, error }),
    ).finally(() => call.asking = false);
  }

  function take(session: CallSession, call: Running, extension: BudgetExtension): void {
    const { minutes, usd, refusal } = extension;
    call.held = { minutes, usd };
    call.refused = refusal?.limit;
    if (refusal !== undefined) judge(session, call);
  }

  function isBeyond(call: Running): boolean {
    return call.refused === "dailyUsd" && call.usd >= call.held.usd ||
      minutesOf(call) >= call.held.minutes;
  }

  /** How long what is set aside still lasts. */
  function leftMs(call: Running): number {
    return (call.held.minutes - minutesOf(call)) * 60_000;
  }

  function minutesOf({ connectedAt }: Running): number {
    return connectedAt === undefined ? 0 : Math.max(0, now() - connectedAt) / 60_000;
  }

  /** What has no known price cannot be counted, and is left out. */
  function runningCost(session: CallSession, call: Running): number {
    const { direction, caller, agent } = session.request;
    const { usage } = call;
    const connectedMs = minutesOf(call) * 60_000;
    const { parts } = costOf({
      usage,
      ...modelsOf(session.request),
      ...(direction !== "web" && { phone: { direction, connectedMs, number: caller } }),
    }, prices);
    const known = Object.values(parts).reduce<number>((sum, part) => sum + (part ?? 0), 0);
    return known + (isPriced(agent) ? unreportedUsd(usage, connectedMs) : 0);
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

const watched: ReadonlySet<string> = new Set([
  "started",
  "connected",
  "usage",
  "transcriptionUsage",
  "speaking",
  "ended",
]);
