import { importsOf, type SourceFile, type Violation } from "./sources.ts";

const GROUND = [
  "store",
  "events",
  "twilioOutbound",
  "openai",
  "tools",
  "agents",
  "calendar",
  "load",
  "redaction",
  "routing",
];
const OBSERVERS = [
  ...GROUND,
  "cluster",
  "spending",
  "keptSpeech",
  "knowledge",
  "records",
  "recording",
  "sms",
];

/** The modules of `services/`, and which of the others each may import. AGENTS.md shows the same table. */
export const MODULES: Readonly<Record<string, readonly string[]>> = {
  store: [],
  events: [],
  twilioOutbound: [],
  openai: ["events"],
  tools: [],
  agents: ["tools", "store"],
  calendar: ["store"],
  load: [],
  redaction: [],
  routing: ["events"],
  cluster: ["store", "events"],
  spending: ["store", "events"],
  keptSpeech: ["store", "twilioOutbound", "spending"],
  knowledge: ["store", "events", "spending"],
  records: ["store", "events", "twilioOutbound", "cluster", "spending", "recording"],
  recording: [],
  listening: ["cluster"],
  signIn: ["store", "cluster"],
  setup: ["store", "twilioOutbound", "openai", "tools", "spending", "signIn"],
  sms: ["store", "twilioOutbound", "spending"],
  analysis: ["store", "spending", "records"],
  webhooks: ["store", "events", "calendar", "records", "sms"],
  metrics: [
    "store",
    "events",
    "twilioOutbound",
    "openai",
    "spending",
    "keptSpeech",
    "records",
    "load",
  ],
  calls: OBSERVERS,
  outbound: [...OBSERVERS, "calls"],
  phone: [...OBSERVERS, "calls", "outbound"],
};

/** Checks that modules are reached by their entry files alone, and only in the directions of the table. */
export function moduleViolations(file: SourceFile): readonly Violation[] {
  const { path } = file;
  const from = moduleOf(path);
  if (path.startsWith("services/") && (from === undefined || MODULES[from] === undefined)) {
    return [{ path, problem: "belongs to no module of services" }];
  }
  return importsOf(file).flatMap((target) => {
    const problem = problemOf(path, target) ?? callProblemOf(path, target);
    return problem === undefined ? [] : [{ path, problem }];
  });
}

function problemOf(path: string, target: string): string | undefined {
  const from = moduleOf(path);
  const to = moduleOf(target);
  if (to === undefined) return undefined;
  const entry = `services/${to}.ts`;
  if (from === to) {
    return target === entry ? `imports the entry file of its own module ${to}` : undefined;
  }
  if (target !== entry) return `imports ${target}, an inside of the module ${to}`;
  if (from !== undefined && !MODULES[from]?.includes(to)) return `${from} may not import ${to}`;
  return undefined;
}

/** The top files of `call/` are its public surface, its folders are private. */
function callProblemOf(path: string, target: string): string | undefined {
  const isInside = /^call\/[^/]+\//.test(target);
  return isInside && !path.startsWith("call/") ? `imports ${target}, an inside of call` : undefined;
}

/** `services/store.ts` and all below `services/store/` are the module `store`. */
function moduleOf(path: string): string | undefined {
  return /^services\/([A-Za-z]+)(?:\/|\.ts$)/.exec(path)?.[1];
}
