import type { CallInput } from "../callInput.ts";
import type { Milliseconds } from "../types.ts";
import type { PhoneMenu } from "./phoneMenu.ts";

/** Tells a call's phone menu what is heard on the line, before all other parts are told. */
export function followLine(menu: PhoneMenu, input: CallInput, now: Milliseconds): void {
  switch (input.type) {
    case "joined":
      return menu.connected(now);
    case "lineSound":
      return input.sound === "music" ? menu.music(now) : menu.musicEnds(now - input.sinceMs, now);
    case "speechStarted":
      return menu.speechStarted(input.itemId);
    case "committed":
      return menu.committed(input.itemId);
    case "callerText":
      return input.final ? menu.words(input.itemId, input.text, now) : undefined;
    case "speechText":
      return menu.agentSpeaks(now);
  }
}
