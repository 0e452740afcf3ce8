import assert from "node:assert/strict";
import { readPrecallAnswer } from "../../../src/services/routing/precallAnswer.ts";

const read = (value: unknown) => readPrecallAnswer(value, (name) => name === "vip");

Deno.test("readPrecallAnswer() takes every part, and plain values for texts", () => {
  const answer = {
    agent: "vip",
    language: "de-AT",
    context: "She called yesterday.",
    variables: { name: "Ann", owed: 12.5, known: true },
    metadata: { crm: "42" },
    refuse: { sentence: "Not today." },
  };
  assert.deepEqual(read({ ...answer, variables: { ...answer.variables, none: null } }), {
    answer: { ...answer, variables: { name: "Ann", owed: "12.5", known: "true" } },
    problems: [],
  });
  assert.deepEqual(read({}), { answer: {}, problems: [] });
  assert.deepEqual(read({ agent: null, refuse: null }), { answer: {}, problems: [] });
  assert.deepEqual(read({ refuse: false }), { answer: {}, problems: [] });
  assert.deepEqual(read({ refuse: true }).answer, { refuse: true });
});

Deno.test("readPrecallAnswer() names each part that cannot be used, keeps the others and no value", () => {
  const { answer, problems } = read({
    agent: "secret-agent",
    language: "secret language",
    context: 7,
    variables: { name: "Ann", list: ["secret"], "secret name!": "x", long: "s".repeat(1001) },
    metadata: "secret",
    refuse: { sentence: "" },
    colour: "secret",
    ["secret\nname"]: 1,
  });
  assert.deepEqual(answer, { variables: { name: "Ann" }, metadata: {} });
  assert.deepEqual(problems, [
    "agent: must be the name of an agent that can take calls",
    "language: must be a code such as en or de-AT",
    "context: must be text of at most 4000 characters",
    "variables.list: must be text of at most 1000 characters",
    "variables.(a name): its name must be letters, digits and _",
    "variables.long: must be text of at most 1000 characters",
    "metadata: must be an object",
    "refuse: must be true, or a sentence of at most 500 characters",
    "colour: is not known",
    "(a name): is not known",
  ]);
});

Deno.test("readPrecallAnswer() bounds how much it takes and how much it says", () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`v${at}`, "x"]));
  const { answer, problems } = read({ variables: many(60) });
  assert.equal(Object.keys(answer.variables ?? {}).length, 50);
  assert.deepEqual(problems, ["variables: must be 50 at most"]);
  assert.equal(read(many(100)).problems.length, 20);
  for (const value of [[], "vip", 7, null]) {
    assert.deepEqual(read(value), { answer: {}, problems: ["the answer must be an object"] });
  }
  assert.deepEqual(Object.keys(read(JSON.parse('{"__proto__": {"agent": "vip"}}')).answer), []);
});
