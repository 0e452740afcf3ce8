import { foldText, searchWords, stemOf } from "../store.ts";

/** Of what answers a question, by the models of OpenAI: see `nearestPassages`. */
const ANSWERING_LIKENESS = 0.3;
/** The share of a question's telling words that an answer has. */
const ANSWERING_WORDS = 0.5;

/**
 * Whether passages seem to answer a question: they have at least half of its telling words, or one means
 * nearly the same. Something is found for most questions, also where the documents say nothing of it.
 * `likeness`: of the nearest passage, from -1 to 1; 0 where none is known.
 */
export function isAnswer(
  question: string,
  passages: readonly { readonly source: string; readonly text: string }[],
  likeness: number,
): boolean {
  if (likeness >= ANSWERING_LIKENESS) return true;
  const words = searchWords(question);
  const text = foldText(passages.map(({ source, text }) => `${source} ${text}`).join("\n"));
  const found = words.filter((word) => text.includes(stemOf(word)));
  return found.length >= words.length * ANSWERING_WORDS;
}
