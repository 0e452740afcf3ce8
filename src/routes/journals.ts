import { createRoute, z } from "@hono/zod-openapi";
import { type CallLookup, replayJournal } from "../services/calls.ts";
import type { Records } from "../services/records.ts";
import type { CallStore } from "../services/store.ts";
import { createOneAtATime } from "../utils/oneAtATime.ts";
import { fillSentence } from "../utils/sentence.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required, unknownCall } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, callIdParam, errorAnswers } from "./openapi/schemaParts.ts";

/** Of a journal that is replayed here: some hours of a call. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_REPLAY_MS = 20_000;

/** `/api/calls/{id}/journal` and `/replay`: what the machine of a call got, and whether it would decide the same. */
export function journalsRoutes({ access, lookup, callStore, journals }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly callStore: Pick<CallStore, "content">;
  readonly journals: Records["journals"];
}) {
  const routes = apiRoutes();
  const inTurn = createOneAtATime();

  routes.openapi({ ...read, middleware: [access("admin", "journal.read")] }, async (c) => {
    const call = required(await lookup.record(c.req.valid("param").id), unknownCall);
    const file = required(await journals?.open(call.id), noJournal);
    const headers = {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${call.id}.jsonl"`,
      "Cache-Control": "private, no-store",
    };
    // Nothing reads, and so closes, the body of a HEAD request.
    if (c.req.method === "HEAD") file.close();
    const sent: Response = c.req.method === "HEAD"
      ? c.body(null, 200, headers)
      : c.body(file.readable, 200, headers);
    return sent;
  });

  routes.openapi({ ...again, middleware: [access("admin", "journal.replay")] }, async (c) => {
    const call = required(await lookup.record(c.req.valid("param").id), unknownCall);
    if (call.status !== "ended") {
      throw new HttpProblem(409, "call_going_on", "The call goes on: replay it when it has ended.");
    }
    const content = await callStore.content(call.id);
    const signal = AbortSignal.timeout(MAX_REPLAY_MS);
    const verdict = await inTurn("", async () => {
      using file = required(await journals?.open(call.id), noJournal);
      if ((await file.stat()).size > MAX_BYTES) throw tooLarge();
      try {
        return await replayJournal(textOf(file), { call, content }, signal);
      } catch (error) {
        if (error instanceof SyntaxError) throw unreadable();
        throw signal.aborted ? tooLong() : error;
      }
    });
    const { entries, difference } = required(verdict, busy);
    return c.json({
      same: difference === undefined,
      entries,
      difference: difference === undefined ? null : {
        what: difference.what,
        atMs: difference.atMs ?? null,
        text: fillSentence(difference.sentence),
        template: difference.sentence.text,
        values: difference.sentence.values,
      },
      command: `deno task replay ${call.id}.jsonl`,
    }, 200);
  });

  return routes;
}

/** The text of a file, part by part. */
async function* textOf(file: Deno.FsFile): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(64 * 1024);
  for (;;) {
    const count = await file.read(bytes);
    if (count === null) return;
    yield decoder.decode(bytes.subarray(0, count), { stream: true });
  }
}

function noJournal(): HttpProblem {
  return new HttpProblem(
    404,
    "no_journal",
    "There is no journal of this call here: JOURNAL_DIR keeps those of calls that this server has had since it was set.",
  );
}

function tooLarge(): HttpProblem {
  return new HttpProblem(
    409,
    "journal_too_large",
    "The journal is larger than is replayed here: save it, and use deno task replay.",
  );
}

function tooLong(): HttpProblem {
  return new HttpProblem(
    503,
    "replay_too_long",
    "The replay takes too long here: save the journal, and use deno task replay.",
  );
}

function unreadable(): HttpProblem {
  return new HttpProblem(409, "journal_unreadable", "The journal is incomplete or damaged.");
}

function busy(): HttpProblem {
  return new HttpProblem(429, "replay_busy", "Another call is being replayed: try again then.", {
    retryAfterSeconds: 5,
  });
}

const tags = ["Calls"];

const read = createRoute({
  method: "get",
  path: "/api/calls/{id}/journal",
  operationId: "getJournal",
  summary: "Save the journal",
  description:
    "What the machine of the call got, a line of JSON for each input, as far as `JOURNAL_DIR` keeps it. Takes the scope `admin`.",
  tags,
  request: { params: callIdParam },
  responses: {
    200: {
      description: "The journal",
      content: { "application/octet-stream": { schema: z.string() } },
    },
    ...errorAnswers,
  },
});

const again = createRoute({
  method: "post",
  path: "/api/calls/{id}/replay",
  operationId: "replayCall",
  summary: "Replay the journal",
  description:
    "Runs the journal of an ended call through the machine of this version, and compares the outcome with the record: when turns began and ended, what was cut off, which tools were called, and how the call ended. Words are not compared; where the journal has none, what depends on words may differ. Takes the scope `admin`; one replay at a time.",
  tags,
  request: { params: callIdParam },
  responses: {
    200: answer(
      "Whether it goes the same way",
      z.object({
        same: z.boolean(),
        entries: z.number().openapi({ description: "Entries of the journal" }),
        difference: z.object({
          what: z.enum(["turn", "tool", "end"]),
          atMs: z.number().nullable().openapi({ description: "Since the call began" }),
          text: z.string(),
          template: z.string().openapi({
            description: "The text with `{name}` for each of its values",
          }),
          values: z.record(z.string(), z.union([z.string(), z.number()])),
        }).nullable().openapi({ description: "The first one" }),
        command: z.string().openapi({ description: "Shows every decision, of the saved file" }),
      }).openapi("Replay"),
    ),
    ...errorAnswers,
  },
});
