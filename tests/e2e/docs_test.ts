import assert from "node:assert/strict";
import { openapiRoutes } from "../../src/routes/openapi/openapiRoutes.ts";
import { pagesRoutes } from "../../src/routes/pages.ts";
import { withApi } from "../support/servers/apiServer.ts";
import { browserTest, openPage } from "../support/browser/browser.ts";

browserTest("the API page shows every operation and links to each", () =>
  withApi({
    mount(router) {
      router.route("/", pagesRoutes());
      router.route("/", openapiRoutes(router, true));
    },
  }, async ({ router }) => {
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => router.fetch(request, { remoteAddress: "127.0.0.1" }),
    );
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const { page, complaints, close } = await openPage(`${origin}/docs`);
    await page.locator("article").first().waitFor();
    const api = await (await fetch(`${origin}/openapi.json`)).json();
    const described = [...Object.values<object>(api.paths), ...Object.values<object>(api.webhooks)]
      .flatMap((methods) => Object.keys(methods));
    assert.equal(await page.locator("article").count(), described.length);
    await page.getByRole("navigation").getByText("Act on a live call").click();
    const action = page.locator("article:target");
    assert.ok(await action.isVisible());
    assert.match(await action.locator("pre").first().innerText(), /^curl -X POST .*\/actions/);
    assert.ok(await action.getByText("goodbye").isVisible());
    assert.deepEqual(complaints, []);
    await close();
    await server.shutdown();
  }));
