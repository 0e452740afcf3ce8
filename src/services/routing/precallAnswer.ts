import { language } from "../../config/agentSchema.ts";
import type { CallRequest } from "../../call/types.ts";
import { VARIABLE_NAME } from "../../config/names.ts";
import { isRecord } from "../../utils/isRecord.ts";

/** What the operator's endpoint may decide of a call; what is absent stays as it is. */
export interface PrecallAnswer extends Told {
  readonly agent?: string;
  /** The call is not taken: as busy, or after a sentence. */
  readonly refuse?: true | { readonly sentence: string };
}

/** What an answer says to the agent, and about the call. */
export type Told = Pick<CallRequest, "language" | "context" | "variables" | "metadata">;

const MAX_CONTEXT = 4000;
const MAX_SENTENCE = 500;
const MAX_ENTRIES = 50;
const MAX_PROBLEMS = 20;
const LIMITS = { variables: 1000, metadata: 500 } as const;

/**
 * Reads an answer, and names each part that cannot be used, without its value: the others count all the
 * same. `isAgent` is whether calls can be given to an agent of this name.
 */
export function readPrecallAnswer(
  value: unknown,
  isAgent: (name: string) => boolean,
): { readonly answer: PrecallAnswer; readonly problems: readonly string[] } {
  if (!isRecord(value)) return { answer: {}, problems: ["the answer must be an object"] };
  const problems: string[] = [];
  const answer: { -readonly [Part in keyof PrecallAnswer]: PrecallAnswer[Part] } = {};
  for (const [name, part] of Object.entries(value)) {
    // As programs write what they do not know.
    if (part === null) continue;
    switch (name) {
      case "agent":
        if (typeof part === "string" && isAgent(part)) answer.agent = part;
        else problems.push("agent: must be the name of an agent that can take calls");
        break;
      case "language":
        if (language.safeParse(part).success) answer.language = String(part);
        else problems.push("language: must be a code such as en or de-AT");
        break;
      case "context":
        if (isText(part, MAX_CONTEXT)) answer.context = part;
        else problems.push(`context: ${mustBeText(MAX_CONTEXT)}`);
        break;
      case "variables":
      case "metadata":
        answer[name] = readTexts(name, part, problems);
        break;
      case "refuse": {
        const refuse = readRefusal(part);
        if (refuse === undefined) {
          problems.push(
            `refuse: must be true, or a sentence of at most ${MAX_SENTENCE} characters`,
          );
        } else if (refuse !== false) answer.refuse = refuse;
        break;
      }
      default:
        problems.push(`${shownName(name)}: is not known`);
    }
  }
  return { answer, problems: problems.slice(0, MAX_PROBLEMS) };
}

function readTexts(
  field: keyof typeof LIMITS,
  value: unknown,
  problems: string[],
): Readonly<Record<string, string>> {
  if (!isRecord(value)) {
    problems.push(`${field}: must be an object`);
    return {};
  }
  const texts: [string, string][] = [];
  for (const [name, given] of Object.entries(value)) {
    if (given === null) continue;
    const text = typeof given === "number" || typeof given === "boolean" ? String(given) : given;
    const where = `${field}.${shownName(name)}`;
    if (!VARIABLE_NAME.test(name)) {
      problems.push(`${where}: its name must be letters, digits and _`);
    } else if (!isText(text, LIMITS[field])) {
      problems.push(`${where}: ${mustBeText(LIMITS[field])}`);
    } else if (texts.length >= MAX_ENTRIES) {
      problems.push(`${field}: must be ${MAX_ENTRIES} at most`);
      break;
    } else texts.push([name, text]);
  }
  return Object.fromEntries(texts);
}

/** Undefined for what is no refusal and no word that there is none. */
function readRefusal(value: unknown): PrecallAnswer["refuse"] | false {
  if (typeof value === "boolean") return value;
  const sentence = isRecord(value) ? value["sentence"] : undefined;
  return isText(sentence, MAX_SENTENCE) && sentence.trim() !== "" ? { sentence } : undefined;
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength;
}

function mustBeText(maxLength: number): string {
  return `must be text of at most ${maxLength} characters`;
}

/** Names come from outside, too. */
function shownName(name: string): string {
  return /^[\w.-]{1,40}$/.test(name) ? name : "(a name)";
}
