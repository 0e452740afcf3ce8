import assert from "node:assert/strict";
import { createIncidents } from "../../src/utils/incidents.ts";

Deno.test("createIncidents() opens an incident once, counts its reports and closes it", () => {
  let at = 1000;
  const logged: string[] = [];
  const incidents = createIncidents({
    now: () => at,
    log: { warn: (message, { code } = {}) => logged.push(`${message}: ${code}`) },
  });
  incidents.report({ code: "setup_refused", subject: "desk", message: "Unknown key sk-abc" });
  at = 2000;
  incidents.report({ code: "setup_refused", subject: "desk", message: "Again" });
  incidents.report({ code: "setup_refused", subject: "night", message: "Other" });
  assert.deepEqual(incidents.list().map(({ subject, count }) => [subject, count]), [
    ["desk", 2],
    ["night", 1],
  ]);
  assert.deepEqual(logged, Array(2).fill("Incident opened: setup_refused"));
  assert.equal(incidents.counts().get("setup_refused"), 3);
  incidents.resolve("setup_refused", "desk");
  assert.deepEqual(incidents.list().map(({ subject }) => subject), ["night"]);
});

Deno.test("createIncidents() lets an incident stand as long as its report says", () => {
  let at = 0;
  const incidents = createIncidents({ now: () => at, log: { warn() {} } });
  incidents.report({ code: "a", message: "passes", expiresAfterMs: 1000 });
  incidents.report({ code: "b", message: "stays", expiresAfterMs: Infinity });
  at = 1000;
  assert.deepEqual(incidents.list().map(({ code }) => code), ["b"]);
});

Deno.test("createIncidents() masks and bounds what it shows", () => {
  const incidents = createIncidents({ now: () => 0, log: { warn() {} } });
  incidents.report({ code: "a", message: `key sk-secret123 of +14155550123 ${"x".repeat(9999)}` });
  const [{ message } = { message: "" }] = incidents.list();
  assert.doesNotMatch(message, /secret123|4155550123/);
  assert.ok(message.length <= 520);
  for (let n = 0; n < 500; n++) incidents.report({ code: "b", subject: String(n), message: "" });
  incidents.report({ code: "c", message: "" });
  assert.equal(incidents.list().filter(({ code }) => code === "b").length, 20);
  assert.ok(incidents.list().some(({ code }) => code === "c"));
  for (let n = 0; n < 500; n++) incidents.report({ code: `d${n}`, message: "" });
  assert.equal(incidents.list().length, 100);
});
