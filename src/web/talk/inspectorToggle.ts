/// <reference lib="dom" />
import { find } from "../elements.ts";
import type { EventLog } from "./eventLog.ts";

/** Connects the button that opens the events of the page's calls; what shows them is loaded then. */
export function createInspectorToggle(log: EventLog) {
  const button = find("inspect", HTMLButtonElement);
  const panel = find("inspector", HTMLElement);
  let inspector: Promise<{ open(): void; close(): void }> | undefined;

  button.onclick = () => show(panel.hidden !== false);

  return {
    /** Opens the panel where the address asks for it: `#talk?inspect`. */
    follow(hash: string): void {
      const [, query = ""] = hash.split("?");
      if (new URLSearchParams(query).has("inspect") && panel.hidden) show(true);
    },
  };

  async function show(isOpen: boolean): Promise<void> {
    panel.hidden = !isOpen;
    button.ariaExpanded = String(isOpen);
    inspector ??= import("./inspector.ts").then(({ createInspector }) =>
      createInspector(panel, log, () => {
        show(false);
        button.focus();
      })
    );
    const loaded = await inspector;
    if (panel.hidden) loaded.close();
    else loaded.open();
  }
}
