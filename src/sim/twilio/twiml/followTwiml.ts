import type { PhoneError, SimulatedCallEnd } from "../call/callEvents.ts";
import type { TwimlCall } from "./twimlCall.ts";
import type { TwimlSource } from "./twimlSource.ts";
import { performVerb } from "./performVerb.ts";
import { readTwiml, type Twiml, TwimlError } from "./twiml.ts";
import type { WebhookAnswer } from "../api/webhook.ts";

/**
 * Follows TwiML from one document to the next until the call is to end, such as at the end of a document.
 * A document that cannot be fetched or read is fatal, a later one too: the verbs that were left are dropped. The
 * fallback URL is asked once for all documents of a step; whether Twilio asks it again is not documented.
 */
export async function followTwiml(call: TwimlCall, first: TwimlSource): Promise<SimulatedCallEnd> {
  let step = first;
  let { fallbackUrl } = first;
  for (let documents = 0; documents < maxDocuments; documents++) {
    let document = await obtain(call, step);
    if ("code" in document && fallbackUrl !== undefined) {
      const fallback = fallbackUrl;
      fallbackUrl = undefined;
      document = await askFallback(call, fallback, step, document);
    }
    if ("code" in document) return await broken(call, document, first.fallbackUrl !== undefined);
    call.emit({ type: "twiml", verbs: document.twiml.verbs.map((verb) => verb.verb) });
    const after = await perform(call, document);
    if ("reason" in after) return after;
    step = after;
  }
  call.report(12100, "The call went through too many documents");
  return { status: "completed", reason: "too many documents in one call" };
}

/** The end of a call whose TwiML has run out. */
export const endOfTwiml: SimulatedCallEnd = { status: "completed", reason: "the end of the TwiML" };

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
  return endOfTwiml;
}

async function obtain(call: TwimlCall, step: TwimlSource): Promise<Document | PhoneError> {
  if (step.kind === "document") return read(call, step.text, step.baseUrl);
  return accept(call, await call.request(step.url, step.method, step.params), step.url);
}

async function askFallback(
  call: TwimlCall,
  url: string,
  failed: TwimlSource,
  error: PhoneError,
): Promise<Document | PhoneError> {
  const isRequest = failed.kind === "request";
  const params = {
    ...(isRequest ? failed.params : {}),
    ErrorCode: String(error.code),
    ErrorUrl: isRequest ? failed.url : failed.baseUrl,
  };
  return accept(call, await call.request(url, isRequest ? failed.method : "POST", params), url);
}

function accept(call: TwimlCall, answer: WebhookAnswer, url: string): Document | PhoneError {
  if (answer.error !== undefined) return refuse(call, answer.error.code, answer.error.message);
  const type = answer.contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (answer.body === "" && answer.status === 204) {
    return { twiml: { verbs: [], warnings: [] }, baseUrl: url };
  }
  if (answer.body === "") return refuse(call, 11770, "The answer is empty");
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

/** A caller who is connected hears so, and the call counts as completed; a call that rings is not answered. */
async function broken(
  call: TwimlCall,
  { code }: PhoneError,
  hadFallback: boolean,
): Promise<SimulatedCallEnd> {
  const reason = `error ${code} from the webhook${
    hadFallback ? ", and its fallback failed too" : ""
  }`;
  if (!call.isAnswered) return { status: "failed", reason };
  const { sayMsPerCharacter = 60 } = call.context.line;
  call.emit({ type: "said", text: errorWords, language: "en-US" });
  await call.wait(errorWords.length * sayMsPerCharacter);
  return { status: "completed", reason };
}

const errorWords = "We are sorry, an application error has occurred. Goodbye.";
