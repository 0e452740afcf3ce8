import {
  createPhoneNetwork,
  type NumberPlan,
  type PhoneNetwork,
  type SimulatedCall,
} from "../../../src/sim/twilio/phoneNetwork.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";
import { account, connect, startTestApp, type TestApp, type TestStream } from "./phoneTestApp.ts";

/** The simulated network beside an app that connects every call to a stream. */
export interface CalleeRig extends AsyncDisposable {
  readonly app: TestApp;
  readonly network: PhoneNetwork;
  /** Places a call as the REST API does, and resolves with it and its stream. */
  place(mode?: "Enable" | "DetectMessageEnd"): Promise<
    { readonly call: SimulatedCall; readonly stream: TestStream }
  >;
}

const NUMBER = "+12025550155";

/** `plan` is of the only number that is called; `speed` is how much faster than real time it all is. */
export function startCalleeRig(plan: Partial<NumberPlan>, speed: number): CalleeRig {
  const app = startTestApp();
  app.answers["/answer"] = () => connect();
  const network = createPhoneNetwork({
    account,
    baseUrl: app.url,
    speed,
    voice: createToneVoice(),
    numbers: { [NUMBER]: { answer: "human", ...plan } },
  });
  const urlOf = (path: string) =>
    ({ url: `https://parley.example${path}`, method: "POST" }) as const;
  return {
    app,
    network,
    async place(mode) {
      const call = network.place({
        from: account.number,
        to: NUMBER,
        first: { kind: "request", ...urlOf("/answer"), params: {} },
        outbound: {
          plan: network.context.plan(NUMBER),
          queueMs: 0,
          timeoutSeconds: 60,
          detection: mode && { mode, callback: urlOf("/amd") },
        },
      });
      const stream = await app.stream();
      await stream.next("start");
      return { call, stream };
    },
    async [Symbol.asyncDispose]() {
      await network.close();
      await app.close();
    },
  };
}

/** Resolves when the far end does, or has done, what the words say; with the call's time. */
export async function doing(call: SimulatedCall, words: RegExp): Promise<number> {
  for (;;) {
    const { does, atMs } = await call.next("callee");
    if (words.test(does)) return atMs;
  }
}
