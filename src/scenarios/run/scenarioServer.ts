import type { PhoneNetwork } from "../../sim/twilio/phoneNetwork.ts";
import type { LiveTurns } from "./liveTurns.ts";
import type { ModelTap } from "./modelTap.ts";

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
  /** Asks the API with a key that may do everything. */
  request(path: string, init?: RequestInit): Promise<Response>;
}
