import type { SetupCheck, setupParts, setupStates } from "../../services/setup.ts";
import { fillSentence } from "../../utils/sentence.ts";
import { terminalText } from "../../utils/terminalText.ts";

const WIDTH = 96;

/** What was found, the worst first, as lines for a terminal. */
export function reportLines(checks: readonly SetupCheck[], source: string): readonly string[] {
  const of = (state: SetupCheck["state"]) => checks.filter((check) => check.state === state);
  return [
    source,
    ...section("Broken", of("broken")),
    ...section("Works, with a risk", of("warning")),
    ...section("Off", of("off")),
    ...rightLines(of("ok")),
    "",
    ...summaryLines(checks),
  ];
}

/** A change that was to be made, and why it was not. */
export interface FailedFix {
  readonly check: SetupCheck;
  readonly reason: string;
}

/** What programs read: the sentences filled, and what they are filled with. */
export function reportJson(
  checks: readonly SetupCheck[],
  { isRunning, fixed, failed }: {
    readonly isRunning: boolean;
    readonly fixed: readonly SetupCheck[];
    readonly failed: readonly FailedFix[];
  },
): string {
  return JSON.stringify(
    {
      ok: !checks.some(({ state }) => state === "broken"),
      server: isRunning ? "running" : "stopped",
      checks: checks.map(({ text, remedy, fix, values, ...check }) => ({
        ...check,
        text: fillSentence({ text, values }),
        remedy: remedy === undefined ? null : fillSentence({ text: remedy, values }),
        values,
        fix: fix === undefined ? null : { code: fix.code, text: fillSentence(fix) },
      })),
      fixed: fixed.map(changeOf),
      failed: failed.map(({ check, reason }) => ({ ...changeOf(check), reason })),
    },
    null,
    2,
  );
}

function changeOf({ code, fix }: SetupCheck) {
  return { code, fix: fix?.code, text: fix && fillSentence(fix) };
}

function section(title: string, checks: readonly SetupCheck[]): readonly string[] {
  if (checks.length === 0) return [];
  return ["", title, ...checks.flatMap(checkLines)];
}

function checkLines({ part, code, state, text, remedy, values, fix }: SetupCheck): string[] {
  return [
    `  ${SIGNS[state]} ${PARTS[part]}: ${code}`,
    ...wrapped(fillSentence({ text, values }), "    "),
    ...(remedy === undefined ? [] : wrapped(fillSentence({ text: remedy, values }), "    → ")),
    ...(fix === undefined ? [] : wrapped(`--fix: ${fillSentence(fix)}`, "    + ")),
  ];
}

function rightLines(checks: readonly SetupCheck[]): readonly string[] {
  if (checks.length === 0) return [];
  return [
    "",
    "All right",
    ...checks.flatMap(({ part, text, values }) =>
      wrapped(`${PARTS[part]}: ${fillSentence({ text, values })}`, `  ${SIGNS.ok} `)
    ),
  ];
}

function summaryLines(checks: readonly SetupCheck[]): readonly string[] {
  const count = (state: SetupCheck["state"]) => checks.filter((it) => it.state === state).length;
  const [broken, warnings] = [count("broken"), count("warning")];
  const fixable = checks.filter(({ fix }) => fix !== undefined).length;
  return [
    `${broken === 0 ? "Nothing is broken" : `${broken} broken`}, ${warnings} ${
      warnings === 1 ? "warning" : "warnings"
    }. docs/doctor.md describes each code.`,
    ...(fixable === 0
      ? []
      : [`deno task doctor --fix can change ${fixable} of this, and asks before each.`]),
  ];
}

/** Lines of at most `WIDTH` characters, the first of them after `head`, the others below it. */
export function wrapped(text: string, head: string): readonly string[] {
  const lines: string[] = [];
  let line = head;
  let isEmpty = true;
  for (const word of terminalText(text, { by: " " }).split(/ +/)) {
    if (!isEmpty && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = " ".repeat(head.length);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

const SIGNS: Readonly<Record<(typeof setupStates)[number], string>> = {
  ok: "✓",
  off: "–",
  warning: "!",
  broken: "✗",
};

const PARTS: Readonly<Record<(typeof setupParts)[number], string>> = {
  model: "Model",
  clock: "Clock",
  agents: "Agents",
  tools: "Tools",
  publicUrl: "Public address",
  phone: "Phone number",
  alerts: "Errors at Twilio",
  destinations: "Calling out",
  texts: "Text messages",
  keys: "API keys",
  signIn: "Sign-in",
  sites: "Other sites",
  limits: "Limits",
  prices: "Prices",
  store: "Records",
  instances: "Instances",
  recordings: "Recordings",
  disk: "Disk",
  webhooks: "Webhooks",
  machine: "This machine",
  warnings: "Settings",
};
