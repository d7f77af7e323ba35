// For vitest: `import { test } from "ringback/vitest"`, and `test("…", async ({ mango }) => { … })`.

import { test as base } from "vitest";

import type { Account } from "./account.js";
import type { Ringback } from "./ringback.js";
import { accountOf, configure, isKept, ringback } from "./testing.js";

export { configure, ringback };

/** What a test may ask for. */
export interface Fixtures {
  /** The Ringback of this process. */
  ringback: Ringback;
  /** An account with the vendor that this test alone has. */
  mango: Account;
  tel4vn: Account;
  voip24h: Account;
  scfm: Account;
  impactpbx: Account;
}

interface Context {
  task: { name: string; file: { name: string }; suite?: { name: string } | undefined; result?: { state: string } | undefined };
}

function account(vendor: string) {
  // Vitest reads from the text of this function what it takes.
  return async ({ task }: Context, use: (account: Account) => Promise<void>): Promise<void> => {
    const opened = await accountOf([task.file.name, task.suite?.name, task.name].filter(Boolean).join(" "), vendor);
    await use(opened);
    if (task.result?.state === "fail") console.error(await opened.describe().catch((error: Error) => error.message));
    // If Ringback itself is gone, the test has said so.
    if (!isKept()) await opened.delete().catch(() => undefined);
  };
}

/** Vitest's `test` with accounts: those that a test names in its braces are opened for it. */
export const test = base.extend<Fixtures>({
  ringback: async ({}, use) => {
    await use(await ringback());
  },
  mango: account("mango"),
  tel4vn: account("tel4vn"),
  voip24h: account("voip24h"),
  scfm: account("scfm"),
  impactpbx: account("impactpbx"),
});

export const it = test;
