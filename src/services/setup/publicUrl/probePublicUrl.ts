import { boundedText } from "../../../utils/http/boundedText.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { twilioSignature } from "../../../utils/twilioValidate.ts";
import { dial } from "../../../utils/webSocket/dial.ts";
import { requestUpgrade } from "../../../utils/webSocket/upgrade.ts";
import { hostAndPort } from "../../../utils/hostAndPort.ts";
import { type CertificateFault, faultOf } from "./connectFault.ts";
import type { ProbeProofs, ProbeQuestion } from "./probeProofs.ts";

/** What answers at the public address. */
export type ProbeResult =
  | Reached
  | { readonly is: "not_permitted"; readonly host: string }
  | { readonly is: "not_found" | "refused" | "silent" | "failed" }
  | { readonly is: "certificate"; readonly fault: CertificateFault }
  /** `to` is without the query. */
  | { readonly is: "redirected"; readonly status: number; readonly to: string }
  /** A proxy or tunnel, which has no server behind it. */
  | { readonly is: "gateway"; readonly status: number }
  /** Something asks for a password or a sign-in first. */
  | { readonly is: "guarded"; readonly status: number }
  | { readonly is: "other"; readonly status: number; readonly isParley: boolean };

/** A process of this database, and how requests arrive there. */
export interface Reached {
  readonly is: "reached";
  readonly instanceId: string;
  /** What is left of a signature as Twilio makes it; `none` where the phone is off. */
  readonly signature: "valid" | "wrong" | "missing" | "none";
  readonly hasForwardedFor: boolean;
  readonly upgrade: UpgradeResult;
}

/** `refused` without a status where there was no answer in HTTP. */
export type UpgradeResult =
  | { readonly is: "accepted" }
  /** No connection, though requests have one: they leave this network through a proxy. */
  | { readonly is: "not_tried" }
  | { readonly is: "refused"; readonly status?: number };

export interface ProbeOptions {
  /** The only origin that is asked. */
  readonly publicUrl: string;
  /** What requests are signed with, as Twilio does; absent where the phone is off. */
  readonly authToken?: string | undefined;
  readonly proofs: Pick<ProbeProofs, "ask" | "answererOf">;
  /** Processes of this database that may answer. */
  readonly instanceIds: readonly string[];
  /** Certificates to trust beside the usual ones. */
  readonly certificates?: readonly string[] | undefined;
  readonly timeoutMs: number;
}

/** Asks at the public address as Twilio would, without an effect. Never rejects. */
export async function probePublicUrl(options: ProbeOptions): Promise<ProbeResult> {
  const host = hostAndPort(new URL(options.publicUrl));
  if (Deno.permissions.querySync({ name: "net", host }).state !== "granted") {
    return { is: "not_permitted", host };
  }
  const question = await options.proofs.ask();
  const answer = await post(options, question);
  if ("is" in answer) return answer;
  const instanceId = await options.proofs.answererOf(question, answer.proof, options.instanceIds);
  if (instanceId === undefined) return { is: "other", status: 200, isParley: true };
  const { signature, hasForwardedFor } = answer;
  const upgrade = await upgraded(options, await options.proofs.ask());
  return { is: "reached", instanceId, signature, hasForwardedFor, upgrade };
}

/** What a process of ours says to a question. */
type Answer = Pick<Reached, "signature" | "hasForwardedFor"> & { readonly proof: string };

async function post(
  { publicUrl, authToken, certificates, timeoutMs }: ProbeOptions,
  question: ProbeQuestion,
): Promise<Answer | Exclude<ProbeResult, Reached>> {
  const url = `${publicUrl}/twilio/probe?${new URLSearchParams({ ...question })}`;
  const fields = { Nonce: question.nonce };
  using client = certificates === undefined
    ? undefined
    : Deno.createHttpClient({ caCerts: [...certificates] });
  try {
    const response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: authToken === undefined
        ? {}
        : { "X-Twilio-Signature": twilioSignature(authToken, url, fields) },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
      ...(client !== undefined && { client }),
    });
    const text = await boundedText(response, MAX_ANSWER_BYTES);
    return read(response, url, text === undefined ? undefined : parsed(text));
  } catch (error) {
    return faultOf(error);
  }
}

function read(
  { status, headers }: Response,
  url: string,
  body: unknown,
): Answer | Exclude<ProbeResult, Reached> {
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.get("location") ?? "", url);
    const place = to === null ? "?" : `${to.origin}${to.pathname}`.slice(0, 200);
    return { is: "redirected", status, to: place };
  }
  if ([502, 503, 504].includes(status) || (status >= 520 && status <= 530)) {
    return { is: "gateway", status };
  }
  // A tunnel of ngrok without a program behind it answers 404 with this.
  if (headers.has("ngrok-error-code")) return { is: "gateway", status };
  if (status === 401 || status === 403 || status === 407) return { is: "guarded", status };
  const answer = status === 200 ? answerIn(body) : undefined;
  if (answer !== undefined) return answer;
  const isParley = isRecord(body) && body["code"] === UNKNOWN_PROBE;
  return { is: "other", status, isParley };
}

/** The code by which a server of ours refuses a question that is not from its database. */
export const UNKNOWN_PROBE = "unknown_probe";

function answerIn(body: unknown): Answer | undefined {
  if (!isRecord(body)) return undefined;
  const { proof, signature, hasForwardedFor } = body;
  if (typeof proof !== "string" || typeof hasForwardedFor !== "boolean") return undefined;
  switch (signature) {
    case "valid":
    case "wrong":
    case "missing":
    case "none":
      return { proof, signature, hasForwardedFor };
    default:
      return undefined;
  }
}

/** Asks for a WebSocket where the streams of calls come in; without a phone, beside it. */
async function upgraded(
  { publicUrl, authToken, certificates, timeoutMs }: ProbeOptions,
  question: ProbeQuestion,
): Promise<UpgradeResult> {
  const path = authToken === undefined ? "/twilio/probe" : "/media";
  const url = `${publicUrl.replace(/^http/, "ws")}${path}?${new URLSearchParams({ ...question })}`;
  const headers = new Headers(
    authToken === undefined ? {} : { "X-Twilio-Signature": twilioSignature(authToken, url, {}) },
  );
  let connection: Deno.Conn | undefined;
  let isConnected = false;
  const timeout = new AbortController();
  const timer = setTimeout(() => {
    timeout.abort();
    connection?.[Symbol.dispose]();
  }, timeoutMs);
  try {
    const target = { url: new URL(url), headers };
    const opened = await dial(target.url, {
      signal: timeout.signal,
      adopt: (it) => void (connection = it),
      certificates,
    });
    isConnected = true;
    const answer = await requestUpgrade(opened, target, { bodyTimeoutMs: 500 });
    if (answer.type === "accepted") return { is: "accepted" };
    return { is: "refused", status: answer.status };
  } catch {
    return { is: isConnected ? "refused" : "not_tried" };
  } finally {
    clearTimeout(timer);
    connection?.[Symbol.dispose]();
  }
}

const MAX_ANSWER_BYTES = 64 * 1024;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
