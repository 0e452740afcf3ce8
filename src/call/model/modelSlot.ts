import type { AudioFormat } from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import { OpeningLimit } from "../../utils/openingLimit.ts";
import type { CallCommand } from "../callCommand.ts";
import type { StandbyInput } from "../callInput.ts";
import type { ModelSetup } from "../modelSetup.ts";
import type {
  ModelInput,
  ModelLoss,
  ModelSink,
  OpenModel,
  RealtimeClient,
} from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import { type AudioFrame, FrameGroup } from "./frameGroup.ts";
import { KeptAudio } from "./keptAudio.ts";

/** An outage opens seven a minute, and rotation 36 an hour: only a loop opens more. */
const OPENING_RATES = [{ withinMs: 60_000, max: 12 }, { withinMs: 60 * 60_000, max: 60 }];
/** Only a loop opens so many: waiting would slow it down and not end it. */
const LIMIT_REACHED: ModelLoss = { code: "open_limit", retry: "no" };
/** A connection that was given audio that came before reports the turns in it within this. */
const SETTLING_MS = 4000;
/** To find out what is not needed any more takes longer than to keep it for a little longer. */
const FORGET_EVERY_MS = 320;

/** What of a call's commands concerns its connections. */
type ModelCommand = Extract<
  CallCommand,
  {
    type:
      | "model"
      | "commitAudio"
      | "clearInput"
      | "withholdAudio"
      | "releaseAudio"
      | "openModel"
      | "prepareModel"
      | "takeOver"
      | "closeModel"
      | "useAgent";
  }
>;

interface ModelSlotListener extends Pick<ModelSink, "onSpeech"> {
  onInput(input: ModelInput | StandbyInput): void;
}

interface ModelSlotOptions {
  readonly format: AudioFormat;
  /** Of the agent that has the call, or of one that is to get it. */
  readonly setupOf: (agent?: string) => Omit<ModelSetup, "history">;
  readonly openModel: OpenModel;
  readonly listener: ModelSlotListener;
  /** From when on the caller's audio may be needed again. */
  readonly audioNeededFrom: (now: Milliseconds) => Milliseconds;
  readonly clock: Clock;
  /** How much of a quiet line's audio goes in one piece. */
  readonly groupMs: Milliseconds;
}

/** A frame of the caller's audio. */
export interface CallerFrame extends AudioFrame {
  /** It may be held back: it is proven quiet, and no turn is under way. */
  readonly mayWait: boolean;
}

/** A connection whose events count while it is one of the two; what it sends later is ignored. */
interface Slot {
  /** Absent while it is being opened. */
  client?: RealtimeClient;
  isReady: boolean;
}

/**
 * Holds the connection of a call, and another that is to take its place; keeps the caller's latest audio
 * for a connection that has not heard it.
 */
export class ModelSlot {
  readonly #options: ModelSlotOptions;
  readonly #limit = new OpeningLimit(OPENING_RATES);
  readonly #audio: KeptAudio;
  readonly #group: FrameGroup;
  /** Before, each frame goes by itself: the connection is not ready, or turns may be under way in it. */
  #groupsFrom: Milliseconds = Infinity;
  /** What comes is kept, and not sent. */
  #isWithheld = false;
  #forgetAt: Milliseconds = -Infinity;
  #present: Slot | undefined;
  #standby: Slot | undefined;

  constructor(options: ModelSlotOptions) {
    this.#options = options;
    this.#audio = new KeptAudio(options.format);
    this.#group = new FrameGroup(
      options.groupMs,
      (audio) => this.#present?.client?.sendAudio(audio),
    );
  }

  perform(command: ModelCommand, now: Milliseconds): void {
    this.#group.flush();
    switch (command.type) {
      case "model":
        return this.#present?.client?.send(command.request);
      case "commitAudio":
        this.#audio.keepCommit(now);
        return this.#present?.client?.commitAudio();
      case "clearInput":
        this.#audio.forgetTurn();
        return this.#present?.client?.clearInputBuffer();
      case "withholdAudio":
        this.#isWithheld = true;
        return this.#present?.client?.clearInputBuffer();
      case "releaseAudio":
        this.#isWithheld = false;
        return this.#replay(command.from);
      case "openModel":
        return this.#open(command.history, command.audioFrom, now);
      case "prepareModel":
        return this.#prepare(command.agent, now);
      case "takeOver":
        return this.#takeOver(command.history, command.audioFrom, now);
      case "closeModel":
        return this.close();
      case "useAgent":
        if (command.connection === "other") return;
        for (const slot of [this.#present, this.#standby]) {
          slot?.client?.changeSetup(this.#options.setupOf());
        }
        return;
      default:
        command satisfies never;
    }
  }

  /** Goes to the present connection, and is kept for the next as long as it may need it. */
  sendAudio(frame: CallerFrame, now: Milliseconds): void {
    if (now >= this.#forgetAt) {
      this.#forgetAt = now + FORGET_EVERY_MS;
      this.#audio.forgetBefore(this.#options.audioNeededFrom(now));
    }
    this.#audio.keep(frame.bytes, now);
    if (this.#isWithheld) return;
    this.#group.add(frame, frame.mayWait && now >= this.#groupsFrom);
  }

  /** Closes both. */
  close(): void {
    this.#group.flush();
    this.#groupsFrom = Infinity;
    const open = [this.#present, this.#standby];
    this.#present = undefined;
    this.#standby = undefined;
    for (const slot of open) slot?.client?.close();
  }

  /** Beyond the call's limit nothing is opened, and the connection counts as lost. */
  #open(history: ModelSetup["history"], audioFrom: Milliseconds, now: Milliseconds): void {
    this.close();
    if (!this.#limit.tryOpen(now)) {
      return this.#options.listener.onInput({ type: "modelLost", loss: LIMIT_REACHED });
    }
    this.#present = this.#connect(history, this.#options.setupOf());
    this.#replay(audioFrom);
  }

  /** Opens a connection that stands by; beyond the call's limit it counts as lost. */
  #prepare(agent: string | undefined, now: Milliseconds): void {
    this.#standby?.client?.close();
    this.#standby = undefined;
    if (!this.#limit.tryOpen(now)) {
      return this.#options.listener.onInput({ type: "standbyLost", loss: LIMIT_REACHED });
    }
    this.#standby = this.#connect([], this.#options.setupOf(agent));
  }

  /** The connection that stands by becomes the present one. */
  #takeOver(
    history: ModelSetup["history"],
    audioFrom: Milliseconds,
    now: Milliseconds,
  ): void {
    const next = this.#standby;
    if (next === undefined) return;
    this.#standby = undefined;
    this.#present?.client?.close();
    this.#present = next;
    this.#groupsFrom = next.isReady ? now + SETTLING_MS : Infinity;
    next.client?.giveHistory(history);
    this.#replay(audioFrom);
  }

  #replay(from: Milliseconds): void {
    if (this.#isWithheld) return;
    const client = this.#present?.client;
    for (const { audio } of this.#audio.from(from)) {
      if (audio === undefined) client?.commitAudio();
      else client?.sendAudio(audio);
    }
  }

  #connect(history: ModelSetup["history"], setup: Omit<ModelSetup, "history">): Slot {
    const { openModel, listener, clock } = this.#options;
    const slot: Slot = { isReady: false };
    slot.client = openModel({ ...setup, history }, {
      onInput: (input) => {
        if (input.type === "modelReady") slot.isReady = true;
        if (slot === this.#standby) return this.#standbyInput(input);
        if (slot !== this.#present) return;
        if (input.type === "modelReady") this.#groupsFrom = clock.now() + SETTLING_MS;
        if (input.type === "modelLost") {
          this.#present = undefined;
          slot.client?.close();
        }
        listener.onInput(input);
      },
      onSpeech: (ref, audio) => {
        if (slot === this.#present) listener.onSpeech(ref, audio);
      },
      inUse: () => slot === this.#present || slot === this.#standby,
    });
    return slot;
  }

  #standbyInput(input: ModelInput): void {
    const { listener } = this.#options;
    switch (input.type) {
      case "modelReady":
        return listener.onInput({ ...input, type: "standbyReady" });
      case "modelLost":
        this.#standby?.client?.close();
        this.#standby = undefined;
        return listener.onInput({ type: "standbyLost", loss: input.loss });
    }
  }
}
