import type { AppOverrides } from "../../../src/app.ts";
import type { SimulatedCall } from "../../../src/sim/twilio/phoneNetwork.ts";
import { onlyAgent, startBeside, temporaryDatabase } from "../twilio/dialling.ts";
import { modelKey, type PhoneRig, type PhoneRigOptions, startPhoneRig } from "./phoneRig.ts";
import { apiKey, type ServedApp } from "./phoneServer.ts";

/** A phone rig, and a second server that goes on with its calls. */
export interface ResumingRig extends AsyncDisposable {
  readonly rig: PhoneRig;
  /** On the same database, behind the same simulated Twilio and with the same simulated model. */
  readonly second: ServedApp;
  /** To Twilio the first server is gone, and the second one is where it was. */
  lose(phone: SimulatedCall): void;
}

/** Starts both with the same options; `overrides` where the second one's differ. */
export async function startResumingRig(
  options: PhoneRigOptions = {},
  overrides: AppOverrides = { agentFiles: onlyAgent(options.agent ?? ""), ...options.overrides },
): Promise<ResumingRig> {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await temporaryDatabase());
  const env = { ...database.env, ...options.env };
  const rig = stack.use(await startPhoneRig({ ...options, env }));
  const second = stack.use(
    await startBeside(rig.server, {
      OPENAI_API_KEY: modelKey,
      OPENAI_REALTIME_URL: rig.realtime.url,
      API_KEYS: `ops:${apiKey};scopes=admin`,
      ...env,
    }, overrides),
  );
  return {
    rig,
    second,
    lose(phone) {
      rig.server.network.connectTo(second.origin);
      phone.breakConnection();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
