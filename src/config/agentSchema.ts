import { z } from "zod";
import { mustHearSchema, unknownSentences } from "./mustHearSchema.ts";
import { outbound } from "./outboundSchema.ts";
import { handoffs } from "./handoffSchema.ts";
import { calendar } from "./calendarSchema.ts";
import { hours } from "./hoursSchema.ts";
import { httpTool } from "./httpToolSchema.ts";
import { clientTool } from "./clientToolSchema.ts";
import { mcpServer } from "./mcpSchema.ts";
import { confirmWords } from "./confirmWordsSchema.ts";
import { calledNumbers } from "./numbersSchema.ts";
import { knowledgeSources } from "./knowledgeSchema.ts";
import { phoneMenu } from "./phoneMenuSchema.ts";
import { redactionSchema } from "./redactionSchema.ts";
import { recordingSchema } from "./recordingSchema.ts";
import { sms } from "./smsSchema.ts";
import { isTimeZone } from "./isTimeZone.ts";
import { entryName as name } from "./schemaParts.ts";
import { toolEntry } from "./toolOptionsSchema.ts";
import { transfers } from "./transferSchema.ts";
import { analysisSchema } from "./analysisSchema.ts";
import { visitors } from "./visitorsSchema.ts";

const milliseconds = (max: number) => z.number().int().min(0).max(max);

const turnDetection = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("server"),
    threshold: z.number().min(0).max(1).optional(),
    silence_ms: milliseconds(10_000).optional(),
    prefix_ms: milliseconds(5000).optional(),
  }),
  z.strictObject({
    kind: z.literal("semantic"),
    eagerness: z.enum(["low", "medium", "high", "auto"]).optional(),
  }),
  z.strictObject({
    kind: z.literal("manual"),
    commits: z.enum(["silence", "button"]).default("silence"),
  }),
]);

const compaction = z.strictObject({
  after_minutes: numberIn(0, 1440).default(2),
  audio_turns: numberIn(0, 100, { whole: true }).default(1),
});

export const language = z.string().refine(isLanguage, "must be a code such as en or de-AT");

const soundFile = z.string().regex(
  /^[A-Za-z0-9][\w.-]{0,99}\.wav$/i,
  "must be the name of a WAV file beside the agent's",
);

/** The front matter of an agent's file; unknown names are errors. */
export const agentFrontMatter = z.strictObject({
  // Must equal the file's name, whose form is checked separately.
  name: z.string().max(64).optional(),
  title: z.string().min(1).max(80),
  greeting: z.string().min(1).max(1000).optional(),
  greeting_interruptible: z.boolean().default(true),
  voice: z.string().min(1).max(80).default("marin"),
  language: z.union([z.literal("auto"), language], "must be a code such as en or de-AT, or auto")
    .optional(),
  languages: z.array(language).min(1).max(20).optional(),
  apology: z.string().trim().min(1).max(500).optional(),
  bridge: z.string().trim().min(1).max(200).optional(),
  audio: z.strictObject({
    greeting: soundFile.optional(),
    bridge: soundFile.optional(),
    apology: soundFile.optional(),
    waiting: soundFile.optional(),
  }).default({}),
  phone_voice: z.string().regex(
    /^[A-Za-z][\w.-]{0,79}$/,
    "must be a voice such as Polly.Vicki-Neural",
  )
    .optional(),
  model: z.string().min(1).max(100).optional(),
  reasoning: z.enum(["minimal", "low", "medium", "high"]).optional(),
  transcription: z.string().min(1).max(100).default("gpt-transcribe"),
  speed: z.number().min(0.25).max(1.5).optional(),
  timezone: z.string().refine(isTimeZone, "must be a time zone such as Europe/London")
    .default("UTC"),
  numbers: calledNumbers,
  hours: hours.optional(),
  turn_detection: turnDetection.default({ kind: "semantic", eagerness: "auto" }),
  interruption: z.union([
    z.literal("model"),
    z.strictObject({ after_ms: milliseconds(5000), pause: z.boolean().default(false) }),
  ], "must be model, or after_ms with a number of milliseconds").default("model"),
  noise_reduction: z.enum(["near_field", "far_field", "off"]).default("near_field"),
  tools: z.array(toolEntry).max(64).default([]),
  transfers,
  fallback: z.strictObject({
    transfer: name,
    sentence: z.string().trim().min(1).max(500).optional(),
  })
    .optional(),
  handoffs: handoffs.default({}),
  voicemail: z.string().min(1).max(2000).default("hangup"),
  screening: z.string().trim().min(1).max(500).optional(),
  filler_after_ms: milliseconds(60_000).default(2500),
  idle_seconds: z.number().int().min(5).max(3600).optional(),
  max_minutes: z.number().int().min(1).max(1440).optional(),
  context: z.union(
    [z.enum(["compact", "full"]), compaction],
    "must be compact, full, or after_minutes and audio_turns",
  ).default("compact"),
  dtmf: z.strictObject({
    timeout_ms: milliseconds(30_000).default(2000),
    sensitive: z.boolean().default(false),
  }).default({ timeout_ms: 2000, sensitive: false }),
  phone_menu: phoneMenu,
  calendar: calendar.optional(),
  http_tools: z.array(httpTool).max(32).default([]),
  sms: sms.default({ texts: {}, recipients: {}, per_call: 2 }),
  client_tools: z.array(clientTool).max(32).default([]),
  visitors,
  mcp_servers: z.array(mcpServer).max(8).default([]),
  must_hear: mustHearSchema,
  outbound: outbound.optional(),
  recording: recordingSchema.optional(),
  confirm_words: confirmWords.optional(),
  analysis: analysisSchema(language).optional(),
  redaction: redactionSchema.optional(),
  knowledge: knowledgeSources.default([]),
}).refine(
  ({ fallback, transfers }) =>
    fallback === undefined || Object.hasOwn(transfers, fallback.transfer),
  { path: ["fallback", "transfer"], message: "must be a name under transfers" },
).refine(
  ({ hours, transfers }) =>
    hours?.outside.kind !== "transfer" || Object.hasOwn(transfers, hours.outside.alias),
  { path: ["hours", "outside", "transfer"], message: "must be a name under transfers" },
).superRefine(({ must_hear, mcp_servers, tools, http_tools, client_tools }, { addIssue }) => {
  const lists = [
    { path: ["tools"], entries: tools },
    { path: ["http_tools"], entries: http_tools },
    { path: ["client_tools"], entries: client_tools },
    ...mcp_servers.map(({ tools }, at) => ({
      path: ["mcp_servers", at, "tools"],
      entries: tools === "all" ? [] : tools,
    })),
  ];
  for (const { path, entries } of lists) {
    for (const { at, ...rest } of unknownSentences(must_hear, entries)) {
      addIssue({ code: "custom", path: [...path, at, "after_heard"], ...rest });
    }
  }
});

export type AgentFrontMatter = z.infer<typeof agentFrontMatter>;

/** When sound in the model's conversation gives way to its words; undefined for never. */
export function compactionOf({ context }: Pick<AgentFrontMatter, "context">) {
  if (context === "full") return undefined;
  return context === "compact" ? compaction.parse({}) : context;
}

/** What Twilio needs to speak in the place of an agent. */
export const agentVoice = z.object({
  language: agentFrontMatter.shape.language.catch(undefined),
  languages: agentFrontMatter.shape.languages.catch(undefined),
  apology: agentFrontMatter.shape.apology.catch(undefined),
  phone_voice: agentFrontMatter.shape.phone_voice.catch(undefined),
  fallback: agentFrontMatter.shape.fallback.catch(undefined),
  /** Their callers are not for another agent. */
  numbers: agentFrontMatter.shape.numbers.optional().catch(undefined),
});

export type AgentVoice = z.infer<typeof agentVoice>;

/** Those of a call, the agent's own first; none where callers may speak any. */
export function conversationLanguages({ language, languages = [] }: AgentVoice): readonly string[] {
  if (language === "auto" && languages.length === 0) return [];
  return [...new Set([mainLanguage({ language, languages }), ...languages])];
}

/** The one language of dates and of Twilio's voice, whatever callers speak. */
export function mainLanguage({ language, languages }: AgentVoice): string {
  if (language !== undefined && language !== "auto") return language;
  return languages?.[0] ?? "en";
}

/**
 * A number from `min` to `max`. Its problem does not abort: that of an option that does is hidden by the
 * message of its union.
 */
function numberIn(min: number, max: number, { whole = false }: { readonly whole?: boolean } = {}) {
  const isIn = (value: unknown) =>
    typeof value === "number" && value >= min && value <= max &&
    (!whole || Number.isInteger(value));
  return z.custom<number>(isIn, {
    abort: false,
    error: ({ input }) =>
      `must be a ${whole ? "whole " : ""}number from ${min} to ${max}, not ${shown(input)}`,
  });
}

/** A value for a message, cut to 40 characters; of a list or a map only what it is. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value !== "object" || value === null) return String(value).slice(0, 40);
  return Array.isArray(value) ? "a list" : "a map";
}

function isLanguage(code: string): boolean {
  if (!/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(code)) return false;
  try {
    new Intl.Locale(code);
    return true;
  } catch {
    return false;
  }
}
