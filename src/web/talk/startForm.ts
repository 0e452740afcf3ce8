/// <reference lib="dom" />
import { RequestError, storedKey } from "../apiClient.ts";
import { find } from "../elements.ts";
import type { ServerInfo } from "../serverInfo.ts";
import { describeOpening } from "./talkTexts.ts";
import { describeStartFault } from "./startFault.ts";

/** Connects the form that begins a call: with which agent and key, and whether by voice. */
export function createStartForm({ onStart }: { onStart(microphone: boolean): void }) {
  const form = find("start-form", HTMLFormElement);
  const startButton = find("start", HTMLButtonElement);
  const startTyping = find("start-typing", HTMLButtonElement);
  const agentField = find("agent", HTMLSelectElement);
  const keyField = find("key", HTMLInputElement);
  const problem = find("problem", HTMLElement);

  form.onsubmit = (event) => {
    event.preventDefault();
    onStart(true);
  };
  startTyping.onclick = () => onStart(false);

  return {
    get agent(): string {
      return agentField.value;
    },
    get key(): string {
      return keyField.value.trim();
    },
    /** Shows the server's agents; false where no call can be started from here, which it says. */
    offer({ engine, access, agents, defaultAgent }: ServerInfo): boolean {
      find("opening-text", HTMLElement).textContent = describeOpening(engine);
      agentField.replaceChildren(...agents.map(({ name, title }) => new Option(title, name)));
      agentField.value = defaultAgent;
      find("agent-field", HTMLElement).hidden = agents.length < 2 &&
        agentField.value !== "";
      find("key-field", HTMLElement).hidden = access !== "key";
      keyField.required = access === "key";
      keyField.value = storedKey();
      if (access !== "closed") return true;
      problem.textContent =
        "This server has no API keys, so it talks only with pages opened on its own machine. To talk from here, set API_KEYS on the server.";
      return false;
    },
    /** Whether all that is needed is there; the browser shows what is not. */
    check: (): boolean => form.reportValidity(),
    /** Takes the key that another view has asked for, unless there is one. */
    takeStoredKey(): void {
      if (keyField.value === "") keyField.value = storedKey();
    },
    setEnabled(enabled: boolean): void {
      startButton.disabled = startTyping.disabled = !enabled;
    },
    focus: (): void => startButton.focus(),
    /** From the second call on the button says so. */
    offerAgain(): void {
      startButton.textContent = "Start again";
      startButton.focus();
    },
    /** Shows why a call could not be started, where that can be changed; takes whatever was thrown. */
    showProblem(error: unknown): void {
      startButton.focus();
      problem.textContent = describeStartFault(error);
      if (error instanceof RequestError && error.code === "invalid_key") {
        keyField.focus();
        keyField.select();
      }
    },
    clearProblem(): void {
      problem.textContent = "";
    },
  };
}
