import type { AccountNumber, TwilioAccountNumbers } from "../../services/twilioOutbound.ts";
import type { Terminal } from "../terminal.ts";
import { shown } from "./numberChanges.ts";
import { whatAnswers } from "./whatAnswers.ts";

const MAX_LISTED = 100;

/**
 * Shows the account's numbers with what answers each, and settles which are meant: those that were asked for, or
 * the one that is chosen. Undefined, with the reason printed, where there is no answer to that.
 */
export async function chooseNumbers(
  all: readonly AccountNumber[],
  { wanted, preselected, publicUrl, account, terminal }: {
    readonly wanted: readonly string[];
    readonly preselected: string | undefined;
    readonly publicUrl: string;
    readonly account: Pick<TwilioAccountNumbers, "application">;
    readonly terminal: Terminal;
  },
): Promise<readonly AccountNumber[] | undefined> {
  const { print, ask } = terminal;
  if (all.length === 0) {
    print("The Twilio account has no numbers: buy one with voice in Twilio's console.");
    return undefined;
  }
  print("Numbers of the Twilio account, and what answers their calls:");
  for (const [index, number] of all.slice(0, MAX_LISTED).entries()) {
    const name = number.name === "" || number.name === number.number
      ? ""
      : ` "${shown(number.name)}"`;
    const answerer = await whatAnswers(number, account, publicUrl);
    print(`${String(index + 1).padStart(4)}  ${number.number}${name}: ${answerer}`);
  }
  if (all.length > MAX_LISTED) print(`      and ${all.length - MAX_LISTED} more`);
  print("");
  if (wanted.length > 0) return named(all, wanted, print);

  const first = all.find(({ number }) => number === preselected) ??
    (preselected === undefined && all.length === 1 ? all[0] : undefined);
  const offered = first === undefined ? "" : ` [${first.number}]`;
  const answer = await ask(`Which one is to be answered by this server?${offered}`);
  if (answer === undefined || answer === "") {
    if (first !== undefined) return [first];
    print("Give the number: deno task connect +1...");
    return undefined;
  }
  const byIndex = /^\d{1,4}$/.test(answer) ? all[Number(answer) - 1] : undefined;
  if (byIndex !== undefined) return [byIndex];
  return named(all, [answer.replaceAll(/[\s().-]/g, "")], print);
}

function named(
  all: readonly AccountNumber[],
  wanted: readonly string[],
  print: Terminal["print"],
): readonly AccountNumber[] | undefined {
  const found = wanted.map((wish) => all.find(({ number }) => number === wish));
  const missing = wanted.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return found.filter((it) => it !== undefined);
  print(`The account does not have ${missing.map(shown).join(", ")}.`);
  return undefined;
}
