import { tame } from "../../../scenarios/report/terminal/paint.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { jsonOrUndefined } from "../../../utils/jsonOrUndefined.ts";

/** A server in trouble says the same again and again. */
const MAX_TOLD = 5;
const MAX_CHARACTERS = 300;

/**
 * Tells what the server of a scenario logs, in a line each that names the scenario: each message once, and so many
 * at most. Takes lines of JSON, as the server's log has them.
 */
export function createScenarioLog(
  scenario: string,
  print: (line: string) => void,
): (line: string) => void {
  const told = new Set<string>();
  return (line) => {
    const { message, why } = read(line);
    if (told.has(message) || told.size > MAX_TOLD) return;
    told.add(message);
    const text = told.size > MAX_TOLD
      ? "its server logs more, which is not told"
      : [message, ...why].join(": ");
    print(`log   ${scenario}  ${tame(text.slice(0, MAX_CHARACTERS))}`);
  };
}

function read(line: string): { readonly message: string; readonly why: readonly string[] } {
  const record = jsonOrUndefined(line);
  if (!isRecord(record) || typeof record["message"] !== "string") return { message: line, why: [] };
  const { message, error, reason, code } = record;
  const cause = isRecord(error) ? error["message"] : error;
  const why = [code, reason, cause].filter((one) => typeof one === "string");
  return { message, why };
}
