import { settingNames } from "./settingNames.ts";
import type { Environment } from "./settingReader.ts";

/** A variable of the environment that a tool's definition names. */
export type ToolVariable =
  | { readonly state: "set"; readonly value: string }
  /** `denied`: this process may not read it. `reserved`: it is a setting of the server. */
  | { readonly state: "unset" | "denied" | "reserved" };

export type ReadToolVariable = (name: string) => ToolVariable;

/** Finds variables for tools: in what was read of the environment, and what that has not in the process's. */
export function createToolVariables(
  environment: Environment,
  readElse: ReadToolVariable,
): ReadToolVariable {
  const reserved: ReadonlySet<string> = new Set(settingNames);
  return function readToolVariable(name) {
    // The secrets of this server are none of another's business.
    if (reserved.has(name) || RESERVED.test(name)) return { state: "reserved" };
    const value = environment[name]?.trim();
    return value === undefined || value === "" ? readElse(name) : { state: "set", value };
  };
}

const RESERVED = /^(?:OPENAI|OPEN_AI|TWILIO|WEBHOOK|DATABASE|DENO)_/;

/** What the operator does about a variable that cannot be used; undefined where it can. */
export function variableProblem(name: string, { state }: ToolVariable): string | undefined {
  switch (state) {
    case "set":
      return undefined;
    case "unset":
      return `{{env.${name}}} is not set: add ${name}=... to .env, or to the server's environment, and start the server again`;
    case "reserved":
      return `{{env.${name}}} is a setting of the server itself: give the tool one of its own, such as TOOL_TOKEN`;
    case "denied":
      return `{{env.${name}}} may not be read: add "${name}" to env.allow of permissions.server in deno.json, or call it TOOL_${name}`;
  }
}
