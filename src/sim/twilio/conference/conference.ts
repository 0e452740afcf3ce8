import { Callbacks, type CallbackTarget } from "../api/callbacks.ts";
import { AudioRoom, type Said } from "../legs/audioRoom.ts";
import { mixFrames } from "../legs/mixFrames.ts";
import type { NetworkContext } from "../networkContext.ts";
import { createSid } from "../random.ts";
import { beepSound } from "./beepSound.ts";
import { conferenceParams, type ConferenceStep } from "./conferenceParams.ts";
import { type LeaveReason, Member, type MemberOptions } from "./member.ts";
import { playDocuments, type SoundSource } from "./waitSound.ts";

/** Why a conference is over. */
export type ConferenceEnd =
  | "conference-ended-via-api"
  | "last-participant-kicked"
  | "last-participant-left"
  | "participant-with-end-conference-on-exit-left"
  | "participant-with-end-conference-on-exit-kicked";

/** One conference: who is in it, and who hears whom. */
export class Conference {
  readonly sid = createSid("CF");
  readonly createdAt = new Date();
  readonly #context: NetworkContext;
  readonly #room: AudioRoom<Member>;
  readonly #members = new Map<string, Member>();
  #callbacks: { readonly target: CallbackTarget; readonly sender: Callbacks } | undefined;
  #status: "init" | "in-progress" | "completed" = "init";
  #sequence = 0;
  #ended: { readonly reason: ConferenceEnd; readonly bySid: string | undefined } | undefined;

  constructor(context: NetworkContext, readonly name: string) {
    this.#context = context;
    this.#room = new AudioRoom(context.clock, (listener, said) => this.#mix(listener, said));
  }

  get status(): "init" | "in-progress" | "completed" {
    return this.#status;
  }

  get ended(): { readonly reason: ConferenceEnd; readonly bySid: string | undefined } | undefined {
    return this.#ended;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  /** The participant of that call, or with that label. */
  member(sidOrLabel: string): Member | undefined {
    return this.#members.get(sidOrLabel) ??
      this.members.find(({ options }) => options.label === sidOrLabel);
  }

  /** Takes a call in; resolves when it is out again. Only the callbacks of the first one count. */
  async join(
    leg: Member["leg"],
    options: MemberOptions,
    callbacks: CallbackTarget | undefined,
  ): Promise<LeaveReason> {
    const refusal = this.#refusal(options);
    if (refusal !== undefined) {
      leg.report(refusal.code, refusal.message);
      return "participant_add_failed";
    }
    if (this.#members.size === 0 && callbacks !== undefined && this.#sequence === 0) {
      const sender = new Callbacks(this.#context, undefined, (event) => leg.emit(event));
      this.#callbacks = { target: callbacks, sender };
    }
    const member = new Member(this.#context, leg, options);
    const gone = () =>
      this.leave(member, leg.isOver ? "participant_hung_up" : "participant_updated_via_api");
    leg.signal.addEventListener("abort", gone, { once: true });
    this.#members.set(leg.sid, member);
    this.#room.add(member);
    leg.emit({ type: "joined", conference: this.name });
    this.#tell("participant-join", member);
    if (options.beep === "true" || options.beep === "onEnter") this.#beep();
    this.#startOrWait(member);
    const reason = await member.left.promise;
    leg.signal.removeEventListener("abort", gone);
    return reason;
  }

  /** Lets a participant go. */
  leave(member: Member, reason: LeaveReason, isKicked = false): void {
    if (!this.#members.delete(member.sid)) return;
    this.#room.remove(member);
    member.stopMusic();
    member.announcements.close();
    member.leg.emit({ type: "left", conference: this.name, reason });
    this.#tell("participant-leave", member, {
      ParticipantCallStatus: member.leg.isOver ? "completed" : "in-progress",
      ReasonParticipantLeft: reason,
    });
    member.left.resolve(reason);
    if (this.#status === "completed") return;
    const { endOnExit, beep } = member.options;
    const how = isKicked ? "kicked" : "left";
    if (endOnExit) this.end(`participant-with-end-conference-on-exit-${how}`, member.sid);
    else if (this.#members.size === 0) this.end(`last-participant-${how}`, member.sid);
    else if (beep === "true" || beep === "onExit") this.#beep();
  }

  /** Changes what a participant may do. */
  change(member: Member, options: Partial<MemberOptions>, holdSound?: SoundSource): void {
    const before = member.options;
    member.change(options);
    const { muted, hold } = member.options;
    if (muted !== before.muted) this.#tell(`participant-${muted ? "mute" : "unmute"}`, member);
    if (hold !== before.hold) {
      if (hold) void member.startMusic(holdSound);
      else if (this.#status === "in-progress") member.stopMusic();
      this.#tell(`participant-${hold ? "hold" : "unhold"}`, member);
    }
    const isOther = muted === before.muted && hold === before.hold;
    if (isOther) this.#tell("participant-modify", member);
  }

  /** Plays a document to one participant, or to all. */
  async announce(source: SoundSource, to?: Member): Promise<void> {
    const members = to === undefined ? this.members : [to];
    const { signal } = this.#context;
    const results = await Promise.all(
      members.map((it) => playDocuments(this.#context, source, it.announcements, signal)),
    ).catch(() => []);
    if (signal.aborted) return;
    const error = results.find((result) => result !== undefined);
    if (error !== undefined) members[0]?.leg.report(error.code, error.message);
    const step = error === undefined ? "announcement-end" : "announcement-fail";
    this.#tell(step, to, { AnnounceUrl: source.url });
  }

  end(reason: ConferenceEnd, bySid?: string): void {
    if (this.#status === "completed") return;
    this.#status = "completed";
    this.#ended = { reason, bySid };
    const left = reason === "conference-ended-via-api"
      ? "conference_ended_via_api"
      : "moderator_ended_conference";
    for (const member of this.members) this.leave(member, left);
    this.#tell("conference-end", undefined, {
      ReasonConferenceEnded: reason,
      ...(bySid === undefined ? {} : { CallSidEndingConference: bySid }),
    });
  }

  async settled(): Promise<void> {
    await this.#callbacks?.sender.settled();
  }

  #refusal({ label, maxParticipants }: MemberOptions) {
    if (label !== undefined && this.members.some(({ options }) => options.label === label)) {
      return { code: 16025, message: `The label ${label} is taken in this conference` };
    }
    return this.#members.size < maxParticipants
      ? undefined
      : { code: 16020, message: "The conference has as many participants as it may have" };
  }

  #startOrWait(joined: Member): void {
    if (this.#status === "in-progress") {
      if (joined.options.hold) void joined.startMusic(undefined);
      return;
    }
    const begins = this.#members.size > 1 && this.members.some((it) => it.options.startOnEnter);
    if (!begins) return void this.#wait(joined);
    this.#status = "in-progress";
    for (const member of this.#members.values()) if (!member.options.hold) member.stopMusic();
    this.#tell("conference-start");
  }

  /** Where the sound of a wait cannot be had, the participant does not stay. */
  async #wait(member: Member): Promise<void> {
    const { waitUrl, waitMethod } = member.options;
    const params = { ...conferenceParams(this, "wait", this.#sequence), CallSid: member.sid };
    const source = waitUrl === "" ? "silence" as const : waitUrl === undefined ? undefined : {
      url: waitUrl,
      method: waitMethod,
      params,
    };
    const error = await member.startMusic(source);
    if (error === undefined) return;
    member.leg.report(error.code, error.message);
    this.leave(member, "participant_add_failed");
  }

  #mix(listener: Member, said: Said<Member>): Uint8Array {
    const frames: Uint8Array[] = [];
    if (listener.announcements.isSpeaking) frames.push(listener.announcements.nextFrame());
    if (this.#status !== "in-progress" || listener.options.hold) {
      return mixFrames([...frames, listener.musicFrame()]);
    }
    for (const [member, frame] of said) {
      const { muted, hold, coach } = member.options;
      const isHeard = member !== listener && !muted && !hold &&
        (coach === undefined || coach === listener.sid);
      if (isHeard) frames.push(frame);
    }
    return mixFrames(frames);
  }

  #beep(): void {
    for (const { announcements } of this.#members.values()) void announcements.enqueue(beepSound);
  }

  #tell(
    step: ConferenceStep,
    member?: Member,
    more: Readonly<Record<string, string>> = {},
  ): void {
    const sequence = ++this.#sequence;
    if (this.#callbacks === undefined) return;
    const { target: { url, method, events }, sender } = this.#callbacks;
    const kind = /^(?:conference|participant)-(?:un)?(\w+)/.exec(step)?.[1] ?? "announcement";
    if (!events.includes(kind)) return;
    const params = {
      ...conferenceParams(this, step, sequence, member),
      AccountSid: this.#context.account.accountSid,
      ...more,
    };
    sender.send(step, { url, method, params });
  }
}
