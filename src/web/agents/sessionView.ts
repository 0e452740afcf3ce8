/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { t } from "../text.ts";

/** `GET /api/agents/{name}/session`. */
interface AgentSession {
  readonly model: string;
  readonly greeting: string | null;
  readonly examples: Readonly<Record<string, string>>;
  readonly session: {
    readonly instructions?: string;
    readonly tools?: readonly SentTool[];
    readonly audio?: {
      readonly input?: { readonly turn_detection?: { readonly type: string } | null };
      readonly output?: { readonly voice?: unknown };
    };
  };
}

interface SentTool {
  readonly name?: string;
  readonly server_label?: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** Creates the part of an agent's view that shows what the model of a call would be sent. */
export function createSessionView(): (name: string, signal: AbortSignal) => Promise<void> {
  const direction = find("session-direction", HTMLSelectElement);
  let show = () => Promise.resolve();
  direction.onchange = () => void show();

  return function showSession(name, signal) {
    show = async () => {
      const path = `/api/agents/${name}/session?direction=${direction.value}`;
      const sent = await fetchApiJson<AgentSession>(path, { signal });
      if (signal.aborted) return;
      const { session, greeting } = sent;
      find("session-facts", HTMLElement).replaceChildren(...factsOf(sent));
      find("session-greeting", HTMLElement).textContent = greeting === null
        ? t("The agent waits for the caller to speak.")
        : t("The agent begins with: {greeting}", { greeting });
      find("session-instructions", HTMLElement).textContent = session.instructions ?? "";
      find("session-tools", HTMLElement).replaceChildren(...(session.tools ?? []).map(toolOf));
      find("session-json", HTMLElement).textContent = JSON.stringify(session, null, 2);
    };
    return show();
  };
}

function factsOf({ model, examples, session: { audio } }: AgentSession): readonly HTMLElement[] {
  const turns = audio?.input?.turn_detection;
  const voice = audio?.output?.voice;
  const facts: readonly [string, string][] = [
    [t("Model"), model],
    ...(typeof voice === "string" ? [[t("Voice"), voice] satisfies [string, string]] : []),
    [t("End of a turn"), turns?.type ?? t("by the call")],
    ...Object.entries(examples),
  ];
  return facts.map(([name, value]) =>
    element("div", {}, [
      element("dt", { textContent: name }),
      element("dd", { textContent: value }),
    ])
  );
}

function toolOf({ name, server_label, description = "", ...tool }: SentTool): HTMLElement {
  return element("li", {}, [
    element("details", {}, [
      element("summary", {}, [element("code", { textContent: name ?? server_label ?? "" })]),
      element("p", { textContent: description }),
      element("pre", { textContent: JSON.stringify(tool.parameters ?? tool, null, 2) }),
    ]),
  ]);
}
