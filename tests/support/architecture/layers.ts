import { importsOf, type SourceFile, type Violation, withoutComments } from "./sources.ts";

/** Which top folders a folder may import, beside itself; `*` is everything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  utils: [],
  protocol: [],
  config: ["utils"],
  call: ["utils"],
  services: ["call", "protocol", "config", "utils"],
  handlers: ["call", "protocol", "utils"],
  routes: ["handlers", "services", "call", "config", "utils", "protocol"],
  sim: ["protocol", "utils"],
  scenarios: ["sim", "call", "config", "protocol", "utils"],
  web: ["protocol"],
  cli: ["*"],
  ".": ["*"],
};

/** Folders that only the composition root, the commands and themselves may import. */
const REACHED_BY: Readonly<Record<string, readonly string[]>> = {
  sim: ["sim", "scenarios", ".", "cli"],
  scenarios: ["scenarios", "cli"],
  ".": [".", "cli"],
};

/** What the deciding folders must not touch: it would tie a decision to a clock, a socket or a host. */
const IMPURE =
  /\b(Deno|WebSocket|fetch|setTimeout|setInterval|queueMicrotask|Date|performance|console|crypto|Math\.random)\b(?!["'`])/;
const PURE_FOLDERS = ["call", "protocol"];
/** The page and its routes share the wires of the page; other wires end in handlers and services. */
const ONLY_THE_PAGES_WIRES = ["web", "routes"];
const PAGES_WIRES = ["protocol/web.ts", "protocol/listen.ts"];
const READS_ENVIRONMENT = /\bDeno\.env\b/;
const MAY_READ_ENVIRONMENT = ["config/env.ts"];
/** Names and error codes of providers, comments included: `call/` works with any of them. */
const PROVIDER =
  /openai|twilio|gemini|azure|vonage|telnyx|insufficient_quota|invalid_api_key|rate_limit_exceeded|conversation_already_has_active_response|unsupported_content_type|session_expired|invalid_value/i;

/** Checks what the top folders import and use. */
export function layerViolations(file: SourceFile): readonly Violation[] {
  return [...importViolations(file), ...useViolations(file)];
}

function importViolations(file: SourceFile): readonly Violation[] {
  const { path } = file;
  const from = topFolderOf(path);
  const allowed = MAY_IMPORT[from];
  if (allowed === undefined) return [{ path, problem: `${from} is not a folder of the layout` }];
  return importsOf(file).flatMap((target) => {
    const to = topFolderOf(target);
    const reached = REACHED_BY[to];
    const isAllowed = to === from || allowed.includes("*") || allowed.includes(to);
    const isReached = reached === undefined || reached.includes(from);
    const isOtherWire = to === "protocol" && ONLY_THE_PAGES_WIRES.includes(from) &&
      !PAGES_WIRES.includes(target);
    return isAllowed && isReached && !isOtherWire ? [] : [{ path, problem: `imports ${target}` }];
  });
}

function useViolations({ path, text }: SourceFile): readonly Violation[] {
  const folder = topFolderOf(path);
  const code = withoutComments(text);
  const violations: Violation[] = [];
  const impure = PURE_FOLDERS.includes(folder) ? IMPURE.exec(code) : null;
  if (impure !== null) violations.push({ path, problem: `uses ${impure[1]}` });
  const provider = folder === "call" ? PROVIDER.exec(text) : null;
  if (provider !== null) violations.push({ path, problem: `names ${provider[0]}` });
  const mayRead = folder === "cli" || MAY_READ_ENVIRONMENT.includes(path);
  if (!mayRead && READS_ENVIRONMENT.test(code)) {
    violations.push({ path, problem: "reads the environment" });
  }
  return violations;
}

function topFolderOf(path: string): string {
  const slash = path.indexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}
