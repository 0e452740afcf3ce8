import { strict as assert } from "node:assert";
import { readTokens } from "../../src/routes/javaScriptTokens.ts";
import { slimModule } from "../../src/routes/slimModule.ts";
import { translateModule } from "../../src/routes/translateModule.ts";

for (
  const [name, module, slim] of [
    [
      "comments, indentation and spaces that nothing needs",
      `/** What it is. */
// Why.
export function answer(a        , b) {
  /*
   * More.
   */
  const url = "https://example.com"; // Here.


  return [ url, a + b ];
}
`,
      `export function answer(a,b){
const url="https://example.com";
return[url,a+b];
}
`,
    ],
    [
      "no part of a text, over lines or with texts inside it",
      'const css = `\n  a /* b */\n  ${ c ? `// ${ {d: 1}.d } }` : "`" }\n` // e\n',
      'const css=`\n  a /* b */\n  ${c?`// ${{d:1}.d} }`:"`"}\n`\n',
    ],
    [
      "no part of a regular expression",
      "if (a) /[/*] \\/ x/g.test(b); return / \\/\\/ /.test(c) in d;\n",
      "if(a)/[/*] \\/ x/g.test(b);return / \\/\\/ /.test(c)in d;\n",
    ],
    [
      "no space that keeps two signs apart",
      "a + +b - -c; a++ + b; 1 .toFixed(); d ? .5 : e; a / /b/.c; (a + b) / 2 / c[0] / d.of / 3;\n",
      "a+ +b- -c;a++ +b;1 .toFixed();d?.5:e;a/ /b/.c;(a+b)/2/c[0]/d.of/3;\n",
    ],
    [
      "no line break that ends a statement",
      "let a = b\n++c\nreturn /* d\n */ e\nasync\nfunction f() {}\n",
      "let a=b\n++c\nreturn\ne\nasync\nfunction f(){}\n",
    ],
  ] as const
) {
  Deno.test(`slimModule() leaves out ${name}`, () => {
    assert.equal(slimModule(readTokens(module) ?? []), slim);
  });
}

Deno.test("readTokens() gives none where a token is not certain, or the module is cut off", () => {
  for (const module of ["{}\n/a/.b;", "f(", "a)", "`${a", '"a\n"', "/* a", "a = /b"]) {
    assert.equal(readTokens(module), undefined, module);
  }
  assert.equal(readTokens("({}) / 2; [1] / 2; `${1}` / 2;")?.at(-1)?.text, ";");
});

Deno.test("translateModule() replaces the texts of t(), and nothing that looks like one", () => {
  const module = 'a.t("x");t("x");t( // Why.\n "x",{b});`t("x") ${t("x")}`;at("x");t("y");';
  const tokens = translateModule(
    readTokens(module) ?? [],
    (text) => text === "x" ? 'ä"\n' : undefined,
  );
  assert.equal(
    tokens.map(({ text }) => text).join(""),
    'a.t("x");t("ä\\"\\n");t( // Why.\n "ä\\"\\n",{b});`t("x") ${t("ä\\"\\n")}`;at("x");t("y");',
  );
});
