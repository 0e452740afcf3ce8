import { terminalText } from "../utils/terminalText.ts";

/** Where a command writes to, and whom it asks. */
export interface Terminal {
  print(line: string): void;
  /** The line that was typed, trimmed; undefined where nobody can be asked. */
  ask(question: string): Promise<string | undefined>;
}

const MAX_LINE = 1000;

/** The process's own terminal; where its input is none, nobody is asked. */
export function ownTerminal(): Terminal {
  return {
    print: (line) => console.log(printable(line)),
    async ask(question) {
      if (!Deno.stdin.isTerminal()) return undefined;
      await Deno.stdout.write(new TextEncoder().encode(`${printable(question)} `));
      return await readLine();
    },
  };
}

/** Names and numbers of others may have what moves the cursor, or turns text round. */
function printable(text: string): string {
  return terminalText(text, { by: "\uFFFD", kept: "\n\t" });
}

/** Whether a question is answered with yes; `isAgreed` answers it beforehand. */
export async function confirms(
  terminal: Pick<Terminal, "ask">,
  question: string,
  isAgreed: boolean,
): Promise<boolean> {
  if (isAgreed) return true;
  const answer = await terminal.ask(`${question} [y/N]`);
  return answer !== undefined && /^y(?:es)?$/i.test(answer);
}

/** The same, but nobody is asked any more, and no answer is waited for, once the signal has aborted. */
export function interruptible<Asking extends Pick<Terminal, "ask">>(
  terminal: Asking,
  signal: AbortSignal,
): Asking {
  return {
    ...terminal,
    ask: (question: string) =>
      new Promise<string | undefined>((resolve, reject) => {
        if (signal.aborted) return resolve(undefined);
        const stop = () => resolve(undefined);
        signal.addEventListener("abort", stop, { once: true });
        terminal.ask(question).then(resolve, reject)
          .finally(() => signal.removeEventListener("abort", stop));
      }),
  };
}

/** Undefined at the end of the input. */
async function readLine(): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(MAX_LINE);
  let text = "";
  while (!text.includes("\n")) {
    const length = await Deno.stdin.read(chunk);
    if (length === null) return text === "" ? undefined : text.trim();
    text += decoder.decode(chunk.subarray(0, length), { stream: true });
    if (text.length > MAX_LINE) break;
  }
  return text.split("\n", 1)[0]?.trim();
}
