import { type AccountNumber, TwilioProblem } from "../../services/twilioOutbound.ts";
import { confirms, type Terminal } from "../terminal.ts";
import { type ConnectDeps, foreignChanges, removeFlow } from "./connectNumber.ts";
import type { ConnectMemory } from "./connectMemory.ts";
import type { RememberedNumber } from "./rememberedNumber.ts";
import { describeChanges, differing, entriesOf } from "./numberChanges.ts";

/**
 * Restores what was remembered of a number, removes the flows that were made for it, and forgets it. Asks before it
 * overwrites settings that were changed by hand. Changes nothing where `isLent` finds that a tunnel has the number.
 * Returns whether the number is as it was.
 */
export async function undoNumber(
  remembered: RememberedNumber,
  { account, flows, memory, accountSid, apiHost, isLent = () => Promise.resolve(false) }:
    & Omit<ConnectDeps, "now" | "memory">
    & {
      readonly memory: Pick<ConnectMemory, "forget">;
      readonly isLent?: () => Promise<boolean>;
    },
  { print, ask }: Terminal,
  isAgreed: boolean,
): Promise<boolean> {
  const { sid, number, before } = remembered;
  if (remembered.accountSid !== accountSid) {
    print(`${number} is of the account ${remembered.accountSid}, and is left as it is.`);
    return false;
  }
  if (remembered.apiHost !== apiHost) {
    print(
      `${number} was connected through ${remembered.apiHost}, and TWILIO_API_URL is ${apiHost}: it is left as it is.`,
    );
    return false;
  }
  const current = await readIfThere(sid);
  if (current === undefined) {
    print(`${number} is no longer a number of this account.`);
    if (!await confirms({ ask }, "Forget what was there before?", isAgreed)) {
      print("It is still remembered. To forget it: deno task connect --undo --yes");
      return false;
    }
  } else {
    const foreign = foreignChanges(current.settings, remembered);
    if (entriesOf(foreign).length > 0) {
      print(`${number} was changed since it was connected on ${remembered.rememberedAt}:`);
      const now = Object.fromEntries(
        entriesOf(foreign).map(([name]) => [name, current.settings[name]]),
      );
      describeChanges({ ...before, ...remembered.set }, now).forEach(print);
      const question = "Restore what was there before it was connected all the same?";
      if (!await confirms({ ask }, question, isAgreed)) {
        print("It is left as it is, and what was there before is still remembered.");
        return false;
      }
    }
    const restoring = differing(current.settings, before);
    if (entriesOf(restoring).length === 0) print(`${number} is as it was before.`);
    else {
      const lines = describeChanges(current.settings, restoring);
      if (await isLent()) return false;
      const restored = await account.change(sid, restoring);
      const missing = differing(restored.settings, before);
      if (entriesOf(missing).length > 0) {
        print(`Twilio did not restore all of ${number}; in its console, set:`);
        describeChanges(restored.settings, missing).forEach(print);
        return false;
      }
      print(`${number} is as it was before:`);
      lines.forEach(print);
    }
  }
  if (await isLent()) return false;
  for (const flow of remembered.flows) await removeFlow(flow, flows);
  memory.forget(sid);
  return true;

  async function readIfThere(sid: string): Promise<AccountNumber | undefined> {
    try {
      return await account.read(sid);
    } catch (error) {
      if (error instanceof TwilioProblem && error.status === 404) return undefined;
      throw error;
    }
  }
}
