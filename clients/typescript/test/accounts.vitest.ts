import { describe, expect } from "vitest";

import { Refused, Ringback, StartError, VerificationError, WaitTimeout } from "ringback";
import { it, test } from "ringback/vitest";

import { callback } from "./signed.js";

const DAY = 86_400;

async function failure(of: Promise<unknown>): Promise<Error> {
  return of.then(
    () => expect.fail("it did not fail"),
    (error: Error) => error,
  );
}

describe("an account", () => {
  test("sees what its client did, and that the customer was busy", async ({ mango }) => {
    const rule = await mango.when("7916*").isBusy();
    await callback(mango);
    await mango.advance(30);
    expect(await mango.wait({ event: "call_ended", cause: "USER_BUSY" })).toMatchObject({ to: "79161234567" });
    await mango.verify({ operation: "callback", body: { "$.to_number": { like: "7916*" } } }, { times: 1 });
    await mango.verify({ operation: "callback-group" }, { never: true });
    await mango.verifyOrder([{ kind: "request", operation: "callback" }, { event: "call_ended" }]);
    expect(await rule.hits()).toBe(1);
    expect((await mango.requests({ operation: "callback" })).map((entry) => entry.response.status)).toEqual([200]);
  });

  it("tells what came nearest to what has not happened", async ({ mango }) => {
    await callback(mango);
    const wanted = { kind: "request", operation: "callback", body: { "$.to_number": "79160000000" } } as const;
    const error = await failure(mango.verify(wanted));
    expect(error).toBeInstanceOf(VerificationError);
    expect(error.message).toContain('NOT -> body/$.to_number: wanted "79160000000", there is "79161234567"');
    expect(error.message).toContain('operation is "callback"');
  });

  it("tells that a wait ran out because the clock stands", async ({ mango }) => {
    await mango.dial("79161234567", "101");
    const error = await failure(mango.wait({ event: "call_ended" }, { timeout: 0.05 }));
    expect(error).toBeInstanceOf(WaitTimeout);
    expect(error.message).toContain("the clock stands at");
  });

  it("goes on as soon as what is waited for happens", async ({ mango }) => {
    const since = await mango.cursor();
    const call = await mango.dial("79161234567", "101", { behaviour: { outcome: "manual" } });
    const waiting = mango.wait({ event: "call_ended" }, { since });
    await call.hangUp();
    expect((await waiting).call).toBe(call.id);
  });

  it("has its own calls and its own time", async ({ mango, voip24h, ringback }) => {
    const before = await ringback.now();
    await mango.advance({ to: new Date(before.getTime() + DAY * 1000) });
    await voip24h.advance({ seconds: 60 });
    expect((await mango.now()).getTime() - before.getTime()).toBe(DAY * 1000);
    expect(await ringback.now()).toEqual(before);
    expect(await mango.calls()).toEqual([]);
  });

  it("has an inbox that takes only its webhooks", async ({ mango }) => {
    const inbox = await mango.inbox("crm", { plan: [500], then: { status: 202, body: "so be it" } });
    const call = await mango.dial("79161234567", "101", { behaviour: { outcome: "manual" } });
    await mango.advance(60);
    await call.callee.answer();
    await mango.advance(1);
    const [first, second] = await inbox.messages();
    expect([first?.status, second?.status]).toEqual([500, 202]);
    expect(first?.valid).toBe(true);
    expect(first?.json()).toMatchObject({ call_state: "Appeared" });
    expect(first?.form().get("vpbx_api_key")).toBe(mango.name);
    expect((await inbox.wait({ status: 202 })).id).toBe(second?.id);
    await inbox.verify({ path: "/events/call", status: 500 }, { times: 1 });
    await inbox.clear();
    expect((await failure(inbox.last())).message).toContain("has received nothing");
    expect((await mango.deliveries())[0]?.attempts[0]?.status).toBe(500);
  });

  it("keeps a message by hand as it came", async ({ impactpbx }) => {
    const inbox = await impactpbx.inbox("hooks", { receive: false });
    const body = new Uint8Array([255, 0]);
    await fetch(`${inbox.httpUrl}/a/b?c=d`, { method: "POST", body, headers: { "x-one": "two" } });
    const message = await inbox.last();
    expect([message.method, message.path, message.query.get("c")]).toEqual(["POST", "/a/b", "d"]);
    expect([...message.body]).toEqual([255, 0]);
    expect(message.headers.get("x-one")).toBe("two");
  });

  it("goes back, and forks", async ({ mango }) => {
    const call = await mango.dial("79161234567", "101", { behaviour: { outcome: "manual" } });
    const moment = await mango.checkpoint();
    const fork = await mango.fork(`${mango.name}-fork`);
    await call.callee.reject();
    expect((await moment.changes())["calls"]?.counts["changed"]).toBe(1);
    await moment.rewind();
    expect(await call.state()).toBe("ringing");
    const [copied] = await fork.calls({ state: "ringing" });
    await copied?.callee.answer();
    expect([await copied?.state(), await call.state()]).toEqual(["answered", "ringing"]);
    await fork.delete();
  });

  it("describes itself to people", async ({ mango }) => {
    await callback(mango);
    await mango.inbox();
    await mango.advance(120);
    const text = await mango.describe();
    expect(text).toContain("101 -> 79161234567  outbound, ended");
    expect(text).toContain("POST /vpbx/commands/callback -> 200");
    expect(text).toContain("delivered after 1 attempt");
  });
});

describe("a call", () => {
  it("is driven by hand", async ({ tel4vn }) => {
    const call = await tel4vn.dial("101", "0912345678", { behaviour: { outcome: "manual" } });
    expect(await call.state()).toBe("ringing");
    await call.callee.answer();
    expect((await tel4vn.call(String((await call.vendorIds())["call_id"]))).id).toBe(call.id);
    await call.callee.press("12#");
    await call.callee.hold();
    await call.callee.resume();
    await tel4vn.advance(42);
    await call.transfer("102");
    await tel4vn.advance(5);
    await call.hangUp();
    await call.waitUntilOver();
    expect(await call.cause()).toBe("NORMAL_CLEARING");
    const keys = (await call.timeline()).filter(({ event }) => event === "dtmf");
    expect(keys.map(({ digits }) => digits)).toEqual(["12#"]);
    expect(new TextDecoder().decode((await call.recording()).slice(0, 4))).toBe("RIFF");
    expect(await call.ladder()).toMatch(/^sequenceDiagram/);
    expect((await tel4vn.calls({ to: "0912*", state: "ended" })).map(({ id }) => id)).toEqual([call.id]);
  });

  it("does what rules say", async ({ voip24h }) => {
    const rule = await voip24h.when("0912*", { from: "101" }).once().afterRingingFor(3).hungUpBy("b").answers({ talk: 7 });
    expect((await rule.show()).times).toBe(1);
    const call = await voip24h.dial("101", "0912345678");
    await voip24h.advanceUntil({ event: "leg_answered", leg: 1 });
    await voip24h.advanceUntilIdle();
    expect((await call.show()).recording_seconds).toBe(7);
    await rule.forget().catch(() => undefined);
    const error = await failure(voip24h.advanceUntil({ event: "call_parked" }, { max: 60 }));
    expect(error.message).toContain("within 60 simulated seconds no event like");
  });
});

describe("Ringback", () => {
  it("is started with what is asked for, and ends", async () => {
    const rb = await Ringback.start({
      vendors: ["mango"],
      freeze: "2026-03-01T12:00:00Z",
      settings: { "mango.webhook_retries": [5, 30] },
    });
    expect([...rb.vendors.keys()]).toEqual(["mango"]);
    expect(await rb.now()).toEqual(new Date("2026-03-01T12:00:00Z"));
    expect(rb.demo("mango").credentials["vpbx_api_key"]).toBe("mangomockkey0000000000000000000k");
    expect((await failure(rb.account("scfm"))).message).toMatch(/scfm does not run at .* there are mango/);
    await rb.close();
    expect((await failure(rb.reset())).message).toContain("ECONNREFUSED");
  });

  it("is taken from a container with its mapped ports", async () => {
    const env = { RINGBACK_CONTROL_TOKEN: "secret" };
    const inside = await Ringback.start({ vendors: ["mango"], args: ["--bind", "0.0.0.0"], env });
    const urls = { mango: "http://127.0.0.1:49152" };
    expect((await failure(Ringback.connect(inside.url, { urls }))).message).toContain("401");
    const rb = await Ringback.connect(inside.url, { token: "secret", urls });
    expect(rb.vendor("mango").url).toBe(urls.mango);
    expect((await rb.account("mango")).url).toBe(urls.mango);
    await inside.close();
  });

  it("tells what is wrong with a flag in its own words", async () => {
    const error = await failure(Ringback.start({ vendors: ["mango"], settings: { "mango.webhook_retris": 1 } }));
    expect(error).toBeInstanceOf(StartError);
    expect(error.message).toContain("mango.webhook_retris");
  });

  it("tells that nothing runs at an address", async () => {
    const error = await failure(Ringback.connect("http://127.0.0.1:1"));
    expect(error.message).toMatch(/^no Ringback answers at http:\/\/127.0.0.1:1/);
  });

  it("tells where a request is wrong and what was meant", async ({ ringback }) => {
    const error = await failure(ringback.request("POST", "/clock/advance", { second: 30 }));
    expect(error).toBeInstanceOf(Refused);
    expect(error.message.split("\n").slice(1)).toEqual(["  at /second: unknown key", "  hint: did you mean seconds?"]);
  });

  it("takes one that runs by the address of a vendor", async ({ ringback }) => {
    const found = await Ringback.connect(ringback.vendor("mango").url);
    const account = await found.account("mango");
    await account.dial("79161234567", "101");
    await account.delete();
  });
});
