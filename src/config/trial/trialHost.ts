/// <reference lib="deno.worker" />
// Where calls are under way: to start a thread with a limit of memory stalls the one that starts it for some
// 50 ms. One that is started from here is ready half a second later, so that none is at the server's start.
import type { TrialRequest } from "./trialMessages.ts";
import { TrialRunner } from "./trialRunner.ts";

const runner = new TrialRunner();

self.addEventListener("message", async ({ data }: MessageEvent<TrialRequest>) => {
  self.postMessage(await runner.perform(data));
});
