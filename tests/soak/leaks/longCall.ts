import { FRAME_MS } from "../../bench/load/frames.ts";
import { makeDataFolder } from "../../support/servers/serverProcess.ts";
import { atMost, exactly, type Figure, type SoakOptions } from "../scenario.ts";
import { FASTER } from "./fastClock.ts";
import { startLongModel } from "./longModel.ts";
import { callForLong } from "./longPhone.ts";
import { startWatchedParley } from "./watchedServer.ts";

const ANSWER_MINUTES = 10;
/** V8 has made its code by then. */
const WARM_UP_MINUTES = 2;
/** So many that every buffer that is bounded has its size: what is said, and what events there were. */
const WARM_UP_TURNS = 4000;
const TURN_MS = 15_000;
const SPOKEN_MS = 9000;

/** One call of an hour, or of fifteen minutes, which begins with an answer of ten, by a faster clock. */
export async function soakLongCall(
  { full = false, progress }: Pick<SoakOptions, "full" | "progress">,
): Promise<readonly Figure[]> {
  const callMinutes = full ? 60 : 15;
  await using stack = new AsyncDisposableStack();
  const data = stack.use(await makeDataFolder());
  const model = stack.use(startLongModel());
  const server = stack.use(
    await startWatchedParley(model.url, {
      ...await data.agent("turn_detection: { kind: server }"),
      JOURNAL_DIR: `${data.path}/journals`,
      MAX_CALL_MINUTES: "100",
      MAX_CALL_USD: "1000",
    }, { fast: true }),
  );
  const phone = await callForLong(server.origin);
  await model.ready;
  for (let turn = 0; turn < WARM_UP_TURNS; turn++) {
    model.hear(`It is about ${turn}.`);
    if (turn % 100 !== 0) continue;
    phone.speak();
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
  }
  server.hurry();
  const startedAt = performance.now();
  let frame = 0;

  /** Lets the call go on, with `step` for every frame of it. */
  async function goOn(minutes: number, step: (atMs: number) => void): Promise<void> {
    for (; frame * FRAME_MS < minutes * 60_000;) {
      const due = (performance.now() - startedAt) * FASTER / FRAME_MS;
      for (; frame < due && frame * FRAME_MS < minutes * 60_000; frame++) {
        phone.speak();
        step(frame * FRAME_MS);
      }
      progress(0, `minute ${Math.floor(frame * FRAME_MS / 60_000)} of a long call`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  const heapKb = async () => (await server.memory()).heapUsed / 1024;
  model.hear("Tell me everything.");
  model.begin();
  await goOn(WARM_UP_MINUTES, () => model.say());
  const early = await heapKb();
  await goOn(ANSWER_MINUTES, () => model.say());
  const late = await heapKb();
  model.end();
  const talk = (atMs: number) => {
    if (atMs % TURN_MS === 0) {
      model.hear(`And what of ${atMs}?`);
      model.begin();
    }
    if (atMs % TURN_MS < SPOKEN_MS) model.say();
    if (atMs % TURN_MS === SPOKEN_MS) model.end();
  };
  await goOn(ANSWER_MINUTES + WARM_UP_MINUTES, talk);
  const before = await heapKb();
  await goOn(callMinutes, talk);
  const after = await heapKb();
  const isOpen = phone.isOpen;
  await phone.hangUp();
  const answered = (ANSWER_MINUTES - WARM_UP_MINUTES) * 60_000 / FRAME_MS;
  const talked = callMinutes - ANSWER_MINUTES - WARM_UP_MINUTES;
  return [
    exactly(`a call of ${callMinutes} minutes, alive at its end`, isOpen ? 1 : 0, 1),
    atMost(
      `an answer of ${ANSWER_MINUTES} minutes, growth a piece of audio`,
      (late - early) * 1024 / answered,
      50,
      "bytes",
    ),
    atMost("a long call, growth a minute", (after - before) / talked, 32, "KiB"),
  ];
}
