import { createPhoneNetwork, type PhoneNetwork } from "../../../src/sim/twilio/phoneNetwork.ts";
import type { PhoneNetworkOptions } from "../../../src/sim/twilio/phoneNetwork.ts";
import { account, startTestApp, type TestApp } from "./phoneTestApp.ts";

/** Runs a body with a simulated network and a small app, and checks that both end cleanly. */
export function phoneTest(
  name: string,
  options: Partial<PhoneNetworkOptions>,
  body: (network: PhoneNetwork, app: TestApp) => Promise<void>,
): void {
  Deno.test(name, async () => {
    const app = startTestApp();
    const network = createPhoneNetwork({ account, baseUrl: app.url, speed: 20, ...options });
    try {
      await body(network, app);
    } finally {
      await network.close();
      await app.close();
    }
  });
}
