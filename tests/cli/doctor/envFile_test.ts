import { strict as assert } from "node:assert";
import { parseEnvLines } from "../../../src/services/setup.ts";
import { createDoctorFolder } from "../../support/doctorFolder.ts";

const encode = (text: string) => [...new TextEncoder().encode(text)];
const LATIN1 = new Uint8Array([...encode("PORT=0\n# Schl"), 0xfc, ...encode("ssel\nPORT=1\n")]);

Deno.test("doctor says of a file that Deno passes over that none of its settings counts", async () => {
  await using folder = await createDoctorFolder();
  const said = async () => {
    const { exitCode, report } = await folder.diagnose();
    const found = report.checks.filter(({ code }) => code === "env_file_unreadable");
    return [exitCode, ...found.map(({ state, text }) => `${state}: ${text}`)];
  };
  await Deno.writeFile(`${folder.path}/.env`, LATIN1, { mode: 0o600 });
  assert.deepEqual(await said(), [
    1,
    "broken: Line 2 of .env is not UTF-8: none of the settings in the file has an effect.",
  ]);
  await folder.write(".env", "# a\0 comment\nDATABASE_URL=\0\nOPENAI_API_KEY=sk-x\n");
  assert.match(String((await said())[1]), /^broken: Line 2 of \.env has a NUL/);
  await Deno.remove(`${folder.path}/.env`);
  await Deno.mkdir(`${folder.path}/.env`);
  assert.match(String((await said())[1]), /^broken: The file \.env cannot be read/);
});

Deno.test("the server says at its start that its settings cannot be read", async () => {
  await using folder = await createDoctorFolder();
  await Deno.writeFile(`${folder.path}/.env`, LATIN1, { mode: 0o600 });
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "start"],
    cwd: folder.path,
    // By which it ends at once.
    env: { PORT: "99999" },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr);
  assert.equal(code, 1);
  assert.match(text, /! Line 2 of \.env is not UTF-8: none of the settings/);
  assert.match(text, /PORT is "99999"/);
});

for (
  const [task, ...args] of [
    ["tool", "receptionist"],
    ["connect", "--undo"],
    ["rehearse", "missing.yaml"],
  ]
) {
  Deno.test(`deno task ${task} says that its settings cannot be read`, async () => {
    await using folder = await createDoctorFolder();
    await Deno.writeFile(`${folder.path}/.env`, LATIN1, { mode: 0o600 });
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", String(task), ...args],
      cwd: folder.path,
      stdin: "null",
    }).output();
    assert.match(new TextDecoder().decode(stderr), /! Line 2 of \.env is not UTF-8: none/);
  });
}

Deno.test("doctor tells values that are cut at a dollar sign, and none that mean a variable", async () => {
  await using folder = await createDoctorFolder();
  await folder.write(
    ".env",
    [
      "PORT=0",
      "TWILIO_AUTH_TOKEN=pa$word",
      'WEBHOOK_SECRET="a',
      'pa$1"',
      "SMS_FROM='pa$word'",
      "LOG_LEVEL=info # $HOME",
      "OUTBOUND_FROM=pa\\$word",
      "TOOL_A=$PORT/${PORT}/${HOME}",
      "",
    ].join("\n"),
  );
  const { report } = await folder.diagnose();
  const found = report.checks.filter(({ code }) => code === "env_value_expanded");
  assert.deepEqual(found.map(({ text }) => /of (\w+) in line (\d)/.exec(text)?.slice(1)), [
    ["TWILIO_AUTH_TOKEN", "2"],
    ["WEBHOOK_SECRET", "3"],
  ]);
  assert.ok(found.every(({ state }) => state === "warning"));
});

Deno.test("parseEnvLines() loses a first line behind a byte order mark, as Deno does", () => {
  const { lines, unreadable } = parseEnvLines("\uFEFFA=1\nB=2\n");
  assert.deepEqual([lines.map(({ name }) => name), unreadable], [["B"], [1]]);
});
