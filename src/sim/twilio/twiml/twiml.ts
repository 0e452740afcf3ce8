import { TwimlElement } from "./twimlElement.ts";
import type {
  ConnectVerb,
  DialTarget,
  DialVerb,
  GatherVerb,
  PauseVerb,
  PlayVerb,
  RecordVerb,
  SayVerb,
  StreamNoun,
  Verb,
} from "./verbs.ts";
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

/** Reads a TwiML document; what its schema does not know is passed over with a warning. */
export function readTwiml(text: string): Twiml {
  const root = rootOf(text);
  if (root.name !== "Response") {
    throw new TwimlError(`Cannot read TwiML: the root is <${root.name}>, must be <Response>`);
  }
  const warnings: string[] = [];
  return { verbs: verbsOf(root, warnings, verbReaders), warnings };
}

type VerbReader = (node: TwimlElement) => Verb;

const verbReaders: Readonly<Record<string, VerbReader>> = {
  Connect: readConnect,
  Say: readSay,
  Play: readPlay,
  Pause: readPause,
  Dial: readDial,
  Gather: readGather,
  Record: readRecord,
  Redirect: (node) => ({ verb: "redirect", url: node.text(), method: node.method("method") }),
  Hangup: () => ({ verb: "hangup" }),
  Reject: (node) => {
    return { verb: "reject", reason: node.get("reason") === "busy" ? "busy" : "rejected" };
  },
};

function rootOf(text: string): XmlElement {
  try {
    return readXml(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TwimlError(`Cannot read TwiML: ${reason}`, { cause });
  }
}

function verbsOf(
  parent: XmlElement,
  warnings: string[],
  readers: Readonly<Record<string, VerbReader>>,
): Verb[] {
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

function readConnect(node: TwimlElement): ConnectVerb {
  const streams = node.elements(["Stream"]);
  const stream = streams[0];
  if (stream === undefined) throw new TwimlError("Cannot read TwiML: <Connect> has no <Stream>");
  if (streams.length > 1) node.warn("a second <Stream> inside <Connect>");
  return { verb: "connect", ...node.nextStep(), stream: readStream(stream) };
}

function readStream(node: TwimlElement): StreamNoun {
  const parameters = node.elements(["Parameter"]).flatMap((parameter) => {
    const name = parameter.get("name") ?? "";
    const value = parameter.get("value") ?? "";
    if (name !== "" && name.length + value.length < 500) return [[name, value] as const];
    parameter.warn("<Parameter> without a name, or 500 characters and more");
    return [];
  });
  return {
    url: node.get("url") ?? "",
    name: node.get("name"),
    track: node.get("track"),
    statusCallback: node.get("statusCallback"),
    statusCallbackMethod: node.method("statusCallbackMethod"),
    parameters: Object.fromEntries(parameters),
  };
}

function readSay(node: TwimlElement): SayVerb {
  const [language, voice] = [node.get("language"), node.get("voice")];
  return {
    verb: "say",
    text: node.spoken(),
    loop: node.number("loop", 1),
    ...present({ language, voice }),
  };
}

function readPlay(node: TwimlElement): PlayVerb {
  const digits = node.get("digits");
  return { verb: "play", url: node.text(), digits, loop: node.number("loop", 1) };
}

function readPause(node: TwimlElement): PauseVerb {
  return { verb: "pause", seconds: node.number("length", 1) };
}

function readDial(node: TwimlElement): DialVerb {
  const number = node.text();
  const targets = node.elements(["Number", "Sip", "Client", "Conference"]).map(readTarget);
  if (number !== "") targets.unshift({ kind: "number", address: number });
  const timeLimitSeconds = node.number("timeLimit", 0);
  return {
    verb: "dial",
    ...node.nextStep(),
    targets,
    callerId: node.get("callerId"),
    answerOnBridge: node.get("answerOnBridge") === "true",
    timeoutSeconds: node.number("timeout", 30),
    timeLimitSeconds: timeLimitSeconds > 0 ? timeLimitSeconds : undefined,
  };
}

function readTarget(node: TwimlElement): DialTarget {
  const kind = node.element.name.toLowerCase();
  return {
    kind: kind === "sip" || kind === "client" || kind === "conference" ? kind : "number",
    address: node.text(),
    sendDigits: node.get("sendDigits"),
  };
}

function readGather(node: TwimlElement): GatherVerb {
  const numDigits = node.number("numDigits", 0);
  return {
    verb: "gather",
    ...node.nextStep(),
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

function readRecord(node: TwimlElement): RecordVerb {
  return {
    verb: "record",
    ...node.nextStep(),
    maxLengthSeconds: node.number("maxLength", 3600),
    finishOnKey: node.get("finishOnKey") ?? "1234567890*#",
  };
}
