import assert from "node:assert/strict";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";

const read = (...args: readonly string[]) => readRehearseOptions(args, 2);

Deno.test("without options every scenario has a server of its own, and five dollars are the limit", () => {
  const { against, call, isAgreed, isBuiltIn, maxUsd, repeat, concurrency, seed } = read();
  assert.deepEqual(
    { against, call, isAgreed, isBuiltIn, maxUsd, repeat, concurrency, seed },
    {
      ...{ against: undefined, call: undefined, isAgreed: false, isBuiltIn: false },
      ...{ maxUsd: 5, repeat: 1, concurrency: 20, seed: 1 },
    },
  );
});

Deno.test("another server and a number are read, each by itself", () => {
  assert.equal(
    read("--against", "https://voice.example.com/").against,
    "https://voice.example.com",
  );
  assert.equal(read("--against", "http://localhost:8000", "--key-file", "k").keyFile, "k");
  const { call, isAgreed } = read("--call", "+14155550123", "--yes");
  assert.deepEqual({ call, isAgreed }, { call: "+14155550123", isAgreed: true });
  assert.throws(() => read("--call", "911"), /must be a number in E\.164 form/);
  assert.throws(() => read("--call", "+1 415 555 0123"), /must be a number in E\.164 form/);
  const both = ["--call", "+14155550123", "--against", "http://localhost:8000"];
  assert.throws(() => read(...both), /are two ways: give one/);
});

Deno.test("limits and numbers are bounded", () => {
  assert.equal(read("--max-usd", "0.5").maxUsd, 0.5);
  for (const text of ["0", "-1", "1001", "much"]) {
    assert.throws(() => read(`--max-usd=${text}`), /--max-usd must be a number up to 1000/);
  }
  for (const name of ["repeat", "concurrency"]) {
    assert.throws(() => read(`--${name}`, "0"), new RegExp(`--${name} must be a whole number`));
  }
});
