import { limitCode } from "../../services/spending.ts";
import {
  type BudgetLimit,
  type BudgetMinutes,
  type BudgetRefusal,
  type BudgetScope,
  isOnlyReserved,
} from "../../services/store.ts";
import { present } from "../../utils/present.ts";
import type { Sentence } from "../../utils/sentence.ts";
import { HttpProblem } from "./httpProblem.ts";

/** The answer where a limit on calls, minutes or dollars refuses a call. */
export function limitProblem(refusal: BudgetRefusal): HttpProblem {
  const { scope, limit, retryAfterMs, most, againAt } = refusal;
  const minutes = refusal.minutes && roundedOf(refusal.minutes);
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const { text, values } = sentenceOf(refusal);
  return new HttpProblem(429, limitCode(refusal), text, {
    values,
    details: {
      ...{ scope, limit, ...present({ most, setting: settingOf(refusal) }) },
      ...(againAt !== undefined && { opensAt: isoOf(againAt) }),
      ...present({ minutes }),
    },
    retryAfterSeconds,
  });
}

function roundedOf({ used, reserved, limit }: BudgetMinutes): BudgetMinutes {
  return { used: rounded(used), reserved: rounded(reserved), limit };
}

function rounded(minutes: number): number {
  return Math.round(minutes * 10) / 10;
}

function sentenceOf(refusal: BudgetRefusal): Required<Sentence> {
  const { scope, most, againAt } = refusal;
  const values = {
    who: names[scope],
    ...present({ most, setting: settingOf(refusal) }),
    ...(againAt !== undefined && { opensAt: isoOf(againAt) }),
    ...present({ ...(refusal.minutes && roundedOf(refusal.minutes)) }),
  };
  return { text: textOf(refusal), values };
}

function textOf(refusal: BudgetRefusal): string {
  const { scope, limit, minutes, most, againAt, isAgents } = refusal;
  const setting = settingOf(refusal);
  switch (limit) {
    case "perMinute":
    case "concurrent": {
      const { known, named, plain } = paces[limit];
      return most === undefined ? plain : setting === undefined ? known : named;
    }
    case "dailyCalls": {
      if (most === undefined) return days.plain;
      if (setting === undefined) return days.known;
      const { named, again } = isAgents === true ? agentsDays : days;
      return scope !== "number" || againAt === undefined ? named : again;
    }
    case "dailyMinutes":
      if (minutes === undefined) return "{who} has reached its daily limit of minutes.";
      return isOnlyReserved(refusal)
        ? "{who} has no minutes left for now: of {limit} a day {used} are used, and {reserved} are reserved by calls under way. What these calls do not use is free again when they end."
        : "{who} has reached its daily limit of minutes: of {limit} a day {used} are used, and {reserved} are reserved by calls under way.";
    case "dailyUsd":
      return "{who} has reached its daily limit of dollars.";
  }
}

/** By what is told of a limit besides: its figure, its figure and setting, or neither. */
const paces = {
  perMinute: {
    plain: "{who} has reached its limit of calls per minute.",
    known: "{who} has reached its limit of {most} calls per minute.",
    named: "{who} has reached its limit of {most} calls per minute ({setting}).",
  },
  concurrent: {
    plain: "{who} has reached its limit of concurrent calls.",
    known: "{who} has reached its limit of {most} concurrent calls.",
    named: "{who} has reached its limit of {most} concurrent calls ({setting}).",
  },
} as const;

const days = {
  plain: "{who} has reached its daily limit of calls.",
  known: "{who} has reached its daily limit of {most} calls.",
  named: "{who} has reached its daily limit of {most} calls ({setting}).",
  again:
    "{who} has reached its daily limit of {most} calls ({setting}): it may be called again from {opensAt} on.",
} as const;

const agentsDays = {
  named: "{who} has reached the agent's daily limit of {most} calls ({setting}).",
  again:
    "{who} has reached the agent's daily limit of {most} calls ({setting}): it may be called again from {opensAt} on.",
} as const;

const names: Readonly<Record<BudgetScope, string>> = {
  server: "This server",
  inbound: "This server",
  key: "This key",
  outbound: "This key",
  web: "This key",
  caller: "This caller",
  visitor: "This visitor",
  public_key: "This public key",
  public_visitor: "This visitor",
  number: "This number",
  analysis: "This server",
  sms: "This server",
  sms_number: "This number",
  transfers_of_call: "This call",
  transfers: "This server",
};

/** The setting that the operator raises for more; undefined where it is told of in other words. */
function settingOf({ scope, limit, isAgents }: BudgetRefusal): string | undefined {
  return isAgents === true ? "outbound.attempts_per_day" : settings[scope]?.[limit];
}

const settings: Readonly<Partial<Record<BudgetScope, Partial<Record<BudgetLimit, string>>>>> = {
  outbound: {
    perMinute: "OUTBOUND_PER_MINUTE",
    concurrent: "OUTBOUND_CONCURRENT",
    dailyMinutes: "OUTBOUND_DAILY_MINUTES",
    dailyUsd: "OUTBOUND_DAILY_USD",
  },
  number: { dailyCalls: "OUTBOUND_PER_NUMBER_DAILY" },
  key: { dailyMinutes: "KEY_DAILY_MINUTES", dailyUsd: "KEY_DAILY_USD" },
  server: { dailyMinutes: "DAILY_MINUTES", dailyUsd: "DAILY_USD" },
  web: { concurrent: "WEB_CALLS_PER_KEY" },
  public_key: { concurrent: "PUBLIC_KEYS", dailyCalls: "PUBLIC_KEYS" },
};

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
