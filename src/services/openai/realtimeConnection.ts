import type { ModelSetup } from "../../call/modelSetup.ts";
import type {
  ModelInput,
  ModelLoss,
  ModelRequest,
  ModelSink,
  RealtimeClient,
  SpeechRef,
} from "../../call/realtimeClient.ts";
import { type Base64, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import { present } from "../../utils/present.ts";
import { AudioSender } from "./audioSender.ts";
import { ConfirmationWait } from "./confirmationWait.ts";
import { connect } from "./connect.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { GuardedSink } from "./guardedSink.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HeldInputs } from "./heldInputs.ts";
import { ModelInputs } from "./modelInputs.ts";
import { type LossDetails, lossOfError } from "./modelLoss.ts";
import { PendingRequests } from "./pendingRequests.ts";
import { RemoteCalls } from "./remoteCalls.ts";
import { retryAfterMsIn } from "./retryHint.ts";
import { SessionExpiry } from "./sessionExpiry.ts";
import { SetupConfirmation } from "./setupConfirmation.ts";
import type { ModelSocket, SocketTarget } from "./socket.ts";
import { AudioDeltas } from "./wire/audioDeltas.ts";
import { audioAppend, type ClientEvent } from "./wire/clientRequests.ts";
import { isMcpEvent } from "./wire/mcpEventTypes.ts";
import { readServerFrame } from "./wire/serverEvents.ts";
import type { ServerError, ServerEvent } from "./wire/serverEventTypes.ts";

/** One session with a Realtime server, from connecting to the loss or the closing of its socket. */
export class RealtimeConnection implements RealtimeClient {
  readonly #setup: ModelSetup;
  readonly #sink: GuardedSink;
  readonly #options: ConnectionOptions;
  readonly #requests = new PendingRequests((event) => this.#post(event));
  readonly #inputs = new ModelInputs((id) => this.#requests.originalOf(id));
  readonly #remote: RemoteCalls;
  readonly #deltas = new AudioDeltas();
  #spokenOf: SpeechRef | undefined;
  readonly #heartbeat: Heartbeat;
  readonly #socket: ModelSocket;
  readonly #audio: AudioSender;
  readonly #connecting = new AbortController();
  readonly #sessionSetup: SetupConfirmation;
  /** Begins with each set-up until the model is ready. */
  readonly #confirmation: ConfirmationWait;
  readonly #expiry: SessionExpiry;
  /** Not given to the session yet. */
  #history: ModelSetup["history"];
  #phase: "connecting" | "configuring" | "ready" | "closed" = "connecting";
  /** Present until the model is ready. */
  #held: HeldInputs | undefined;
  #eventCount = 0;
  #malformedEvents = 0;
  /** While they were held. */
  #droppedFrames = 0;

  constructor(
    target: SocketTarget,
    setup: ModelSetup,
    sink: ModelSink,
    options: ConnectionOptions,
  ) {
    this.#setup = setup;
    this.#sink = new GuardedSink(sink, options.log);
    this.#options = options;
    options.connections?.add(this, sink);
    this.#held = new HeldInputs({
      maxAudioBytes: options.maxHeldAudioMs * bytesPerMs(setup.format),
    });
    this.#history = setup.history;
    this.#remote = new RemoteCalls(setup.toolServers, {
      retrieve: (item_id) => void this.#post({ type: "conversation.item.retrieve", item_id }),
      health: options.toolServers,
    });
    this.#sessionSetup = new SetupConfirmation(setup, target, options);
    this.#confirmation = new ConfirmationWait({
      timeoutMs: options.readyTimeoutMs,
      onReady: () => this.#becomeReady(),
      onSilence: () => this.#heartbeat.probe(),
    });
    this.#expiry = new SessionExpiry(options);
    this.#heartbeat = new Heartbeat({
      intervalMs: options.heartbeatMs,
      timeoutMs: options.heartbeatTimeoutMs,
      now: options.now,
      // The item does not exist, which has to be answered all the same.
      onProbeDue: () =>
        this.#post({ type: "conversation.item.retrieve", item_id: "item_probe" }, PROBE_EVENT),
      onDead: () => this.#lose({ code: "network", retry: "backoff" }),
    });
    this.#socket = connect(target, {
      onOpen: (serverDateMs) => {
        this.#expiry.opened(serverDateMs);
        this.#heartbeat.start();
        this.#configure();
      },
      onMessage: (text) => this.#onMessage(text),
      onLost: (loss, details) => this.#lose(loss, details),
    }, { ...options, signal: this.#connecting.signal });
    this.#audio = new AudioSender(this.#socket, options.maxBufferedBytes);
  }

  sendAudio(audio: Base64): void {
    if (this.#held) return this.#held.holdAudio(audio);
    if (this.#phase !== "ready") return;
    this.#audio.send(audio);
  }

  commitAudio(): void {
    if (this.#held) return this.#held.holdCommit();
    this.#post({ type: "input_audio_buffer.commit" });
  }

  clearInputBuffer(): void {
    if (this.#held) return this.#held.clearAudio();
    this.#post({ type: "input_audio_buffer.clear" });
  }

  send(request: ModelRequest): void {
    if (request.type === "toolLeave") {
      this.#remote.answered(request.callId, request.output === undefined);
    }
    if (this.#phase === "ready") return this.#requests.send(request);
    if (this.#phase === "closed" || this.#held?.holdRequest(request)) return;
    const refusal = {
      type: "requestRefused",
      request,
      kind: "other",
      code: "too_many_held",
    } as const;
    queueMicrotask(() => this.#emit(refusal));
  }

  changeSetup(setup: Omit<ModelSetup, "history">): void {
    if (this.#phase === "closed") return;
    const isReady = this.#phase === "ready";
    this.#remote.use(setup.toolServers);
    this.#sessionSetup.change({ ...setup, history: [] }, { isReady });
    // One that is still connecting is set up with it.
    if (this.#phase !== "connecting") this.#configure();
  }

  giveHistory(history: ModelSetup["history"]): void {
    if (this.#phase === "ready") this.#requests.sendHistory(history);
    else this.#history = history;
  }

  close(): void {
    if (this.#phase === "closed") return;
    const held = this.#held?.droppedFrames ?? 0;
    const droppedFrames = this.#droppedFrames + held + this.#audio.dropped;
    const malformedEvents = this.#malformedEvents;
    this.#phase = "closed";
    this.#options.connections?.delete(this);
    this.#held = undefined;
    this.#connecting.abort();
    this.#confirmation.stop();
    this.#heartbeat.stop();
    this.#socket.close();
    if (droppedFrames + malformedEvents > 0) {
      this.#options.log.warn("Model connection lost data", { droppedFrames, malformedEvents });
    }
  }

  #configure(): void {
    if (this.#phase === "connecting" || this.#phase === "configuring") {
      this.#confirmation.start();
      this.#phase = "configuring";
    }
    const { event, eventId } = this.#sessionSetup.next();
    this.#post(event, eventId);
  }

  #becomeReady(): void {
    if (this.#phase !== "configuring") return;
    this.#confirmation.stop();
    this.#phase = "ready";
    this.#requests.sendHistory(this.#history);
    this.#held?.releaseRequests().forEach((request) => this.#requests.send(request));
    this.#emit({ type: "modelReady", expiresInMs: this.#expiry.leftMs });
    this.#releaseAudio();
  }

  #releaseAudio(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#droppedFrames += held?.droppedFrames ?? 0;
    for (const input of held?.releaseAudio() ?? []) {
      if (input.type === "audio") this.#socket.send(audioAppend(input.audio));
      else if (input.type === "commit") this.commitAudio();
      else this.#requests.send(input.request);
    }
  }

  /** Returns the id by which the server would refuse the event. */
  #post(event: ClientEvent, eventId = `event_${++this.#eventCount}`): string {
    if (this.#phase !== "closed") {
      this.#socket.send(JSON.stringify({ ...event, event_id: eventId }));
    }
    return eventId;
  }

  #onMessage(text: string | undefined): void {
    this.#heartbeat.heard();
    try {
      this.#read(text);
    } catch (error) {
      this.#malformedEvents++;
      this.#options.log.error("Model event could not be handled", { error });
    }
    this.#confirmation.heard();
  }

  #read(text: string | undefined): void {
    const event = (text && this.#deltas.read(text)) || readServerFrame(text);
    if (event?.type === "speech") this.#speech(event.ref, event.audio);
    else if (event?.type === "malformed") this.#malformedEvents++;
    else if (event) this.#handle(event);
  }

  #speech(ref: SpeechRef, audio: Base64): void {
    if (ref !== this.#spokenOf) {
      for (const input of this.#inputs.beginningOf(ref.responseId)) this.#emit(input);
      this.#spokenOf = ref;
    }
    if (this.#phase !== "closed") this.#sink.onSpeech(ref, audio);
  }

  #handle(event: Exclude<ServerEvent, { type: "speech" }>): void {
    switch (event.type) {
      case "error":
        return this.#refused(event.error);
      case "sessionCreated":
        return this.#expiry.update(event);
      case "sessionUpdated":
        this.#expiry.update(event);
        this.#sessionSetup.confirmed();
        return this.#becomeReady();
      default:
        for (const input of this.#requests.follow(event)) this.#emit(input);
        if (event.type === "itemAdded") this.#remote.added(event);
        (isMcpEvent(event) ? this.#remote.of(event) : this.#inputs.of(event))
          .forEach((input) => this.#emit(input));
    }
    const loss = event.type === "responseDone" && event.status === "failed"
      ? lossOfError(event.reason)
      : undefined;
    if (loss && event.type === "responseDone") this.#lose(loss, event.error);
    else this.#options.faults.observe(event, this.#setup.model);
  }

  #refused(error: ServerError): void {
    const loss = lossOfError(error.code) ?? lossOfError(error.type);
    if (loss) return this.#lose(loss, error);
    if (error.eventId === PROBE_EVENT) return;
    const alone = this.#phase === "configuring";
    if (this.#sessionSetup.concerns(error, { alone })) return this.#setupRefused(error);
    this.#options.faults.report({ ...error, source: "error" }, this.#setup.model);
    const refusal = this.#requests.refused(error);
    if (refusal !== undefined) this.#emit(refusal);
  }

  #setupRefused(error: ServerError): void {
    const step = this.#sessionSetup.refused(error);
    if (step === "again") this.#configure();
    else if (step !== "nothing") this.#lose(step.loss);
  }

  #lose(loss: ModelLoss, details: LossDetails = {}): void {
    if (this.#phase === "closed") return;
    this.close();
    const fault = { ...details, ...loss, source: "connection" } as const;
    this.#options.faults.report(fault, this.#setup.model);
    const waitMs = details.retryAfterMs ?? retryAfterMsIn(details.message);
    const reported = { ...loss, ...present({ retryAfterMs: waitMs }) };
    this.#sink.onInput({ type: "modelLost", loss: reported });
  }

  #emit(input: ModelInput): void {
    if (this.#phase !== "closed") this.#sink.onInput(input);
  }
}

/** The id of the heartbeat's request, whose refusal is the answer. */
const PROBE_EVENT = "probe";
