import { limitCode } from "../../services/spending.ts";
import type { BudgetRefusal, BudgetScope } from "../../services/store.ts";
import { HttpProblem } from "./httpProblem.ts";

/** The answer where a limit on calls, minutes or dollars refuses a call. */
export function limitProblem(refusal: BudgetRefusal): HttpProblem {
  const { scope, limit, retryAfterMs } = refusal;
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new HttpProblem(429, limitCode(refusal), sentenceOf(refusal), {
    details: { scope, limit },
    retryAfterSeconds,
  });
}

function sentenceOf({ scope, limit }: BudgetRefusal): string {
  const who = names[scope];
  switch (limit) {
    case "perMinute":
      return `${who} has reached its limit of calls per minute.`;
    case "concurrent":
      return `${who} has reached its limit of concurrent calls.`;
    case "dailyCalls":
      return "This number has reached its daily limit of calls.";
    case "dailyMinutes":
      return `${who} has reached its daily limit of minutes.`;
    case "dailyUsd":
      return `${who} has reached its daily limit of dollars.`;
  }
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
};
