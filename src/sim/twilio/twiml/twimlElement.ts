import type { XmlElement } from "./xml.ts";

/** How a webhook is called. */
export type HttpMethod = "GET" | "POST";

/** Where Twilio asks for more once a verb is over. */
export interface NextStep {
  readonly action: string | undefined;
  readonly method: HttpMethod;
}

/** A TwiML element under its schema: typed attributes, known children, a warning for all else. */
export class TwimlElement {
  constructor(readonly element: XmlElement, readonly warnings: string[]) {
    const known = (attributesOf[element.name] ?? "").split(" ");
    for (const name of Object.keys(element.attributes)) {
      if (!known.includes(name)) this.warn(`attribute ${name} is not known on <${element.name}>`);
    }
  }

  warn(warning: string): void {
    this.warnings.push(warning);
  }

  get(name: string): string | undefined {
    return this.element.attributes[name];
  }

  number(name: string, otherwise: number): number {
    const value = this.get(name);
    if (value === undefined) return otherwise;
    if (/^\d{1,6}$/.test(value)) return Number(value);
    this.warn(`attribute ${name} of <${this.element.name}> is not a number`);
    return otherwise;
  }

  method(name: string): HttpMethod {
    return this.get(name)?.toUpperCase() === "GET" ? "GET" : "POST";
  }

  nextStep(): NextStep {
    return { action: this.get("action"), method: this.method("method") };
  }

  /** The element's own text, without that of its children. */
  text(): string {
    return this.element.children.filter((child) => typeof child === "string").join("").trim();
  }

  /** All text inside, as a voice would read it; speech markup falls away. */
  spoken(): string {
    return spokenOf(this.element).replace(/\s+/g, " ").trim();
  }

  /** Whether the attribute is `true`. */
  is(name: string): boolean {
    return this.get(name)?.toLowerCase() === "true";
  }

  elements(names: readonly string[]): TwimlElement[] {
    return this.element.children.flatMap((child) => {
      if (typeof child === "string") return [];
      if (names.includes(child.name)) return [new TwimlElement(child, this.warnings)];
      this.warn(`<${child.name}> is not known inside <${this.element.name}>`);
      return [];
    });
  }
}

const attributesOf: Readonly<Record<string, string>> = {
  Connect: "action method",
  Stream: "url name track statusCallback statusCallbackMethod connectorName audioFormat sampleRate",
  Parameter: "name value",
  Say: "voice language loop",
  Play: "digits loop",
  Pause: "length",
  Dial: "action method answerOnBridge callerId timeout timeLimit hangupOnStar record trim " +
    "recordingStatusCallback recordingStatusCallbackMethod recordingStatusCallbackEvent " +
    "recordingTrack ringTone sequential referUrl referMethod",
  Number: "url method statusCallback statusCallbackMethod statusCallbackEvent sendDigits byoc " +
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold " +
    "machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout " +
    "amdStatusCallback amdStatusCallbackMethod",
  Sip: "username password url method statusCallback statusCallbackMethod statusCallbackEvent " +
    "machineDetection machineDetectionTimeout machineDetectionSpeechThreshold " +
    "machineDetectionSpeechEndThreshold machineDetectionSilenceTimeout " +
    "amdStatusCallback amdStatusCallbackMethod",
  ReferSip: "",
  Refer: "action method",
  Client: "url method statusCallback statusCallbackMethod statusCallbackEvent",
  Conference: "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod " +
    "maxParticipants record region coach trim participantLabel jitterBufferSize eventCallbackUrl " +
    "statusCallback statusCallbackMethod statusCallbackEvent recordingStatusCallback " +
    "recordingStatusCallbackMethod recordingStatusCallbackEvent",
  Gather: "action method input numDigits timeout finishOnKey speechTimeout speechModel language " +
    "hints actionOnEmptyResult bargeIn profanityFilter enhanced partialResultCallback",
  Record: "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback " +
    "recordingStatusCallbackMethod recordingStatusCallbackEvent transcribe transcribeCallback",
  Redirect: "method",
  Hangup: "",
  Reject: "reason",
};

function spokenOf(element: XmlElement): string {
  return element.children.map((child) => typeof child === "string" ? child : spokenOf(child))
    .join("");
}
