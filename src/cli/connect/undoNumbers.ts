import type { Environment } from "../../config/settingReader.ts";
import { newToken } from "../../utils/ids.ts";
import type { Terminal } from "../terminal.ts";
import type { ConnectDeps } from "./connectNumber.ts";
import type { ConnectOptions } from "./connectOptions.ts";
import { otherOwner } from "./lentNumber.ts";
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
  for (const { remembered, deps } of meant) {
    const { sid, number } = remembered;
    try {
      const owner = await otherOwner(tunnelled.memory.find(sid));
      if (owner !== undefined) {
        if (deps === tunnelled) {
          print(
            `${number} is connected to the tunnel of a deno task dev that runs (process ${owner.pid}), and is left ` +
              "to it. Ctrl-C there puts the number back.",
          );
        }
        isWhole = false;
      } else isWhole = await undoNumber(remembered, deps, terminal, isAgreed) && isWhole;
    } catch (error) {
      print(`${number} could not be undone wholly:`);
      tellProblem(error, print);
      isWhole = false;
    }
  }
  return isWhole ? 0 : 1;
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
