import type { Script } from "../../../src/sim/openai/scripts.ts";

/** Ends every whole answer, so that a caller knows it when it is heard. */
export const END = "That is all.";

/** Answers in long sentences, with a tool for every third answer, and goes on where it was broken off. */
export function talker(): Script {
  let answers = 0;
  return ({ request, cause, history }) => {
    const exact = request === undefined ? undefined : /: "([\s\S]+)"$/.exec(request)?.[1];
    if (exact !== undefined) return { say: exact };
    if (request !== undefined) return { say: `As you wish. ${END}` };
    const result = untoldResults(history.map(({ item }) => item));
    if (result !== undefined) return { say: `I have found ${result}. ${END}` };
    if (cause.type === "asked") return { say: `So much for that. ${END}` };
    const id = String(++answers);
    if (answers % 3 === 0) {
      return { tools: [{ name: "lookup", arguments: JSON.stringify({ id }) }] };
    }
    return { say: `Here is answer ${id}, which takes some time to be said and heard. ${END}` };
  };
}

/** The results of tools that the agent has not spoken of, however it was told of them. */
function untoldResults(items: readonly object[]): string | undefined {
  const told = new Set<string>();
  const known = new Set<string>();
  for (const item of items) {
    const text = JSON.stringify(item);
    const isSpoken = text.includes('"assistant"');
    for (const [result] of text.matchAll(/result \d+/g)) (isSpoken ? told : known).add(result);
  }
  const untold = [...known].filter((result) => !told.has(result));
  return untold.length === 0 ? undefined : untold.join(" and ");
}
