import { transfer } from "./transferSchemas.ts";
import { z } from "@hono/zod-openapi";
import { callDirections, endReasons } from "../../call/types.ts";
import { answerers, recordStatuses } from "../../services/store.ts";
import { analysis, passed } from "./analysisSchemas.ts";
import { appointment } from "./appointmentSchema.ts";
import { heardShape } from "./heardSchemas.ts";
import { pickups } from "./pickupSchema.ts";
import { phoneMenuShape } from "./phoneMenuSchemas.ts";
import { recording } from "./recordingSchemas.ts";
import { responseUsage } from "./responseUsageSchema.ts";
import { agentName, agentVersion, callerName, moment, time, wholeMs } from "./schemaParts.ts";
import { callOutcome } from "./outboundSchemas.ts";

const sinceStart = z.number().openapi({ description: "Milliseconds since the call began" });
const dollars = z.number().nullable().openapi({
  description: "US dollars; null where a price is not known",
  example: 0.0412,
});

/** The filters of both the list and the analytics. */
export const callFilters = {
  direction: z.enum(callDirections).optional(),
  agent: agentName.optional(),
  version: agentVersion.optional().openapi({ description: "Of the agent's file" }),
  from: moment.optional(),
  to: moment.optional(),
  key: callerName.optional().openapi({
    description: "Only calls of this API key; keys other than one's own take `admin`.",
  }),
  passed,
};

export const usage = z.object({
  inputText: z.number(),
  inputAudio: z.number(),
  cachedText: z.number().openapi({ description: "Part of `inputText`" }),
  cachedAudio: z.number().openapi({ description: "Part of `inputAudio`" }),
  outputText: z.number(),
  outputAudio: z.number(),
  responses: z.number(),
  transcriptionInput: z.number(),
  transcriptionOutput: z.number(),
  transcriptionSeconds: z.number(),
}).openapi("Usage", { description: "Tokens, unless stated otherwise" });

const cost = z.object({
  usd: dollars,
  parts: z.object({
    text: dollars,
    audio: dollars,
    transcription: dollars,
    telephony: dollars,
    analysis: dollars.optional().openapi({ description: "Of the analysis, where there is one" }),
  }),
  telephonyEstimated: z.literal(true).optional().openapi({
    description: "No telephony price is set: that part is a conservative estimate",
  }),
}).openapi("Cost");

const savings = z.object({
  inputText: z.number().openapi({ description: "Negative: words took the place of sound" }),
  inputAudio: z.number(),
  cachedText: z.number().openapi({ description: "Part of `inputText`" }),
  cachedAudio: z.number().openapi({ description: "Part of `inputAudio`" }),
  usd: dollars,
}).openapi("Savings");

const callShape = {
  id: z.string().openapi({ example: "call_01k9x2m3p4q5r6s7t8v9w0x1y2" }),
  direction: z.enum(callDirections),
  agent: z.string().openapi({
    description: "The agent that the call began with",
    example: "receptionist",
  }),
  currentAgent: z.string().openapi({ description: "The agent that has, or had, the call last" }),
  agentVersion: z.string().nullable().openapi({
    description: "The version of the agent's file that the call's newest session runs",
    example: "3f9a1c0d52be",
  }),
  status: z.enum(recordStatuses),
  key: z.string().nullable().openapi({ description: "The API key that requested the call" }),
  callSid: z.string().nullable(),
  from: z.string().nullable().openapi({ example: "+14155550123" }),
  to: z.string().nullable(),
  startedAt: time,
  answeredAt: time.nullable(),
  endedAt: time.nullable(),
  durationMs: wholeMs.nullable().openapi({
    description: "Of a placed call since it rang, from when on the times of its turns count",
  }),
  connectedMs: wholeMs.nullable().openapi({
    description: "From the answer to the end; null for a call that was not answered or is not over",
  }),
  transferredMs: wholeMs.nullable().openapi({
    description:
      "How long the caller has talked with people after transfers; known when all legs have ended",
  }),
  end: z.object({
    reason: z.enum(endReasons),
    detail: z.string().nullable().openapi({ example: "busy" }),
    transferTo: z.string().optional().openapi({
      description: "Name of the transfer that followed because the agent could not go on",
    }),
  }).nullable(),
  outcome: callOutcome.nullable(),
  answeredBy: z.enum(answerers).nullable(),
  model: z.string().nullable(),
  usage,
  cost: cost.nullable().openapi({ description: "Known when the call has ended" }),
  savings: savings.nullable().openapi({
    description:
      "Tokens that the model would have read besides with `context: full`, by estimate; in dollars when the call has ended",
  }),
  latency: z.object({ turns: z.number(), p50Ms: wholeMs, p95Ms: wholeMs }).nullable().openapi({
    description: "From the caller's last sound to the agent's first",
  }),
  tags: z.array(z.string()).openapi({
    description: "What operators have filed the call under",
    example: ["complaint"],
  }),
  passed: z.boolean().nullable().openapi({ description: "`passed` of the analysis" }),
  metadata: z.record(z.string(), z.string()).nullable().openapi({
    description: "As the endpoint of `CALL_URL` gave it",
  }),
  precall: z.object({
    status: z.string().openapi({ example: "ok" }),
    problems: z.array(z.string()).openapi({
      description: "What was wrong with the answer; never its values",
      example: ["agent: must be the name of an agent"],
    }),
  }).nullable().openapi({ description: "How the endpoint of `CALL_URL` answered" }),
  consent: z.object({
    source: z.string(),
    at: z.string(),
    text: z.string().nullable(),
  }).nullable().openapi({
    description: "What the person had agreed to, as the request for the call said",
  }),
  optOut: z.object({
    by: z.enum(["word", "key", "agent"]),
    words: z.string().nullable().openapi({ example: "Stop calling me" }),
    atMs: wholeMs,
  }).nullable().openapi({
    description:
      "That the person asked for no more calls: in words, by a key, or as the agent understood",
  }),
};

/** What is shown of a call beside its record. */
export const soFar = {
  costSoFar: dollars.openapi({
    description:
      "An estimate for a live call: what each agent has used until now at the prices of its models, without talks with people; null for one that is over, see `cost`, and where a price is not known",
  }),
};

export const callSummary = z.object(callShape).openapi("Call");

export const turn = z.object({
  id: z.string(),
  role: z.enum(["caller", "agent"]),
  agent: z.string().nullable().openapi({
    description: "Who says it, where it is not the agent that the call began with",
  }),
  text: z.string().openapi({ description: "As far as it was heard" }),
  interrupted: z.boolean().openapi({ description: "The caller interrupted the agent here" }),
  unheard: z.string().nullable().openapi({
    description: "What the agent was to say besides, and nobody heard",
  }),
  by: z.enum(["voice", "text", "keypad", "operator", "whisper"]).openapi({
    description:
      "`operator`: typed by the action `text`; `whisper`: told to the agent alone. Neither is anything that the caller has said",
  }),
  final: z.boolean(),
  startedMs: sinceStart,
  endedMs: sinceStart.nullable(),
}).openapi("Turn");

export const callDetail = z.object({
  ...callShape,
  ...soFar,
  turns: z.array(turn).openapi({ description: "In the order in which they were heard" }),
  ...heardShape,
  ...phoneMenuShape,
  pickups,
  tools: z.array(z.object({
    id: z.string(),
    name: z.string(),
    arguments: z.string().openapi({ description: "JSON as the model wrote it" }),
    startedMs: sinceStart,
    result: z.object({
      ok: z.boolean(),
      output: z.string(),
      durationMs: wholeMs,
      error: z.string().nullable().openapi({
        description: "The code of the error, where it failed",
        example: "timeout",
      }),
    }).nullable(),
  })),
  latencies: z.array(z.object({
    turnId: z.string(),
    responseMs: wholeMs,
    firstAudioMs: wholeMs,
    firstHeardMs: wholeMs.nullable(),
    totalMs: wholeMs,
  })).openapi({ description: "Per turn; each duration starts where the previous one ends" }),
  responses: z.array(responseUsage).openapi({
    description: "What each response of the model has used, in order; without transcription",
  }),
  appointments: z.array(appointment).openapi({ description: "Those that were booked in it" }),
  digits: z.array(z.object({
    atMs: sinceStart,
    digits: z.string().nullable().openapi({ description: "Null where they are sensitive" }),
  })),
  handoffs: z.array(z.object({
    atMs: sinceStart,
    from: z.string(),
    to: z.string(),
    version: z.string().nullable().openapi({ description: "Content hash of the file of `to`" }),
    reason: z.string().nullable(),
    facts: z.string().nullable().openapi({
      description: "What `to` was told: words, or JSON of the facts that are carried",
    }),
    summary: z.string().nullable().openapi({
      description: "What `to` was told in the place of the conversation",
    }),
  })).openapi({ description: "How agents handed the call over, in order" }),
  recording: recording.nullable().openapi({ description: "Null where nothing was recorded" }),
  transfers: z.array(transfer).openapi({ description: "How the caller was put through, in order" }),
  listeners: z.array(z.object({
    id: z.string(),
    key: z.string().nullable().openapi({ description: "Name of the API key" }),
    fromMs: sinceStart,
    toMs: sinceStart.nullable().openapi({ description: "Null while they listen" }),
  })).openapi({ description: "Who has listened in on the call, of which the caller is not told" }),
  transferNames: z.array(z.string()).openapi({
    description: "To whom the caller may be transferred, while the call is live",
    example: ["sales"],
  }),
  analysis: analysis.nullable().openapi({
    description: "Null where the agent's file has no `analysis`, and until it is begun",
  }),
}).openapi("CallDetail");

export const transcript = z.object({ callId: z.string(), turns: z.array(turn) }).openapi(
  "Transcript",
);
