import { type Context, Hono } from "@hono/hono";
import { readStatus } from "../services/twilioOutbound.ts";
import type { ConsultRequest, Phone } from "../services/phone.ts";
import type { SignedFormEnv } from "./middleware/twilioSignature.ts";

type Asked = ConsultRequest extends infer Request
  ? Request extends ConsultRequest ? Omit<Request, "callId" | "number" | "target" | "legSid">
  : never
  : never;

/** The routes that Twilio calls for transfers that ask a person first; the signature is checked before. */
export function twilioConsultRoutes(
  { callbacks, calls }: Pick<Phone, "callbacks" | "calls">,
): Hono<SignedFormEnv> {
  const routes = new Hono<SignedFormEnv>();

  // A person has picked up.
  routes.post("/twilio/consult", (c) => answer(c, { what: "ask" }));

  routes.post("/twilio/consult/answer", (c) => {
    const form = c.get("form");
    return answer(c, {
      what: "reply",
      digits: (form.get("Digits") ?? "").slice(0, 4),
      speech: (form.get("SpeechResult") ?? "").slice(0, MAX_SPEECH),
      attempt: countOf(c.req.query("attempt")),
    });
  });

  routes.post("/twilio/consult/left", (c) => answer(c, { what: "left" }));

  routes.post("/twilio/consult/status", async (c) => {
    const form = c.get("form");
    const who = form.get("AnsweredBy");
    if (who !== null && /^(machine|fax)/.test(who)) {
      await answer(c, { what: "status", status: "machine" });
    }
    // The result of detection has no status; once there is one, every status has the result too.
    const status = readStatus(form.get("CallStatus"));
    if (status !== undefined) await answer(c, { what: "status", status });
    return c.body(null, 204);
  });

  routes.post("/twilio/consult/room", async (c) => {
    const form = c.get("form");
    const step = (form.get("StatusCallbackEvent") ?? "").slice(0, 40);
    const callSid = (form.get("CallSid") ?? "").slice(0, 40);
    await answer(c, { what: "room", step, callSid });
    return c.body(null, 204);
  });

  // The agent's own call into the room of a caller and a person.
  routes.post("/twilio/conference", (c) => {
    const form = c.get("form");
    return document(c, calls.joinRoom(form.get("token") ?? "", form.get("CallSid") ?? ""));
  });

  return routes;

  async function answer(c: Context<SignedFormEnv>, asked: Asked): Promise<Response> {
    const callId = c.req.query("call") ?? "";
    if (!/^call_[0-9a-z]{1,64}$/.test(callId)) return document(c, "<Response><Hangup/></Response>");
    const number = countOf(c.req.query("transfer"));
    const target = countOf(c.req.query("target"));
    const legSid = (c.get("form").get("CallSid") ?? "").slice(0, 40);
    return document(c, await callbacks.onConsult({ ...asked, callId, number, target, legSid }));
  }
}

const MAX_SPEECH = 500;

function document(c: Context, twiml: string): Response {
  return c.body(twiml, 200, { "content-type": "text/xml" });
}

/** A small number in a query; 0 where it is none. */
function countOf(text: string | undefined): number {
  return Number(/^\d{1,4}$/.exec(text ?? "")?.[0] ?? 0);
}
