import type { Page } from "playwright-core";
import { until } from "../until.ts";
import { downloadFolderOf } from "./firefox.ts";

/** The one file that a page saves, in either browser. */
export async function savedFile(
  page: Page,
  save: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const browser = page.context().browser();
  if (browser?.browserType().name() !== "firefox") {
    const saving = page.waitForEvent("download");
    await save();
    return await Deno.readFile(await (await saving).path());
  }
  const folder = downloadFolderOf(browser);
  await save();
  // While Firefox writes, there is a second file beside it, or an empty one in its place.
  const [file] = await until(
    () => Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`),
    (files) => files.length === 1 && files.every((one) => Deno.statSync(one).size > 0),
  );
  return await Deno.readFile(file ?? "");
}
