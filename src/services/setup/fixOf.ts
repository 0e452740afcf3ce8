import type { SentenceValues } from "../../utils/sentence.ts";
import type { Fix, FixCode } from "./setupCheck.ts";

/** The change of that code, with the sentence that says it; each sentence of a change stands here alone. */
export function fixOf(code: FixCode, values?: SentenceValues): Fix {
  const text = code === "rename_setting" && values?.["line"] !== undefined
    ? "Write {meant} in place of {name} in line {line} of .env."
    : texts[code];
  return { code, text, ...(values && { values }) };
}

const texts: Readonly<Record<FixCode, string>> = {
  create_env_file: "Copy .env.example to .env, readable by you alone.",
  protect_env_file: "Let the owner of .env alone read it (chmod 600).",
  rename_setting: "Write {meant} in place of {name} in .env.",
  allow_variable: 'Add "{name}" to env.allow of permissions.server in deno.json.',
  allow_host: 'Add "{host}" to "net" of permissions.server in deno.json.',
  allow_path: 'Add "{path}" to {rights} of permissions.server in deno.json.',
  // The secret is made as the line is written, and told nowhere else.
  add_api_key: "Add a key named ops, which may do all, to .env as API_KEYS, with a new secret.",
  add_recording_key:
    "Add RECORDING_KEY with a new key to .env. Keep a copy of it: without it, recordings cannot be heard.",
  connect_number:
    "Point {number} at {webhook}; deno task connect --undo brings back what is there now.",
};
