import { RecentIds } from "../../utils/recentIds.ts";

const MAX_ASIDES = 16;
const MAX_SAID = 16;
const MAX_SOUNDED = 64;
const MAX_SILENCED = 64;

/** The model's responses as far as they are heard: which one runs, which have sounded or were silenced. */
export class SpokenResponses {
  readonly #asides = new RecentIds(MAX_ASIDES);
  readonly #said = new RecentIds(MAX_SAID);
  readonly #sounded = new RecentIds(MAX_SOUNDED);
  readonly #silenced = new RecentIds(MAX_SILENCED);
  #activeId: string | undefined;
  #asideId: string | undefined;

  /** The running response of the conversation. */
  get activeId(): string | undefined {
    return this.#activeId;
  }

  /** The running response beside the conversation. */
  get asideId(): string | undefined {
    return this.#asideId;
  }

  /** Whether the model may still bring more of it, in the conversation or beside it. */
  isRunning(responseId: string): boolean {
    return responseId === this.#activeId || responseId === this.#asideId;
  }

  started(responseId: string): void {
    this.#activeId = responseId;
  }

  ended(responseId: string): void {
    if (this.#activeId === responseId) this.#activeId = undefined;
  }

  asideStarted(responseId: string): void {
    this.#asideId = responseId;
    this.saidBeside(responseId);
  }

  /** Beside the conversation, and spoken without the model: a response of the model's may run on. */
  saidBeside(responseId: string): void {
    this.#asides.add(responseId);
  }

  asideEnded(responseId: string): void {
    if (this.#asideId === responseId) this.#asideId = undefined;
  }

  /** Whether it is beside the conversation: the model keeps nothing of it that could be truncated. */
  isAside(responseId: string): boolean {
    return this.#asides.has(responseId);
  }

  /** Part of the conversation, but spoken without the model. */
  saidWithoutModel(responseId: string): void {
    this.#said.add(responseId);
  }

  /** Whether the model has only been told of it, and has no audio that could be truncated. */
  isSaid(responseId: string): boolean {
    return this.#said.has(responseId);
  }

  /** Audio of a response is played. True for its first. */
  sounded(responseId: string): boolean {
    if (this.#sounded.has(responseId)) return false;
    this.#sounded.add(responseId);
    return true;
  }

  /** Whether the caller hears anything of a response. */
  hasSounded(responseId: string): boolean {
    return this.#sounded.has(responseId);
  }

  /** Refuses all further audio of a response. */
  silence(responseId: string): void {
    this.#silenced.add(responseId);
  }

  isSilenced(responseId: string): boolean {
    return this.#silenced.has(responseId);
  }
}
