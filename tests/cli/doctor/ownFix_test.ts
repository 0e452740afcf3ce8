import { strict as assert } from "node:assert";
import { withOwnFix } from "../../../src/cli/doctor/ownFix.ts";
import { usableSettings } from "../../../src/cli/doctor/usableSettings.ts";
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
  { code: "allow_host", text: "Allow a host.", values: { host: "evil.example:443" } },
  { code: "connect_number", text: "Connect.", values: { number: "+12025550199" } },
];

/** A program on the server's port that proposes these changes. */
function serveFindings(fixes: readonly Fix[]) {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      Response.json(
        new URL(request.url).pathname === "/health" ? { uptimeSeconds: 1 } : {
          checks: fixes.map((fix, at) => ({
            ...{ part: "phone", code: "number_unknown", state: "broken" },
            ...{ text: `Of ${fix.code}, ${at}.`, values: {}, fix },
          })),
        },
      ),
  );
}

Deno.test("doctor --fix writes nothing that who answers on the port has made up", async () => {
  await using folder = await createDoctorFolder();
  const fake = serveFindings(planted);
  try {
    const env = `PORT=${fake.addr.port}\nLOG_LEVEL=info\nAPI_KEYS=ops:${SECRET};scopes=admin\n`;
    await folder.write(".env", env);
    const before = await folder.read("deno.json");
    const { report } = await folder.diagnose("--fix", "--yes");
    assert.deepEqual(report.fixed, []);
    assert.deepEqual(report.checks.flatMap(({ fix }) => fix?.code ?? []), ["allow_host"]);
    assert.deepEqual(report.failed.map(({ code }) => code), ["number_unknown"]);
    assert.match(report.failed[0]?.reason ?? "", /name the host/);
    assert.match((await folder.run("--fix", "--yes")).text, /evil\.example:443/);
    assert.equal(await folder.read(".env"), env);
    assert.equal(await folder.read("deno.json"), before);
  } finally {
    await fake.shutdown();
  }
});

Deno.test("doctor --fix --yes permits a host that an agent of the folder names", async () => {
  await using folder = await createDoctorFolder();
  const fake = serveFindings([
    { code: "allow_host", text: "Allow it.", values: { host: "api.example.net:443" } },
    { code: "allow_host", text: "Allow it.", values: { host: "mcp.example.net:443" } },
  ]);
  try {
    await folder.write(".env", `PORT=${fake.addr.port}\nAGENTS_DIR=agents\n`);
    const tools = `http_tools: [{ name: find, description: Finds., url: https://api.example.net/x }]
mcp_servers: [{ name: crm, url: https://mcp.example.net/mcp, tools: all }]`;
    await folder.write("agents/receptionist.md", `---\ntitle: Desk\n${tools}\n---\nYou help.\n`);
    const { report } = await folder.diagnose("--fix", "--yes");
    assert.equal(report.fixed.length, 2, JSON.stringify(report));
    const { permissions } = JSON.parse(await folder.read("deno.json"));
    for (const host of ["api.example.net:443", "mcp.example.net:443"]) {
      assert.ok(permissions.server.net.includes(host), host);
    }
  } finally {
    await fake.shutdown();
  }
});

Deno.test("doctor knows its paths and its number while other settings cannot be used", () => {
  const phone = {
    TWILIO_ACCOUNT_SID: `AC${"1".repeat(32)}`,
    TWILIO_AUTH_TOKEN: SECRET,
    TWILIO_PHONE_NUMBER: "+14155550123",
    PUBLIC_URL: "https://parley.example",
    API_KEYS: `ops:${SECRET};scopes=admin`,
    OPENAI_API_KEY: "rehearsal",
    DATABASE_URL: "sqlite:./elsewhere/parley.db",
  };
  const fixFor = (env: Readonly<Record<string, string>>, fix: Omit<Fix, "text">) =>
    withOwnFix(
      check("phone", {
        ...{ code: "number_unknown", state: "broken", text: "Of the phone." },
        fix: { ...fix, text: "Mend it." },
      }),
      usableSettings({ ...phone, ...env }),
    ).fix?.code;
  const connect = { code: "connect_number", values: { number: "+14155550123" } } as const;
  const path = { path: "./elsewhere", rights: "read, write" };
  const allow = { code: "allow_path", values: path } as const;
  assert.equal(fixFor({ LOG_LEVEL: "loud" }, allow), "allow_path");
  assert.equal(fixFor({ LOG_LEVEL: "loud" }, connect), "connect_number");
  assert.equal(fixFor({ TWILIO_API_URL: "no address" }, connect), undefined);
  assert.equal(fixFor({ PUBLIC_URL: "no address" }, connect), undefined);
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
