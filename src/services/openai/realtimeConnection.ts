import type { ModelSetup } from "../../call/modelSetup.ts";
import type {
  ModelInput,
  ModelLoss,
  ModelRequest,
  ModelSink,
  RealtimeClient,
  SpeechRef,
} from "../../call/realtimeClient.ts";
import { readServerEvent } from "./wire/serverEvents.ts";
import type { ServerError, ServerEvent } from "./wire/serverEventTypes.ts";
import { audioAppend, type ClientEvent, itemRetrieve } from "./wire/clientRequests.ts";
import { type Base64, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import { clientEventOf, historyEvents } from "./requestEvents.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import {
  type LossDetails,
  MALFORMED,
  parsed,
  type Phase,
  PROBE_EVENT,
  PROBE_ITEM,
  TIMED_OUT,
  UNUSABLE,
} from "./connectionPhase.ts";
import { diagnoseHandshake } from "./handshakeDiagnosis.ts";
import { Heartbeat } from "./heartbeat.ts";
import { HeldInputs } from "./heldInputs.ts";
import { ModelInputs } from "./modelInputs.ts";
import { lossOfClose, lossOfError, lossOfStatus } from "./modelLoss.ts";
import { ReducedResponses } from "./reducedResponses.ts";
import { retryAfterMsIn } from "./retryHint.ts";
import { PendingRequests } from "./pendingRequests.ts";
import { codeOf } from "./modelFaults.ts";
import { SetupConfirmation } from "./setupConfirmation.ts";
import { watchEvent } from "./watchedEvents.ts";
import { SessionExpiry } from "./sessionExpiry.ts";
import type { ModelSocket, SocketClosure, SocketTarget } from "./socket.ts";
import { present } from "../../utils/present.ts";

/** One session with a Realtime server, from connecting to the loss or the closing of its socket. */
export class RealtimeConnection implements RealtimeClient {
  readonly #setup: ModelSetup;
  readonly #sink: ModelSink;
  readonly #options: ConnectionOptions;
  readonly #target: SocketTarget;
  readonly #inputs = new ModelInputs();
  readonly #sent = new PendingRequests();
  readonly #responses = new ReducedResponses();
  readonly #heartbeat: Heartbeat;
  readonly #socket: ModelSocket;
  readonly #sessionSetup: SetupConfirmation;
  #phase: Phase;
  /** Present until the model is ready. */
  #held: HeldInputs | undefined;
  readonly #expiry: SessionExpiry;
  #eventCount = 0;
  #malformedEvents = 0;
  #droppedFrames = 0;

  constructor(
    target: SocketTarget,
    setup: ModelSetup,
    sink: ModelSink,
    options: ConnectionOptions,
  ) {
    this.#target = target;
    this.#setup = setup;
    this.#sink = sink;
    this.#options = options;
    this.#held = new HeldInputs({
      maxAudioBytes: options.maxHeldAudioMs * bytesPerMs(setup.format),
    });
    this.#sessionSetup = new SetupConfirmation(setup, target, options);
    this.#expiry = new SessionExpiry(options);
    this.#heartbeat = new Heartbeat({
      intervalMs: options.heartbeatMs,
      timeoutMs: options.heartbeatTimeoutMs,
      now: options.now,
      onProbeDue: () => this.#post(itemRetrieve(PROBE_ITEM), PROBE_EVENT),
      onDead: () => this.#lose({ code: "network", retry: "backoff" }),
    });
    this.#phase = {
      name: "connecting",
      diagnosis: new AbortController(),
      timer: setTimeout(() => this.#lose(TIMED_OUT), options.connectTimeoutMs),
    };
    this.#socket = options.openSocket(target, {
      onOpen: (serverDateMs) => {
        this.#expiry.opened(serverDateMs);
        this.#configure();
      },
      onMessage: (text) => this.#onMessage(text),
      onClose: (closure) => this.#onClose(closure),
    });
  }

  sendAudio(audio: Base64): void {
    if (this.#held) return this.#held.holdAudio(audio);
    if (this.#phase.name !== "ready") return;
    if (this.#socket.bufferedAmount > this.#options.maxBufferedBytes) this.#droppedFrames++;
    else this.#socket.send(audioAppend(audio));
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
    if (this.#phase.name === "ready") return this.#request(request);
    if (this.#phase.name === "closed" || this.#held?.holdRequest(request)) return;
    const refusal = {
      type: "requestRefused",
      request,
      kind: "other",
      code: "too_many_held",
    } as const;
    queueMicrotask(() => this.#emit(refusal));
  }

  close(): void {
    if (this.#phase.name === "closed") return;
    if (this.#phase.name === "connecting") this.#phase.diagnosis.abort();
    if (this.#phase.name !== "ready") clearTimeout(this.#phase.timer);
    const droppedFrames = this.#droppedFrames + (this.#held?.droppedFrames ?? 0);
    const malformedEvents = this.#malformedEvents;
    this.#phase = { name: "closed" };
    this.#held = undefined;
    this.#heartbeat.stop();
    this.#socket.close();
    if (droppedFrames + malformedEvents > 0) {
      this.#options.log.warn("Model connection lost data", { droppedFrames, malformedEvents });
    }
  }

  #configure(): void {
    if (this.#phase.name === "connecting") this.#heartbeat.start();
    if (this.#phase.name === "connecting" || this.#phase.name === "configuring") {
      clearTimeout(this.#phase.timer);
      const timer = setTimeout(() => this.#becomeReady(), this.#options.readyTimeoutMs);
      this.#phase = { name: "configuring", timer };
    }
    const { event, eventId } = this.#sessionSetup.next();
    this.#post(event, eventId);
  }

  #becomeReady(): void {
    if (this.#phase.name !== "configuring") return;
    clearTimeout(this.#phase.timer);
    this.#phase = { name: "ready" };
    historyEvents(this.#setup.history).forEach((event) => this.#post(event));
    this.#held?.releaseRequests().forEach((request) => this.#request(request));
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
      else this.#request(input.request);
    }
  }

  #request(request: ModelRequest): void {
    const events = request.type === "respond"
      ? this.#responses.eventsFor(request.request)
      : [clientEventOf(request)];
    const eventIds = events.map((event) => this.#post(event));
    this.#sent.record(eventIds.at(-1) ?? "", request);
  }

  /** Returns the id by which the server would refuse the event. */
  #post(event: ClientEvent, eventId = `event_${++this.#eventCount}`): string {
    if (this.#phase.name !== "closed") {
      this.#socket.send(JSON.stringify({ ...event, event_id: eventId }));
    }
    return eventId;
  }

  #onMessage(text: string | undefined): void {
    this.#heartbeat.heard();
    const event = text === undefined ? MALFORMED : readServerEvent(parsed(text));
    if (event?.type === "speech") this.#speech(event.ref, event.audio);
    else if (event?.type === "malformed") this.#malformedEvents++;
    else if (event) this.#handle(event);
  }

  #speech(ref: SpeechRef, audio: Base64): void {
    for (const input of this.#inputs.beginningOf(ref.responseId)) this.#emit(input);
    if (this.#phase.name !== "closed") this.#guard(() => this.#sink.onSpeech(ref, audio));
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
        for (const input of this.#inputs.of(event)) this.#emit(input);
    }
    const loss = event.type === "responseDone" && event.status === "failed"
      ? lossOfError(event.reason)
      : undefined;
    if (loss && event.type === "responseDone") this.#lose(loss, event.error);
    else watchEvent(event, this.#setup.model, this.#options.faults);
  }

  #refused(error: ServerError): void {
    const loss = lossOfError(error.code) ?? lossOfError(error.type);
    if (loss) return this.#lose(loss, error);
    if (error.eventId === PROBE_EVENT) return;
    const alone = this.#phase.name === "configuring";
    if (this.#sessionSetup.concerns(error, { alone })) return this.#setupRefused(error);
    const { faults } = this.#options;
    faults.report({ ...error, source: "error", code: codeOf(error) }, this.#setup.model);
    const refusal = this.#sent.refusalOf(error);
    if (refusal === undefined) return;
    const { request } = refusal;
    if (request.type === "respond" && this.#responses.refuse(request.request, error)) {
      return this.#request(request);
    }
    this.#emit(refusal);
  }

  #setupRefused(error: ServerError): void {
    const step = this.#sessionSetup.refused(error);
    if (step === "again") this.#configure();
    else if (step !== "nothing") this.#lose(step.loss);
  }

  #onClose(closure: SocketClosure): void {
    if (closure.type === "lost") {
      const { code, reason } = closure;
      return this.#lose(lossOfClose(code, reason), { message: reason });
    }
    if (closure.type === "unusable") return this.#lose(UNUSABLE);
    if (closure.status !== undefined) {
      const { error, type: _, ...answer } = closure;
      return this.#lose(lossOfStatus(closure.status, error?.code), { ...error, ...answer });
    }
    if (this.#phase.name !== "connecting") return;
    const { fetch } = this.#options;
    const { signal } = this.#phase.diagnosis;
    diagnoseHandshake(this.#target, { fetch, signal })
      .then(({ loss, ...details }) => this.#lose(loss, details));
  }

  #lose(loss: ModelLoss, details: LossDetails = {}): void {
    if (this.#phase.name === "closed") return;
    this.close();
    const fault = { ...details, ...loss, source: "connection" } as const;
    this.#options.faults.report(fault, this.#setup.model);
    const waitMs = details.retryAfterMs ?? retryAfterMsIn(details.message);
    const reported = { ...loss, ...present({ retryAfterMs: waitMs }) };
    this.#guard(() => this.#sink.onInput({ type: "modelLost", loss: reported }));
  }

  #emit(input: ModelInput): void {
    if (this.#phase.name !== "closed") this.#guard(() => this.#sink.onInput(input));
  }

  // What a listener throws would otherwise leave a socket's event handler and end the process.
  #guard(deliver: () => void): void {
    try {
      deliver();
    } catch (error) {
      this.#options.log.error("Model input could not be handled", { error });
    }
  }
}
