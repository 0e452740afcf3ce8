/// <reference lib="dom" />
import { fetchApiJson } from "../apiClient.ts";
import { find } from "../elements.ts";
import { problemText } from "../problemText.ts";

/** Creates the form that makes a new agent of a small template, and goes to its view. */
export function createNewAgent(): (isAllowed: boolean, signal: AbortSignal) => void {
  const form = find("new-agent", HTMLFormElement);
  const input = find("new-agent-name", HTMLInputElement);
  const problem = find("new-agent-problem", HTMLElement);
  const [button] = form.querySelectorAll("button");

  return function showNewAgent(isAllowed, signal) {
    form.hidden = !isAllowed;
    problem.textContent = "";
    form.onsubmit = (event) => {
      event.preventDefault();
      problem.textContent = "";
      if (button !== undefined) button.disabled = true;
      create(input.value, signal).catch((error) => {
        if (!signal.aborted) problem.textContent = problemText(error);
      }).finally(() => {
        if (button !== undefined) button.disabled = false;
      });
    };
  };

  async function create(name: string, signal: AbortSignal): Promise<void> {
    await fetchApiJson(`/api/agents/${name}/file`, {
      method: "PUT",
      signal,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: templateOf(name), revision: null }),
    });
    input.value = "";
    location.hash = `#agents/${name}`;
  }
}

/** A file that works as it is. */
function templateOf(name: string): string {
  const words = name.split(/[-_]+/).filter((word) => word !== "").join(" ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return `---
title: "${title}"
greeting: Hello, how can I help you?
tools: [get_current_time, end_call]
---

# Who you are

You are the voice agent of Acme. It is {{date}}.

# How you speak

One or two short sentences at a time, then listen. No lists, no symbols.

# Rules

- If you do not know something, say so. Never invent anything.
- When the caller says goodbye, say goodbye and use end_call.
`;
}
