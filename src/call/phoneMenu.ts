/** How an agent behaves in the phone menus that it calls into, and on hold. */
export interface PhoneMenuPolicy {
  /** All the time that a call may spend in menus, and on hold. */
  readonly maxMenuMs: number;
  readonly maxHoldMs: number;
  /** So often the same menu is heard, or the same keys pressed, before the agent is told; twice that ends the call. */
  readonly maxRepeats: number;
  /** Whether keys are pressed by the network, which takes the leg away, or as tones in the agent's speech. */
  readonly keys: "network" | "tones";
}

/** What a leg sounds of besides speech, as its audio shows it. */
export type LineSoundInput =
  | { readonly type: "lineSound"; readonly sound: "music" }
  /** `sinceMs` ago music gave way to something that is none. */
  | { readonly type: "lineSound"; readonly sound: "other"; readonly sinceMs: number };

/** What was heard of a phone system, and what the agent did about it. */
export interface MenuStep {
  /** Counts the steps of a session from 1; a later event with the same number replaces the earlier one. */
  readonly number: number;
  /** Since the call began. */
  readonly atMs: number;
  /** Empty while its words are not known. */
  readonly heard: string;
  /** How often the same was heard so far. */
  readonly times: number;
  /** The keys that the agent pressed then. */
  readonly keys?: string;
}

export type PhoneMenuEvent =
  | { readonly type: "menu"; readonly step: MenuStep }
  | { readonly type: "hold"; readonly on: true }
  /** `withheldMs`: audio of the wait that no model has got, and is not paid for. */
  | {
    readonly type: "hold";
    readonly on: false;
    readonly durationMs: number;
    readonly withheldMs: number;
  };
