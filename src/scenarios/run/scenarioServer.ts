import type { PhoneNetwork } from "../../sim/twilio/phoneNetwork.ts";
import type { Scenario, ScenarioCaller } from "../scenario.ts";
import type { CallerEnd } from "./callerEnd.ts";
import type { LiveTurns } from "./words/liveTurns.ts";
import type { ModelTap } from "./model/modelTap.ts";

/** The server that scenarios are held against, and what stands around it. */
export interface ScenarioServer extends AsyncDisposable {
  readonly network: PhoneNetwork;
  /** Where browsers reach it. */
  readonly origin: string;
  /** Absent where the model's end cannot be listened to. */
  readonly tap?: ModelTap;
  /** What the server says of its calls, in the place of a tap. */
  readonly turns?: LiveTurns;
  /** Tells the built-in engine what is being said in a call; absent where a real model hears it. */
  readonly tellWords?: (callId: string, words: string) => void;
  /** Calls by another way than the simulated network and the API; nothing but the sound is known of such calls. */
  call?(scenario: Scenario, caller: ScenarioCaller, signal?: AbortSignal): Promise<CallerEnd>;
  /**
   * What the carrier takes for the calls, once they are over; undefined where nobody knows. Absent where their records
   * say what they cost.
   */
  cost?(): Promise<{ readonly usd: number; readonly talkedMs: number } | undefined>;
  /** What its clock says, in milliseconds since 1970; absent where it is the real time. */
  now?(): number;
  /** Asks the API with a key that may do everything. */
  request(path: string, init?: RequestInit): Promise<Response>;
}
