import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Ringback } from "ringback";
import { ringback, withAccounts } from "ringback/node-test";

test(
  "a test has accounts of its own",
  withAccounts(["mango", "voip24h"], async ({ mango, voip24h }) => {
    await mango.when("7916*").isBusy();
    const call = await mango.dial("101", "79161234567");
    await mango.advance(30);
    assert.equal(await call.cause(), "USER_BUSY");
    assert.match(String(voip24h.credentials["partnerSecret"]), /^a-test-has-accounts|accounts-of-its-own/);
  }),
);

test(
  "the next one begins with nothing, and both are gone in the end",
  withAccounts(["mango"], async ({ mango, ringback }) => {
    assert.deepEqual(await mango.calls(), []);
    const { total } = /** @type {{ total: number }} */ (await ringback.request("GET", "/mango/accounts"));
    assert.equal(total, 2);
  }),
);

test("one that runs is used", async () => {
  const running = await ringback();
  process.env["RINGBACK_URL"] = running.url;
  const found = await Ringback.findOrStart();
  delete process.env["RINGBACK_URL"];
  assert.equal(found.url, running.url);
});

test("a failure tells what has happened, and nothing is left running", () => {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = mkdtempSync(`${root}test/failing-`);
  try {
    writeFileSync(
      `${folder}/it.test.js`,
      `import { test } from "node:test";
      import { ringback, withAccounts } from "ringback/node-test";
      test("it", withAccounts(["mango"], async ({ mango }) => {
        await mango.when("7916*").isBusy();
        await mango.dial("101", "79161234567");
        console.log("url:", (await ringback()).url);
        await mango.advance(30);
        await mango.verify({ event: "call_ended", cause: "NORMAL_CLEARING" });
      }));`,
    );
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const ran = spawnSync(process.execPath, ["--test", "--test-reporter=tap", `${folder}/it.test.js`], { env, encoding: "utf8" });
    assert.equal(ran.status, 1, ran.stdout);
    assert.match(ran.stdout, /NOT -> cause: wanted "NORMAL_CLEARING", there is "USER_BUSY"/);
    assert.match(ran.stdout, /# .*mango-1-1 {2}101 -> 79161234567 {2}outbound, ended USER_BUSY/);
    const url = /url: (http:\S+)/.exec(ran.stdout)?.[1] ?? assert.fail(ran.stdout);
    return assert.rejects(Ringback.connect(url), /no Ringback answers/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
