import type { Environment } from "../../config/settingReader.ts";
import { openConnectMemory, TUNNEL_MEMORY } from "../connect/connectMemory.ts";
import { connectNumber } from "../connect/connectNumber.ts";
import { connectDeps } from "../connect/connectNumbers.ts";
import { describeChanges, entriesOf } from "../connect/numberChanges.ts";
import { usableSettings } from "./usableSettings.ts";

/**
 * Points a number of the account at this server, as `deno task connect` does: `--undo` brings back what was there.
 * A SIP trunk is left alone. Rejects with an `Error` that says why it could not.
 */
export async function connectOwnNumber(
  number: string,
  { environment, folder }: {
    readonly environment: Environment;
    /** Where it is remembered how numbers were. */
    readonly folder: string;
  },
): Promise<void> {
  const { phone } = usableSettings(environment);
  if (phone === undefined) throw new Error("Twilio is not set up correctly in .env");
  const deps = connectDeps(phone, openConnectMemory(`${folder}/connect.json`));
  const found = await deps.account.find(number);
  if (found === undefined) throw new Error(`The account does not have ${number}`);
  if (openConnectMemory(`${folder}/${TUNNEL_MEMORY}`).find(found.sid) !== undefined) {
    throw new Error(`${number} is connected to a tunnel of deno task dev`);
  }
  if (found.settings.TrunkSid !== "") throw new Error(`${number} belongs to a SIP trunk`);
  const { publicUrl, fallbackUrl: url } = phone;
  // The command has the rights of the server, which may not connect to Studio.
  if (url !== undefined && (deps.memory.find(found.sid)?.flows ?? []).length > 0) {
    throw new Error(`Its fallback is a flow of Studio: run deno task connect ${number}`);
  }
  const fallback = url === undefined ? undefined : { kind: "url", url } as const;
  const refused = await connectNumber(found, { publicUrl, fallback }, deps);
  if (entriesOf(refused).length > 0) {
    throw new Error(`Twilio did not take ${describeChanges(found.settings, refused).join("; ")}`);
  }
}
