/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { element, find } from "../elements.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";

interface ToolList {
  readonly tools: readonly ListedTool[];
}

interface ListedTool {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly parameters: {
    readonly properties?: Readonly<Record<string, { readonly type?: unknown }>>;
    readonly required?: readonly string[];
  };
}

interface Trial {
  readonly output: string;
  readonly error: string | null;
  readonly durationMs: number;
  readonly effect: string | null;
  readonly fault: string | null;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly body: string | null;
  } | null;
}

/** Creates the form that runs a tool of an agent without a call. */
export function createToolTrial(): (agent: string, signal: AbortSignal) => Promise<void> {
  const form = find("tool-trial", HTMLFormElement);
  const name = find("tool-name", HTMLSelectElement);
  const args = find("tool-arguments", HTMLTextAreaElement);
  const result = find("tool-result", HTMLPreElement);
  const problem = find("tool-problem", HTMLElement);
  let tools: readonly ListedTool[] = [];
  let agent = "";
  let showing = new AbortController().signal;

  name.onchange = showTool;
  form.onsubmit = (event) => {
    event.preventDefault();
    run().catch(tell);
  };

  return async function showTrial(shown, signal) {
    [agent, showing] = [shown, signal];
    const path = `/api/agents/${agent}/tools`;
    ({ tools } = await fetchApiJson<ToolList>(path, { signal }));
    if (signal.aborted) return;
    const chosen = name.value;
    name.replaceChildren(...tools.map(({ name }) => new Option(name)));
    if (tools.some((each) => each.name === chosen)) name.value = chosen;
    find("tools-none", HTMLElement).hidden = tools.length > 0;
    form.hidden = tools.length === 0;
    showTool();
  };

  function showTool(): void {
    const tool = tools.find((each) => each.name === name.value);
    find("tool-description", HTMLElement).textContent = tool?.description ?? "";
    args.value = JSON.stringify(tool === undefined ? {} : exampleOf(tool), null, 2);
    result.hidden = true;
    problem.textContent = "";
  }

  async function run(): Promise<void> {
    problem.textContent = "";
    result.hidden = true;
    let given: unknown;
    try {
      given = JSON.parse(args.value);
    } catch {
      problem.textContent = t("The arguments are not JSON.");
      return;
    }
    const trial = await fetchApiJson<Trial>(
      `/api/agents/${agent}/tools/${name.value}/try`,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ arguments: given }),
        signal: showing,
      },
    );
    result.replaceChildren(...linesOf(trial));
    result.hidden = false;
  }

  function tell(error: unknown): void {
    if (showing.aborted) return;
    problem.textContent = problemText(error);
  }
}

/** A value of the right type for each argument that the tool demands. */
function exampleOf({ parameters: { properties = {}, required = [] } }: ListedTool) {
  return Object.fromEntries(required.map((key) => [key, emptyOf(properties[key]?.type)]));
}

function emptyOf(type: unknown): unknown {
  switch (type) {
    case "number":
    case "integer":
      return 0;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "";
  }
}

function linesOf({ output, error, durationMs, effect, fault, request }: Trial) {
  const sent = request === null
    ? []
    : [`${request.method} ${request.url}${request.body === null ? "" : `\n${request.body}`}`];
  const lines = [
    ...sent,
    error === null
      ? t("done in {ms} ms", { ms: Math.round(durationMs) })
      : t("{error} in {ms} ms", { error, ms: Math.round(durationMs) }),
    ...(effect === null ? [] : [t("in a call: {effect}", { effect })]),
    ...(fault === null ? [] : [fault]),
    output,
  ];
  return lines.map((line) => element("span", { textContent: `${line}\n` }));
}
