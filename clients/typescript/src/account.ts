// An account with a vendor: a world of its own, with its own calls, rules, webhooks and time.

import { createHash } from "node:crypto";

import { Call } from "./call.js";
import { explain, type Problem, Refused, VerificationError, WaitTimeout } from "./errors.js";
import { type Method, type Query, segment } from "./http.js";
import { Inbox } from "./inbox.js";
import type { Ringback } from "./ringback.js";
import { type RuleAbout, When } from "./rules.js";
import { type Moment, Timed, written } from "./time.js";
import type {
  Behaviour,
  CallState,
  CallView,
  Delivery,
  Direction,
  ExtensionView,
  Happened,
  InboxAnswer,
  Match,
  RequestEntry,
  RuleView,
  Seconds,
} from "./views.js";

/** How often something has to have happened, once at least unless said; `since` a cursor. */
export interface VerifyOptions {
  times?: number;
  atLeast?: number;
  atMost?: number;
  never?: boolean;
  since?: string | number;
}

export interface WaitOptions {
  times?: number;
  /** In the computer's seconds, 5 unless given. */
  timeout?: number;
  /** What has happened already counts, unless this is `"now"` or a cursor. */
  since?: string | number;
}

export interface DialOptions {
  line?: string;
  keys?: string[];
  direct?: boolean;
  behaviour?: Behaviour;
}

export interface CallFilters {
  state?: CallState;
  direction?: Direction;
  from?: string;
  to?: string;
  cause?: string;
  vendor_id?: string;
  since?: string;
  limit?: number;
}

/** How the control API shows an account. */
export interface AccountView {
  account: string | null;
  base_url: string;
  credentials: Record<string, unknown> | null;
}

/** What goes wrong between a vendor and its receivers; shares are from 0 to 1. */
export interface Chaos {
  drop?: number;
  duplicate?: number;
  reorder?: number;
  delay?: Seconds;
  corrupt_signature?: number;
  content_type?: number;
  order?: "in_order" | "natural";
  seed?: number;
}

/** An account of one vendor. Whatever is done here is seen by no other account. */
export class Account extends Timed {
  /** Where the vendor's API answers, such as `http://127.0.0.1:8081`. */
  readonly url: string;
  /** Everything a client needs, by the vendor's names. */
  readonly credentials: Record<string, any>;
  private readonly inboxes: Inbox[] = [];

  constructor(
    readonly ringback: Ringback,
    readonly vendor: string,
    /** What its clients send as their credential; undefined for the demo account. */
    readonly name: string | undefined,
    view: Pick<AccountView, "base_url" | "credentials">,
  ) {
    super();
    this.url = view.base_url;
    this.credentials = view.credentials ?? {};
  }

  /** Asks the control API about this account: a path behind `/__admin/VENDOR`. */
  override ask<T>(method: Method, path: string, body?: unknown, query: Query = {}, patience?: number): Promise<T> {
    const about = { account: this.name, ...query };
    return this.ringback.transport.ask(method, `/${this.vendor}${path}`, body, about, patience);
  }

  /** As {@link ask}, for an answer that is no JSON. */
  async bytes(path: string, query: Query = {}): Promise<Uint8Array> {
    const about = { account: this.name, ...query };
    return (await this.ringback.transport.bytes("GET", `/${this.vendor}${path}`, undefined, about)).bytes;
  }

  /** Begins a rule for calls to a number or pattern: `mango.when("7916*").isBusy()`. */
  when(to?: string, about: Omit<RuleAbout, "to"> = {}): When {
    return new When(this, { ...about, ...(to === undefined ? {} : { to }) });
  }

  /** The rules there are; the first that matches decides. */
  async rules(): Promise<RuleView[]> {
    return (await this.ask<{ rules: RuleView[] }>("GET", "/behaviours")).rules;
  }

  async clearRules(): Promise<void> {
    await this.ask("DELETE", "/behaviours");
  }

  /** Makes an extension, or changes what is given of one. */
  setExtension(number: string, changes: Partial<Omit<ExtensionView, "number">> = {}): Promise<ExtensionView> {
    return this.ask("PUT", `/extensions/${segment(number)}`, changes);
  }

  async removeExtension(number: string): Promise<void> {
    await this.ask("DELETE", `/extensions/${segment(number)}`);
  }

  async extensions(): Promise<ExtensionView[]> {
    return (await this.ask<{ extensions: ExtensionView[] }>("GET", "/extensions")).extensions;
  }

  /** Makes a ring group, a queue or a menu: `{ queue: { group: { members: ["103"] }, wait: 60 } }`. */
  async setService(number: string, kind: Record<string, unknown>): Promise<void> {
    await this.ask("PUT", `/services/${segment(number)}`, { kind });
  }

  /** Lets somebody pick up a phone and dial: an extension, or somebody outside. */
  async dial(from: string, to: string, options: DialOptions = {}): Promise<Call> {
    const { id } = await this.ask<CallView>("POST", "/calls", { from, to, ...options });
    return new Call(this, id);
  }

  /** Finds a call by its id, or by any of the vendor's own. */
  async call(id: string): Promise<Call> {
    return new Call(this, (await this.ask<CallView>("GET", `/calls/${segment(id)}`)).id);
  }

  /** Calls, live ones first, then newest first. */
  async calls(filters: CallFilters = {}): Promise<Call[]> {
    const { calls } = await this.ask<{ calls: CallView[] }>("GET", "/calls", undefined, { ...filters });
    return calls.map(({ id }) => new Call(this, id));
  }

  /** Adds finished calls of the past and returns how many. */
  async addRecords(
    ...records: { from: string; to: string; created_at: string; ring?: number; talk?: number; cause?: string }[]
  ): Promise<number> {
    return (await this.control<{ added: number }>("add_records", { records })).added;
  }

  /** Does anything that can be done, in the form of `POST /__admin/control`. */
  control<T = Record<string, unknown>>(what: string, more: object = {}): Promise<T> {
    return this.ask("POST", "/control", { do: what, ...more });
  }

  /** Sets this account's own time, which does not go back. */
  async setTime(at: Moment, { frozen }: { frozen?: boolean } = {}): Promise<void> {
    await this.ask("PUT", "/clock", { at: written(at), frozen });
  }

  /** Saves the world and the time as they are, to go back to. */
  async checkpoint(name = "checkpoint"): Promise<Checkpoint> {
    await this.ask("POST", "/checkpoints", { name });
    return new Checkpoint(this, name);
  }

  /** Makes another account whose world is a copy, live calls and all. */
  async fork(to: string): Promise<Account> {
    const path = `/${this.vendor}/accounts/${segment(await this.ownName())}/fork`;
    return new Account(this.ringback, this.vendor, to, await this.ringback.request("POST", path, { to }));
  }

  private async ownName(): Promise<string> {
    if (this.name !== undefined) return this.name;
    const path = `/${this.vendor}/accounts`;
    const { accounts } = await this.ringback.request<{ accounts: AccountView[] }>("GET", path, undefined, { limit: 1 });
    return String(accounts[0]?.account);
  }

  /** Makes the world anew: calls, rules and deliveries are gone. */
  async reset(): Promise<void> {
    await this.ask("POST", "/reset");
  }

  /** Removes the account and its inboxes. The demo account stays: that is refused. */
  async delete(): Promise<void> {
    const gone = (error: unknown) => {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
    };
    for (const inbox of this.inboxes.splice(0)) await inbox.delete().catch(gone);
    await this.ringback.request("DELETE", `/${this.vendor}/accounts/${segment(await this.ownName())}`).catch(gone);
  }

  /** Makes sure that something has happened and returns its ids; the error says what came nearest. */
  async verify(match: Match, options: VerifyOptions = {}): Promise<string[]> {
    const { times, atLeast, atMost, never, since } = options;
    const counts = { times, at_least: atLeast, at_most: atMost, never: never || undefined };
    return this.verified([match], { match, ...counts, since: since?.toString() });
  }

  /** Makes sure that things have happened one after the other; with `strict` nothing of their kinds in between. */
  verifyOrder(matches: Match[], { strict, since }: { strict?: boolean; since?: string | number } = {}): Promise<string[]> {
    return this.verified(matches, { order: matches, strict, since: since?.toString() });
  }

  private async verified(wanted: Match[], asked: object): Promise<string[]> {
    try {
      return (await this.ask<{ found: string[] }>("POST", "/verify", asked)).found;
    } catch (error) {
      throw this.told(error, 422, VerificationError, wanted);
    }
  }

  /**
   * Waits until something has happened and returns it, the last one of several. What has happened already
   * counts. Where the clock stands, advance it first.
   */
  async wait(match: Match, { times = 1, timeout = 5, since = 0 }: WaitOptions = {}): Promise<Happened> {
    const asked = { match, times, timeout, since: String(since) };
    try {
      const { found } = await this.ask<{ found: Happened[] }>("POST", "/wait", asked, {}, timeout + 30);
      return found.at(-1) as Happened;
    } catch (error) {
      throw this.told(error, 408, WaitTimeout, [match]);
    }
  }

  private told(
    error: unknown,
    status: number,
    kind: new (text: string, problem: Problem) => VerificationError,
    wanted: Match[],
  ): unknown {
    if (!(error instanceof Refused) || error.status !== status) return error;
    return new kind(explain(this.whose, wanted, error.problem), error.problem);
  }

  /** Where what has happened ends now, as `since` takes it. */
  async cursor(): Promise<string> {
    const asked = { match: { kind: "clock" }, at_least: 0 };
    return (await this.ask<{ next: string }>("POST", "/verify", asked)).next;
  }

  private get whose(): string {
    return `${this.vendor}, account ${this.name ?? "(demo)"}`;
  }

  /** The requests of the account's clients with their answers, the oldest first. */
  async requests(filters: Query = {}): Promise<RequestEntry[]> {
    return (await this.ask<{ requests: RequestEntry[] }>("GET", "/journal", undefined, filters)).requests.reverse();
  }

  /** The webhooks, the oldest first; filters are `state`, `event`, `call`, `url` and `limit`. */
  async deliveries(filters: Query = {}): Promise<Delivery[]> {
    const found = await this.ask<{ deliveries: Delivery[] }>("GET", "/deliveries", undefined, filters);
    return found.deliveries.reverse();
  }

  /** One webhook with what went over the wire. */
  delivery(id: string): Promise<Delivery> {
    return this.ask("GET", `/deliveries/${segment(id)}`);
  }

  /** Whether all views of all calls agree. */
  doctor(): Promise<{ healthy: boolean; findings: unknown[]; [field: string]: unknown }> {
    return this.ask("GET", "/doctor");
  }

  /** Sends webhooks to an address from now on; nowhere with null. */
  async sendWebhooksTo(url: string | null): Promise<void> {
    await this.ask("PUT", "/webhook", { url });
  }

  /**
   * Makes a receiver of webhooks inside Ringback, to which this account's are sent from now on unless
   * `receive` is false. `plan` lists its answers, one a request, and `then` is the one after them.
   */
  async inbox(
    name = "inbox",
    { plan = [], then = 200, receive = true }: { plan?: InboxAnswer[]; then?: InboxAnswer; receive?: boolean } = {},
  ): Promise<Inbox> {
    const own = createHash("sha256").update(`${this.vendor} ${this.name}`).digest("hex").slice(0, 10);
    const inbox = new Inbox(this, this.name === undefined ? name : `${name}.${own}`);
    await inbox.answers(plan, then);
    this.inboxes.push(inbox);
    if (receive) await this.sendWebhooksTo(inbox.url);
    return inbox;
  }

  /** Sends a webhook once more. */
  resend(delivery: string): Promise<Delivery> {
    return this.ask("POST", `/deliveries/${segment(delivery)}/resend`);
  }

  /** What goes wrong between the vendor and its receivers; what is not given is calm. */
  async chaos(what: Chaos): Promise<void> {
    await this.ask("PUT", "/chaos", what);
  }

  async calm(): Promise<void> {
    await this.ask("DELETE", "/chaos");
  }

  /** Records that are late or wrong: `mango.recordFaults({ to: "7916*", late: 300 })`; none with no rules. */
  async recordFaults(...rules: Record<string, unknown>[]): Promise<void> {
    if (rules.length > 0) await this.ask("PUT", "/record_faults", { rules });
    else await this.ask("DELETE", "/record_faults");
  }

  /** Lets calls come by themselves; no more with null. */
  async traffic(callsPerHour: number | null, more: Record<string, unknown> = {}): Promise<void> {
    if (callsPerHour === null) await this.ask("DELETE", "/traffic");
    else await this.ask("PUT", "/traffic", { calls_per_hour: callsPerHour, ...more });
  }

  /** Says in some lines what has happened here lately, as a failed test shows it. */
  async describe(most = 10): Promise<string> {
    const clock = await this.clock();
    const lines = [`${this.whose}, ${this.url}, ${clock.now}${clock.frozen ? ", standing" : ""}`];
    const { calls, total } = await this.ask<{ calls: CallView[]; total: number }>("GET", "/calls", undefined, { limit: most });
    lines.push(`calls: ${total}`);
    for (const { id, from, to, direction, state, cause } of calls) {
      lines.push(`  ${id}  ${from.number} -> ${to.number}  ${direction}, ${state}${cause ? ` ${cause}` : ""}`);
    }
    lines.push("requests, the newest last:");
    try {
      const entries = await this.requests({ limit: most });
      for (const { id, method, url, response, refused } of entries) {
        lines.push(`  ${id}  ${method} ${url} -> ${response.status}${refused ? `, refused: ${refused.detail}` : ""}`);
      }
      if (entries.length === 0) lines.push(await this.strangers());
    } catch (error) {
      // --journal off
      if (!(error instanceof Refused)) throw error;
      lines.push(`  ${error.message}`);
    }
    lines.push("webhooks, the newest last:");
    for (const { id, event, url, state, attempts } of await this.deliveries({ limit: most })) {
      const times = `${attempts.length} attempt${attempts.length === 1 ? "" : "s"}`;
      lines.push(`  ${id}  ${event} to ${url}: ${state} after ${times}`);
    }
    return lines.join("\n");
  }

  /** Tells of requests that were refused as nobody's: a client with a wrong credential is one of them. */
  private async strangers(): Promise<string> {
    const none = "  none with this account's credentials";
    const path = `/${this.vendor}/journal`;
    const all = { account: "*", step: "auth", limit: 1000 };
    const { requests } = await this.ringback.request<{ requests: RequestEntry[] }>("GET", path, undefined, all);
    const strangers = requests.filter((entry) => entry.account === null);
    const [newest] = strangers;
    if (newest === undefined || this.name === undefined) return none;
    const line = `${newest.method} ${newest.url} -> ${newest.response.status}`;
    return `${none}; ${strangers.length} with credentials that are nobody's, such as ${line}`;
  }
}

/** A moment of an account. */
export class Checkpoint {
  constructor(
    private readonly account: Account,
    readonly name: string,
  ) {}

  /** Brings the world and the account's time back. */
  async rewind(): Promise<void> {
    await this.account.ask("POST", `/checkpoints/${segment(this.name)}/rewind`);
  }

  /** What came, went and changed since, by table; nothing at all is `{}`. */
  changes(): Promise<Record<string, { counts: Record<string, number>; [field: string]: unknown }>> {
    return this.account.ask("GET", "/changes", undefined, { since: this.name });
  }

  async delete(): Promise<void> {
    await this.account.ask("DELETE", `/checkpoints/${segment(this.name)}`);
  }
}
