import assert from "node:assert/strict";
import { ActiveSpeaker } from "../../../src/web/live/activeSpeaker.ts";

Deno.test("a live call is shown on hold until somebody answers, whoever speaks in between", () => {
  const speaker = new ActiveSpeaker();
  const shown: string[] = [];
  const show = (event: Parameters<ActiveSpeaker["apply"]>[0]) => {
    speaker.apply(event);
    shown.push(speaker.who);
  };
  show({ type: "speaking", who: "caller", on: true });
  show({ type: "hold", on: true });
  show({ type: "speaking", who: "caller", on: false });
  show({ type: "speaking", who: "caller", on: true });
  show({ type: "hold", on: false });
  show({ type: "menu", step: { number: 1, heard: "Press one." } });
  show({ type: "speaking", who: "agent", on: true });
  show({ type: "speaking", who: "agent", on: false });
  assert.deepEqual(shown.splice(5), ["menu", "agent", "caller"]);
  assert.deepEqual(shown, ["caller", "hold", "hold", "hold", "caller"]);
});
