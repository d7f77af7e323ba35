// How the control API shows things. Moments are simulated, RFC 3339 in UTC; lengths are seconds.

/** A value has to be equal; an object says otherwise, such as `{ like: "7916*" }` or `{ gte: 400 }`. */
export type Condition = string | number | boolean | null | Conditions;

export interface Conditions {
  eq?: unknown;
  ne?: unknown;
  gt?: string | number;
  gte?: string | number;
  lt?: string | number;
  lte?: string | number;
  in?: unknown[];
  /** A pattern with `*` and `?` for the whole. */
  like?: string;
  /** A regular expression for a part. */
  match?: string;
  exists?: boolean;
  not?: Condition;
}

/** What something that happens has to be like; everything given has to hold. */
export interface Match {
  kind?: Kind | { in: Kind[] };
  vendor?: Condition;
  account?: Condition;
  call?: Condition;
  at?: Condition;
  any?: Match[];
  not?: Match;
  /** By JSONPath, such as `"$.to.number"`. */
  body?: Record<string, Condition>;
  answer?: Record<string, Condition>;
  header?: Record<string, Condition>;
  query?: Record<string, Condition>;
  [condition: string]: unknown;
}

export type Kind = "request" | "event" | "delivery" | "message" | "record" | "world" | "clock";

/** Seconds, or a distribution of them. */
export type Seconds =
  | number
  | { uniform: [low: number, high: number] }
  | { whole_seconds: [low: number, high: number] }
  | { normal: [mean: number, deviation: number] }
  | { lognormal: [median: number, sigma: number] }
  | { exponential: number };

export type Outcome =
  | "answer"
  | "busy"
  | "no_answer"
  | "reject"
  | "cancel"
  | "manual"
  | { fail: string };

/** What a rung phone does. */
export interface Behaviour {
  outcome: Outcome;
  setup?: Seconds;
  ring?: Seconds;
  talk?: Seconds;
  hangs_up?: Side;
  keys?: { digits: string; after?: number; by?: "callee" | "caller" }[];
}

/** Who placed a call (`a`), and who received it (`b`). */
export type Side = "a" | "b";

export type CallState = "created" | "waiting" | "ringing" | "answered" | "parked" | "ended";
export type Direction = "inbound" | "outbound" | "local";

export interface PartyView {
  kind: "extension" | "outside" | "service";
  number: string;
}

export interface LegView {
  leg: number;
  party: PartyView;
  role: string;
  side: Side | null;
  state: string;
  cause: string | null;
  hears: number[];
}

export interface TimelineEvent {
  at: string;
  event: string;
  leg?: number;
  to_leg?: number;
  cause?: string;
  digits?: string;
  supervision?: string;
}

export interface CallView {
  id: string;
  vendor: string;
  account: string | null;
  /** The vendor's own ids of the call, by its names for them. */
  vendor_ids: Record<string, unknown>;
  state: CallState;
  direction: Direction;
  from: PartyView;
  to: PartyView;
  line: string | null;
  created_at: string;
  answered_at: string | null;
  ended_at: string | null;
  /** A hangup cause of FreeSWITCH, such as `NORMAL_CLEARING`. */
  cause: string | null;
  recording_seconds: number | null;
  legs: LegView[];
  timeline: TimelineEvent[];
}

/** Something that happened, of any kind. */
export interface Happened {
  id: string;
  kind?: Kind;
  at: string;
  vendor?: string;
  account?: string | null;
  call?: string;
  event?: string;
  from?: string;
  to?: string;
  cause?: string;
  [field: string]: unknown;
}

export interface ClockView {
  now: string;
  /** Simulated seconds per second. */
  rate: number;
  frozen: boolean;
  /** How many seconds an account is ahead of the process. */
  offset: number;
}

export interface Attempt {
  status: number | null;
  error?: string;
  response?: string;
  took_ms: number;
  [field: string]: unknown;
}

export interface Delivery {
  id: string;
  vendor: string;
  account: string | null;
  call?: string;
  event: string;
  url: string;
  body: string;
  created_at: string;
  state: "pending" | "delivered" | "failed" | "dropped";
  attempts: Attempt[];
  [field: string]: unknown;
}

/** What happened while time was advanced. */
export interface Advanced {
  from: string;
  to: string;
  /** At most 10,000, in the order of time. */
  events: Happened[];
  event_count: number;
  events_omitted: number;
  /** Every webhook that waited before or came meanwhile. */
  deliveries: Delivery[];
  unsettled: unknown[];
  matched?: boolean;
}

/** A request of a client with its answer. */
export interface RequestEntry {
  id: string;
  at: string;
  real_at: string;
  vendor: string;
  account: string | null;
  operation: string | null;
  method: string;
  url: string;
  headers: [name: string, value: string][];
  body: string;
  response: { status: number; headers: [name: string, value: string][]; body: string };
  took_ms: number;
  refused?: { step: string; field: string | null; detail: string; nearest: string | null };
  call?: string;
  [field: string]: unknown;
}

/** What an inbox answers: a status, a reset of the connection, or more than that. */
export type InboxAnswer =
  | number
  | "reset"
  | {
      status?: number;
      headers?: Record<string, string>;
      body?: string;
      /** Of the computer's seconds. */
      delay?: number;
      reset?: true;
    };

export interface InboxView {
  name: string;
  url: string;
  path: string;
  plan: InboxAnswer[];
  left: InboxAnswer[];
  then: InboxAnswer;
  messages: number;
  received: number;
  missed: number;
}

export interface RuleView extends Behaviour {
  id: number;
  hits: number;
  from?: string;
  to?: string;
  direction?: Direction;
  times?: number;
  [field: string]: unknown;
}

export interface ExtensionView {
  number: string;
  registered: boolean;
  do_not_disturb: boolean;
  habit?: Behaviour;
}
