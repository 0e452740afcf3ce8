import type { ModelSetup } from "../../call/modelSetup.ts";
import type { CallPolicy, CallRequest } from "../../call/types.ts";
import type { Agent } from "../../config/agents.ts";
import { fillTemplate, type TemplateValues } from "../../config/template.ts";
import { present } from "../../utils/present.ts";

interface Described {
  readonly setup: Omit<ModelSetup, "history" | "tools">;
  readonly policy: CallPolicy;
}

/** The end of a turn is decided by the call: the model only reports that it is quiet. */
const PAUSE_MS = 500;

/**
 * Prepares a call that its agent places into a phone system. The model answers nothing by itself: what it
 * hears there are mostly recordings.
 */
export function withPhoneMenu(
  { phone_menu: menu }: Pick<Agent, "phone_menu">,
  { direction }: Pick<CallRequest, "direction">,
  described: Described,
  { values, maxHoldMs }: { readonly values: TemplateValues; readonly maxHoldMs: number },
): Described {
  if (menu === undefined || direction !== "outbound") return described;
  const { setup, policy } = described;
  const { turnDetection } = setup;
  const goal = menu.goal === undefined ? undefined : fillTemplate(menu.goal, values);
  return {
    setup: {
      ...setup,
      instructions: `${setup.instructions}\n\n${section({ ...present({ goal }), policy })}`,
      turnDetection: turnDetection.kind === "semantic"
        ? { kind: "server", silenceMs: PAUSE_MS, interrupts: false }
        : turnDetection.kind === "server"
        ? { ...turnDetection, interrupts: false }
        : turnDetection,
    },
    policy: {
      ...policy,
      modelResponds: false,
      modelInterrupts: false,
      usesTools: true,
      phoneMenu: {
        maxMenuMs: menu.max_menu_minutes * 60_000,
        maxHoldMs: menu.max_hold_minutes === undefined ? maxHoldMs : menu.max_hold_minutes * 60_000,
        maxRepeats: menu.max_repeats,
        keys: menu.keys,
      },
    },
  };
}

function section(
  { goal, policy: { greeting } }: { readonly goal?: string; readonly policy: CallPolicy },
): string {
  const lines = [
    "# The phone system that you call",
    "You have placed this call. A machine may answer it with a menu, announcements and music, or a person may. Tell them apart by what you hear:",
    "- A menu whose options are keys: when it has read them all, call send_dtmf with the key that leads to your goal. Say nothing to it.",
    "- A machine that asks you to say something: say one or two words that name what you want, and nothing else.",
    "- A machine that asks for a number: send it with send_dtmf, if you know it. Invent none.",
    "- A recording, a queue, a request to wait, or options that do not help: call wait_silently. Never answer a recording, never thank it, never say that you are waiting.",
    "- A person: talk with them as in any call. Call neither send_dtmf nor wait_silently then.",
  ];
  if (greeting !== undefined) lines.push(`Begin with a person like this: "${greeting}"`);
  if (goal !== undefined) lines.push(`Where you want to get to: ${goal}`);
  return lines.join("\n");
}
