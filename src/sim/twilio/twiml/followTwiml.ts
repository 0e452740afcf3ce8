import type { PhoneError, SimulatedCallEnd } from "../call/callEvents.ts";
import type { TwimlCall, TwimlSource } from "./twimlCall.ts";
import { performVerb } from "./performVerb.ts";
import { readTwiml, type Twiml, TwimlError } from "./twiml.ts";
import type { WebhookAnswer } from "../api/webhook.ts";

/** Follows TwiML from one document to the next until the call is to end; the end of a document is one. */
export async function followTwiml(call: TwimlCall, first: TwimlSource): Promise<SimulatedCallEnd> {
  let step = first;
  for (let documents = 0; documents < maxDocuments; documents++) {
    const document = await obtain(call, step);
    if ("reason" in document) return document;
    call.emit({ type: "twiml", verbs: document.twiml.verbs.map((verb) => verb.verb) });
    const after = await perform(call, document);
    if ("reason" in after) return after;
    step = after;
  }
  call.report(12100, "The call went through too many documents");
  return { status: "completed", reason: "too many documents in one call" };
}

/** Far more than a call needs; a document that redirects to itself must not run for ever. */
const maxDocuments = 100;
const xmlTypes = ["text/xml", "application/xml", "text/html"];

interface Document {
  readonly twiml: Twiml;
  readonly baseUrl: string;
}

async function perform(
  call: TwimlCall,
  { twiml, baseUrl }: Document,
): Promise<TwimlSource | SimulatedCallEnd> {
  for (const verb of twiml.verbs) {
    call.signal.throwIfAborted();
    const after = await performVerb(call, verb, baseUrl);
    call.signal.throwIfAborted();
    if (after.then === "goto") return after.step;
    if (after.then === "end") return after.outcome;
  }
  call.answer();
  return { status: "completed", reason: "the end of the TwiML" };
}

async function obtain(call: TwimlCall, step: TwimlSource): Promise<Document | SimulatedCallEnd> {
  if (step.kind === "document") {
    const document = read(call, step.text, step.baseUrl);
    return "code" in document ? broken("the TwiML cannot be read") : document;
  }
  const answer = await call.request(step.url, step.method, step.params);
  const document = accept(call, answer, step.url);
  if (!("code" in document)) return document;
  if (step.fallbackUrl === undefined) return broken(`error ${document.code} from the webhook`);
  const params = { ...step.params, ErrorCode: String(document.code), ErrorUrl: step.url };
  const second = await call.request(step.fallbackUrl, step.method, params);
  const fallback = accept(call, second, step.fallbackUrl);
  if (!("code" in fallback)) return fallback;
  return broken(`error ${document.code} from the webhook, and its fallback failed too`);
}

function accept(call: TwimlCall, answer: WebhookAnswer, url: string): Document | PhoneError {
  if (answer.error !== undefined) return refuse(call, answer.error.code, answer.error.message);
  const type = answer.contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (answer.body === "" && answer.status === 204) {
    return { twiml: { verbs: [], warnings: [] }, baseUrl: url };
  }
  if (!xmlTypes.includes(type)) {
    return refuse(call, 12300, `The answer's content type is "${type}", must be text/xml`);
  }
  return read(call, answer.body, url);
}

function read(call: TwimlCall, text: string, baseUrl: string): Document | PhoneError {
  try {
    const twiml = readTwiml(text);
    for (const warning of twiml.warnings) call.report(12200, `TwiML: ${warning}`);
    return { twiml, baseUrl };
  } catch (error) {
    if (!(error instanceof TwimlError)) throw error;
    return refuse(call, 12100, error.message);
  }
}

function refuse(call: TwimlCall, code: number, message: string): PhoneError {
  call.report(code, message);
  return { code, message };
}

function broken(reason: string): SimulatedCallEnd {
  return { status: "failed", reason };
}
