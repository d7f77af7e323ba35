// What a dialled number does.

import type { Account } from "./account.js";
import type { Behaviour, Direction, Outcome, RuleView, Seconds, Side } from "./views.js";

/** Which calls a rule is about. Patterns have `*` and `?`. */
export interface RuleAbout {
  to?: string;
  from?: string;
  direction?: Direction;
}

/** A rule that is being said; nothing is before one of its outcomes is named, such as `isBusy()`. */
export class When {
  constructor(
    private readonly account: Account,
    private readonly rule: RuleAbout & Partial<Behaviour> & Record<string, unknown>,
  ) {}

  private with(more: Record<string, unknown>): When {
    return new When(this.account, { ...this.rule, ...more });
  }

  /** Only for so many calls; afterwards the next rule counts. */
  times(times: number): When {
    return this.with({ times });
  }

  /** Only for the next call. */
  once(): When {
    return this.times(1);
  }

  /** Only for so long, in simulated seconds from now. */
  forSeconds(ttl: number): When {
    return this.with({ ttl });
  }

  /** Only for a share of the calls, from 0 to 1, drawn from the seed. */
  withProbability(probability: number): When {
    return this.with({ probability });
  }

  /** So long passes before anything rings. */
  afterSetupOf(setup: Seconds): When {
    return this.with({ setup });
  }

  /** So long it rings before what it does. */
  afterRingingFor(ring: Seconds): When {
    return this.with({ ring });
  }

  /** Who hangs up after the talk. */
  hungUpBy(side: Side): When {
    return this.with({ hangs_up: side });
  }

  /** Keys that are pressed so many seconds after the answer, or after the keys before. */
  pressing(digits: string, { after = 1, by = "callee" as "callee" | "caller" } = {}): When {
    return this.with({ keys: [...(this.rule.keys ?? []), { digits, after, by }] });
  }

  /** It picks up and talks, for as long as is usual unless said. */
  answers({ talk }: { talk?: Seconds } = {}): Promise<Rule> {
    return (talk === undefined ? this : this.with({ talk })).does("answer");
  }

  /** It is in another call; nothing rings. */
  isBusy(): Promise<Rule> {
    return this.does("busy");
  }

  /** It rings until the exchange gives up. */
  doesNotAnswer(): Promise<Rule> {
    return this.does("no_answer");
  }

  /** It rings, then declines. */
  rejects(): Promise<Rule> {
    return this.does("reject");
  }

  /** It rings, then the caller gives up. */
  isGivenUp(): Promise<Rule> {
    return this.does("cancel");
  }

  /** It rings until the test answers, rejects or hangs up. */
  waitsForTheTest(): Promise<Rule> {
    return this.does("manual");
  }

  /** It cannot be reached, with a hangup cause of FreeSWITCH such as `UNALLOCATED_NUMBER`. */
  failsWith(cause: string): Promise<Rule> {
    return this.does({ fail: cause });
  }

  private async does(outcome: Outcome): Promise<Rule> {
    const { id } = await this.account.ask<RuleView>("POST", "/behaviours", { ...this.rule, outcome });
    return new Rule(this.account, id);
  }
}

/** A rule that has been said. It stays until the account is reset. */
export class Rule {
  constructor(
    private readonly account: Account,
    readonly id: number,
  ) {}

  show(): Promise<RuleView> {
    return this.account.ask("GET", `/behaviours/${this.id}`);
  }

  /** How many calls it has decided. */
  async hits(): Promise<number> {
    return (await this.show()).hits;
  }

  /** Takes the rule back. */
  async forget(): Promise<void> {
    await this.account.ask("DELETE", `/behaviours/${this.id}`);
  }
}
