import assert from "node:assert/strict";
import { PhoneMenuTally } from "../../../src/services/records/phoneMenuTally.ts";
import { viewPhoneMenu } from "../../../src/services/records/phoneMenuView.ts";

const MENU = { number: 1, atMs: 8000, heard: "For billing, press two.", times: 1 };

Deno.test("the record of a call has its way through menus and its times on hold", () => {
  const tally = new PhoneMenuTally();
  tally.follow({ type: "menu", step: MENU }, 8000);
  tally.follow({ type: "menu", step: { ...MENU, keys: "2" } }, 8100);
  tally.follow({ type: "hold", on: true }, 10_000);
  tally.follow({ type: "hold", on: false, durationMs: 60_000, withheldMs: 50_000 }, 70_000);
  tally.follow({ type: "hold", on: true }, 80_000);
  const end = { type: "ended", end: { reason: "caller_hung_up" }, durationMs: 90_000 } as const;
  const phoneMenu = tally.follow(end, 90_000);
  assert.ok(phoneMenu);
  assert.deepEqual(viewPhoneMenu({ phoneMenu }), {
    steps: [{ atMs: 8000, heard: "For billing, press two.", times: 1, keys: "2" }],
    holds: [
      { fromMs: 10_000, toMs: 70_000, withheldMs: 50_000 },
      { fromMs: 80_000, toMs: 90_000, withheldMs: 0 },
    ],
    holdMs: 70_000,
    withheldMs: 50_000,
  });
});

Deno.test("a process that goes on with a call adds to what is stored of its menus", () => {
  const { number: _, ...before } = MENU;
  const tally = new PhoneMenuTally({ steps: [before], holds: [] });
  const record = tally.follow({ type: "menu", step: { ...MENU, atMs: 20_000 } }, 20_000);
  assert.deepEqual(record?.steps.map(({ atMs }) => atMs), [8000, 20_000]);
});

Deno.test("calls without menus and hold have no record of any", () => {
  const tally = new PhoneMenuTally();
  const end = { type: "ended", end: { reason: "idle" }, durationMs: 1 } as const;
  assert.equal(tally.follow(end, 1), undefined);
  assert.equal(viewPhoneMenu({}), null);
});
