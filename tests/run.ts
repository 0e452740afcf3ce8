import {
  isChromiumThere,
  isFirefoxThere,
  isOpensslThere,
  isPostgresThere,
  isScriptThere,
} from "./support/programs.ts";
import { mixed, testFilesIn } from "./support/testFiles.ts";

/** Some start browsers, databases or many calls. */
const MOST_AT_ONCE = 8;

/**
 * Runs all tests, one file more at a time than there are processors since many of them wait, but no
 * more than a machine has memory for, and says which could not run.
 */
const { code } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["test", "--parallel", "--quiet", "--no-prompt"],
    "--allow-net=127.0.0.1,localhost,[::1],0.0.0.0",
    ...["--allow-env", "--allow-sys", "--allow-run", "--allow-read", "--ignore-read=/proc/sys"],
    ...["--allow-write", ...Deno.args, ...mixed(testFilesIn("tests"))],
  ],
  env: { DENO_JOBS: String(Math.min(navigator.hardwareConcurrency + 1, MOST_AT_ONCE)) },
}).spawn().status;

const missing = [
  ...(isPostgresThere() ? [] : ["PostgreSQL"]),
  ...(isChromiumThere() ? [] : ["Chromium"]),
  ...(isFirefoxThere() ? [] : ["Firefox"]),
  ...(isScriptThere() ? [] : ["script"]),
  ...(isOpensslThere() ? [] : ["OpenSSL"]),
];
if (missing.length > 0) {
  console.log(`skipped: the tests that need ${missing.join(" or ")}, not found on this machine`);
}
Deno.exit(code);
