import { changing, createAgentFolder } from "../support/agents/agentFolder.ts";
import { get } from "../support/twilio/dialling.ts";
import { startPhoneRig } from "../support/servers/phoneRig.ts";
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
