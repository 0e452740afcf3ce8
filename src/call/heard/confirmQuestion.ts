import { present } from "../../utils/present.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { spokenDate } from "../../utils/spokenDate.ts";
import { wordsOf } from "./words.ts";
import { type AnswerLanguage, answerLanguage } from "../answerLanguages.ts";
import type { AnswerWords, ConfirmPolicy } from "../toolPolicy.ts";

/** What the caller is asked before a tool runs. */
export interface ConfirmQuestion {
  readonly text: string;
  /** The words that decide, in their order: those of the arguments, as the question says them. */
  readonly decisive: readonly string[];
}

/** Longer than this nobody can agree to by ear. */
const MAX_LENGTH = 700;
const MAX_DEPTH = 4;

/**
 * The question about a call of a tool: the operator's, with the arguments in it, or one that names the tool
 * and all its arguments, in the agent's language. An operator's question without an argument comes after
 * all of them: nobody agrees to what was not said. Undefined for one that is too long to be said.
 */
export function confirmQuestion(
  name: string,
  args: Readonly<Record<string, unknown>>,
  { question, title, words: own }: ConfirmPolicy,
  language: string,
): ConfirmQuestion | undefined {
  const words = questionWords(language, own);
  const said: string[] = [];
  const say = (value: unknown): string => {
    const text = spoken(value, words, language, 0);
    said.push(text);
    return text;
  };
  const text = question === undefined
    ? words.ask(title ?? spaced(name), listed(args, say))
    : withArguments(
      question.replaceAll(PLACEHOLDER, (_, path: string) => say(valueAt(args, path))),
    );
  // What is put between quotes must not end them.
  const plain = text.replaceAll('"', "'").replaceAll(/\s+/g, " ").trim();
  if (plain === "" || plain.length > MAX_LENGTH) return undefined;
  return { text: plain, decisive: said.flatMap(wordsOf) };

  function withArguments(asked: string): string {
    if (said.some((value) => value !== "")) return asked;
    const list = listed(args, say);
    return list === "" ? asked : `${list}. ${asked}`;
  }
}

/** What a question about a tool asks for, in the operator's words alone. */
export function askedFor(name: string, { question, title }: ConfirmPolicy): string {
  return question?.replaceAll(PLACEHOLDER, " ") ?? title ?? spaced(name);
}

/** Names of arguments in an operator's question: `{{date}}`, `{{guest.name}}`. */
const PLACEHOLDER = /\{\{\s*([\w.-]{1,100})\s*\}\}/g;

function listed(args: Readonly<Record<string, unknown>>, say: (value: unknown) => string): string {
  return Object.entries(args)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${spaced(name)}: ${say(value)}`)
    .join(", ");
}

function valueAt(args: Readonly<Record<string, unknown>>, path: string): unknown {
  let value: unknown = args;
  for (const key of path.split(".")) {
    value = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}

function spoken(value: unknown, words: QuestionWords, language: string, depth: number): string {
  if (depth > MAX_DEPTH || value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? words.yes : words.no;
  // A sign is no word, and would be heard by chance.
  if (typeof value === "number" && value < 0) return `${words.minus} ${-value}`;
  if (typeof value === "string") return spokenDate(value.trim(), language) ?? value.trim();
  if (Array.isArray(value)) {
    return value.map((one) => spoken(one, words, language, depth + 1)).join(", ");
  }
  if (!isRecord(value)) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${spaced(key)} ${spoken(one, words, language, depth + 1)}`)
    .join(", ");
}

function spaced(name: string): string {
  return name.replaceAll(/[_-]+/g, " ").replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase()
    .trim();
}

interface QuestionWords {
  readonly yes: string;
  readonly no: string;
  readonly minus: string;
  readonly ask: (title: string, list: string) => string;
}

/** In English where there are none of the language; yes and no are then the operator's. */
function questionWords(language: string, { yes = [], no = [] }: AnswerWords = {}): QuestionWords {
  const known = answerLanguage(language);
  if (known !== undefined) return WORDS[known];
  return { ...WORDS.en, ...present({ yes: yes[0], no: no[0] }) };
}

function asking(before: string, after: string): QuestionWords["ask"] {
  return (title, list) => `${before} ${title}${list === "" ? "" : `, ${list}`}. ${after}`;
}

const WORDS: Readonly<Record<AnswerLanguage, QuestionWords>> = {
  en: {
    yes: "yes",
    no: "no",
    minus: "minus",
    ask: asking("Please confirm:", "Shall I do that?"),
  },
  de: {
    yes: "ja",
    no: "nein",
    minus: "minus",
    ask: asking("Bitte bestätigen Sie:", "Soll ich das so machen?"),
  },
  es: {
    yes: "sí",
    no: "no",
    minus: "menos",
    ask: asking("Por favor, confirme:", "¿Lo hago así?"),
  },
  fr: {
    yes: "oui",
    no: "non",
    minus: "moins",
    ask: asking("Merci de confirmer :", "Puis-je le faire ?"),
  },
  it: {
    yes: "sì",
    no: "no",
    minus: "meno",
    ask: asking("Per favore, confermi:", "Procedo così?"),
  },
  nl: {
    yes: "ja",
    no: "nee",
    minus: "min",
    ask: asking("Wilt u dit bevestigen:", "Zal ik dat doen?"),
  },
  pt: {
    yes: "sim",
    no: "não",
    minus: "menos",
    ask: asking("Por favor, confirme:", "Posso fazer isso?"),
  },
  pl: {
    yes: "tak",
    no: "nie",
    minus: "minus",
    ask: asking("Proszę potwierdzić:", "Czy mam to zrobić?"),
  },
};
