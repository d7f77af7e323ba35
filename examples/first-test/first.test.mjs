// The first test of a new user: npm install ringback, then node --test
import assert from "node:assert/strict";
import { test } from "node:test";

import { withAccounts } from "ringback/node-test";

test("a busy customer", withAccounts(["voip24h"], async ({ voip24h }) => {
  await voip24h.when("0912*").isBusy();

  // Here your own code goes, pointed at the simulator.
  const { partnerSecret } = voip24h.credentials;
  const ask = (requestType, data) =>
    fetch(`${voip24h.url}/api/v1/partner/voip24h`, {
      method: "POST",
      body: JSON.stringify({ requestType, partnerSecret, data }),
    }).then((answer) => answer.json());
  await ask("makeDial", { extension: "101", phone: "0912345678" });
  await voip24h.advance(30); // time moves when the test says so
  const { data } = await ask("getUser", { user: "101" });

  assert.equal(data[0].callStatus, "BUSY");
  await voip24h.verify({ operation: "partner", body: { "$.requestType": "makeDial" } }, { times: 1 });
  await voip24h.wait({ event: "call_ended", cause: "USER_BUSY" });
}));
