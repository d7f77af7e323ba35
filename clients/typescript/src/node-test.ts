// For node:test: `test("…", withAccounts(["mango"], async ({ mango }) => { … }))`.

import type { TestContext } from "node:test";

import type { Account } from "./account.js";
import type { Ringback } from "./ringback.js";
import { accountOf, configure, isKept, ringback } from "./testing.js";

export { configure, ringback };

/**
 * A test with accounts that it alone has, one with each vendor named. If it fails, their calls, requests
 * and webhooks are printed.
 */
export function withAccounts<V extends string>(
  vendors: readonly V[],
  test: (given: Record<V, Account> & { ringback: Ringback }, t: TestContext) => unknown,
): (t: TestContext) => Promise<void> {
  return async (t) => {
    const named = t as TestContext & { fullName?: string; filePath?: string };
    const name = [named.filePath, named.fullName ?? t.name].filter(Boolean).join(" ");
    const opened: Account[] = [];
    try {
      for (const vendor of vendors) opened.push(await accountOf(name, vendor));
      const given = Object.fromEntries(opened.map((account) => [account.vendor, account])) as Record<V, Account>;
      await test({ ...given, ringback: await ringback() }, t);
    } catch (error) {
      for (const account of opened) {
        const told = await account.describe().catch((reason: Error) => reason.message);
        for (const line of told.split("\n")) t.diagnostic(line);
      }
      throw error;
    } finally {
      // If Ringback itself is gone, the test has said so.
      if (!isKept()) for (const account of opened) await account.delete().catch(() => undefined);
    }
  };
}
