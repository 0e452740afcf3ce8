import { strict as assert } from "node:assert";
import axe from "axe-core";
import { type BrowserPage, browserTests, openPage } from "../support/browser/browser.ts";
import { SignInVisitor, startSignInServer } from "../support/servers/signInServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

type Page = BrowserPage["page"];

browserTests("page: signing in", {
  async "an admin signs in at the provider, sees who else is, and signs out"(browser) {
    await using server = await startSignInServer();
    const bob = new SignInVisitor(server.origin);
    await bob.signIn("bob");
    const { page, close } = await openPage(`${server.origin}/#records`, { browser });
    try {
      await page.getByRole("heading", { name: "Sign in to see this" }).waitFor();
      await checkAccessible(page);
      const link = page.locator("main#gate").getByRole("link", { name: "Sign in" });
      await until(() => link.evaluate((it) => it === it.ownerDocument.activeElement), Boolean);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: /^Ann/ }).click();
      await page.waitForSelector("main#records:not([hidden])");
      assert.equal(await page.innerText("#me-name"), "ann@example.com");
      assert.equal(await page.innerText("#me-role"), "Admin");

      await page.evaluate("location.hash = 'audit'");
      const list = page.locator("#signed-in-list li");
      await until(() => list.count(), (count) => count === 2);
      await checkAccessible(page);
      assert.match((await list.last().innerText()).replace(/\s+/g, " "), /^bob@example.com Viewer/);
      await page.locator("#audit-list li", { hasText: "bob@example.com" })
        .getByText("Signed in").waitFor();
      await page.getByRole("button", { name: "Sign out bob@example.com" }).click();
      await until(() => list.count(), (count) => count === 1);
      assert.deepEqual(await problemOf(await bob.send("/api/calls")), [401, "session_ended"]);

      await page.evaluate("location.hash = 'talk'");
      await page.waitForSelector("main#talk:not([hidden])");
      await until(() => page.isVisible("#start"), Boolean);
      assert.equal(await page.isVisible("#key-field"), false);
      assert.equal(await page.isVisible("#talk-sign-in"), false);
      await page.click("#start-typing");
      await page.getByRole("button", { name: "Hang up" }).click();
      await until(() => page.isVisible("#start"), Boolean);

      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("heading", { name: "You are signed out." }).waitFor();
      await page.getByRole("link", { name: "Go on" }).click();
      await page.waitForSelector("#talk-sign-in:not([hidden])");
      assert.equal(await page.isVisible("#me"), false);
    } finally {
      await close();
    }
  },
  async "a viewer sees what the role may do, and is told when the sign-in is over"(browser) {
    await using server = await startSignInServer();
    const { page, close } = await openPage(`${server.origin}/#do-not-call`, {
      browser,
      locale: "de-DE",
    });
    try {
      await page.getByRole("link", { name: "Anmelden" }).click();
      await page.getByRole("button", { name: /^Bob/ }).click();
      await page.waitForSelector("main#do-not-call:not([hidden])");
      assert.equal(await page.isVisible("#unlisted-form"), false);

      const ann = new SignInVisitor(server.origin);
      await ann.signIn("ann");
      const { sessions } = await (await ann.send("/api/sessions")).json();
      const { id } = sessions.find(({ name }: { name: string }) => name === "bob@example.com");
      assert.equal((await ann.post(`/api/sessions/${id}/end`)).status, 204);
      await page.evaluate("location.hash = 'records'");
      await page.getByText("Sie sind nicht mehr angemeldet: Melden Sie sich wieder an.").waitFor();
      await checkAccessible(page);
      assert.equal(await page.isVisible("#me"), false);
      await page.locator("main#gate").getByRole("link", { name: "Anmelden" }).click();
      await page.getByRole("button", { name: /^Bob/ }).click();
      await page.waitForSelector("main#records:not([hidden])");
    } finally {
      await close();
    }
  },
  async "somebody without a role is told so, by text alone, and may try as somebody else"(browser) {
    await using server = await startSignInServer();
    const { page, close } = await openPage(`${server.origin}/#agents`, { browser });
    try {
      await page.locator("main#gate").getByRole("link", { name: "Sign in" }).click();
      await page.getByRole("button", { name: /Eve/ }).click();
      await page.getByRole("heading", { name: "You may not use this server" }).waitFor();
      await page.getByText("eve@elsewhere.example", { exact: true }).waitFor();
      await checkAccessible(page);
      await page.getByRole("link", { name: "Sign in again" }).click();
      await page.getByRole("button", { name: /^Ann/ }).click();
      await page.waitForSelector("main#agents:not([hidden])");
    } finally {
      await close();
    }
  },
  async "a page of another origin gets and changes nothing with the cookie"(browser) {
    await using server = await startSignInServer();
    const { page, close } = await openPage(`${server.origin}/#records`, { browser });
    try {
      await page.locator("main#gate").getByRole("link", { name: "Sign in" }).click();
      await page.getByRole("button", { name: /^Ann/ }).click();
      await page.waitForSelector("main#records:not([hidden])");
      // Another port is another origin, and yet the same site: the browser sends the cookie.
      await page.goto(`${server.provider.issuer.replace("127.0.0.1", "localhost")}/jwks`);
      const tried = await page.evaluate(`(async () => {
        const path = ${JSON.stringify(`${server.origin}/api/do-not-call/%2B14155550177`)};
        const init = { method: "POST", credentials: "include", mode: "no-cors" };
        await fetch(${JSON.stringify(`${server.origin}/api/web/session`)}, init).catch(() => {});
        await fetch(${JSON.stringify(`${server.origin}/sign-out`)}, init).catch(() => {});
        return fetch(path, { credentials: "include" }).then(() => "read", () => "refused");
      })()`);
      assert.equal(tried, "refused");
      await page.goto(`${server.origin}/#records`);
      await page.waitForSelector("main#records:not([hidden])");
      const refused = server.lines.filter((line) =>
        /"route":"\/(api\/web\/session|sign-out)","status":403/.test(line)
      );
      assert.equal(refused.length, 2);
    } finally {
      await close();
    }
  },
});

async function checkAccessible(page: Page): Promise<void> {
  const client = await page.context().newCDPSession(page);
  await client.send("Page.setBypassCSP", { enabled: true });
  await page.evaluate(axe.source);
  const violations = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id }) => id))",
  );
  await client.detach();
  assert.deepEqual(violations, []);
}
