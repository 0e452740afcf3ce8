import type { Environment } from "../../config/settingReader.ts";
import { newToken } from "../../utils/ids.ts";
import type { Terminal } from "../terminal.ts";
import type { ConnectDeps } from "./connectNumber.ts";
import type { ConnectOptions } from "./connectOptions.ts";
import { otherOwner } from "./lentNumber.ts";
import type { RememberedNumber } from "./rememberedNumber.ts";
import { tellProblem } from "./tellProblem.ts";
import { undoNumber } from "./undoNumber.ts";

/**
 * Puts back the numbers that are meant, of tunnels first: they took what `connect` had set. One whose tunnel still
 * runs is left to it. Resolves with the exit code.
 */
export async function undoNumbers(
  { numbers, isAgreed }: Pick<ConnectOptions, "numbers" | "isAgreed">,
  { tunnelled, connected }: { readonly tunnelled: ConnectDeps; readonly connected: ConnectDeps },
  terminal: Terminal,
): Promise<number> {
  const { print } = terminal;
  const meant = [tunnelled, connected].flatMap((deps) =>
    deps.memory.numbers
      .filter(({ number }) => numbers.length === 0 || numbers.includes(number))
      .map((remembered) => ({ remembered, deps }))
  );
  if (meant.length === 0) {
    print("There is nothing to undo: no such number is remembered.");
    return numbers.length === 0 ? 0 : 1;
  }
  let isWhole = true;
  const told = new Set<string>();
  for (const { remembered, deps } of meant) {
    const undoing = { ...deps, isLent: () => isLent(remembered) };
    try {
      const isDone = !await isLent(remembered) &&
        await undoNumber(remembered, undoing, terminal, isAgreed);
      isWhole &&= isDone;
    } catch (error) {
      print(`${remembered.number} could not be undone wholly:`);
      tellProblem(error, print);
      isWhole = false;
    }
  }
  return isWhole ? 0 : 1;

  /** Whether a tunnel has it now, which is said once. */
  async function isLent({ sid, number }: RememberedNumber): Promise<boolean> {
    const owner = await otherOwner(tunnelled.memory.find(sid));
    if (owner === undefined) return false;
    if (!told.has(sid)) {
      print(
        `${number} is connected to the tunnel of a deno task dev that runs (process ${owner.pid}), and is left ` +
          "to it. Ctrl-C there puts the number back.",
      );
    }
    told.add(sid);
    return true;
  }
}

/** Settings that are enough to restore numbers with, whatever else of them is missing or wrong. */
export function settingsToUndo(environment: Environment): Environment {
  const names = ["ACCOUNT_SID", "AUTH_TOKEN", "API_KEY_SID", "API_KEY_SECRET", "API_URL"];
  return {
    ...Object.fromEntries(names.map((name) => [`TWILIO_${name}`, environment[`TWILIO_${name}`]])),
    ...enoughToStart,
    PUBLIC_URL: "https://undo.invalid",
  };
}

/** What settings with a public address must have; nothing is started with it. */
const enoughToStart = { API_KEYS: `undo:${newToken()}`, OPENAI_API_KEY: "rehearsal" };
