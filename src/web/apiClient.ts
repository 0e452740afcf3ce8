/// <reference lib="dom" />
import { storedKey } from "./apiKey.ts";

/** The server's own words about why it does not do what it was asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  /** The answer's status; 0 where there was no answer. */
  readonly status: number;
  /** What exactly is wrong with what was sent, where that is told. */
  readonly details: readonly Detail[];
  constructor(code: string, message: string, status = 0, details: readonly Detail[] = []) {
    super(message);
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

/** Asks the server and takes its answer at its word. Throws `Refusal`. */
export async function ask<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  return await (await send(path, init)).json();
}

/** Asks the API with the key of this tab, where there is one. Throws `Refusal`. */
export async function askApi<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  return await (await sendToApi(path, init)).json();
}

/** As `askApi`, for answers that are not JSON. */
export async function sendToApi(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = storedKey();
  if (key !== "") headers.set("authorization", `Bearer ${key}`);
  return await send(path, { ...init, headers });
}

async function send(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new Refusal("unreachable", "The server does not answer. Is it running?");
  }
  if (response.ok) return response;
  throw await readRefusal(response);
}

async function readRefusal(response: Response): Promise<Refusal> {
  const { status } = response;
  try {
    const { code, error, details = [] }: Problem = await response.json();
    return new Refusal(code, error, status, details);
  } catch {
    return new Refusal("unreadable", `The server answered ${status}.`, status);
  }
}

interface Problem {
  readonly code: string;
  readonly error: string;
  readonly details?: readonly Detail[];
}

interface Detail {
  readonly path: string;
  /** Such as `must be one of sales, support`. */
  readonly message: string;
}
