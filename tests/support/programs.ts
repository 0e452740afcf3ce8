/** The browser under test; `CHROMIUM` names another one. */
export const chromiumPath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";

/** Whether the tests that need a browser can run. */
export function isChromiumThere(): boolean {
  try {
    return Deno.statSync(chromiumPath).isFile;
  } catch {
    return false;
  }
}

/** The other browser under test; `FIREFOX` names another one. */
export const firefoxPath = Deno.env.get("FIREFOX") ?? "/usr/bin/firefox-esr";

/** Whether the tests that need Firefox can run. */
export function isFirefoxThere(): boolean {
  try {
    return Deno.statSync(firefoxPath).isFile;
  } catch {
    return false;
  }
}

/** Whether the tests that need a certificate can run. */
export function isOpensslThere(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"] }).outputSync().success;
  } catch {
    return false;
  }
}

/** Whether the tests that need PostgreSQL can run: on a server that is given, or on one of their own. */
export function isPostgresThere(): boolean {
  return Boolean(Deno.env.get("TEST_DATABASE_URL")) || findPostgresPrograms() !== undefined;
}

/** The folder of the newest PostgreSQL that Debian's packages have installed. */
export function findPostgresPrograms(): string | undefined {
  try {
    const [newest] = [...Deno.readDirSync("/usr/lib/postgresql")]
      .map(({ name }) => Number(name)).filter(Number.isFinite).sort((a, b) => b - a);
    return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
  } catch {
    return undefined;
  }
}

/** Whether the tests that need a terminal can run: `script` of util-linux gives a program one. */
export function isScriptThere(): boolean {
  try {
    return new Deno.Command("script", { args: ["--version"] }).outputSync().success;
  } catch {
    return false;
  }
}
