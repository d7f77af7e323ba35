/**
 * Ringback: telephony vendors that are not there, for tests of the code that uses them.
 *
 * ```ts
 * const rb = await Ringback.start({ vendors: ["mango"] });
 * const mango = await rb.account("mango");
 * await mango.when("7916*").isBusy();
 * await crm.call("79161234567"); // your code, pointed at mango.url with mango.credentials
 * await mango.advance(30);
 * await mango.wait({ event: "call_ended", cause: "USER_BUSY" });
 * ```
 *
 * For tests there are `ringback/node-test` and `ringback/vitest`.
 *
 * @module
 */

export {
  Account,
  type AccountView,
  type CallFilters,
  type Chaos,
  Checkpoint,
  type DialOptions,
  type VerifyOptions,
  type WaitOptions,
} from "./account.js";
export { Call, Party } from "./call.js";
export { type Problem, Refused, RingbackError, StartError, VerificationError, WaitTimeout } from "./errors.js";
export { Inbox, Message } from "./inbox.js";
export { findBinary } from "./process.js";
export { Ringback, type StartOptions, type Vendor } from "./ringback.js";
export { Rule, type RuleAbout, When } from "./rules.js";
export type { Moment, SettleOptions } from "./time.js";
export type * from "./views.js";
