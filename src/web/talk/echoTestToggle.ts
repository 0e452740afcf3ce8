/// <reference lib="dom" />
import { find } from "../elements.ts";
import { t } from "../text.ts";
import type { SoundChoice } from "./callSound.ts";
import { faultText } from "./faults.ts";

/** Connects the button that tests the sound before a call; what does so is loaded then. */
export function createEchoTestToggle(choice: () => SoundChoice) {
  const button = find("echo", HTMLButtonElement);
  const result = find("echo-result", HTMLElement);
  let running: AbortController | undefined;

  button.onclick = async () => {
    if (running !== undefined) return running.abort();
    const { signal } = running = new AbortController();
    button.textContent = t("Stop the test");
    result.textContent = t("Waiting for the microphone…");
    try {
      const { showEchoTest } = await import("./showEchoTest.ts");
      await showEchoTest(choice(), signal);
    } catch {
      result.textContent = faultText("unreachable");
    }
    running = undefined;
    button.textContent = t("Test the sound");
  };

  return {
    /** A call begins, or the page is left: the devices are released. */
    stop: (): void => running?.abort(),
    setEnabled(enabled: boolean): void {
      button.disabled = !enabled;
    },
  };
}
