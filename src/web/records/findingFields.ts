/// <reference lib="dom" />
import type { AgentSummary, DeclaredField } from "../agents/agentTypes.ts";
import { element, find } from "../elements.ts";
import { t } from "../text.ts";
import { VERDICTS, wordsOfName, wordsOfValue } from "./findingWords.ts";

/** What calls can be found by, under its parameter of `/api/calls`. */
interface Finding {
  readonly label: string;
  readonly type: DeclaredField["type"];
  /** Values and their words; none where any value may be. */
  readonly choices: ReadonlyMap<string, string>;
}

/**
 * Fills a disclosure with a field for each name that the analyses of agents have: those of the agent that is
 * filtered by, or else of all. It is hidden where there are none.
 */
export function createFindingFields(place: HTMLDetailsElement) {
  const fields = find("records-finding-fields", HTMLElement);
  let declared: readonly AgentSummary[] = [];
  let filter = new URLSearchParams();
  let shown = "";

  return {
    /** The fields that fit the filter of the URL, whose values they do not have yet. */
    show(next: URLSearchParams): void {
      filter = next;
      update();
    },
    /** The same, with what these agents declare. */
    offer(agents: readonly AgentSummary[]): void {
      declared = agents;
      update();
    },
  };

  function update(): void {
    const agent = filter.get("agent") ?? "";
    const chosen = declared.filter(({ name }) => agent === "" || name === agent);
    const findings = findingsOf(chosen, filter);
    const next = JSON.stringify([...findings].map(([name, { type, choices }]) => [
      ...[name, type],
      ...choices,
    ]));
    // What is being typed stays where nothing else is offered.
    if (next === shown) return;
    shown = next;
    fields.replaceChildren(
      ...[...findings].map(([name, finding]) =>
        element("label", {}, [
          finding.label,
          fieldOf(name, finding, filter.get(name) ?? ""),
        ])
      ),
    );
    place.hidden = findings.size === 0;
  }
}

/** By parameter. One that the URL has is there also where no agent declares it any more. */
function findingsOf(
  agents: readonly AgentSummary[],
  filter: URLSearchParams,
): ReadonlyMap<string, Finding> {
  const found = new Map<string, Finding>();
  for (const { analysis } of agents) {
    for (const { name, type, choices } of analysis?.fields ?? []) {
      const words = (type === "boolean" ? [true, false] : choices)
        .map((value) => [String(value), wordsOfValue(value)] as const);
      add(name, { type, choices: new Map(words) });
    }
    for (const name of analysis?.criteria ?? []) {
      add(`success.${name}`, { type: "string", choices: new Map(Object.entries(VERDICTS)) });
    }
  }
  for (const [parameter, value] of filter) {
    const [, name] = /^analysis\.((?:success\.)?[A-Za-z]\w*)$/.exec(parameter) ?? [];
    if (name === undefined || value === "") continue;
    const known = found.get(parameter);
    if (known === undefined) add(name, { type: "string", choices: new Map() });
    else if (known.choices.size > 0 && !known.choices.has(value)) {
      found.set(parameter, { ...known, choices: new Map([...known.choices, [value, value]]) });
    }
  }
  return found;

  /** Agents may mean different things by a name. */
  function add(name: string, { type, choices }: Omit<Finding, "label">): void {
    const parameter = `analysis.${name}`;
    const before = found.get(parameter);
    const isLimited = choices.size > 0 && before?.choices.size !== 0;
    found.set(parameter, {
      label: wordsOfName(name.replace(/^success\./, "")),
      type: before === undefined || before.type === type ? type : "string",
      choices: new Map(isLimited ? [...before?.choices ?? [], ...choices] : []),
    });
  }
}

function fieldOf(
  name: string,
  { type, choices }: Finding,
  value: string,
): HTMLInputElement | HTMLSelectElement {
  if (choices.size > 0) {
    const options = [...choices].map(([value, text]) => new Option(text, value));
    const field = element("select", { name }, [new Option(t("Any"), ""), ...options]);
    field.value = value;
    return field;
  }
  const isNumber = type === "number" || type === "integer";
  const field = element("input", {
    name,
    type: isNumber ? "number" : type === "date" ? "date" : "text",
    autocomplete: "off",
    ...(isNumber
      ? { step: type === "number" ? "any" : "1" }
      : { maxLength: 200, placeholder: t("Exactly as it is recorded") }),
  });
  // As the server writes numbers: 4 for 4.0.
  field.onchange = () => {
    if (isNumber && Number.isFinite(field.valueAsNumber)) field.value = `${field.valueAsNumber}`;
  };
  field.value = value;
  return field;
}
