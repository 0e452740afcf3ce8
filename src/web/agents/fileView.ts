/// <reference lib="dom" />
import { fetchApiJson, RequestError } from "../apiClient.ts";
import { find } from "../elements.ts";
import { problemText } from "../problemText.ts";
import { t } from "../text.ts";
import type { AgentFault, AgentFile, CheckedFile } from "./agentTypes.ts";
import { createCodeEditor } from "./codeEditor.ts";
import { showFaults, showListing } from "./codeListing.ts";
import { showDiff } from "./diffView.ts";
import { writingText } from "./writingText.ts";

/** A change that is not saved, and what it is based on. */
interface Draft {
  readonly text: string;
  readonly revision: string | null;
}

/** Creates the part of an agent's view that shows its file, and changes it where that is allowed. */
export function createFileView() {
  const listing = find("agent-listing", HTMLElement);
  const form = find("agent-editor", HTMLFormElement);
  const edit = find("agent-edit", HTMLButtonElement);
  const said = find("agent-said", HTMLElement);
  const problem = find("agent-problem", HTMLElement);
  const conflict = find("agent-conflict", HTMLElement);
  const buttons = form.querySelectorAll("button");
  /** Kept while other views are shown, by the agents' names. */
  const drafts = new Map<string, Draft>();
  let name = "";
  let file: AgentFile | undefined;
  let revision: string | null = null;
  let showing = new AbortController().signal;
  let onSaved = () => {};
  const editor = createCodeEditor(keepDraft);

  edit.onclick = () => {
    begin({ text: file?.text ?? "", revision: file?.revision ?? null });
    editor.focus();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    attempt(save);
  };
  form.onkeydown = (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    attempt(save);
  };
  find("agent-check", HTMLButtonElement).onclick = () => attempt(check);
  find("agent-discard", HTMLButtonElement).onclick = () => {
    drafts.delete(name);
    if (file !== undefined) showRead(file);
    edit.focus();
  };
  addEventListener("beforeunload", (event) => {
    if (drafts.size > 0) event.preventDefault();
  });

  /** Shows the file; the callback is called when another text was saved. */
  return function showFile(
    agent: string,
    read: AgentFile,
    { signal, saved }: { readonly signal: AbortSignal; readonly saved: () => void },
  ): void {
    const isSame = agent === name && !form.hidden;
    [name, file, showing, onSaved] = [agent, read, signal, saved];
    const draft = drafts.get(name);
    if (draft !== undefined) begin(draft);
    // After a save the text stays open for the next change.
    else if (isSame && read.writing === "allowed" && read.text === editor.text()) {
      revision = read.revision;
      editor.mark(read);
    } else showRead(read);
  };

  function showRead(read: AgentFile): void {
    said.textContent = problem.textContent = "";
    form.hidden = conflict.hidden = true;
    listing.hidden = read.text === null;
    edit.hidden = read.writing !== "allowed";
    const writing = find("agent-writing", HTMLElement);
    writing.hidden = read.writing === "allowed";
    writing.textContent = writingText(read.writing, read.folder);
    showListing(listing, read.text ?? "", read);
    showFaults(find("agent-faults", HTMLElement), read);
  }

  function begin(draft: Draft): void {
    said.textContent = problem.textContent = "";
    edit.hidden = listing.hidden = conflict.hidden = true;
    form.hidden = false;
    revision = draft.revision;
    editor.set(draft.text);
    if (file !== undefined && draft.text === file.text) editor.mark(file);
  }

  function keepDraft(): void {
    said.textContent = "";
    const text = editor.text();
    if (text === file?.text) drafts.delete(name);
    else drafts.set(name, { text, revision });
  }

  async function check(): Promise<void> {
    const checked = await send<CheckedFile>("POST", "file/check", { text: editor.text() });
    editor.mark(checked);
    said.textContent = checked.problems.length > 0
      ? t("The text is faulty: calls could not use it.")
      : checked.warnings.length > 0
      ? t("The text can be used, with warnings.")
      : t("Nothing is wrong with the text.");
  }

  async function save(): Promise<void> {
    const text = editor.text();
    conflict.hidden = true;
    try {
      ({ revision } = await send<{ revision: string }>("PUT", "file", { text, revision }));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (error.code === "agent_faulty") {
        editor.mark({ problems: error.details.map(asFault), warnings: [] });
        problem.textContent = t("Nothing was saved: the text is faulty.");
        return;
      }
      if (error.code === "agent_changed") return await showConflict(text);
      throw error;
    }
    drafts.delete(name);
    onSaved();
    said.textContent = t("Saved. The next call uses it.");
  }

  /** The next save is based on the file as it is now, whose difference is shown. */
  async function showConflict(text: string): Promise<void> {
    file = await send<AgentFile>("GET", "file").catch(asGone);
    revision = file?.revision ?? null;
    drafts.set(name, { text, revision });
    problem.textContent = t(
      "Nothing was saved: the file was changed meanwhile. Below stands what saving would change in it now.",
    );
    showDiff(find("agent-conflict-diff", HTMLElement), file?.text ?? "", text);
    conflict.hidden = false;
  }

  async function send<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    return await fetchApiJson<Body>(`/api/agents/${name}/${path}`, {
      method,
      signal: showing,
      ...(body !== undefined && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
  }

  function attempt(work: () => Promise<void>): void {
    problem.textContent = said.textContent = "";
    for (const button of buttons) button.disabled = true;
    const { signal } = { signal: showing };
    work().catch((error) => {
      if (!signal.aborted) problem.textContent = problemText(error);
    }).finally(() => {
      for (const button of buttons) button.disabled = false;
    });
  }
}

function asFault(detail: RequestError["details"][number]): AgentFault {
  return { line: null, nearest: null, ...detail };
}

/** The file was removed. */
function asGone(error: unknown): undefined {
  if (error instanceof RequestError && error.status === 404) return undefined;
  throw error;
}
