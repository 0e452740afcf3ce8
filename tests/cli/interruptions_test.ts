import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Interrupts itself: once, again at once, and then until a later one counts. */
const script = (at: (path: string) => string) =>
  `import { interruptions } from "${at("src/cli/interruptions.ts")}";
import { hurryTime } from "${at("src/cli/rehearse/hurriedTime.ts")}";
const interrupt = () => Deno.kill(Deno.pid, "SIGINT");
const realInterval = setInterval;
hurryTime(100_000);
interruptions(() => {
  console.log("another");
  Deno.exit();
}).addEventListener("abort", () => console.log("interrupted"));
// A timer of its own keeps the process.
realInterval(() => {}, 1000);
let count = 0;
Deno.addSignalListener("SIGINT", () => {
  if (++count === 1) interrupt();
  if (count !== 2) return;
  console.log("the same");
  realInterval(interrupt, 20);
});
interrupt();
`;

Deno.test({
  name: "an interruption that comes twice at once counts once, also where time is hurried",
  ignore: Deno.build.os === "windows",
  async fn() {
    const at = (path: string) => import.meta.resolve(`../../${path}`);
    const file = await Deno.makeTempFile({ suffix: ".ts" });
    await Deno.writeTextFile(file, script(at));
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-check", "--allow-all"],
        ...["--config", fileURLToPath(at("deno.json")), file],
      ],
    }).output();
    await Deno.remove(file);
    const printed = new TextDecoder().decode(stdout).trim().split("\n");
    assert.deepEqual(
      printed,
      ["interrupted", "the same", "another"],
      new TextDecoder().decode(stderr),
    );
  },
});
