/** How a webhook is called. */
export type HttpMethod = "GET" | "POST";

/** What a TwiML document asks Twilio to do, one verb after the other. */
export type Verb =
  | ConnectVerb
  | SayVerb
  | PlayVerb
  | PauseVerb
  | DialVerb
  | GatherVerb
  | RecordVerb
  | { readonly verb: "redirect"; readonly url: string; readonly method: HttpMethod }
  | { readonly verb: "hangup" }
  | { readonly verb: "reject"; readonly reason: "rejected" | "busy" };

export interface ConnectVerb extends NextStep {
  readonly verb: "connect";
  readonly stream: StreamNoun;
}
export interface StreamNoun {
  /** As written in the document: the handshake's signature is made over it. */
  readonly url: string;
  readonly name?: string | undefined;
  readonly track?: string | undefined;
  readonly statusCallback?: string | undefined;
  readonly statusCallbackMethod: HttpMethod;
  readonly parameters: Readonly<Record<string, string>>;
}
export interface SayVerb {
  readonly verb: "say";
  readonly text: string;
  readonly loop: number;
  readonly language?: string;
  readonly voice?: string;
}
export interface PlayVerb {
  readonly verb: "play";
  readonly url: string;
  readonly digits?: string | undefined;
  readonly loop: number;
}
export interface PauseVerb {
  readonly verb: "pause";
  readonly seconds: number;
}
export interface DialVerb extends NextStep {
  readonly verb: "dial";
  readonly targets: readonly DialTarget[];
  readonly callerId?: string | undefined;
  readonly answerOnBridge: boolean;
  readonly timeoutSeconds: number;
  readonly timeLimitSeconds?: number | undefined;
}
export interface DialTarget {
  readonly kind: "number" | "sip" | "client" | "conference";
  readonly address: string;
  readonly sendDigits?: string | undefined;
}
export interface GatherVerb extends NextStep {
  readonly verb: "gather";
  readonly numDigits?: number | undefined;
  readonly finishOnKey: string;
  readonly timeoutSeconds: number;
  readonly prompts: readonly (SayVerb | PlayVerb | PauseVerb)[];
}
export interface RecordVerb extends NextStep {
  readonly verb: "record";
  readonly maxLengthSeconds: number;
  readonly finishOnKey: string;
}
/** Where Twilio asks for more once the verb is over. */
export interface NextStep {
  readonly action?: string | undefined;
  readonly method: HttpMethod;
}
