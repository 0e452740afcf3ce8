import { createRoute, z } from "@hono/zod-openapi";
import type { Agents } from "../config/agents.ts";
import type { ActionResult, CallLookup, CrossProcessControl } from "../services/calls.ts";
import {
  type CostSoFarOf,
  transcriptText,
  transcriptVtt,
  viewDetail,
  viewTurn,
} from "../services/records.ts";
import type { CallStore } from "../services/store.ts";
import { type Calendar, viewAppointment } from "../services/calendar.ts";
import type { RequireScope } from "./middleware/access.ts";
import { visibleTo } from "./callFilters.ts";
import { actionProblem } from "./actionProblem.ts";
import { actionAnswer, callAction } from "./openapi/callActionSchemas.ts";
import { callDetail, transcript } from "./openapi/callSchemas.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { answer, apiRoutes, callIdParam, errorAnswers, json } from "./openapi/schemaParts.ts";
import { acceptedFormat } from "./middleware/acceptedFormat.ts";

/** `/api/calls/{id}`: detail, transcript, and actions on live calls. */
export function callsRoutes({ access, callStore, agenda, agents, lookup, control, costSoFarOf }: {
  readonly access: RequireScope;
  readonly callStore: Pick<CallStore, "content">;
  readonly agenda: Pick<Calendar["agenda"], "list">;
  readonly agents: Pick<Agents, "get">;
  readonly lookup: CallLookup;
  readonly control: CrossProcessControl;
  readonly costSoFarOf: CostSoFarOf;
}) {
  const routes = apiRoutes();
  const reading = { middleware: [access("calls:read")] };

  routes.openapi({ ...detail, ...reading }, async (c) => {
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
    const [content, appointments] = await Promise.all([
      callStore.content(call.id),
      agenda.list({ callId: call.id, limit: 100 }),
    ]);
    const booked = appointments.map(viewAppointment);
    const isOver = call.status === "ended" || call.direction === "web";
    const { transfers = {} } = agents.get(call.currentAgent ?? call.agent) ?? {};
    const transferNames = isOver ? [] : Object.keys(transfers);
    const costSoFar = costSoFarOf(call, content.handoffs);
    const view = { ...viewDetail(call, content), costSoFar, transferNames };
    return c.json({ ...view, appointments: booked }, 200);
  });

  routes.openapi({ ...transcriptOf, ...reading }, async (c) => {
    const format = c.req.valid("query").format ?? acceptedFormat(c.req.header("accept"));
    const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
    const { turns } = await callStore.content(call.id);
    c.header("Vary", "Accept");
    switch (format) {
      case "json": {
        const said = turns.filter(({ text }) => text.trim() !== "").map(viewTurn);
        return c.json({ callId: call.id, turns: said }, 200);
      }
      case "vtt":
        return c.body(transcriptVtt(turns), 200, {
          "Content-Type": "text/vtt; charset=utf-8",
          "Content-Disposition": `inline; filename="${call.id}.vtt"`,
        });
      case "text":
        return c.text(transcriptText(turns), 200);
    }
  });

  routes.openapi(
    { ...action, middleware: [access("calls:create", "call.act"), jsonBody()] },
    async (c) => {
      const asked = c.req.valid("json");
      const { id } = c.req.valid("param");
      c.set("audited", { action: `call.${asked.type}`, subject: id });
      const call = visibleTo(c.get("caller"), await lookup.known(id));
      if (asked.type === "transfer" && asked.number !== undefined && !c.get("caller").isAdmin) {
        throw adminNeeded;
      }
      const result = call.status === "ended" ? notLive : await control(call, asked);
      if (!result.ok) throw actionProblem(result, call);
      return c.json({ success: true, callId: call.id, type: asked.type } as const, 202);
    },
  );

  return routes;
}

const adminNeeded = new HttpProblem(
  403,
  "scope_missing",
  "This API key may not transfer callers to any number: it lacks the scope admin.",
);

const notLive: ActionResult = { ok: false, code: "not_live" };

const tags = ["Calls"];

const detail = createRoute({
  method: "get",
  path: "/api/calls/{id}",
  operationId: "getCall",
  summary: "Read one call",
  description: "With its turns as far as they were heard, tool calls, latencies, tokens and cost.",
  tags,
  request: { params: callIdParam },
  responses: { 200: answer("The call", callDetail), ...errorAnswers },
});

const transcriptOf = createRoute({
  method: "get",
  path: "/api/calls/{id}/transcript",
  operationId: "getTranscript",
  summary: "Read the transcript",
  description: "As JSON, WebVTT or plain text, by `format` or else by `Accept`.",
  tags,
  request: {
    params: callIdParam,
    query: z.strictObject({ format: z.enum(["json", "vtt", "text"]).optional() }),
  },
  responses: {
    200: {
      description: "The conversation",
      content: {
        ...json(transcript),
        "text/vtt": { schema: z.string() },
        "text/plain": { schema: z.string() },
      },
    },
    ...errorAnswers,
  },
});

const action = createRoute({
  method: "post",
  path: "/api/calls/{id}/actions",
  operationId: "actOnCall",
  summary: "Act on a live call",
  description:
    "Hang up, let the agent say something, tell it something that the caller does not hear (`whisper`), transfer the caller or take that back, have the agent leave a conference, interrupt the agent, send text in the caller's place, or pause, resume or stop the recording. Any instance that shares the database accepts it; 504 `instance_silent` where the one that holds the call does not answer. Of transfers there is one at a time: 409 `transfer_under_way`, and `no_transfer`, `not_in_conference`, `call_ending`, `call_unanswered` or `caller_away` where the action is impossible now. Where its limits allow no more calls to people: 429 `transfer_limit`.",
  tags,
  request: { params: callIdParam, body: { required: true, content: json(callAction) } },
  responses: { 202: answer("Accepted", actionAnswer), ...errorAnswers },
});
