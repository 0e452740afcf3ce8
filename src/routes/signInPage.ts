import type { Context } from "@hono/hono";
import type { ContentfulStatusCode } from "@hono/hono/utils/http-status";
import type { ProviderFault } from "../services/signIn.ts";
import { pageLanguage } from "./pageLanguage.ts";

/** Why somebody is not signed in. */
export type SignInFault =
  | ProviderFault
  | "not_allowed"
  | "too_old"
  | "other_address"
  | "too_many"
  | "store_unavailable";

/**
 * The page that says why somebody is not signed in, and what to do. `values` are put into its sentence as text;
 * `to` is where in the page a further try goes on.
 */
export async function signInFaultPage(
  c: Context,
  fault: SignInFault,
  { to, values = {}, retryAfterSeconds }: {
    readonly to: string;
    readonly values?: Readonly<Record<string, string>>;
    readonly retryAfterSeconds?: number;
  },
): Promise<Response> {
  const { status, title, text } = FAULTS[fault];
  const language = pageLanguage(c);
  const t = language === "de" ? await germanOf() : (english: string) => english;
  const filled = escape(t(text)).replace(
    /\{(\w+)\}/g,
    (_whole, name) => `<strong>${escape(values[name] ?? "")}</strong>`,
  );
  const html = `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escape(t(title))} · Parley</title>
    <link rel="icon" href="/assets/icon.svg">
    <link rel="stylesheet" href="/assets/base.css">
    <link rel="stylesheet" href="/assets/page.css">
    <link rel="stylesheet" href="/assets/views.css">
  </head>
  <body>
    <header class="masthead">
      <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="28" height="28">
        <strong>Parley</strong></a>
    </header>
    <main class="sheet sign-in-fault">
      <h1>${escape(t(title))}</h1>
      <p>${filled}</p>
      <p class="sign-in-ways">
        <a class="button" href="/sign-in?to=${escape(encodeURIComponent(to))}">${
    escape(t("Sign in again"))
  }</a>
        <a href="/${escape(to)}">${escape(t("Back to the page"))}</a>
      </p>
    </main>
  </body>
</html>
`;
  return c.body(html, status, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Language": language,
    "Content-Security-Policy":
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
    ...(retryAfterSeconds !== undefined && { "Retry-After": String(retryAfterSeconds) }),
  });
}

interface FaultWords {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly text: string;
}

const t = (english: string) => english;

const FAULTS: Readonly<Record<SignInFault, FaultWords>> = {
  not_allowed: {
    status: 403,
    title: t("You may not use this server"),
    text: t(
      "The provider knows you as {name}, but this server has no role for you. Ask whoever runs it to name you in SIGN_IN_ROLES, or sign in as somebody else.",
    ),
  },
  too_old: {
    status: 400,
    title: t("This sign-in is over"),
    text: t("It took too long, was finished already, or was begun in another browser."),
  },
  other_address: {
    status: 400,
    title: t("Sign in at another address"),
    text: t("People sign in at {url} alone. Open the page there."),
  },
  cancelled: {
    status: 403,
    title: t("You are not signed in"),
    text: t("The sign-in was ended at the provider."),
  },
  code_refused: {
    status: 400,
    title: t("This sign-in is over"),
    text: t("It took too long, was finished already, or was begun in another browser."),
  },
  unreachable: {
    status: 503,
    title: t("The provider does not answer"),
    text: t(
      "{host}, where people sign in, did not answer in time. Try again in a minute; an API key works in the meantime.",
    ),
  },
  not_permitted: {
    status: 502,
    title: t("The provider cannot be reached"),
    text: t(
      "This server may not connect to all hosts of {host}. Whoever runs it finds under Set up what to add.",
    ),
  },
  client_refused: {
    status: 502,
    title: t("The provider refuses this server"),
    text: t(
      "{host} did not accept it. Whoever runs it has to check OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and the redirect URI that is registered there.",
    ),
  },
  other_issuer: {
    status: 502,
    title: t("The provider is another one"),
    text: t(
      "{host} does not call itself what OIDC_ISSUER says. Whoever runs this server has to correct that.",
    ),
  },
  bad_answer: {
    status: 502,
    title: t("You are not signed in"),
    text: t(
      "What {host} answered cannot be trusted, so nobody was signed in. The log of the server says why.",
    ),
  },
  too_many: {
    status: 429,
    title: t("Too many tries"),
    text: t("There were too many tries to sign in from here. Wait a minute, then try again."),
  },
  store_unavailable: {
    status: 503,
    title: t("You are not signed in"),
    text: t("The database of this server does not answer. Try again in a minute."),
  },
};

async function germanOf(): Promise<(english: string) => string> {
  const text = await Deno.readTextFile(new URL("../web/serverTexts.json", import.meta.url));
  const sections: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(text);
  const german = new Map(Object.values(sections).flatMap((section) => Object.entries(section)));
  return (english) => german.get(english) ?? english;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
