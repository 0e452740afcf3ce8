/// <reference lib="dom" />
import { RequestError, storedKey } from "../apiClient.ts";
import { find } from "../elements.ts";
import type { ServerInfo } from "../serverInfo.ts";
import { t } from "../text.ts";
import { faultText } from "./faults.ts";
import { describeOpening } from "./talkTexts.ts";
import type { createToldForm, Told } from "./toldForm.ts";

/** Connects the form that begins a call: with which agent and key, and whether by voice. */
export function createStartForm({ onApproach, onStart }: {
  /** Somebody turns to the form, and may begin a call: there is a moment to load what that needs. */
  readonly onApproach: () => void;
  readonly onStart: (microphone: boolean) => void;
}) {
  const disclosure = find("told", HTMLDetailsElement);
  let toldForm: ReturnType<typeof createToldForm> | undefined;
  const form = find("start-form", HTMLFormElement);
  const startButton = find("start", HTMLButtonElement);
  const startTyping = find("start-typing", HTMLButtonElement);
  const agentField = find("agent", HTMLSelectElement);
  const keyField = find("key", HTMLInputElement);
  const problem = find("problem", HTMLElement);
  let needsKey = false;

  form.onpointerover = form.onpointerdown = onApproach;
  form.addEventListener("focusin", onApproach);
  form.onsubmit = (event) => {
    event.preventDefault();
    onStart(true);
  };
  startTyping.onclick = () => onStart(false);
  disclosure.ontoggle = agentField.onchange = offerVariables;
  keyField.onchange = offerVariables;

  return {
    get agent(): string {
      return agentField.value;
    },
    /** What the agent is to be told. */
    get told(): Told {
      return toldForm?.told ?? {};
    },
    get key(): string {
      return keyField.value.trim();
    },
    /** Shows the server's agents; false where no call can be started from here, which it says. */
    offer({ engine, access, signIn, agents, defaultAgent }: ServerInfo): boolean {
      find("opening-text", HTMLElement).textContent = describeOpening(engine);
      agentField.replaceChildren(...agents.map(({ name, title }) => new Option(title, name)));
      agentField.value = defaultAgent;
      find("agent-field", HTMLElement).hidden = agents.length < 2 &&
        agentField.value !== "";
      find("key-field", HTMLElement).hidden = access !== "key";
      needsKey = access === "key";
      find("talk-sign-in", HTMLElement).hidden = !signIn;
      keyField.value = storedKey();
      if (access !== "closed") return true;
      problem.textContent = faultText("access_closed");
      return false;
    },
    /** Whether all that is needed is there; the browser shows what is not. */
    check(): boolean {
      toldForm?.check();
      // Who is signed in needs none.
      keyField.required = needsKey && document.body.dataset["by"] !== "sign-in";
      if (!disclosure.open && disclosure.querySelector(":invalid") !== null) disclosure.open = true;
      return form.reportValidity();
    },
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
      startButton.textContent = t("Start again");
      startButton.focus();
    },
    /** Shows why a call could not be started, where that can be changed; `error` is whatever was thrown. */
    showProblem(text: string, error: unknown): void {
      startButton.focus();
      problem.textContent = text;
      if (error instanceof RequestError && error.details.length > 0) disclosure.open = true;
      if (error instanceof RequestError && error.code === "invalid_key") {
        keyField.focus();
        keyField.select();
      }
    },
    clearProblem(): void {
      problem.textContent = "";
    },
  };

  async function offerVariables(): Promise<void> {
    if (!disclosure.open) return;
    const { createToldForm } = await import("./toldForm.ts");
    toldForm ??= createToldForm(find("told-fields", HTMLElement));
    await toldForm.offer(agentField.value, keyField.value.trim());
  }
}
