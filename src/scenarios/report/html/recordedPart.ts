import { seconds } from "../../expect/verdict.ts";
import type { CallDifference, Pair, ToolDifference } from "../../recorded/callDifference.ts";
import { likenessOf } from "../../recorded/differenceWords.ts";
import type { Exchange } from "../../recorded/exchanges.ts";
import { escapeHtml } from "./markup.ts";

/** A recorded call beside the same of today, turn by turn; nothing for another call. */
export function recordedPart(difference: CallDifference | undefined): string {
  if (difference === undefined) return "";
  const { callId, exchanges, tools, end, outcome, answersMs, costUsd } = difference;
  const facts = [
    row("End", end, String),
    row("Outcome", outcome, String),
    row("Answers after the end of a turn, median", answersMs, seconds),
    row("Cost", costUsd, (usd) => `$${usd.toFixed(3)}`),
  ].join("");
  return `<h4>Since ${escapeHtml(callId)}: ${escapeHtml(likenessOf(difference))}</h4>
<div class="wide" tabindex="0" role="region" aria-label="Then and now"><table class="texts"><thead><tr><td></td><th scope="col">Then</th><th scope="col">Now</th></tr></thead><tbody>${facts}${
    tools.map(toolRow).join("")
  }${
    exchanges.filter(({ then, now }) => then !== "" || now !== "").map(exchangeRow).join("")
  }</tbody></table></div>`;
}

function row<Value>(name: string, { then, now }: Pair<Value>, show: (value: Value) => string) {
  if (then === undefined && now === undefined) return "";
  const text = (value: Value | undefined) => value === undefined ? "not known" : show(value);
  return cells(name, text(then), text(now), then === undefined || text(then) === text(now));
}

function toolRow({ name, then, now, isSame }: ToolDifference): string {
  const text = (call: ToolDifference["then"]) =>
    call === undefined ? "not called" : JSON.stringify(call.arguments);
  return cells(name, text(then), text(now), isSame);
}

function exchangeRow({ caller, then, now, isSame }: Exchange): string {
  const when = caller === undefined ? "At the beginning" : `Caller: ${caller}`;
  return cells(when, then, now, isSame);
}

/** What has changed is marked by more than its colour. */
function cells(name: string, then: string, now: string, isSame: boolean): string {
  const shown = isSame
    ? escapeHtml(now)
    : `<mark>${escapeHtml(now === "" ? "nothing" : now)}</mark>`;
  return `<tr><th scope="row">${escapeHtml(name)}</th><td>${
    escapeHtml(then === "" ? "nothing" : then)
  }</td><td>${shown}</td></tr>`;
}
