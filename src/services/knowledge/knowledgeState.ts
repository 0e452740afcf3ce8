import type { FileProblem } from "./findFiles.ts";
import type { IndexedFile } from "./documentIndex.ts";
import { searchDescription } from "./searchDescription.ts";
import { wholeSection } from "./wholeSection.ts";

/** A file of an agent with what is known of it. */
export interface StateOfFile {
  readonly name: string;
  readonly indexed: IndexedFile;
}

/** How the calls of an agent get at its knowledge. */
export type KnowledgeUse =
  /** As a part of the instructions. */
  | { readonly kind: "whole"; readonly section: string }
  /** By a tool, which this describes. */
  | { readonly kind: "search"; readonly description: string };

/** Some 8,000 tokens: reading them costs less than asking for them. */
export const MAX_WHOLE_CHARS = 32_000;

/** Whole where all documents together are short, else by search. */
export function knowledgeUse(files: readonly StateOfFile[]): KnowledgeUse {
  const documents = files.flatMap(({ name, indexed }) =>
    indexed.state === "read" ? [{ name, ...indexed.document }] : []
  );
  const isSettled = files.every(({ indexed }) => indexed.state !== "waiting");
  const whole = documents.flatMap(({ name, whole }) =>
    whole === undefined ? [] : [{ name, text: whole }]
  );
  if (isSettled && whole.length === documents.length && whole.length > 0) {
    const chars = whole.reduce((sum, { text }) => sum + text.length, 0);
    const section = chars > MAX_WHOLE_CHARS ? undefined : wholeSection(whole);
    if (section !== undefined && section.length <= MAX_WHOLE_CHARS * 1.1) {
      return { kind: "whole", section };
    }
  }
  return { kind: "search", description: searchDescription(documents) };
}

/** An agent's knowledge as people see it. */
export interface KnowledgeStatus {
  /** `reading` as long as there are files that were not looked at; they are searched one by one as they come in. */
  readonly state: "reading" | "ready";
  readonly use: KnowledgeUse["kind"];
  readonly files: {
    readonly total: number;
    readonly done: number;
    readonly problems: number;
  };
  readonly passages: number;
  readonly characters: number;
  /** Passages that are also found by what they mean; undefined where that is off. */
  readonly vectors: number | undefined;
  readonly documents: readonly KnowledgeDocumentStatus[];
}

export interface KnowledgeDocumentStatus {
  readonly name: string;
  readonly state: IndexedFile["state"];
  readonly passages: number;
  readonly characters: number;
  readonly pages: number | undefined;
  readonly problem: string | undefined;
}

/** Problems come first, so that a cut list shows them. */
export function knowledgeStatus(
  files: readonly StateOfFile[],
  problems: readonly FileProblem[],
  { use, isReading, vectors }: {
    readonly use: KnowledgeUse["kind"];
    readonly isReading: boolean;
    readonly vectors: number | undefined;
  },
): KnowledgeStatus {
  const documents = [
    ...problems.map(({ name, problem }) => statusOf(name, { state: "unreadable", problem })),
    ...files.map(({ name, indexed }) => statusOf(name, indexed)),
  ].sort((one, other) => Number(other.state === "unreadable") - Number(one.state === "unreadable"));
  const waiting = documents.filter(({ state }) => state === "waiting").length;
  const sum = (figure: "passages" | "characters") =>
    documents.reduce((total, document) => total + document[figure], 0);
  return {
    state: isReading || waiting > 0 ? "reading" : "ready",
    use,
    files: {
      total: documents.length,
      done: documents.length - waiting,
      problems: documents.filter(({ state }) => state === "unreadable").length,
    },
    passages: sum("passages"),
    characters: sum("characters"),
    vectors,
    documents,
  };
}

function statusOf(name: string, indexed: IndexedFile): KnowledgeDocumentStatus {
  const { state } = indexed;
  const document = state === "read" ? indexed.document : undefined;
  return {
    name,
    state,
    passages: document?.passages ?? 0,
    characters: document?.chars ?? 0,
    pages: document?.pages,
    problem: state === "unreadable" ? indexed.problem : undefined,
  };
}
