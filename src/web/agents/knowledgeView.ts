/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { formatCount } from "../formats.ts";
import { problemText } from "../problemText.ts";
import { loadServerTexts } from "../serverTexts.ts";
import { t } from "../text.ts";

/** `GET /api/agents/{name}/knowledge`. */
interface Knowledge {
  readonly state: "none" | "reading" | "ready";
  readonly use: "whole" | "search" | null;
  readonly files: { readonly total: number; readonly done: number };
  readonly passages: number;
  readonly documents: readonly { readonly name: string; readonly problem: string | null }[];
}

/** `POST /api/agents/{name}/knowledge/search`. */
interface Found {
  readonly result: "found" | "nothing" | "not_ready";
  readonly isWeak: boolean;
  readonly passages: readonly { readonly source: string; readonly text: string }[];
}

/** Documents that are listed; those with problems come first. */
const MAX_DOCUMENTS = 50;

/** Creates the part of an agent's view that shows its documents, and searches them as a call would. */
export function createKnowledgeView(): (name: string, signal: AbortSignal) => Promise<void> {
  const form = find("knowledge-form", HTMLFormElement);
  const said = find("knowledge-said", HTMLElement);
  const list = find("knowledge-passages", HTMLElement);

  return async function showKnowledge(name, signal) {
    const path = `/api/agents/${name}/knowledge`;
    const knowledge = await fetchApiJson<Knowledge>(path, { signal });
    if (signal.aborted) return;
    find("knowledge-state", HTMLElement).textContent = stateOf(knowledge);
    const say = await loadServerTexts();
    find("knowledge-documents", HTMLElement).replaceChildren(
      ...knowledge.documents.slice(0, MAX_DOCUMENTS).map(({ name, problem }) =>
        element("li", {
          className: problem === null ? "" : "warning",
          textContent: problem === null ? name : `${name} ${say(problem)}`,
        })
      ),
    );
    form.hidden = knowledge.state === "none";
    said.textContent = "";
    list.replaceChildren();
    form.onsubmit = (event) => {
      event.preventDefault();
      search().catch((error) => {
        if (!signal.aborted) said.textContent = problemText(error);
      });
    };

    async function search(): Promise<void> {
      said.textContent = t("Searching…");
      list.replaceChildren();
      const { result, isWeak, passages } = await fetchApiJson<Found>(`${path}/search`, {
        method: "POST",
        signal,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query: find("knowledge-query", HTMLInputElement).value }),
      });
      if (signal.aborted) return;
      said.textContent = result === "not_ready"
        ? t("The documents are not read yet.")
        : passages.length === 0
        ? t("Nothing is found.")
        : isWeak
        ? t("What is found seems to be about something else:")
        : t("This is found:");
      list.replaceChildren(
        ...passages.map(({ source, text }) =>
          element("li", {}, [
            element("p", { className: "caption", textContent: source }),
            element("p", { className: "words", textContent: text }),
          ])
        ),
      );
    }
  };
}

function stateOf({ state, use, files, passages }: Knowledge): string {
  if (state === "none") return t("This agent has no documents.");
  const { done, total } = files;
  const read = state === "reading"
    ? t("{done} of {total} files are read.", { done, total })
    : t("Files that are read: {total}; passages: {passages}.", {
      total,
      passages: formatCount(passages),
    });
  const used = use === "whole"
    ? t("All of it stands in the instructions.")
    : t("The agent searches it.");
  return `${read} ${used}`;
}
