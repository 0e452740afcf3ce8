/// <reference lib="dom" />

/** A request that the server refused or did not answer; `message` is a sentence for the user. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly code: string;
  /** HTTP status; 0 where there was no response. */
  readonly status: number;
  /** What is wrong with which field of the request, where the server says so. */
  readonly details: readonly Detail[];
  /** How the call ended, where that is why. */
  readonly end: EndOfCall | undefined;
  /** When the same may be asked for again, where the server says so. */
  readonly retryAfterSeconds: number | undefined;
  constructor(
    code: string,
    message: string,
    status = 0,
    details: readonly Detail[] | EndOfCall = [],
    retryAfterSeconds?: number,
  ) {
    super(message);
    this.code = code;
    this.status = status;
    // Those of limits are a record, which the sentence tells already.
    this.details = Array.isArray(details) ? details : [];
    this.end = "reason" in details ? details : undefined;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface EndOfCall {
  readonly reason: string;
  readonly detail?: string;
}

/** Sends a request and returns its JSON body, unchecked. Throws `RequestError`. */
export async function fetchJson<Body>(path: string | URL, init?: RequestInit): Promise<Body> {
  return await (await send(path, init)).json();
}

/** As `fetchJson`, with the API key of this tab where there is one. */
export async function fetchApiJson<Body>(path: string, init: RequestInit = {}): Promise<Body> {
  return await (await fetchApi(path, init)).json();
}

/** As `fetchApiJson`, for responses that are not JSON. */
export async function fetchApi(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = storedKey();
  if (key !== "") headers.set("authorization", `Bearer ${key}`);
  return await send(path, { ...init, headers });
}

/** The API key that was entered in this tab; empty where none was. */
export function storedKey(): string {
  return sessionStorage.getItem(KEY_ITEM) ?? "";
}

/** Keeps the key until the tab is closed. */
export function storeKey(key: string): void {
  sessionStorage.setItem(KEY_ITEM, key);
}

const KEY_ITEM = "parley.key";

/** Sentences for what the server has no words for, and what puts its own into another language. */
interface FaultWords {
  readonly unreachable: string;
  /** With `{status}`. */
  readonly unreadable: string;
  readonly loadServerTexts?: () => Promise<Say>;
}

type Say = (english: string, values?: Values) => string;

/** Words the faults in the language of the page: this module is part of the SDK too, which has English ones. */
export function wordFaults(given: FaultWords): void {
  words = given;
}

let words: FaultWords = {
  unreachable: "The server does not answer. Is it running?",
  unreadable: "The server answered {status}.",
};

let onSessionEnded: (problem: RequestError) => void = () => {};

/** Whatever asks for something, the page learns that nobody is signed in any more. */
export function whenSessionEnds(listener: (problem: RequestError) => void): void {
  onSessionEnded = listener;
}

async function send(path: string | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new RequestError("unreachable", words.unreachable);
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === "session_ended") onSessionEnded(problem);
  throw problem;
}

async function readProblem(response: Response): Promise<RequestError> {
  const { status } = response;
  try {
    const problem: Problem = await response.json();
    const { code, error, details } = await inWords(problem);
    const retryAfter = Number(response.headers.get("retry-after") ?? NaN);
    const retryAfterSeconds = Number.isFinite(retryAfter) ? retryAfter : undefined;
    return new RequestError(code, error, status, details, retryAfterSeconds);
  } catch {
    return new RequestError(
      "unreadable",
      words.unreadable.replace("{status}", String(status)),
      status,
    );
  }
}

async function inWords(problem: Problem): Promise<Required<Omit<Problem, keyof Template>>> {
  const { code, error, template = error, values, details = [] } = problem;
  const say = await words.loadServerTexts?.();
  if (say === undefined) return { code, error, details };
  return {
    code,
    error: values === undefined ? say(error) : say(template, values),
    details: Array.isArray(details) ? details.map((detail) => inWordsOf(detail, say)) : details,
  };
}

function inWordsOf(detail: Detail, say: Say): Detail {
  const { message, template = message, values } = detail;
  return { ...detail, message: values === undefined ? say(message) : say(template, values) };
}

type Values = Readonly<Record<string, string | number>>;

/** A sentence with `{name}` for each of its values, where it has some. */
interface Template {
  readonly template?: string;
  readonly values?: Values;
}

interface Problem extends Template {
  readonly code: string;
  readonly error: string;
  readonly details?: readonly Detail[] | EndOfCall;
}

interface Detail extends Template {
  readonly path: string;
  /** Of a table, from 1. */
  readonly line?: number | null;
  /** Such as `must be one of sales, support`. */
  readonly message: string;
  /** The code of what is wrong with a number. */
  readonly reason?: string;
  /** That of a number, in two letters, where it is why. */
  readonly country?: string;
}
