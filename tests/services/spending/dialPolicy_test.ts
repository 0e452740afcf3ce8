import assert from "node:assert/strict";
import { outbound } from "../../../src/config/outboundSchema.ts";
import { readSettings } from "../../../src/config/env.ts";
import { createDialPolicy } from "../../../src/services/spending/dialPolicy.ts";

const US = "+14155550123";
const BERLIN = "+4930901820";
/** A Sunday noon in California, and evening in Berlin. */
const SUNDAY = Date.parse("2026-11-29T20:00:00Z");
/** Monday 9 o'clock in Berlin. */
const MONDAY = Date.parse("2026-11-30T08:00:00Z");

async function codeOf(
  env: Readonly<Record<string, string>>,
  to: string,
  { rules, at = SUNDAY, isTransfer = false }: {
    readonly rules?: unknown;
    readonly at?: number;
    readonly isTransfer?: boolean;
  } = {},
): Promise<string> {
  const settings = readSettings({ OUTBOUND_COUNTRIES: "US,DE", ...env }).outbound;
  const policy = createDialPolicy({ ...settings, ownNumber: "+14155550100" }, {
    doNotCall: { has: () => Promise.resolve(false), among: () => Promise.resolve(new Set()) },
    rulesOf: () => rules === undefined ? undefined : outbound.parse(rules),
  });
  const decision = await policy.check(to, at, isTransfer ? undefined : { agent: "desk" });
  if (decision.ok) return "ok";
  const opensAt = "opensAt" in decision ? decision.opensAt : undefined;
  return opensAt === undefined
    ? decision.code
    : `${decision.code} until ${new Date(opensAt).toISOString()}`;
}

const untilMonday = `outside_hours until ${new Date(MONDAY).toISOString()}`;

Deno.test("without rules a call may be placed at any hour, as ever", async () => {
  assert.equal(await codeOf({}, BERLIN), "ok");
});

Deno.test("an agent's rules, or OUTBOUND_HOURS=country, keep to the hours of the called country", async () => {
  assert.equal(await codeOf({}, BERLIN, { rules: {} }), untilMonday);
  assert.equal(await codeOf({}, US, { rules: {} }), "ok");
  assert.equal(await codeOf({ OUTBOUND_HOURS: "country" }, BERLIN), untilMonday);
  assert.equal(
    await codeOf({ OUTBOUND_HOURS: "country" }, BERLIN, { rules: { hours: "off" } }),
    "ok",
  );
  assert.equal(await codeOf({ OUTBOUND_HOURS: "country" }, BERLIN, { isTransfer: true }), "ok");
});

Deno.test("OUTBOUND_HOURS and OUTBOUND_CLOSED hold whatever an agent's file says", async () => {
  const off = { rules: { hours: "off" } };
  assert.match(await codeOf({ OUTBOUND_HOURS: "08:00-11:00" }, US, off), /^outside_hours/);
  assert.match(
    await codeOf({ OUTBOUND_HOURS: "08:00-11:00" }, US, { isTransfer: true }),
    /^outside_hours/,
  );
  const closed = { OUTBOUND_CLOSED: "11-29,2026-11-30..2026-12-01" };
  assert.equal(
    await codeOf(closed, BERLIN, off),
    "outside_hours until 2026-12-01T23:00:00.000Z",
  );
  assert.equal(await codeOf(closed, BERLIN, { isTransfer: true }), "ok", "a desk is no person");
  const opposed = { OUTBOUND_HOURS: "22:00-23:00" };
  assert.equal(await codeOf(opposed, BERLIN, { rules: {} }), "outside_hours", "never both");
});
