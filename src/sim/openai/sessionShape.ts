import {
  anything,
  either,
  flag,
  integerIn,
  listOf,
  nullable,
  numberIn,
  oneOf,
  record,
  tagged,
  text,
} from "./jsonShapes.ts";
import type { Refusal } from "./wire.ts";

const pcm = record({ type: text, rate: oneOf(24_000) });
// The telephone formats are 8 kHz by definition; naming a rate is refused.
const telephone = record({ type: text });

/** `audio.input.format` and `audio.output.format`. */
export const formatShape = tagged("type", {
  "audio/pcm": pcm,
  "audio/pcmu": telephone,
  "audio/pcma": telephone,
});

/** A built-in voice or one of the account's own. */
export const voiceShape = either(
  record({ id: text }, { required: ["id"] }),
  oneOf(
    ..."alloy ash ballad coral echo sage shimmer verse marin cedar".split(" "),
  ),
);

/** `["text"]` or `["audio"]`, never both. */
export function modalitiesShape(value: unknown, path: string): Refusal | void {
  const known = Array.isArray(value) && value.length === 1 &&
    (value[0] === "text" || value[0] === "audio");
  return known ? undefined : {
    code: "invalid_value",
    message: `Invalid '${path}': supported combinations are ['text'] and ['audio'].`,
    param: path,
  };
}

const toolNames = record({ tool_names: listOf(text), read_only: flag });

const mcpShape = record({
  type: text,
  server_label: text,
  server_url: text,
  connector_id: text,
  server_description: text,
  authorization: text,
  headers: nullable(anything),
  allowed_tools: nullable(either(toolNames, listOf(text))),
  require_approval: nullable(
    either(record({ always: toolNames, never: toolNames }), oneOf("always", "never")),
  ),
}, { required: ["server_label"] });

export const toolsShape = listOf(tagged("type", {
  function: record(
    { type: text, name: text, description: text, parameters: anything },
    { required: ["name"] },
  ),
  mcp: mcpShape,
}));

export const toolChoiceShape = either(
  tagged("type", {
    function: record({ type: text, name: text }, { required: ["name"] }),
    mcp: anything,
  }),
  oneOf("auto", "none", "required"),
);

export const maxTokensShape = either(oneOf("inf"), integerIn(1, 4096));

export const reasoningShape = record({
  effort: oneOf("minimal", "low", "medium", "high", "xhigh"),
});

const turnDetection = nullable(tagged("type", {
  server_vad: record({
    type: text,
    threshold: numberIn(0, 1),
    prefix_padding_ms: integerIn(0, 5_000),
    silence_duration_ms: integerIn(20, 10_000),
    idle_timeout_ms: nullable(integerIn(5_000, 30_000)),
    create_response: flag,
    interrupt_response: flag,
  }),
  semantic_vad: record({
    type: text,
    eagerness: oneOf("low", "medium", "high", "auto"),
    create_response: flag,
    interrupt_response: flag,
  }),
}));

const transcription = nullable(record({
  model: text,
  language: text,
  prompt: text,
  languages: listOf(text),
  keywords: listOf(text),
  delay: oneOf("minimal", "low", "medium", "high", "xhigh"),
}));

const noiseReduction = nullable(
  record({ type: oneOf("near_field", "far_field"), strength: numberIn(0, 1) }),
);

/** The `session` of a `session.update`. */
export const sessionShape = record({
  type: oneOf("realtime"),
  model: text,
  instructions: text,
  output_modalities: modalitiesShape,
  audio: record({
    input: record({
      format: formatShape,
      noise_reduction: noiseReduction,
      transcription,
      turn_detection: turnDetection,
    }),
    output: record({ format: formatShape, voice: voiceShape, speed: numberIn(0.25, 1.5) }),
  }),
  tools: toolsShape,
  tool_choice: toolChoiceShape,
  parallel_tool_calls: flag,
  reasoning: reasoningShape,
  max_output_tokens: maxTokensShape,
  truncation: either(
    tagged("type", {
      retention_ratio: record({
        type: text,
        retention_ratio: numberIn(0, 1),
        token_limits: record({ post_instructions: integerIn(0, 1_000_000) }),
      }, { required: ["retention_ratio"] }),
    }),
    oneOf("auto", "disabled"),
  ),
  tracing: nullable(either(
    record({ workflow_name: text, group_id: text, metadata: anything }),
    oneOf("auto"),
  )),
  include: nullable(listOf(oneOf("item.input_audio_transcription.logprobs"))),
  prompt: anything,
}, { required: ["type"] });
