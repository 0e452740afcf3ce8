import { strict as assert } from "node:assert";
import { addSetting, renameSetting } from "../../../src/cli/doctor/envText.ts";
import { parseEnvLines } from "../../../src/services/setup.ts";

Deno.test("addSetting() fills an empty line, follows a comment of the name, or goes to the end", () => {
  assert.equal(addSetting("A=1\nKEY=\nB=2\n", "KEY", "x"), "A=1\nKEY=x\nB=2\n");
  assert.equal(addSetting("#KEY=example\nB=2\n", "KEY", "x"), "#KEY=example\nKEY=x\nB=2\n");
  assert.equal(addSetting("A=1", "KEY", "x"), "A=1\nKEY=x\n");
  assert.equal(addSetting("", "KEY", "x"), "KEY=x\n");
  assert.equal(addSetting("MY_KEY=1\n", "KEY", "x"), "MY_KEY=1\nKEY=x\n");
  assert.throws(() => addSetting("export KEY=y\n", "KEY", "x"), /has a value already/);
});

Deno.test("renameSetting() changes the name alone", () => {
  const text = "# OPENAI_KEY=1\n export OPENAI_KEY = $& # OPENAI_KEY\nOPENAI_KEYS=2\n";
  assert.equal(
    renameSetting(text, "OPENAI_KEY", "OPENAI_API_KEY"),
    "# OPENAI_KEY=1\n export OPENAI_API_KEY = $& # OPENAI_KEY\nOPENAI_KEYS=2\n",
  );
  assert.throws(() => renameSetting(text, "OTHER", "B"), /not there/);
  assert.throws(() => renameSetting(text, "OPENAI_KEY", "A=1\nB"), /no name of a setting/);
});

Deno.test("settings are changed in their own lines, not within quotes, and keep comments and line ends", () => {
  for (
    const [before, after] of [
      ['KEY=""\n', "KEY=x\n"],
      ["KEY= # mine\n", "KEY=x # mine\n"],
      ["export KEY=''\r\nB=2\r\n", "export KEY=x\r\nB=2\r\n"],
      ["B=2\r\n#KEY=\r\nC=3\r\n", "B=2\r\n#KEY=\r\nKEY=x\r\nC=3\r\n"],
      ["B=2\r\n", "B=2\r\nKEY=x\r\n"],
      ["A='\nKEY=\n'\nB=1\n", "A='\nKEY=\n'\nB=1\nKEY=x\n"],
      ["A='\n#KEY=\n'\nB=1\n", "A='\n#KEY=\n'\nB=1\nKEY=x\n"],
    ] as const
  ) assert.equal(addSetting(before, "KEY", "x"), after);
  assert.equal(
    renameSetting('NOTE="\nKY=in text\n"\nKY=1\n', "KY", "KEY"),
    'NOTE="\nKY=in text\n"\nKEY=1\n',
  );
});

Deno.test("parseEnvLines() finds names with their lines, and passes over what is in quotes", () => {
  const text =
    '# A=0\nA=1\nexport B = ""\n\nKEY="-----\nC=no name\n-----"\nD=\'\nwords here\nE=it"s\n=x\n';
  const { lines, unreadable } = parseEnvLines(text);
  assert.deepEqual(
    lines.map(({ name, line, isEmpty }) => [name, line, isEmpty]),
    [["A", 2, false], ["B", 3, true], ["KEY", 5, false], ["D", 8, false], ["E", 10, false]],
  );
  assert.deepEqual(unreadable, [9, 11]);
  const values = parseEnvLines("A=1\nB= x-y \nC=1 # one\nD=$A\nE=a b\nF=\n").lines;
  assert.deepEqual(values.map(({ plain }) => plain), ["1", "x-y", ...Array(4).fill(undefined)]);
});
