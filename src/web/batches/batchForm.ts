/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { problemText } from "../problemText.ts";
import type { AgentTitles } from "../apiTypes.ts";
import { element, find } from "../elements.ts";
import { formatCount, formatDollars } from "../formats.ts";
import { showFigures } from "../records/figureList.ts";
import { batchBounds } from "./batchBounds.ts";
import { optionsOf } from "./batchOptions.ts";
import { acceptedRow, refusedRow } from "./batchRows.ts";
import type { BatchPreview } from "./batchTypes.ts";
import { showLines } from "./previewLines.ts";
import { t } from "../text.ts";

/** Creates the form that sends a batch: a file, what is planned, a preview, and the start. */
export function createBatchForm(): (titles: AgentTitles, signal: AbortSignal) => void {
  const form = find("batch-form", HTMLFormElement);
  const open = find("batch-new", HTMLButtonElement);
  const file = find("batch-file", HTMLInputElement);
  const drop = find("batch-drop", HTMLElement);
  const agent = find("batch-agent", HTMLSelectElement);
  const preview = find("batch-preview", HTMLElement);
  const acceptedLines = find("batch-accepted", HTMLDetailsElement);
  const refusedLines = find("batch-refused", HTMLDetailsElement);
  const caption = find("batch-preview-caption", HTMLElement);
  const start = find("batch-start", HTMLButtonElement);
  const problem = find("batch-form-problem", HTMLElement);
  find("batch-bounds", HTMLElement).append(...batchBounds());
  let table: File | undefined;
  let showing = new AbortController().signal;
  let asked = 0;

  open.onclick = () => {
    form.hidden = !form.hidden;
    open.ariaExpanded = String(!form.hidden);
  };
  file.onchange = () => take(file.files?.[0]);
  form.onchange = (event) => {
    if (event.target !== file) refresh();
  };
  form.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  form.ondragleave = () => drop.classList.remove("over");
  form.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer === null || event.dataTransfer.files.length === 0) return;
    file.files = event.dataTransfer.files;
    take(file.files[0]);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    send().catch(tell);
  };

  return function showForm(titles, signal) {
    showing = signal;
    const chosen = agent.value;
    agent.replaceChildren(...[...titles].map(([name, title]) => new Option(title, name)));
    if (titles.has(chosen)) agent.value = chosen;
  };

  function take(chosen: File | undefined): void {
    if (chosen === undefined) return;
    table = chosen;
    refresh();
  }

  function refresh(): void {
    if (table !== undefined) showPreview(table).catch(tell);
  }

  async function showPreview(chosen: File): Promise<void> {
    const at = ++asked;
    problem.textContent = "";
    start.disabled = true;
    const found = await post<BatchPreview>("/api/outbound/batches/preview", chosen);
    // Another one has been asked for since.
    if (at !== asked) return;
    const { accepted, refused, estimate, room, missingVariables: missing = [] } = found;
    showFigures(find("batch-preview-figures", HTMLElement), [
      {
        name: t("Will be called"),
        value: formatCount(accepted),
        note: t("of {count} lines", { count: formatCount(accepted + refused) }),
      },
      { name: t("Refused"), value: formatCount(refused) },
      {
        name: t("Estimated talk time"),
        value: t("{count} min", { count: formatCount(Math.ceil(estimate.minutes)) }),
        note: estimate.basis === "history"
          ? t("if everyone answers, as long as earlier calls")
          : t("if everyone answers, 2 minutes each"),
      },
      {
        name: t("Estimated cost"),
        value: formatDollars(estimate.usd),
        note: estimate.basis === "history"
          ? t("if everyone answers, as earlier calls")
          : t("if everyone answers, phone lines alone"),
      },
    ]);
    const problems = found.calls.filter(({ state }) => state === "refused");
    const others = found.calls.filter(({ state }) => state !== "refused");
    showLines(acceptedLines, others, {
      name: t("Will be called"),
      label: t("Lines that are called"),
      columns: [t("Country"), t("When")],
      rowOf: acceptedRow,
    });
    showLines(refusedLines, problems, {
      name: t("Refused"),
      label: t("Lines that are refused"),
      columns: [t("Why it is refused")],
      rowOf: refusedRow,
    });
    const variables =
      found.columns?.flatMap(({ role }) => role.startsWith("variable ") ? [role.slice(9)] : []) ??
        [];
    caption.replaceChildren(
      ...(variables.length === 0 ? [] : [t("Variables:"), " ", ...codes(variables), ". "]),
      ...(missing.length === 0 ? [] : [
        element("strong", {}, [t("Without a value:"), " ", ...codes(missing)]),
        `. ${t("Calls without one leave it out of what is said.")} `,
      ]),
      ...(accepted > room
        ? [` ${t("Only {count} more calls may wait for this key.", { count: formatCount(room) })}`]
        : []),
    );
    preview.hidden = false;
    start.disabled = accepted === 0 || accepted > room;
    start.textContent = accepted === 1
      ? t("Start 1 call")
      : t("Start {count} calls", { count: formatCount(accepted) });
  }

  async function send(): Promise<void> {
    if (table === undefined) {
      problem.textContent = t("Choose a CSV file first.");
      return;
    }
    start.disabled = true;
    try {
      const { batchId } = await post<{ readonly batchId: string }>("/api/outbound/batches", table);
      form.reset();
      table = undefined;
      preview.hidden = true;
      form.hidden = true;
      open.ariaExpanded = "false";
      location.hash = `batches/${batchId}`;
    } finally {
      start.disabled = false;
    }
  }

  function post<Answer>(path: string, body: File): Promise<Answer> {
    const query = new URLSearchParams({ options: JSON.stringify(optionsOf(new FormData(form))) });
    return fetchApiJson<Answer>(`${path}?${query}`, {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body,
      signal: showing,
    });
  }

  function tell(error: unknown): void {
    if (showing.aborted) return;
    problem.textContent = problemText(error);
    preview.hidden = true;
    start.disabled = true;
  }
}

function codes(names: readonly string[]): readonly (HTMLElement | string)[] {
  return names.flatMap((name, at) => [
    ...(at === 0 ? [] : [", "]),
    element("code", { textContent: `{{${name}}}` }),
  ]);
}
