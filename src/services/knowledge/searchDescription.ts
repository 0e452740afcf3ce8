const MAX_CHARS = 900;
const MAX_NAMES = 12;

/**
 * What tells a model when to search: without the names of what is there, models answer from what they
 * believe.
 */
export function searchDescription(
  documents: readonly { readonly name: string; readonly topics: readonly string[] }[],
): string {
  const names = documents.map(({ name }) => name);
  const topics = [...new Set(spread(documents.map(({ topics }) => topics)))].map(plain);
  const listed = [...names.slice(0, MAX_NAMES), ...(names.length > MAX_NAMES ? ["others"] : [])];
  return [
    "Searches the documents of the business and returns passages with their source. Use it before you " +
    "answer any question about the business that your instructions do not answer, and before you say " +
    "that you do not know. Ask with the words that a document would use.",
    ...(names.length === 0 ? [] : [`The documents: ${listed.map(plain).join(", ")}.`]),
    ...(topics.length === 0 ? [] : [`Their headings: ${fitting(topics)}.`]),
  ].join(" ");
}

/** The first heading of each document, then the second of each, and so on. */
function spread(lists: readonly (readonly string[])[]): readonly string[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}

function fitting(topics: readonly string[]): string {
  let shown = "";
  for (const topic of topics) {
    const next = shown === "" ? `"${topic}"` : `${shown}, "${topic}"`;
    if (next.length > MAX_CHARS) return `${shown} and others`;
    shown = next;
  }
  return shown;
}

function plain(text: string): string {
  return text.replace(/["\n\r]/g, " ").slice(0, 80).trim();
}
