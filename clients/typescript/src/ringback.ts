// A whole Ringback: started here, or one that runs already.

import { randomUUID } from "node:crypto";
import { devNull } from "node:os";

import { Account, type AccountView } from "./account.js";
import { RingbackError, StartError } from "./errors.js";
import { type Method, type Query, segment, Transport } from "./http.js";
import { allVendors, findBinary, Process } from "./process.js";
import { type Moment, Timed, written } from "./time.js";

export interface StartOptions {
  /** All unless named. */
  vendors?: string[];
  /** The clock stands, at 2026-01-05T09:00:00Z or the moment given, unless this is false. */
  freeze?: boolean | Moment;
  /** The same seed and the same requests give the same answers; 0 unless given, null draws one. */
  seed?: number | null;
  /** Simulated seconds per second of a clock that runs. */
  rate?: number;
  /** The vendors' own, such as `{ "mango.webhook_retries": [5, 30] }`. */
  settings?: Record<string, unknown>;
  /** Where a vendor's webhooks go. */
  webhooks?: Record<string, string>;
  scenario?: string;
  fixtures?: string;
  history?: number;
  contacts?: number | string;
  /** Unknown credentials open accounts of their own. */
  openAccounts?: boolean;
  /** A `ringback.toml`; there is none unless given. */
  config?: string;
  /** Further flags. */
  args?: string[];
  /** Variables; those named `RINGBACK_…` have no say unless given here. */
  env?: Record<string, string>;
  binary?: string;
  /** How many seconds it may take. */
  timeout?: number;
}

/** A vendor that is simulated. */
export interface Vendor {
  name: string;
  title: string;
  url: string;
  /** Those of the demo account. */
  credentials: Record<string, unknown>;
}

interface Index {
  name: string;
  version: string;
  vendors: { name: string; title: string; base_url: string; credentials: Record<string, unknown> | null }[];
}

/** Vendors with one clock. What was started here ends with `close()`. */
export class Ringback extends Timed {
  private accounts = 0;

  private constructor(
    readonly transport: Transport,
    readonly version: string,
    readonly vendors: ReadonlyMap<string, Vendor>,
    private readonly urls: Record<string, string>,
    private readonly process?: Process,
  ) {
    super();
  }

  /** Starts vendors on free ports. */
  static async start(options: StartOptions = {}): Promise<Ringback> {
    const program = findBinary(options.binary);
    const { freeze = true, seed = 0, rate, scenario, fixtures, history, contacts } = options;
    const flags = ["--config", options.config ?? devNull, "--hub", "0"];
    for (const vendor of options.vendors ?? (await allVendors(program))) {
      flags.push("--vendor", vendor.includes("=") ? vendor : `${vendor}=0`);
    }
    if (freeze !== false) flags.push(freeze === true ? "--freeze" : `--freeze=${written(freeze)}`);
    for (const [flag, value] of Object.entries({ seed, rate, scenario, fixtures, history, contacts })) {
      if (value !== undefined && value !== null) flags.push(`--${flag}`, String(value));
    }
    for (const [name, value] of Object.entries(options.settings ?? {})) {
      flags.push("--set", `${name}=${JSON.stringify(value)}`);
    }
    for (const [vendor, url] of Object.entries(options.webhooks ?? {})) flags.push("--webhook", `${vendor}=${url}`);
    if (options.openAccounts) flags.push("--accounts", "open");
    flags.push(...(options.args ?? []));
    const process = await Process.start(program, flags, options.env, options.timeout);
    try {
      const transport = new Transport(process.ready.hub.url, options.env?.["RINGBACK_CONTROL_TOKEN"]);
      return await Ringback.of(transport, {}, process);
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  /**
   * Takes one that runs, at the address of its hub or of a vendor; `RINGBACK_URL` unless given. `urls` says
   * where vendors answer, where that is not what Ringback knows of itself: in a container whose ports are mapped.
   */
  static async connect(
    url?: string,
    { token, urls = {} }: { token?: string; urls?: Record<string, string> } = {},
  ): Promise<Ringback> {
    const address = url || process.env["RINGBACK_URL"];
    if (!address) throw new StartError("say where it runs: Ringback.connect(URL), or the variable RINGBACK_URL");
    const transport = new Transport(address, token ?? (process.env["RINGBACK_CONTROL_TOKEN"] || undefined));
    try {
      return await Ringback.of(transport, urls);
    } catch (error) {
      if (error instanceof StartError || !(error instanceof RingbackError)) throw error;
      throw new StartError(`no Ringback answers at ${address}: ${error.message}`, { cause: error });
    }
  }

  /** Takes the one of `RINGBACK_URL`, or starts one. */
  static findOrStart(options: StartOptions = {}): Promise<Ringback> {
    return process.env["RINGBACK_URL"] ? Ringback.connect() : Ringback.start(options);
  }

  private static async of(transport: Transport, urls: Record<string, string>, process?: Process): Promise<Ringback> {
    const index = await transport.ask<Index | undefined>("GET", "");
    if (index?.name !== "ringback") throw new StartError(`${transport.url} is not a Ringback`);
    const vendors = index.vendors.map(({ name, title, base_url, credentials }): [string, Vendor] => [
      name,
      { name, title, url: urls[name] ?? base_url, credentials: credentials ?? {} },
    ]);
    return new Ringback(transport, index.version, new Map(vendors), urls, process);
  }

  /** Where it was found: the hub of one that was started. */
  get url(): string {
    return this.transport.url;
  }

  /** A vendor by its name; an error names those there are. */
  vendor(name: string): Vendor {
    const found = this.vendors.get(name);
    if (found !== undefined) return found;
    const there = [...this.vendors.keys()].sort().join(", ");
    throw new StartError(`${name} does not run at ${this.url}: there are ${there}`);
  }

  /**
   * Opens an account: a world of its own. One of a name that is there is taken as it stands; without a
   * name it is a new one.
   */
  async account(vendor: string, name?: string): Promise<Account> {
    this.vendor(vendor);
    // The same names in each run, where nobody else may have taken them.
    const named = name ?? `account-${this.process ? ++this.accounts : randomUUID().slice(0, 13)}`;
    const view = await this.request<AccountView>("PUT", `/${vendor}/accounts/${segment(named)}`);
    return new Account(this, vendor, named, { ...view, base_url: this.urls[vendor] ?? view.base_url });
  }

  /** The account that is there from the beginning. Its time is that of the whole Ringback. */
  demo(vendor: string): Account {
    const { url, credentials } = this.vendor(vendor);
    return new Account(this, vendor, undefined, { base_url: url, credentials });
  }

  /** Asks the control API anything: a path behind `/__admin`, as the hub has it. */
  request<T = unknown>(method: Method, path: string, body?: unknown, query?: Query): Promise<T> {
    return this.transport.ask(method, path, body, query);
  }

  protected override ask<T>(method: Method, path: string, body?: unknown, query?: Query): Promise<T> {
    return this.request(method, path, body, query);
  }

  /** How many simulated seconds pass in a second. */
  async setRate(rate: number): Promise<void> {
    await this.request("POST", "/clock/rate", { rate });
  }

  /** Makes everything anew. Accounts that were made are gone. */
  async reset(): Promise<void> {
    await this.request("POST", "/reset");
  }

  /** What a Ringback that was started here has written to standard error. */
  get log(): string {
    return this.process?.log ?? "";
  }

  /** Ends it, if it was started here. */
  async close(): Promise<void> {
    await this.process?.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
