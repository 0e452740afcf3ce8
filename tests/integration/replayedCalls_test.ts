import assert from "node:assert/strict";
import { askFor, detailOf } from "../support/recordedCalls.ts";
import { problemOf } from "../support/problemOf.ts";
import { heardSaying, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = "greeting: Good day, this is Acme.";

Deno.test("the journal of a call is saved, replayed with the same outcome, and a change of it is told in words", async () => {
  const dir = await Deno.makeTempDir({ prefix: "journals-" });
  try {
    await using rig = await startPhoneRig({ agent, env: { JOURNAL_DIR: dir } });
    const talk = await rig.ring();
    const path = `/api/calls/${talk.callId}`;
    const replay = () => askFor(rig.server, `${path}/replay`, { method: "POST" });
    await heardSaying(rig, talk.callId, /^Good day/);
    assert.deepEqual(await problemOf(await replay()), [409, "call_going_on"]);
    await talk.phone.speak(voiceOf(600));
    await heardSaying(rig, talk.callId, /^I heard you/);
    await hangUp(talk.phone);
    const { turns } = await until(
      () => detailOf(rig.server, talk.callId),
      ({ status }) => status === "ended",
    );
    assert.ok(turns.length >= 3, `${turns.length} turns`);

    const saved = await askFor(rig.server, `${path}/journal`);
    assert.equal(
      saved.headers.get("content-disposition"),
      `attachment; filename="${talk.callId}.jsonl"`,
    );
    // Its file is closed, too: the leak sanitizer would tell.
    await askFor(rig.server, `${path}/journal`, { method: "HEAD" });
    const lines = (await saved.text()).trimEnd().split("\n");
    assert.deepEqual(JSON.parse(lines[0] ?? "").version, 1);
    const same = await (await replay()).json();
    assert.deepEqual(same, {
      same: true,
      entries: lines.length,
      difference: null,
      command: `deno task replay ${talk.callId}.jsonl`,
    });

    const file = `${dir}/${talk.callId}.jsonl`;
    // As if the caller had been silent.
    const quiet = lines.filter((line) => !/"type":"(?:speechSt|committed)/.test(line));
    assert.ok(quiet.length < lines.length);
    await Deno.writeTextFile(file, quiet.join("\n"));
    const other = await (await replay()).json();
    assert.equal(other.same, false);
    assert.match(other.difference.text, /in the replay\.$|did not have\.$/);
    assert.ok(other.difference.atMs > 0, Deno.inspect(other));

    await Deno.writeTextFile(file, lines.slice(1).join("\n"));
    assert.deepEqual(await problemOf(await replay()), [409, "journal_unreadable"]);
    await Deno.truncate(file, 17 * 1024 * 1024);
    assert.deepEqual(await problemOf(await replay()), [409, "journal_too_large"]);
    await Deno.remove(file);
    assert.deepEqual(await problemOf(await replay()), [404, "no_journal"]);
    assert.deepEqual(await problemOf(await askFor(rig.server, `${path}/journal`)), [
      ...[404, "no_journal"],
    ]);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
