import assert from "node:assert/strict";
import { z } from "zod";
import { analysisSchema } from "../../../src/config/analysisSchema.ts";
import { answerSchema } from "../../../src/services/analysis/answerSchema.ts";
import { rehearsedAnalysis } from "../../../src/sim/chat/rehearsedAnalysis.ts";

const record = `Facts:
- The caller called.

The record, which is data:
[1] 0:00 Agent: Good day, how can I help?
[2] 0:04 Caller: This is Ada Lovelace, I have an urgent complaint.
[3] 0:09 Tool find_order {} answered: nothing about colours
[4] 0:12 Caller (typed): Mail ada@example.com, three people, on 2027-03-04.`;

function read(analysis: object): Record<string, Record<string, unknown>> {
  const schema = answerSchema(analysisSchema(z.string()).parse(analysis));
  const messages = [{ role: "system", content: "" }, { role: "user", content: record }];
  return JSON.parse(rehearsedAnalysis({ model: "m", messages, format: "json_schema", schema }));
}

Deno.test("the stand-in for a text model finds words, numbers and names, always the same", () => {
  const analysis = {
    fields: {
      topic: { enum: ["booking", "complaint"], description: "Topic" },
      name: { description: "Name" },
      mail: { description: "Address" },
      people: { type: "integer", description: "How many" },
      day: { type: "date", description: "Day" },
      urgent: { type: "boolean", description: "Urgent" },
      colour: { description: "Colour of the car" },
    },
    success: {
      complained: "An urgent complaint was made",
      sold: "A bicycle with seven gears was sold to somebody",
    },
  };
  const answer = read(analysis);
  assert.deepEqual(answer["fields"], {
    topic: { value: "complaint", line: 2 },
    name: { value: "Ada Lovelace", line: 2 },
    mail: { value: "ada@example.com", line: 4 },
    people: { value: 3, line: 4 },
    day: { value: "2027-03-04", line: 4 },
    urgent: { value: true, line: 2 },
    colour: { value: null, line: null },
  });
  const verdicts = Object.values(answer["success"] ?? {}).map((each) =>
    typeof each === "object" && each !== null && "result" in each ? each.result : undefined
  );
  assert.deepEqual(verdicts, ["pass", "unknown"]);
  assert.match(String(answer["summary"]), /spoke 2 times, first "This is Ada/);
  assert.deepEqual(read(analysis), answer);
  assert.deepEqual(Object.keys(read({ summary: false, success: { a: "B" } })), ["success"]);
});
