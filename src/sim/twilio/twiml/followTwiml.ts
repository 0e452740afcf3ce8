import type { PhoneError } from "../call/callEvents.ts";
import type { Line, Outcome, Step } from "./twimlCall.ts";
import { performVerb } from "./performVerb.ts";
import { readTwiml, type Twiml, TwimlError } from "./twiml.ts";
import type { WebhookAnswer } from "../api/webhook.ts";

/** Follows TwiML from one document to the next until the call is to end; the end of a document is one. */
export async function followTwiml(line: Line, first: Step): Promise<Outcome> {
  let step = first;
  for (let documents = 0; documents < maxDocuments; documents++) {
    const document = await obtain(line, step);
    if ("reason" in document) return document;
    line.emit({ type: "twiml", verbs: document.twiml.verbs.map((verb) => verb.verb) });
    const after = await perform(line, document);
    if ("reason" in after) return after;
    step = after;
  }
  line.report(12100, "The call went through too many documents");
  return { status: "completed", reason: "too many documents in one call" };
}

/** Far more than a call needs; a document that redirects to itself must not run for ever. */
const maxDocuments = 100;
const xmlTypes = ["text/xml", "application/xml", "text/html"];

interface Document {
  readonly twiml: Twiml;
  readonly baseUrl: string;
}

async function perform(line: Line, { twiml, baseUrl }: Document): Promise<Step | Outcome> {
  for (const verb of twiml.verbs) {
    line.signal.throwIfAborted();
    const after = await performVerb(line, verb, baseUrl);
    line.signal.throwIfAborted();
    if (after.then === "goto") return after.step;
    if (after.then === "end") return after.outcome;
  }
  line.answer();
  return { status: "completed", reason: "the end of the TwiML" };
}

async function obtain(line: Line, step: Step): Promise<Document | Outcome> {
  if (step.kind === "document") {
    const document = read(line, step.text, step.baseUrl);
    return "code" in document ? broken("the TwiML cannot be read") : document;
  }
  const answer = await line.request(step.url, step.method, step.params);
  const document = accept(line, answer, step.url);
  if (!("code" in document)) return document;
  if (step.fallbackUrl === undefined) return broken(`error ${document.code} from the webhook`);
  const params = { ...step.params, ErrorCode: String(document.code), ErrorUrl: step.url };
  const second = await line.request(step.fallbackUrl, step.method, params);
  const fallback = accept(line, second, step.fallbackUrl);
  if (!("code" in fallback)) return fallback;
  return broken(`error ${document.code} from the webhook, and its fallback failed too`);
}

function accept(line: Line, answer: WebhookAnswer, url: string): Document | PhoneError {
  if (answer.error !== undefined) return refuse(line, answer.error.code, answer.error.message);
  const type = answer.contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (answer.body === "" && answer.status === 204) {
    return { twiml: { verbs: [], warnings: [] }, baseUrl: url };
  }
  if (!xmlTypes.includes(type)) {
    return refuse(line, 12300, `The answer's content type is "${type}", must be text/xml`);
  }
  return read(line, answer.body, url);
}

function read(line: Line, text: string, baseUrl: string): Document | PhoneError {
  try {
    const twiml = readTwiml(text);
    for (const warning of twiml.warnings) line.report(12200, `TwiML: ${warning}`);
    return { twiml, baseUrl };
  } catch (error) {
    if (!(error instanceof TwimlError)) throw error;
    return refuse(line, 12100, error.message);
  }
}

function refuse(line: Line, code: number, message: string): PhoneError {
  line.report(code, message);
  return { code, message };
}

function broken(reason: string): Outcome {
  return { status: "failed", reason };
}
