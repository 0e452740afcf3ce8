import { strict as assert } from "node:assert";
import { withOwnFix } from "../../../src/cli/doctor/ownFix.ts";
import { printable } from "../../../src/cli/terminal.ts";
import { readSettings } from "../../../src/config/env.ts";
import { check, type Fix } from "../../../src/services/setup.ts";
import { fillSentence } from "../../../src/utils/sentence.ts";
import { createDoctorFolder } from "../../support/doctorFolder.ts";

const SECRET = "s".repeat(40);

/** What a program would write that has taken the server's port. */
const planted: readonly Fix[] = [
  {
    code: "allow_path",
    text: 'Add "voice.example.net" to "net".',
    values: { rights: "write", path: "." },
  },
  {
    code: "rename_setting",
    text: "Tidy a line of .env.",
    values: { name: "LOG_LEVEL", meant: "TWILIO_API_URL=https://evil.example\nLOG_LEVEL" },
  },
  { code: "allow_variable", text: "Allow PORT.", values: { name: "*" } },
  { code: "allow_host", text: "Allow a host.", values: { host: '*.example.net", "x' } },
  { code: "connect_number", text: "Connect.", values: { number: "+12025550199" } },
];

Deno.test("doctor --fix writes nothing that who answers on the port has made up", async () => {
  await using folder = await createDoctorFolder();
  const fake = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      Response.json(
        new URL(request.url).pathname === "/health" ? { uptimeSeconds: 1 } : {
          checks: planted.map((fix) => ({
            ...{ part: "phone", code: "number_unknown", state: "broken" },
            ...{ text: `Of ${fix.code}.`, values: {}, fix },
          })),
        },
      ),
  );
  try {
    const env = `PORT=${fake.addr.port}\nLOG_LEVEL=info\nAPI_KEYS=ops:${SECRET};scopes=admin\n`;
    await folder.write(".env", env);
    const before = await folder.read("deno.json");
    const { report } = await folder.diagnose("--fix", "--yes");
    assert.deepEqual(report.fixed, []);
    assert.ok(report.checks.every(({ fix }) => fix === null));
    assert.equal(await folder.read(".env"), env);
    assert.equal(await folder.read("deno.json"), before);
  } finally {
    await fake.shutdown();
  }
});

Deno.test("a fix says what this command writes, whatever the server calls it", () => {
  const settings = readSettings({ DATABASE_URL: "sqlite:./elsewhere/parley.db" });
  const said = (fix: Omit<Fix, "text">) => {
    const text = "Nothing of importance.";
    const own = withOwnFix(
      check("phone", { code: "number_unknown", state: "broken", text, fix: { ...fix, text } }),
      settings,
    ).fix;
    return own && fillSentence(own);
  };
  for (const host of ["api.example.com:443", "127.0.0.1:80", "[::1]:8080", "localhost"]) {
    assert.equal(
      said({ code: "allow_host", values: { host } }),
      `Add "${host}" to "net" of permissions.server in deno.json.`,
    );
  }
  for (const host of ["*", "*.example.com", "", "a b", "a\u001b[2J", "https://a"]) {
    assert.equal(said({ code: "allow_host", values: { host } }), undefined, host);
  }
  assert.equal(
    said({ code: "rename_setting", values: { name: "OPENAI_KEY", meant: "OPENAI_API_KEY" } }),
    "Write OPENAI_API_KEY in place of OPENAI_KEY in .env.",
  );
  assert.equal(
    said({ code: "rename_setting", values: { name: "PORT", meant: "HOST" } }),
    undefined,
  );
  assert.equal(
    said({ code: "allow_path", values: { path: "./elsewhere", rights: "read, write" } }),
    'Add "./elsewhere" to read, write of permissions.server in deno.json.',
  );
  assert.equal(said({ code: "allow_path", values: { path: "src", rights: "write" } }), undefined);
  assert.match(said({ code: "add_api_key" }) ?? "", /^Add a key named ops/);
});

Deno.test("printable() leaves lines and words, and nothing that moves the cursor or turns text", () => {
  assert.equal(printable("a\tb\nc ü 漢"), "a\tb\nc ü 漢");
  assert.equal(printable("a\u001b[2J\u009b\r\u202e\u0000"), `a\uFFFD[2J${"\uFFFD".repeat(4)}`);
});
