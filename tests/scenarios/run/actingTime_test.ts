import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";

const AGENTS = {
  "desk.md": `---
title: Desk
greeting: Good morning.
timezone: Asia/Tokyo
hours:
  open: { mon-fri: "09:00-09:30" }
  outside: { agent: night }
outbound:
  consent: required
  consent_days: 1
  hours:
    open: { tue: "09:00-09:30" }
---
Help.`,
  "night.md": "---\ntitle: Night\ngreeting: We are closed.\n---\nHelp.",
};

const CALLED_IN = `
title: Somebody calls
agent: desk
caller:
  - hears: Good morning
  - hang_up: true
`;
const CLOSED = `
title: Somebody calls at noon on a Monday
agent: desk
at: "2026-11-30T12:00"
caller:
  - hears: We are closed
`;
const PLACED = `
title: Somebody in Germany is called, whom the settings do not allow
agent: desk
called: human
from: "+4930901820"
caller:
  - hears: Good morning
  - hang_up: true
expect:
  - outcome: answered
`;
const LONG_AGO = `
title: Somebody talks at a page, years ago
agent: desk
leg: browser
at: "2024-02-29T09:10"
caller:
  - hears: Good morning
  - hang_up: true
`;

Deno.test("a scenario is acted out while the agent is open and may call, or at its own time", async () => {
  await using folder = await createAgentFolder(AGENTS);
  using stage = openStage(folder.path);
  const environment = { OUTBOUND_COUNTRIES: "US", OUTBOUND_ALLOW: "+1415" };
  const runs = await Promise.all(
    [CALLED_IN, CLOSED, PLACED, LONG_AGO].map((text) => stage.act(text, { environment })),
  );
  for (const run of runs) assert.deepEqual(failuresOf(run), [], run.scenario.title);
});

Deno.test("the time of a scenario is one of the calendar", async () => {
  await using folder = await createAgentFolder(AGENTS);
  using stage = openStage(folder.path);
  for (const at of ["2026-11-31T10:00", "10:00", "2026-11-30T10:00Z"]) {
    await assert.rejects(stage.act(`${CALLED_IN}at: "${at}"`), /at: must be as 2026-11-30T10:00/);
  }
});
