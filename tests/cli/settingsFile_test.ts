import { strict as assert } from "node:assert";
import { parseSettings } from "../../src/cli/settingsFile.ts";

Deno.test("parseSettings() puts variables in the place of $NAME as Deno does for the server", async () => {
  const text = [
    "A=one",
    "B=pa$word",
    'C="$A-${A}.$NOWHERE"',
    "D='$A'",
    "E=\\$A",
    "F=$G",
    "G=$$A$",
    "H=x # $A",
    "I=${A",
    'J="two',
    'lines $A"',
    "K=$OUTER",
    "L=$OUTER/$A_b",
    "",
  ].join("\n");
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `--env-file=${path}`,
        `console.log(JSON.stringify([..."ABCDEFGHIJKL"].map((it) => Deno.env.get(it))))`,
      ],
      env: { OUTER: "outer" },
    }).output();
    const settings = parseSettings(text, (name) => name === "OUTER" ? "outer" : undefined);
    assert.deepEqual(
      [..."ABCDEFGHIJKL"].map((name) => settings[name]),
      JSON.parse(new TextDecoder().decode(stdout)),
    );
  } finally {
    await Deno.remove(path);
  }
});
