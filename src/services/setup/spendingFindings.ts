import type { Settings } from "../../config/settings.ts";
import type { Engine } from "../openai.ts";
import type { Finding } from "./setupCheck.ts";

/** Who may be called. */
export function destinationsFinding(
  { phone, signIn, outbound: { countries, allow, hours }, server: { apiKeys } }: Pick<
    Settings,
    "phone" | "signIn" | "outbound" | "server"
  >,
): Finding {
  if (phone === undefined || (apiKeys.length === 0 && signIn === undefined)) {
    return {
      code: "calling_out_off",
      state: "off",
      text: "No calls are placed: that takes a phone number and an API key.",
      remedy: "Connect a phone number and set API_KEYS.",
    };
  }
  const places = allow.length > 0
    ? allow.join(", ")
    : countries?.join(", ") ?? phone.number.slice(0, 2);
  if (hours === undefined) {
    return {
      code: "calling_out_at_any_hour",
      state: "warning",
      text: "People may be called at any hour, in {places}.",
      remedy: "Set OUTBOUND_HOURS=country for the lawful hours of each country.",
      values: { places },
    };
  }
  return {
    code: "calling_out_ok",
    state: "ok",
    text: "People may be called in {places}.",
    values: { places },
  };
}

/** What may be spent. */
export function limitsFinding(
  { limits: { callUsd, server }, phone }: Pick<Settings, "limits" | "phone">,
  { name }: Pick<Engine, "name">,
): Finding {
  if (callUsd === undefined || server.dailyUsd === undefined) {
    // Nothing costs dollars, which is why these limits have no defaults here.
    if (name === "rehearsal" && phone === undefined) {
      return {
        code: "limits_ok",
        state: "ok",
        text:
          "The built-in engine costs nothing. With a model, calls and days have limits in dollars.",
      };
    }
    return {
      code: "limits_off",
      state: "warning",
      text: "A limit in dollars is switched off.",
      remedy: "Set MAX_CALL_USD and DAILY_USD to what a call and a day may cost at most.",
    };
  }
  return {
    code: "limits_ok",
    state: "ok",
    text: "A call ends at ${call}, and a day at ${day}.",
    values: { call: String(callUsd), day: String(server.dailyUsd) },
  };
}

/** Whether the cost of calls is known. */
export function pricesFinding(
  { phone, records: { telephonyUsdPerMinute } }: Pick<Settings, "phone" | "records">,
  unpriced: readonly string[],
): Finding {
  if (unpriced.length > 0) {
    return {
      code: "price_unknown",
      state: "warning",
      text: "The price of {models} is not known, so limits in dollars cannot count it.",
      remedy: "Add it to a file, and name that in PRICES_FILE.",
      values: { models: unpriced.join(", ") },
    };
  }
  if (phone !== undefined && telephonyUsdPerMinute === undefined) {
    return {
      code: "phone_price_estimated",
      state: "warning",
      text: "What a minute on the phone costs is estimated, rather too high than too low.",
      remedy: "Set TELEPHONY_USD_PER_MINUTE to what your carrier charges.",
    };
  }
  return { code: "prices_ok", state: "ok", text: "The cost of every call is known." };
}
