import type { CallRegistry, CallSession } from "../call/callSession.ts";
import type { Budget } from "./budget.ts";
import { addUsage, usageOfResponse, usageOfTranscription } from "./callUsage.ts";
import type { EventHub } from "./events.ts";
import { costOf, type Prices } from "./pricing.ts";
import { type CallUsage, noUsage } from "./store/callRecord.ts";

/** Ends calls that have cost what they may, or whose key has used up its day. */
export interface SpendGuard {
  close(): void;
}

export interface SpendGuardDeps {
  readonly events: Pick<EventHub, "subscribe">;
  readonly registry: Pick<CallRegistry, "get">;
  readonly prices: Prices;
  /** What a call is charged by. */
  readonly modelsOf: (
    session: CallSession,
  ) => { readonly model?: string | undefined; readonly transcriptionModel?: string | undefined };
  /** Of one call. */
  readonly callUsd?: number;
  /** Of all calls of a key; what each may cost is set aside before it begins. */
  readonly daily?: { readonly usd: number; readonly budget: Pick<Budget, "used"> };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: {
    info(message: string, fields: Readonly<Record<string, unknown>>): void;
    warn(message: string, fields: Readonly<Record<string, unknown>>): void;
  };
}

interface Running {
  usage: CallUsage;
  connectedAt: number | undefined;
  usd: number;
  ending: boolean;
}

/** Starts watching what calls cost; without limits there is nothing to do. */
export function createSpendGuard(deps: SpendGuardDeps): SpendGuard {
  const { events, registry, prices, modelsOf, callUsd, daily, now, log } = deps;
  if (callUsd === undefined && daily === undefined) return { close() {} };
  const calls = new Map<string, Running>();
  const asking = new Set<string>();

  const subscription = events.subscribe(({ event: { type } }) => watched.has(type), (published) => {
    const { callId, event, atMs } = published;
    if (event.type === "ended") return void calls.delete(callId);
    const call = calls.get(callId) ?? begin(callId);
    if (event.type === "connected") call.connectedAt ??= atMs;
    if (event.type === "usage") call.usage = addUsage(call.usage, usageOfResponse(event.usage));
    if (event.type === "transcriptionUsage") {
      call.usage = addUsage(call.usage, usageOfTranscription(event.usage));
    }
    const session = registry.get(callId);
    if (session !== undefined) judge(session, call);
  });

  return { close: () => subscription.close() };

  function begin(callId: string): Running {
    const call: Running = { usage: noUsage, connectedAt: undefined, usd: 0, ending: false };
    calls.set(callId, call);
    return call;
  }

  function judge(session: CallSession, call: Running): void {
    if (call.ending) return;
    call.usd = runningCost(session, call);
    if (callUsd !== undefined && call.usd >= callUsd) return end(session, call, "call");
    const { keyName, direction } = session.request;
    if (daily === undefined || direction !== "outbound" || keyName === undefined) return;
    if (asking.has(keyName)) return;
    asking.add(keyName);
    checkDay(daily, keyName)
      .catch((error) => log.warn("Budget not read", { error }))
      .finally(() => asking.delete(keyName));
  }

  /** What has no known price cannot be counted, and is left out. */
  function runningCost(session: CallSession, { usage, connectedAt }: Running): number {
    const { direction } = session.request;
    const connectedMs = connectedAt === undefined ? 0 : now() - connectedAt;
    const { parts } = costOf({
      usage,
      ...modelsOf(session),
      ...(direction !== "web" && { phone: { direction, connectedMs } }),
    }, prices);
    return Object.values(parts).reduce<number>((sum, part) => sum + (part ?? 0), 0);
  }

  /** Calls under way count with what was set aside for them, or with what they have cost if that is more. */
  async function checkDay(
    { usd, budget }: NonNullable<SpendGuardDeps["daily"]>,
    keyName: string,
  ): Promise<void> {
    const { usdToday } = await budget.used(keyName, now());
    const aside = Math.min(callUsd ?? 0, usd);
    const mine = [...calls].flatMap(([callId, call]) => {
      const session = registry.get(callId);
      const isOurs = session?.request.keyName === keyName &&
        session.request.direction === "outbound";
      return isOurs ? [{ session, call }] : [];
    });
    const beyond = mine.reduce((sum, { call }) => sum + Math.max(0, call.usd - aside), 0);
    if (usdToday + beyond < usd || beyond === 0) return;
    for (const { session, call } of mine) end(session, call, "day");
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
  "connected",
  "usage",
  "transcriptionUsage",
  "speaking",
  "ended",
]);
