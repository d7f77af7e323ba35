import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";

import { withAccounts } from "ringback/node-test";

import { Calls, receiver } from "./receiver.mjs";

/** A receiver on a free port, to which the account's webhooks go. */
async function listening(impactpbx, t) {
  const calls = new Calls();
  const server = receiver(calls).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  await impactpbx.sendWebhooksTo(`http://127.0.0.1:${server.address().port}/webhook`);
  return calls;
}

const trigger = (impactpbx, more = {}) => impactpbx.control("trigger", more);

test("a call is told from its beginning to its end", withAccounts(["impactpbx"], async ({ impactpbx }, t) => {
  const calls = await listening(impactpbx, t);
  await trigger(impactpbx, { behaviour: { outcome: "answer", ring: 3, talk: 20 } });
  await impactpbx.advance(2);
  assert.equal(calls.all.length, 1);
  assert.equal(calls.unfinished.length, 1);
  await impactpbx.advance(60);
  const [call] = calls.all;
  assert.equal(call.action, "HANGUP");
  assert.ok(call.answer_start);
  assert.deepEqual((await impactpbx.deliveries()).map(({ event }) => event), ["ORIGINATE", "RING", "ANSWERED", "HANGUP"]);
}));

test("a call nobody answers has no answer", withAccounts(["impactpbx"], async ({ impactpbx }, t) => {
  const calls = await listening(impactpbx, t);
  await trigger(impactpbx, { behaviour: { outcome: "no_answer" } });
  await impactpbx.advance(300);
  assert.equal(calls.all[0].action, "HANGUP");
  assert.equal(calls.all[0].answer_start, undefined);
}));

test("events that come twice, late and in any order are one call", withAccounts(["impactpbx"], async ({ impactpbx }, t) => {
  const calls = await listening(impactpbx, t);
  await impactpbx.chaos({ duplicate: 1, reorder: 3, order: "natural" });
  await trigger(impactpbx, { behaviour: { outcome: "answer", ring: 3, talk: 20 } });
  await impactpbx.advance(300);
  assert.equal(calls.all.length, 1);
  assert.equal(calls.all[0].action, "HANGUP");
}));

test("an end that was never told is found in the list", withAccounts(["impactpbx"], async ({ impactpbx }, t) => {
  const calls = await listening(impactpbx, t);
  await trigger(impactpbx, { stops_after: "RING", listed: true });
  await impactpbx.advance(300);
  assert.equal(calls.unfinished.length, 1);
  // The list adds five calls of its own at each pull.
  assert.equal(await calls.sync(impactpbx.url + impactpbx.credentials.path_prefix), 6);
  assert.deepEqual(calls.unfinished, []);
}));

test("what is no event is refused and kept out", withAccounts(["impactpbx"], async ({ impactpbx }, t) => {
  const calls = await listening(impactpbx, t);
  const { url } = await impactpbx.ask("GET", "/webhook");
  for (const body of ["{", "{}", '{"uuid":"1","action":"DANCE"}']) {
    assert.equal((await fetch(url, { method: "POST", body })).status, 400);
  }
  assert.deepEqual(calls.all, []);
}));
