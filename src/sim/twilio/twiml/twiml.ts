import { readDial, readRefer } from "./dialTwiml.ts";
import { TwimlElement } from "./twimlElement.ts";
import { readXml, type XmlElement } from "./xml.ts";
import { present } from "../../../utils/present.ts";

/** A document as Twilio understands it; `warnings` (12200) name what it passed over. */
export interface Twiml {
  readonly verbs: readonly Verb[];
  readonly warnings: readonly string[];
}

/** A document that Twilio refuses whole (12100). */
export class TwimlError extends Error {
  override readonly name = "TwimlError";
}

/** What a document asks Twilio to do, one verb after the other. */
export type Verb = ReturnType<(typeof verbReaders)[keyof typeof verbReaders]>;

/** One kind of verb. */
export type VerbOf<Name extends Verb["verb"]> = Extract<Verb, { readonly verb: Name }>;

/** The `<Stream>` inside a `<Connect>`. */
export type StreamNoun = VerbOf<"connect">["stream"];

/** Reads a TwiML document; what its schema does not know is passed over with a warning. */
export function readTwiml(text: string): Twiml {
  const root = rootOf(text);
  if (root.name !== "Response") {
    throw new TwimlError(`Cannot read TwiML: the root is <${root.name}>, must be <Response>`);
  }
  const warnings: string[] = [];
  return { verbs: verbsOf(root, warnings), warnings };
}

const verbReaders = {
  Connect: readConnect,
  Say: readSay,
  Play: readPlay,
  Pause: readPause,
  Dial: readDial,
  Gather: readGather,
  Record: readRecord,
  Redirect: readRedirect,
  Hangup: readHangup,
  Reject: readReject,
  Refer: readRefer,
};

function rootOf(text: string): XmlElement {
  try {
    return readXml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TwimlError(`Cannot read TwiML: ${reason}`, { cause });
  }
}

function verbsOf(parent: XmlElement, warnings: string[]): Verb[] {
  const readers: Readonly<Record<string, (node: TwimlElement) => Verb>> = verbReaders;
  return elementsOf(parent, warnings).flatMap((element) => {
    const read = Object.hasOwn(readers, element.name) ? readers[element.name] : undefined;
    if (read !== undefined) return [read(new TwimlElement(element, warnings))];
    warnings.push(`<${element.name}> is not known inside <${parent.name}>`);
    return [];
  });
}

function elementsOf(parent: XmlElement, warnings: string[]): XmlElement[] {
  return parent.children.flatMap((child) => {
    if (typeof child !== "string") return [child];
    if (child.trim() !== "") warnings.push(`text directly inside <${parent.name}>`);
    return [];
  });
}

function readConnect(node: TwimlElement) {
  const streams = node.elements(["Stream"]);
  const stream = streams[0];
  if (stream === undefined) throw new TwimlError("Cannot read TwiML: <Connect> has no <Stream>");
  if (streams.length > 1) node.warn("a second <Stream> inside <Connect>");
  return { verb: "connect" as const, ...node.nextStep(), stream: readStream(stream) };
}

function readStream(node: TwimlElement) {
  const parameters = node.elements(["Parameter"]).flatMap((parameter) => {
    const name = parameter.get("name") ?? "";
    const value = parameter.get("value") ?? "";
    if (name !== "" && name.length + value.length < 500) return [[name, value] as const];
    parameter.warn("<Parameter> without a name, or 500 characters and more");
    return [];
  });
  return {
    // As written in the document: the handshake's signature is made over it.
    url: node.get("url") ?? "",
    name: node.get("name"),
    track: node.get("track"),
    statusCallback: node.get("statusCallback"),
    statusCallbackMethod: node.method("statusCallbackMethod"),
    parameters: Object.fromEntries(parameters),
  };
}

function readSay(node: TwimlElement) {
  const [language, voice] = [node.get("language"), node.get("voice")];
  return {
    verb: "say" as const,
    text: node.spoken(),
    loop: node.number("loop", 1),
    ...present({ language, voice }),
  };
}

function readPlay(node: TwimlElement) {
  const digits = node.get("digits");
  return { verb: "play" as const, url: node.text(), digits, loop: node.number("loop", 1) };
}

function readPause(node: TwimlElement) {
  return { verb: "pause" as const, seconds: node.number("length", 1) };
}

function readGather(node: TwimlElement) {
  const numDigits = node.number("numDigits", 0);
  return {
    verb: "gather" as const,
    ...node.nextStep(),
    input: readInput(node),
    language: node.get("language"),
    hints: node.get("hints"),
    actionOnEmptyResult: node.is("actionOnEmptyResult"),
    speechTimeoutMs: node.number("speechTimeout", 0) * 1_000 || autoSpeechTimeoutMs,
    numDigits: numDigits > 0 ? numDigits : undefined,
    finishOnKey: node.get("finishOnKey") ?? "#",
    timeoutSeconds: node.number("timeout", 5),
    prompts: node.elements(["Say", "Play", "Pause"]).map((prompt) =>
      prompt.element.name === "Say"
        ? readSay(prompt)
        : prompt.element.name === "Play"
        ? readPlay(prompt)
        : readPause(prompt)
    ),
  };
}

function readInput(node: TwimlElement) {
  const input = (node.get("input") ?? "dtmf").split(/\s+/).filter(Boolean);
  if (input.some((kind) => kind !== "dtmf" && kind !== "speech")) {
    node.warn("attribute input of <Gather> is not of dtmf and speech");
  }
  return { dtmf: input.includes("dtmf"), speech: input.includes("speech") };
}

/** How long one must be silent at the end of what one says to a <Gather>. */
const autoSpeechTimeoutMs = 1_000;

function readRecord(node: TwimlElement) {
  return {
    verb: "record" as const,
    ...node.nextStep(),
    maxLengthSeconds: node.number("maxLength", 3600),
    silenceSeconds: node.number("timeout", 5),
    finishOnKey: node.get("finishOnKey") ?? "1234567890*#",
    callback: node.get("recordingStatusCallback"),
  };
}

function readRedirect(node: TwimlElement) {
  return { verb: "redirect" as const, url: node.text(), method: node.method("method") };
}

function readHangup() {
  return { verb: "hangup" as const };
}

function readReject(node: TwimlElement) {
  const reason = node.get("reason") === "busy" ? "busy" as const : "rejected" as const;
  return { verb: "reject" as const, reason };
}
