import { type Context, Hono, type MiddlewareHandler } from "@hono/hono";
import type { CallSession } from "../call/sessionApi.ts";
import { handleTwilioSocket, type TwilioHandlerDeps } from "../handlers/twilioHandler.ts";
import {
  type PhoneAnswer,
  readCarrierFacts,
  readDialResult,
  readStatus,
  readTextStatus,
  writeTwiml,
} from "../services/twilioOutbound.ts";
import type { OpenSockets } from "../services/load.ts";
import type { Phone, Recording, TransferReport } from "../services/phone.ts";
import type { Texts } from "../services/sms.ts";
import { listsWord } from "../utils/http/headerList.ts";
import { isWithheld } from "../utils/phoneNumber.ts";
import { HttpProblem, phoneNotConfigured } from "./middleware/httpProblem.ts";
import { upgradeSocket } from "./handshake.ts";
import { createRepeatedWebhooks } from "./middleware/repeatedWebhooks.ts";
import {
  pathAndQuery,
  requireSignedSocket,
  signedForm,
  type SignedFormEnv,
} from "./middleware/twilioSignature.ts";
import { twilioConsultRoutes } from "./twilioConsults.ts";
import { createWaitingSockets } from "./middleware/waitingSockets.ts";
import { present } from "../utils/present.ts";

/** The routes that Twilio calls: signed webhooks under `/twilio/`, and the media socket `/media`. */
export function twilioRoutes({ phone, texts, sockets, mediaLimits, addressOf, log }: {
  /** Absent where the phone is not set up: every route says so. */
  readonly phone: Pick<Phone, "authToken" | "publicUrl" | "calls" | "callbacks"> | undefined;
  readonly texts: Pick<Texts, "onStatus"> | undefined;
  readonly sockets: Pick<OpenSockets, "watch">;
  readonly mediaLimits: TwilioHandlerDeps["limits"] | undefined;
  /** The client address that media sockets are limited by. */
  readonly addressOf: (c: Context) => string;
  readonly log: TwilioHandlerDeps["log"];
}): Hono<SignedFormEnv> {
  const routes = new Hono<SignedFormEnv>();
  if (phone === undefined) {
    routes.all("/twilio/*", notConfigured);
    routes.all("/media", notConfigured);
    return routes;
  }
  const { calls, callbacks, publicUrl } = phone;
  const now = () => performance.now();
  const repeated = createRepeatedWebhooks(now);
  const waiting = createWaitingSockets(now);
  routes.use("/twilio/*", signedForm(phone), reportFaults(callbacks));

  routes.route("/", twilioConsultRoutes({ calls, callbacks }));

  routes.post("/twilio/voice", async (c) => {
    const callId = c.req.query("call");
    return await twiml(c, () => calls.arrive({ ...arrivingCall(c), ...present({ callId }) }));
  });

  routes.post(
    "/twilio/resume",
    async (c) => {
      const form = c.get("form");
      const dialStatus = form.get("DialCallStatus")?.slice(0, 20);
      const mayBegin = form.get("Direction") === "inbound" && dialStatus === undefined;
      const arrival = mayBegin ? arrivingCall(c) : undefined;
      return await twiml(c, () => calls.resume(callSidOf(form), { dialStatus, arrival }));
    },
  );

  // How to go on after a transfer of a session.
  routes.post("/twilio/transferred", async (c) => {
    const result = readDialResult(c.get("form"));
    const number = countOf(c.req.query("transfer"));
    return await twiml(c, () => calls.transferred(callSidOf(c.get("form")), { number, result }));
  });

  // What becomes of the call to one target of it.
  routes.post("/twilio/transfer", (c) => {
    const form = c.get("form");
    const what = reportIn(form);
    const callId = c.req.query("call") ?? "";
    if (what !== undefined && /^call_[0-9a-z]{1,64}$/.test(callId)) {
      const number = countOf(c.req.query("transfer"));
      const target = countOf(c.req.query("target"));
      callbacks.onTransfer({ callId, number, target, legSid: callSidOf(form), what });
    }
    return c.body(null, 204);
  });

  routes.post("/twilio/recorded", async (c) => {
    const recording = recordingIn(c.get("form"));
    if (c.req.query("kept") === undefined) return await twiml(c, () => calls.recorded(recording));
    await calls.recorded(recording);
    return c.body(null, 204);
  });

  routes.post("/twilio/status", (c) => {
    const form = c.get("form");
    const status = readStatus(form.get("CallStatus"));
    if (status !== undefined) {
      const seconds = Number(/^\d{1,6}$/.exec(form.get("CallDuration") ?? "")?.[0] ?? NaN);
      const sipCode = /^\d{3}$/.exec(form.get("SipResponseCode") ?? "")?.[0];
      const progress = {
        status,
        ...(Number.isSafeInteger(seconds) && { durationSeconds: seconds }),
        ...present({ sipCode }),
      };
      callbacks.onStatus(callSidOf(form), progress, c.req.query("call"));
    }
    return c.body(null, 204);
  });

  routes.post("/twilio/sms", async (c) => {
    const form = c.get("form");
    const id = c.req.query("message") ?? "";
    const status = readTextStatus(form.get("MessageStatus"));
    if (status !== undefined && /^sms_[0-9a-z]{1,64}$/.test(id)) {
      const sid = /^[SM]M[0-9a-f]{32}$/i.exec(form.get("MessageSid") ?? "")?.[0];
      const code = /^[1-9]\d{4,5}$/.exec(form.get("ErrorCode") ?? "")?.[0];
      const errorCode = code === undefined ? undefined : Number(code);
      await texts?.onStatus(id, { status, ...present({ sid, errorCode }) });
    }
    return c.body(null, 204);
  });

  routes.post("/twilio/stream", (c) => {
    const form = c.get("form");
    const event = form.get("StreamEvent");
    if (event === "stream-error" || event === "stream-stopped") {
      callbacks.onStreamEnded(callSidOf(form), event === "stream-error");
    }
    return c.body(null, 204);
  });

  routes.post("/twilio/amd", (c) => {
    const form = c.get("form");
    const who = form.get("AnsweredBy") ?? "unknown";
    callbacks.onAnsweredBy(callSidOf(form), who, c.req.query("call"));
    return c.body(null, 204);
  });

  routes.get("/media", (c) => {
    requireSignedSocket(c, phone);
    if (!listsWord(c.req.header("upgrade") ?? null, "websocket")) {
      throw new HttpProblem(426, "upgrade_required", "This address takes WebSockets only.");
    }
    const uncount = waiting.enter(addressOf(c));
    if (uncount === undefined) {
      throw new HttpProblem(
        429,
        "too_many_connections",
        "Too many connections from this address.",
        { retryAfterSeconds: 5 },
      );
    }
    const onClaimed = (session: CallSession | undefined) => {
      if (session !== undefined) uncount();
      return session;
    };
    try {
      // The handler detects silence itself; Deno's idle timeout would reset a timer at every frame.
      const { socket, response } = upgradeSocket(c.req.raw, 0);
      sockets.watch(socket, "media");
      handleTwilioSocket(socket, {
        claim(claim) {
          const session = calls.claim(claim);
          return session instanceof Promise ? session.then(onClaimed) : onClaimed(session);
        },
        isAway: calls.isAway,
        endAtCarrier: calls.end,
        onLost: calls.replaceStream,
        onEnded: uncount,
        log,
        ...present({ limits: mediaLimits }),
      });
      return response;
    } catch (error) {
      uncount();
      throw error;
    }
  });

  return routes;

  function arrivingCall(c: Context<SignedFormEnv>) {
    const form = c.get("form");
    const [caller, called] = [farEnd(form.get("From")), farEnd(form.get("To"))];
    return {
      callSid: callSidOf(form),
      ...present({ agent: c.req.query("agent"), caller, called }),
      facts: readCarrierFacts(form),
      callerProven: isProven(form.get("StirVerstat")),
    };
  }

  /** A retry by Twilio, or a replay, gets the same answer as the first request. */
  async function twiml(
    c: Context<SignedFormEnv>,
    ask: () => PhoneAnswer | Promise<PhoneAnswer>,
  ): Promise<Response> {
    const subject = `${pathAndQuery(c)} ${callSidOf(c.get("form"))}`;
    const answer = await repeated.once(
      c.req.header("i-twilio-idempotency-token"),
      subject,
      async () => writeTwiml(await ask(), publicUrl),
    );
    return c.body(answer, 200, { "Content-Type": "text/xml" });
  }
}

/** The fallback URL and the callbacks of calls and streams carry errors in these fields. */
function reportFaults({ onFault }: Phone["callbacks"]): MiddlewareHandler<SignedFormEnv> {
  return async function reportFaults(c, next) {
    const form = c.get("form");
    const code = /^[1-9]\d{4,5}$/.exec(
      form.get("ErrorCode") ?? form.get("StreamErrorCode") ?? "",
    )?.[0];
    if (code !== undefined) {
      const message = form.get("ErrorMessage") ?? form.get("StreamError") ?? undefined;
      onFault(Number(code), message);
    }
    await next();
  };
}

function callSidOf(form: URLSearchParams): string {
  const callSid = form.get("CallSid") ?? "";
  if (/^CA[0-9a-f]{32}$/i.test(callSid)) return callSid;
  throw new HttpProblem(422, "invalid_call_sid", "CallSid is missing or is not one.");
}

function recordingIn(form: URLSearchParams): Recording {
  const sid = form.get("RecordingSid") ?? "";
  const url = form.get("RecordingUrl") ?? "";
  const seconds = /^\d{1,6}$/.exec(form.get("RecordingDuration") ?? "")?.[0] ?? "0";
  if (!/^RE[0-9a-f]{32}$/i.test(sid) || !/^https?:\/\/\S{1,500}$/.test(url)) {
    throw new HttpProblem(422, "invalid_recording", "RecordingSid or RecordingUrl is not one.");
  }
  return { callSid: callSidOf(form), sid, url, durationMs: Number(seconds) * 1000 };
}

/** What is to be told of it: that it rings, or who has picked up. */
function reportIn(form: URLSearchParams): TransferReport["what"] | undefined {
  const who = form.get("AnsweredBy");
  const status = readStatus(form.get("CallStatus"));
  if (who !== null) {
    if (/^(machine|fax)/.test(who)) return "machine";
    return status === undefined || status === "in-progress" ? "person" : undefined;
  }
  switch (status) {
    case "ringing":
      return "ringing";
    case "in-progress":
      return "answered";
    default:
      return undefined;
  }
}

/** A small number in a query; 0 where it is none. */
function countOf(text: string | undefined): number {
  return Number(/^\d{1,4}$/.exec(text ?? "")?.[0] ?? 0);
}

/** The caller or called party: a number, or the name of a `client:` or `sip:` endpoint; undefined if withheld. */
function farEnd(text: string | null): string | undefined {
  const name = (text ?? "").trim().slice(0, 200);
  return isWithheld(name) ? undefined : name;
}

/** Only STIR/SHAKEN attestation A confirms that the caller may use the number. */
function isProven(verdict: string | null): boolean {
  return /^TN-Validation-Passed-A(-Diverted|-Passthrough)*$/.test(verdict ?? "");
}

function notConfigured(): never {
  throw phoneNotConfigured();
}
