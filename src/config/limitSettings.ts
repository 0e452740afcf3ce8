import type { SettingReader } from "./settingReader.ts";
import type { DayLimits, LimitSettings } from "./settings.ts";
import { present } from "../utils/present.ts";

/** Reads the limits of one call and one day. The default of a wider limit is never below a narrower one. */
export function readLimits(
  read: SettingReader,
  { outbound, isRehearsal }: { readonly outbound: DayLimits; readonly isRehearsal: boolean },
): LimitSettings {
  const usd = (name: string, fallback: number) => read.usdLimit(name, fallback, isRehearsal);
  // An hour of talk costs about 10, and as much again to a mobile phone abroad.
  const callUsd = usd("MAX_CALL_USD", 20);
  const webCallsPerKey = read.wholeLimit("WEB_CALLS_PER_KEY", 40);
  const webCallsPerVisitor = read.wholeLimit("WEB_CALLS_PER_VISITOR", 3);
  const transferDials = read.wholeLimit("TRANSFER_DIALS_PER_CALL", 20);
  const transferDialsPerMinute = read.wholeLimit("TRANSFER_DIALS_PER_MINUTE", 60);
  const inbound = dayLimits(
    read.limit("INBOUND_DAILY_MINUTES", 3000),
    usd("INBOUND_DAILY_USD", 50),
  );
  const key = dayLimits(
    read.limit("KEY_DAILY_MINUTES", Math.max(1500, outbound.dailyMinutes ?? 0)),
    usd("KEY_DAILY_USD", Math.max(25, outbound.dailyUsd ?? 0)),
  );
  return {
    calls: read.whole("MAX_CALLS", 100, { min: 1, max: 100_000 }),
    callMs: read.whole("MAX_CALL_MINUTES", 60, { min: 1, max: 1440 }) * 60_000,
    holdMs: read.whole("MAX_HOLD_MINUTES", 30, { min: 1, max: 240 }) * 60_000,
    idleMs: read.whole("IDLE_SECONDS", 30, { min: 5, max: 3600 }) * 1000,
    // Twilio lets no call last longer than four hours.
    transferMs: read.whole("TRANSFER_MAX_MINUTES", 60, { min: 1, max: 240 }) * 60_000,
    listeners: {
      perCall: read.whole("LISTENERS_PER_CALL", 3, { min: 0, max: 20 }),
      all: read.whole("LISTENERS", 20, { min: 0, max: 1000 }),
    },
    ...present({ transferDials, transferDialsPerMinute }),
    ...present({ callUsd, webCallsPerKey, webCallsPerVisitor }),
    server: dayLimits(
      read.limit("DAILY_MINUTES", Math.max(6000, inbound.dailyMinutes ?? 0, key.dailyMinutes ?? 0)),
      usd("DAILY_USD", Math.max(100, inbound.dailyUsd ?? 0, key.dailyUsd ?? 0)),
    ),
    inbound,
    key,
    caller: dayLimits(read.limit("CALLER_DAILY_MINUTES", 240)),
    visitor: dayLimits(read.limit("VISITOR_DAILY_MINUTES", 240)),
    chosenUsd: USD_SETTINGS.filter((name) => read.text(name) !== undefined && !read.isOff(name)),
  };
}

/** All limits in dollars. */
const USD_SETTINGS = [
  "MAX_CALL_USD",
  "DAILY_USD",
  "INBOUND_DAILY_USD",
  "KEY_DAILY_USD",
  "OUTBOUND_DAILY_USD",
] as const;

function dayLimits(dailyMinutes: number | undefined, dailyUsd?: number): DayLimits {
  return present({ dailyMinutes, dailyUsd });
}
