import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { analysisSchema } from "../../../src/config/analysisSchema.ts";
import { readAnswer } from "../../../src/services/analysis/readAnswer.ts";

const analysis = analysisSchema(z.string()).parse({
  fields: {
    topic: { type: "string", enum: ["Booking", "other"], description: "T" },
    level: { type: "integer", enum: [1, 2], description: "L" },
    guests: { type: "integer", description: "G" },
    price: { type: "number", description: "P" },
    urgent: { type: "boolean", description: "U" },
    day: { type: "date", description: "D" },
    name: { description: "N", required: true },
  },
  success: { kind: "Kind", done: "Done" },
});
const lines = [
  { text: "Hello", turnId: "a", atMs: 10 },
  { text: "Tool", atMs: 20 },
  { text: "(3 lines are left out here)" },
];

const good = {
  summary: " All went well. ",
  fields: {
    topic: { value: "booking", line: 1 },
    level: { value: "2", line: 1 },
    guests: { value: "4", line: 2 },
    price: { value: 9.5, line: 3 },
    urgent: { value: "false", line: 4 },
    day: { value: "2028-02-29", line: "1" },
    name: { value: 7, line: null },
  },
  success: {
    kind: { result: "pass", reason: "It was.", line: -1 },
    done: { result: "pass", reason: "x".repeat(900), line: 1.5 },
  },
};

Deno.test("readAnswer() takes what can mean one thing only, and cites lines that exist", () => {
  const { result, problems } = readAnswer(good, analysis, lines);
  assert.deepEqual(problems, []);
  assert.deepEqual(result.fields, {
    topic: { value: "Booking", turnId: "a", atMs: 10 },
    level: { value: 2, turnId: "a", atMs: 10 },
    guests: { value: 4, atMs: 20 },
    price: { value: 9.5 },
    urgent: { value: false },
    day: { value: "2028-02-29", turnId: "a", atMs: 10 },
    name: { value: "7" },
  });
  assert.deepEqual(result.success["kind"], { result: "pass", reason: "It was." });
  assert.equal(result.success["done"]?.reason.length, 503);
  assert.deepEqual([result.summary, result.passed], ["All went well.", true]);
});

Deno.test("readAnswer() makes null of what does not fit, and says what it should be", () => {
  const { result, problems } = readAnswer(
    {
      summary: 7,
      fields: {
        topic: { value: "booking or other", line: 1 },
        level: { value: 3 },
        guests: { value: 4.5 },
        price: { value: "about nine" },
        urgent: { value: "perhaps" },
        day: { value: "2027-02-29" },
        name: { value: "" },
        extra: { value: 1 },
      },
      success: { kind: { result: "passed" }, done: { result: "fail", reason: 7 } },
    },
    analysis,
    lines,
  );
  assert.ok(Object.values(result.fields).every(({ value }) => value === null));
  assert.deepEqual(Object.keys(result.fields), Object.keys(analysis.fields));
  assert.deepEqual(result.success, {
    kind: { result: "unknown", reason: "" },
    done: { result: "fail", reason: "" },
  });
  assert.deepEqual([result.summary, result.passed], [null, false]);
  assert.equal(problems.length, 8);
  assert.ok(problems.includes('fields.topic.value must be one of ["Booking","other"], or null.'));
});

Deno.test("readAnswer() has passed nothing where a criterion is unknown, and failed for a missing field", () => {
  const unknown = { ...good, success: { ...good.success, done: { result: "unknown" } } };
  assert.equal(readAnswer(unknown, analysis, lines).result.passed, null);
  const nameless = { ...good, fields: { ...good.fields, name: { value: null } } };
  assert.equal(readAnswer(nameless, analysis, lines).result.passed, false);
  const nothing = analysisSchema(z.string()).parse({});
  assert.equal(readAnswer({ summary: "S" }, nothing, lines).result.passed, null);
});

Deno.test("readAnswer() reads any JSON at all", () =>
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    const { result } = readAnswer(value, analysis, lines);
    assert.deepEqual(Object.keys(result.fields), Object.keys(analysis.fields));
    const wrapped = readAnswer(
      { summary: value, fields: { name: value }, success: value },
      analysis,
      lines,
    );
    assert.equal(typeof wrapped.result.passed, "boolean");
  })));
