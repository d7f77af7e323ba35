// What the ways to test share: a Ringback for the process, and an account of its own for each test.

import { createHash } from "node:crypto";

import type { Account } from "./account.js";
import { Ringback, type StartOptions } from "./ringback.js";

let shared: Promise<Ringback> | undefined;
let wanted: StartOptions = {};

/** Says how the Ringback of this process is started, before the first test asks for it. */
export function configure(options: StartOptions): void {
  if (shared !== undefined) throw new Error("the Ringback of this process runs already");
  wanted = options;
}

/** The Ringback of this process: the one of `RINGBACK_URL`, or one that is started. It ends with the process. */
export function ringback(): Promise<Ringback> {
  shared ??= Ringback.findOrStart(wanted);
  return shared;
}

/** Opens the account of a test: the same name in each run, and nothing in it, with the clock standing. */
export async function accountOf(test: string, vendor: string): Promise<Account> {
  const words = test.replace(/[^A-Za-z0-9]+/g, "-").slice(-40);
  const name = `${words}-${createHash("sha256").update(test).digest("hex").slice(0, 8)}`.replace(/^-/, "");
  const account = await (await ringback()).account(vendor, name);
  // An earlier run may have left it.
  await account.reset();
  if (!(await account.clock()).frozen) await account.freeze();
  return account;
}

/** Whether accounts of tests are left where they are, to be looked at. */
export const isKept = (): boolean => Boolean(process.env["RINGBACK_KEEP"]);
