const MAX_CHARS = 900;
const MAX_NAMES = 12;

/**
 * What tells a model when to search: without the names of what is there, models answer from what they
 * believe.
 */
export function searchDescription(
  documents: readonly { readonly name: string; readonly topics: readonly string[] }[],
): string {
  const names = documents.slice(0, MAX_NAMES).map(({ name }) => plain(name));
  const listed = [...names, ...(documents.length > MAX_NAMES ? ["others"] : [])];
  const headings = fitting(spread(documents.map(({ topics }) => topics)));
  return [
    "Searches the documents of the business and returns passages with their source. Use it before you " +
    "answer any question about the business that your instructions do not answer, and before you say " +
    "that you do not know. Ask with the words that a document would use.",
    ...(names.length === 0 ? [] : [`The documents: ${listed.join(", ")}.`]),
    ...(headings === "" ? [] : [`Their headings: ${headings}.`]),
  ].join(" ");
}

/** The first heading of each document, then the second of each, and so on. */
function* spread(lists: readonly (readonly string[])[]): Generator<string> {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  for (let at = 0; at < longest; at++) {
    for (const { [at]: topic } of lists) if (topic !== undefined) yield topic;
  }
}

/** Takes no more of the topics than it shows: there may be tens of thousands, and a call waits. */
function fitting(topics: Iterable<string>): string {
  const seen = new Set<string>();
  let shown = "";
  for (const topic of topics) {
    if (seen.has(topic)) continue;
    seen.add(topic);
    const next = shown === "" ? `"${plain(topic)}"` : `${shown}, "${plain(topic)}"`;
    if (next.length > MAX_CHARS) return `${shown} and others`;
    shown = next;
  }
  return shown;
}

function plain(text: string): string {
  return text.replace(/["\n\r]/g, " ").slice(0, 80).trim();
}
