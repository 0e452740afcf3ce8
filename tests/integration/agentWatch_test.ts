import assert from "node:assert/strict";
import { changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { get } from "../support/twilio/dialling.ts";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
import { filesOnDisk } from "../../src/config/agentFiles.ts";
import { watchFolder } from "../../src/services/agents/folderWatch.ts";
import { setTimer } from "../../src/utils/clock.ts";
import { watchFolders } from "../../src/utils/watchFolders.ts";
import { until } from "../support/until.ts";

const agent = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.\n`;

Deno.test("a wrong knowledge folder that was mended leaves the agents' folder watched", async () => {
  const named = (folder: string) => agent(`knowledge: [${folder}]`);
  await using folder = await createAgentFolder({
    "receptionist.md": named("docs"),
    "docs/faq.md": "From 9 to 5.",
  });
  await using rig = await startPhoneRig({
    env: folder.env,
    // Only what is reported is seen.
    overrides: { ...folder.overrides, agentPollMs: 3_600_000 },
  });
  const { app: { agents } } = rig.server;
  const knows = (document: string) =>
    until(
      () => get(rig.server, "/api/agents/receptionist/knowledge"),
      ({ documents }: { documents: readonly { name: string }[] }) =>
        documents[0]?.name === document,
    );
  await knows("faq.md");
  await changing(agents, () => folder.save("receptionist.md", named("dcos")));
  await knows("dcos");
  await changing(agents, () => folder.save("receptionist.md", named("docs")));
  await knows("faq.md");
  await changing(
    agents,
    () => folder.save("receptionist.md", agent("greeting: Hello.")),
    () => agents.get("receptionist")?.greeting === "Hello.",
  );
});

Deno.test("knowledge that does not exist is a warning with what was meant, gone when it is there", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent("knowledge: [knowlege, /nowhere]"),
    "knowledge/faq.md": "From 9 to 5.",
  });
  await using rig = await startPhoneRig({
    env: folder.env,
    overrides: { ...folder.overrides, agentPollMs: 20 },
  });
  const warnings = async (): Promise<readonly string[]> => {
    const { agents } = await get(rig.server, "/api/agents");
    return agents[0].warnings.map(({ text }: { text: string }) => text);
  };
  const absolute = "receptionist.md: line 3: knowledge.1: there is no /nowhere.";
  const wrong =
    "receptionist.md: line 3: knowledge.0: there is no knowlege; did you mean knowledge?";
  assert.deepEqual(await warnings(), [wrong, absolute]);
  assert.match(rig.server.logged.join("\n"), /"Agent has warnings".*did you mean knowledge/);
  const { agents } = rig.server.app;
  const definition = agents.get("receptionist");
  await Deno.rename(`${folder.path}/knowledge`, `${folder.path}/knowlege`);
  await until(warnings, (told) => !told.includes(wrong));
  assert.equal(agents.get("receptionist"), definition, "it is the same agent");
  await folder.remove("knowlege");
  await until(warnings, (told) => told.some((it) => it.includes("knowlege")));
});

Deno.test("a folder that cannot be watched is looked at from time to time, and holds up no other watch", async () => {
  const dir = await Deno.makeTempDir();
  let looks = 0;
  let told = 0;
  const other = watchFolders([{ path: dir, recursive: false }], () => told++);
  await until(() => told, (times) => times === 1);
  const watch = watchFolder({
    dir: `${dir}/nowhere`,
    files: filesOnDisk,
    pollMs: 3_600_000,
    setTimer,
    onChange: () => Promise.resolve(++looks < 0),
    log: { info: () => {} },
  });
  try {
    await until(() => told, (times) => times > 1);
    for (let look = 1; look <= 11; look++) await watch.look();
    assert.ok(looks <= 13, `${looks} looks`);
    assert.ok(told <= 4, `${told} renewals`);
  } finally {
    await watch.close();
    await other.close();
    await Deno.remove(dir);
  }
});
