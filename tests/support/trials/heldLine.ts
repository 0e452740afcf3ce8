import { Session } from "../../../src/call/session.ts";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { joinBytes } from "../../../src/utils/joinBytes.ts";
import { RecordingLeg } from "../call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../call/sessionDependencies.ts";

const FRAME = 160;

/** A session that both ends have joined, and what the far end sends. */
export function onLine({ menu = true } = {}) {
  const deps = new RecordingDependencies();
  const session = new Session(
    sessionOptions({
      direction: "outbound",
      modelResponds: false,
      modelInterrupts: false,
      modelListens: false,
      idleMs: 1e9,
      maxMs: 1e9,
      ...(menu && {
        phoneMenu: { maxMenuMs: 1e9, maxHoldMs: 1e9, maxRepeats: 3, keys: "network" },
      }),
    }),
    deps,
  );
  session.begin();
  session.join(new RecordingLeg());
  deps.model.says({ type: "modelReady" });
  const sent = () => joinBytes(deps.models.flatMap(({ audio }) => audio.map(decodeBase64)));
  return {
    deps,
    sent,
    sentMs: () => sent().length / 8,
    events: (type: string) => deps.events.filter((event) => event.type === type),
    say(sound: Int16Array): void {
      const codes = encodeG711(MU_LAW, sound);
      for (let at = 0; at + FRAME <= codes.length; at += FRAME) {
        deps.pass(20);
        session.hear(encodeBase64(codes.subarray(at, at + FRAME)));
      }
    },
  };
}
