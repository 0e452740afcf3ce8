/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import type { AgentSummary } from "./agentTypes.ts";
import { element } from "../elements.ts";
import { formatCalls, formatDay } from "../formats.ts";
import { t } from "../text.ts";

interface Unanswered {
  readonly questions: readonly {
    readonly question: string;
    readonly fit: "none" | "weak";
    readonly calls: number;
    readonly lastCallId: string;
    readonly lastAskedAt: string;
  }[];
}

/** Agents that are asked about, and questions that are shown of each. */
const MAX_AGENTS = 20;
const MAX_QUESTIONS = 20;

/** Shows what callers wanted to know and the documents of agents do not say; nothing where that is nothing. */
export async function showUnanswered(
  place: HTMLElement,
  agents: readonly AgentSummary[],
  signal: AbortSignal,
): Promise<void> {
  const sections = await Promise.all(
    agents.slice(0, MAX_AGENTS).map(async (agent) => {
      const path = `/api/agents/${agent.name}/knowledge/unanswered`;
      const { questions } = await fetchApiJson<Unanswered>(path, { signal }).catch(asNone);
      return { agent, questions };
    }),
  );
  if (signal.aborted) return;
  const shown = sections.filter(({ questions }) => questions.length > 0);
  place.hidden = shown.length === 0;
  place.replaceChildren(
    element("h2", { textContent: t("Not answered by the documents") }),
    element("p", {
      className: "caption",
      textContent: t(
        "What callers wanted to know in the last 90 days, and the agent found nothing about, or little.",
      ),
    }),
    ...shown.flatMap(({ agent: { name, title }, questions }) => [
      ...(shown.length > 1 ? [element("h3", { textContent: title ?? name })] : []),
      element("ul", { className: "questions" }, questions.slice(0, MAX_QUESTIONS).map(rowOf)),
    ]),
  );
}

function rowOf({ question, fit, calls, lastCallId, lastAskedAt }: Unanswered["questions"][number]) {
  const facts = [
    formatCalls(calls),
    fit === "none" ? t("nothing found") : t("little found"),
  ];
  return element("li", {}, [
    element("span", { className: "question", textContent: question }),
    element("span", { className: "caption" }, [
      `${facts.join(" · ")} · `,
      element("a", {
        href: `#records/${lastCallId}`,
        textContent: formatDay(lastAskedAt, new Date()),
      }),
    ]),
  ]);
}

/** The rest of the view does not wait for it, or fail with it. */
function asNone(error: unknown): Unanswered {
  if (error instanceof RequestError || error instanceof DOMException) return { questions: [] };
  throw error;
}
