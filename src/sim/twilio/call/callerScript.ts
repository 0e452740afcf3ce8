import type { SimulatedCall } from "./simulatedCall.ts";
import type { SimClock } from "../simClock.ts";

/** What a caller does, in this order, and when the caller gives up. */
export interface CallerScript {
  /** Each is said when it is the caller's turn: text, or mu-law. */
  readonly lines: readonly (string | Uint8Array)[];
  /** The lines break in on the agent that long after it began to speak. */
  readonly interruptAfterMs?: number | undefined;
  readonly digits?: string | undefined;
  /** Called with a description of each step. */
  readonly onStep?: (what: string) => void;
  /** The caller hangs up after that long, whatever happens. */
  readonly maxMs: number;
}

/** Follows a script on a call and hangs up at its end; resolves when the call is over. */
export async function followScript(
  call: SimulatedCall,
  clock: SimClock,
  script: CallerScript,
): Promise<void> {
  const agent = new AgentSpeech(call, clock);
  const cancel = clock.at(clock.now() + script.maxMs, () => call.hangUp());
  try {
    await act(call, agent, script);
    await call.ended;
  } finally {
    cancel();
    agent.close();
  }
}

/** How long the agent must be silent before its turn counts as over. */
const turnSilenceMs = 900;
/** How long the caller waits for the agent to speak before going on. */
const maxWaitMs = 8_000;

async function act(call: SimulatedCall, agent: AgentSpeech, script: CallerScript): Promise<void> {
  const { lines, digits, interruptAfterMs, onStep = () => {} } = script;
  for (const line of lines) {
    if (interruptAfterMs === undefined) await agent.endOfTurn();
    else if (await agent.speaks(maxWaitMs)) await agent.pause(interruptAfterMs);
    if (agent.gone) return;
    onStep(typeof line === "string" ? `says "${line}"` : "says what is in the file");
    await call.speak(line);
  }
  if (digits !== undefined) {
    await agent.endOfTurn();
    if (agent.gone) return;
    onStep(`presses ${digits}`);
    await call.sendDigits(digits);
  }
  if (lines.length === 0 && digits === undefined) return;
  await agent.endOfTurn();
  if (agent.gone) return;
  onStep("hangs up");
  call.hangUp();
}

/** Tracks whether the agent speaks, and when it has finished. */
class AgentSpeech {
  readonly #clock: SimClock;
  readonly #stop: () => void;
  readonly #waiting = new Set<() => void>();
  #speaking = false;
  /** There is no stream: the call is held, or connected to the target of a transfer. */
  #isAway = false;
  #gone = false;

  constructor(call: SimulatedCall, clock: SimClock) {
    this.#clock = clock;
    this.#stop = call.watch((event) => {
      if (event.type === "ended") this.#gone = true;
      if (event.type === "speaking") this.#speaking = !this.#gone;
      if (event.type === "streamStarted") this.#isAway = false;
      if (event.type === "streamClosed") this.#isAway = true;
      if (this.#gone || event.type === "quiet" || event.type === "streamClosed") {
        this.#speaking = false;
      }
      for (const check of this.#waiting) check();
    });
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** Whether the agent begins to speak in time. */
  speaks(withinMs: number): Promise<boolean> {
    return this.#until(() => this.#speaking, withinMs);
  }

  /** Waits for the agent to speak and to finish; goes on when it never begins. */
  async endOfTurn(): Promise<void> {
    if (!await this.speaks(maxWaitMs)) return;
    do await this.#until(() => !this.#speaking, Infinity); while (
      !this.#gone && await this.#speaksOn()
    );
  }

  /** The caller of a call on hold waits for the agent to be back. */
  async #speaksOn(): Promise<boolean> {
    if (!this.#isAway) return await this.speaks(turnSilenceMs);
    await this.#until(() => !this.#isAway, Infinity);
    return await this.speaks(maxWaitMs);
  }

  async pause(ms: number): Promise<void> {
    await this.#until(() => false, ms);
  }

  close(): void {
    this.#stop();
  }

  #until(holds: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (held: boolean) => {
        cancel();
        this.#waiting.delete(check);
        resolve(held);
      };
      const check = () => {
        if (holds()) settle(true);
        else if (this.#gone) settle(false);
      };
      const cancel = withinMs === Infinity
        ? () => {}
        : this.#clock.at(this.#clock.now() + withinMs, () => settle(holds()));
      this.#waiting.add(check);
      check();
    });
  }
}
