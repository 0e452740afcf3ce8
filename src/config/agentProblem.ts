import { fillSentence, type Sentence, type SentenceValues } from "../utils/sentence.ts";

/** What is wrong with an agent's file, or with what it names. */
export interface AgentProblem {
  /** Counted from 1, in the agent's file; absent where the fault has no place there. */
  readonly line?: number;
  /** The field, such as `transfers.sales.number`. */
  readonly path?: string;
  /** Follows the field's name in a sentence, without a full stop: `must be ...`. */
  readonly message: string;
  /** The message with `{name}` for each of the values that it quotes; absent where it quotes none, or another's words. */
  readonly sentence?: Sentence;
  /** The name or value that was most likely meant. */
  readonly nearest?: string;
  /** Calls get the agent all the same. */
  readonly isWarning?: true;
}

/** A message with `{name}` for each of the values that it quotes. */
export function quoting(
  text: string,
  values: SentenceValues,
): Pick<AgentProblem, "message" | "sentence"> {
  const sentence = { text, values };
  return { message: fillSentence(sentence), sentence };
}

/** A problem as checks may report it: the sentence alone, or with its field. The line is found by the field. */
export type FoundProblem = string | AgentProblem;

const MAX_PROBLEMS = 20;
const MAX_MESSAGE_CHARS = 400;

/** Problems cut to what a person reads at a time, with the lines of their fields. */
export function placedProblems(
  found: readonly FoundProblem[],
  lineOf: (path: string) => number | undefined = () => undefined,
): readonly AgentProblem[] {
  const placed = found.slice(0, MAX_PROBLEMS).map((each): AgentProblem => {
    const problem = typeof each === "string" ? { message: each.replace(/\.$/, "") } : each;
    const line = problem.line ??
      (problem.path === undefined ? undefined : lineOf(problem.path));
    const message = problem.message.length > MAX_MESSAGE_CHARS
      ? `${problem.message.slice(0, MAX_MESSAGE_CHARS)}...`
      : problem.message;
    return { ...problem, message, ...(line !== undefined && { line }) };
  });
  const inOrder = placed.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0);
  const left = found.length - placed.length;
  return left > 0 ? [...inOrder, quoting("and {count} more", { count: left })] : inOrder;
}

/** One line: `receptionist.md: line 7: greetng: is not known; did you mean greeting?` */
export function describeProblem(
  file: string,
  { line, path, message, nearest }: AgentProblem,
): string {
  const where = [file, ...(line === undefined ? [] : [`line ${line}`])];
  const text = path === undefined ? message : `${path}: ${message}`;
  const end = nearest !== undefined
    ? `; did you mean ${nearest}?`
    : /[.?!]$/.test(message)
    ? ""
    : ".";
  return `${where.join(": ")}: ${text}${end}`;
}
