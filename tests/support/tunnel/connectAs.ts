import { readSettings } from "../../../src/config/env.ts";
import { openConnectMemory, TUNNEL_MEMORY } from "../../../src/cli/connect/connectMemory.ts";
import { connectNumber } from "../../../src/cli/connect/connectNumber.ts";
import { connectDeps } from "../../../src/cli/connect/connectNumbers.ts";
import type { KnownProcess } from "../../../src/cli/connect/knownProcess.ts";
import { account } from "../servers/phoneServer.ts";
import type { ConnectRig } from "../twilio/connecting.ts";

/** Connects the number to a tunnel of that address, as the `deno task dev` of another process does. */
export async function connectAs(
  owner: KnownProcess,
  { env, folder }: Pick<ConnectRig, "env" | "folder">,
  origin = "https://t-1.trycloudflare.com",
): Promise<void> {
  const { phone } = readSettings({ ...env, PUBLIC_URL: origin });
  const memory = openConnectMemory(`${folder}/${TUNNEL_MEMORY}`);
  const deps = { ...connectDeps(phone!, memory), owner };
  const number = await deps.account.find(account.number);
  await connectNumber(number!, { publicUrl: origin, fallback: undefined }, deps);
}
