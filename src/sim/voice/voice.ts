/** Text to speech. */
export interface Voice {
  /** Samples per second of all that it says. */
  readonly sampleRate: number;
  /** Says one sentence; resolves with nothing at once when `signal` is aborted before its turn. */
  say(sentence: string, signal?: AbortSignal): Promise<Int16Array>;
  /** Frees what the voice holds; idempotent. */
  close(): void;
}

/** Cuts a text into pieces that can be spoken one after the other, the first one early. */
export function splitSentences(text: string): readonly string[] {
  const sentences: string[] = [];
  for (const sentence of text.replaceAll(/\s+/g, " ").trim().split(sentenceEnd)) {
    sentences.push(...splitLong(sentence));
  }
  return sentences.filter((sentence) => sentence !== "");
}

/** Says a text sentence by sentence; while one is used, the next is already being prepared. */
export async function* speakSentences<Speech>(
  text: string,
  say: (sentence: string, signal?: AbortSignal) => Promise<Speech>,
  signal?: AbortSignal,
): AsyncGenerator<Speech> {
  const sentences = splitSentences(text);
  let next = sentences[0] === undefined ? undefined : say(sentences[0], signal);
  for (let index = 1; next; index++) {
    const speech = await next;
    const following = sentences[index];
    next = following === undefined || signal?.aborted ? undefined : say(following, signal);
    if (signal?.aborted) return;
    yield speech;
  }
}

// A longer job would block the voice's worker for all other sessions.
const maxSentenceChars = 240;

const sentenceEnd = /(?<=[.!?…]["')\]]?)\s+/;

function splitLong(sentence: string): readonly string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > maxSentenceChars) {
    const space = rest.lastIndexOf(" ", maxSentenceChars);
    const at = space > 0 ? space : maxSentenceChars;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...pieces, rest];
}
