import assert from "node:assert/strict";
import { recordedVariables } from "../../../src/scenarios/recorded/recordedVariables.ts";

Deno.test("values of variables are found between the fixed words of what was said", () => {
  assert.deepEqual(
    valuesOf(
      "Hello {{name}}, your visit is at {{time}}.",
      "Hello  Ann Lee, your visit\nis at ten.",
    ),
    { name: "Ann Lee", time: "ten" },
  );
  assert.deepEqual(valuesOf("Hello {{name}}", "Hello Ann"), { name: "Ann" });
  assert.deepEqual(valuesOf("{{a}}, {{b}}!", "one, two, three!"), { a: "one", b: "two, three" });
  assert.deepEqual(valuesOf("Hello {{name}}, welcome.", "Good day, Ann, welcome."), {});
  assert.deepEqual(valuesOf("Hello {{name}}.", "Hello."), {});
  assert.deepEqual(valuesOf("Hello {{first}}{{last}}.", "Hello Ann Lee."), {});
});

Deno.test("a text made to fit everywhere and nowhere takes no time", () => {
  const startedAt = performance.now();
  const hostile = ", ".repeat(1000);
  assert.deepEqual(valuesOf("{{a}}, {{b}}, {{c}}, {{d}}, {{e}}!", hostile), {});
  assert.ok(performance.now() - startedAt < 2000);
});

function valuesOf(greeting: string, text: string): Readonly<Record<string, string>> {
  const turns = [{
    id: "1",
    role: "agent",
    text,
    startedMs: 0,
    endedMs: 1000,
    interrupted: false,
  }] as const;
  return recordedVariables({ turns }, { greeting, voicemail: "hangup", instructions: "" }).values;
}
