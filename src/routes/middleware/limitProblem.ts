import { limitCode } from "../../services/spending.ts";
import {
  type BudgetMinutes,
  type BudgetRefusal,
  type BudgetScope,
  isOnlyReserved,
} from "../../services/store.ts";
import { present } from "../../utils/present.ts";
import { HttpProblem } from "./httpProblem.ts";

/** The answer where a limit on calls, minutes or dollars refuses a call. */
export function limitProblem(refusal: BudgetRefusal): HttpProblem {
  const { scope, limit, retryAfterMs } = refusal;
  const minutes = refusal.minutes && roundedOf(refusal.minutes);
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new HttpProblem(429, limitCode(refusal), sentenceOf(refusal), {
    details: { scope, limit, ...present({ minutes }) },
    retryAfterSeconds,
  });
}

function roundedOf({ used, reserved, limit }: BudgetMinutes): BudgetMinutes {
  return { used: rounded(used), reserved: rounded(reserved), limit };
}

function rounded(minutes: number): number {
  return Math.round(minutes * 10) / 10;
}

function sentenceOf(refusal: BudgetRefusal): string {
  const { scope, limit, minutes } = refusal;
  const who = names[scope];
  switch (limit) {
    case "perMinute":
      return `${who} has reached its limit of calls per minute.`;
    case "concurrent":
      return `${who} has reached its limit of concurrent calls.`;
    case "dailyCalls":
      return "This number has reached its daily limit of calls.";
    case "dailyMinutes":
      if (minutes === undefined) return `${who} has reached its daily limit of minutes.`;
      return isOnlyReserved(refusal)
        ? `${who} has no minutes left for now: of ${
          figures(minutes)
        }. What these calls do not use is free again when they end.`
        : `${who} has reached its daily limit of minutes: of ${figures(minutes)}.`;
    case "dailyUsd":
      return `${who} has reached its daily limit of dollars.`;
  }
}

function figures(minutes: BudgetMinutes): string {
  const { used, reserved, limit } = roundedOf(minutes);
  return `${limit} a day ${used} are used, and ${reserved} are reserved by calls under way`;
}

const names: Readonly<Record<BudgetScope, string>> = {
  server: "This server",
  inbound: "This server",
  key: "This key",
  outbound: "This key",
  web: "This key",
  caller: "This caller",
  visitor: "This visitor",
  number: "This number",
  analysis: "This server",
  sms: "This server",
  sms_number: "This number",
  transfers_of_call: "This call",
  transfers: "This server",
};
