/** A piece of JavaScript as it stands in the source; all pieces together are the source. */
export interface Token {
  /** A template literal is one token up to each `${`, and from the `}` that belongs to it. */
  readonly kind: "space" | "comment" | "word" | "number" | "string" | "template" | "regex" | "mark";
  readonly text: string;
}

/**
 * The tokens of JavaScript. `undefined` where it is not certain what one is: a slash after a brace, which
 * divides or begins a regular expression, and what no module may contain.
 */
export function readTokens(javaScript: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  /** Of what is neither space nor comment: the last, and that before it. */
  let last: Token | undefined;
  let beforeLast: Token | undefined;
  /** What is open: brackets, and `${` of a template. */
  const open: Opening[] = [];
  let closed: Opening | undefined;
  for (let at = 0; at < javaScript.length;) {
    const token = next(at);
    if (token === undefined) return undefined;
    tokens.push(token);
    at += token.text.length;
    if (token.kind === "space" || token.kind === "comment") continue;
    if (!follow(token)) return undefined;
    beforeLast = last;
    last = token;
  }
  return open.length === 0 ? tokens : undefined;

  function next(at: number): Token | undefined {
    if (javaScript[at] === "}") return match(open.at(-1)?.text === "${" ? "template" : "mark", at);
    for (const kind of KINDS) {
      const token = match(kind, at);
      if (token !== undefined) return token;
    }
    if (javaScript[at] !== "/") return match("mark", at);
    const isRegex = mayBeginValue();
    return isRegex === undefined ? undefined : match(isRegex ? "regex" : "mark", at);
  }

  function match(kind: Token["kind"], at: number): Token | undefined {
    const form = FORMS[kind];
    form.lastIndex = at;
    const [text] = form.exec(javaScript) ?? [];
    return text === undefined ? undefined : { kind, text };
  }

  /** Keeps what is open; whether the token closes what was opened. */
  function follow({ kind, text }: Token): boolean {
    if (kind === "template") {
      if (text.startsWith("}")) open.pop();
      if (text.endsWith("${")) open.push({ text: "${", follows: last });
    } else if (kind === "mark") {
      if (CLOSES.has(text)) open.push({ text, follows: last });
      else if (text === ")" || text === "]" || text === "}") {
        closed = open.pop();
        return closed !== undefined && CLOSES.get(closed.text) === text;
      }
    }
    return true;
  }

  /** Whether a value can follow the last token, so that a slash begins one. */
  function mayBeginValue(): boolean | undefined {
    if (last === undefined) return true;
    const { kind, text } = last;
    if (kind === "word") return VALUE_FOLLOWS.has(text) && beforeLast?.text !== ".";
    if (kind === "template") return text.endsWith("${");
    if (kind !== "mark") return false;
    if (text === "}") return undefined;
    if (text === ")") return CONDITIONS.has(closed?.follows?.text ?? "");
    return text !== "]" && text !== "++" && text !== "--";
  }
}

interface Opening {
  readonly text: string;
  readonly follows: Token | undefined;
}

const KINDS = ["space", "comment", "word", "number", "string", "template"] as const;

const FORMS: Readonly<Record<Token["kind"], RegExp>> = {
  space: /\s+/y,
  comment: /\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\//y,
  word: /[#@]?[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy,
  number: /0[xob][\da-f_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d[\d_]*)?n?/iy,
  string: /"(?:[^"\\\n\r]|\\[^])*"|'(?:[^'\\\n\r]|\\[^])*'/y,
  template: /[`}](?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{)/y,
  regex: /\/(?:[^/\\[\n\r]|\\.|\[(?:[^\]\\\n\r]|\\.)*\])+\/[a-z]*/y,
  mark: /\+\+|--|\.{3}|[-+*\/%<>=!&|^~?:.,;(){}[\]]/y,
};

const CLOSES: ReadonlyMap<string, string> = new Map([["(", ")"], ["[", "]"], ["{", "}"]]);

/** A slash after the round brackets of these begins a value. */
const CONDITIONS: ReadonlySet<string> = new Set(["if", "while", "for", "with"]);

const VALUE_FOLLOWS: ReadonlySet<string> = new Set([
  ...["return", "throw", "case", "do", "else", "yield", "await"],
  ...["typeof", "instanceof", "in", "of", "new", "delete", "void", "default"],
]);
