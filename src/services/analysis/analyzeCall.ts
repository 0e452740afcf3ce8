import type { Agent } from "../../config/agents.ts";
import type { AgentAnalysis } from "../../config/analysisSchema.ts";
import type { AnalysisSpending, TextUsage } from "../spending.ts";
import type { AnalysisEnd, AnalysisSpent, CallContent, CallRecord } from "../store.ts";
import { type AnswerSchema, answerSchema } from "./answerSchema.ts";
import { type ChatAnswer, jsonIn } from "./chatAnswer.ts";
import type { AskChat } from "./chatClient.ts";
import { type ConversationLine, conversationLines } from "./conversationLines.ts";
import { type ChatMessage, promptFor, repairFor } from "./prompt.ts";
import { type ReadAnswer, readAnswer } from "./readAnswer.ts";

/** The model that reads calls. */
export interface AnalysisModel {
  readonly name: string;
  /** The endpoint's host, without keys and parameters. */
  readonly host: string;
  readonly ask: AskChat;
  /** Nothing is paid for it. */
  readonly isFree: boolean;
}

/** What one attempt came to. */
export type AttemptOutcome =
  | { readonly type: "ended"; readonly end: AnalysisEnd; readonly spent?: AnalysisSpent }
  | (Extract<ChatAnswer, { readonly ok: false }> & {
    readonly type: "failed";
    readonly spent?: AnalysisSpent;
  });

export interface AnalyzeCallDeps {
  readonly model: AnalysisModel;
  readonly spending: AnalysisSpending;
  readonly signal: AbortSignal;
}

/** Characters of a token, at least: what is reserved is enough. */
const TOKEN_CHARS = 2;
const USUAL_OUTPUT_TOKENS = 3000;
/** The first request and the repair. */
const REQUESTS = 2;

/** Why a call needs no model; undefined where it does. */
export function skipReason(
  { outcome }: Pick<CallRecord, "outcome">,
  { turns }: Pick<CallContent, "turns">,
  { min_turns }: Pick<AgentAnalysis, "min_turns">,
): "no_conversation" | "too_short" | undefined {
  const said = turns.filter(({ role, text, aside }) =>
    role === "caller" && aside !== true && text.trim() !== ""
  );
  // What an answering machine says is no conversation.
  if (said.length === 0 || outcome === "machine" || outcome === "voicemail") {
    return "no_conversation";
  }
  return said.length < min_turns ? "too_short" : undefined;
}

/** Has the model read one call, with one repair of an answer that does not fit. */
export async function analyzeCall(
  call: CallRecord,
  content: CallContent,
  { agent, analysis }: { readonly agent: Agent; readonly analysis: AgentAnalysis },
  { model, spending, signal }: AnalyzeCallDeps,
): Promise<AttemptOutcome> {
  const lines = conversationLines(content);
  const schema = answerSchema(analysis);
  const messages = promptFor({ call, agent, analysis, schema, lines });
  const chars = messages.reduce((sum, message) => sum + message.content.length, 0);
  const reservation = await spending.reserve(model.name, {
    inputTokens: Math.ceil(REQUESTS * chars / TOKEN_CHARS),
    cachedTokens: 0,
    outputTokens: REQUESTS * USUAL_OUTPUT_TOKENS,
  });
  if (reservation === undefined) {
    return { type: "ended", end: { state: "skipped", reason: "limit" } };
  }
  const used: TextUsage[] = [];
  const asked = await ask({ model, analysis, lines, schema, signal, used }, messages);
  const spent = spentBy(used, model, spending);
  await reservation.settle(spent?.usd ?? 0, { isAll: isAccounted(asked) });
  const paid = spent === undefined ? {} : { spent };
  if (!asked.ok) return { type: "failed", ...asked, ...paid };
  const counted = new Set(
    Object.entries(analysis.fields)
      .filter(([, { type, enum: choices }]) => choices !== undefined || type === "boolean")
      .map(([name]) => name),
  );
  return { type: "ended", end: { state: "done", result: asked.result, counted }, ...paid };
}

/** Whether the endpoint has said what it used: one that refuses a request uses nothing. */
function isAccounted(asked: Asked): boolean {
  return asked.ok || asked.usage !== undefined || asked.reason.startsWith("http_");
}

interface Question {
  readonly model: AnalysisModel;
  readonly analysis: AgentAnalysis;
  readonly lines: readonly ConversationLine[];
  readonly schema: AnswerSchema;
  readonly signal: AbortSignal;
  /** Of every request; added to. */
  readonly used: TextUsage[];
}

type Asked =
  | { readonly ok: true; readonly result: ReadAnswer["result"] }
  | Extract<ChatAnswer, { readonly ok: false }>;

async function ask(question: Question, messages: readonly ChatMessage[]): Promise<Asked> {
  const { model, analysis, lines, schema, signal, used } = question;
  const first = await model.ask(messages, schema, signal);
  if (first.usage !== undefined) used.push(first.usage);
  if (!first.ok) return first;
  const read = readAnswer(jsonIn(first.text), analysis, lines);
  if (read.problems.length === 0) return { ok: true, result: read.result };
  const again = repairFor(messages, first.text, read.problems);
  const second = await model.ask(again, schema, signal);
  if (second.usage !== undefined) used.push(second.usage);
  const repaired = second.ok ? jsonIn(second.text) : undefined;
  if (repaired !== undefined) {
    return { ok: true, result: readAnswer(repaired, analysis, lines).result };
  }
  // What fitted the first time is better than nothing.
  if (jsonIn(first.text) !== undefined) return { ok: true, result: read.result };
  return second.ok ? { ok: false, reason: "answer_not_json", kind: "answer" } : second;
}

function spentBy(
  used: readonly TextUsage[],
  { name, isFree }: AnalysisModel,
  spending: AnalysisSpending,
): AnalysisSpent | undefined {
  if (used.length === 0) return undefined;
  const sum = (member: keyof TextUsage) => used.reduce((all, each) => all + each[member], 0);
  const usage = {
    inputTokens: sum("inputTokens"),
    cachedTokens: sum("cachedTokens"),
    outputTokens: sum("outputTokens"),
  };
  return { model: name, ...usage, usd: isFree ? 0 : spending.usdOf(name, usage) };
}
