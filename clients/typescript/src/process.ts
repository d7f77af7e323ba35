// Finding and running the program.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { accessSync, closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

import { StartError } from "./errors.js";

const PROGRAM = process.platform === "win32" ? "ringback.exe" : "ringback";

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds the program: the path given, `RINGBACK_BIN`, `PATH`. */
export function findBinary(path?: string): string {
  const said = path || process.env["RINGBACK_BIN"];
  if (said) {
    const found = resolve(said);
    if (isProgram(found)) return found;
    throw new StartError(`${found}: there is no such program${path ? "" : " (the variable RINGBACK_BIN)"}`);
  }
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder && isProgram(join(folder, PROGRAM))) return join(folder, PROGRAM);
  }
  throw new StartError(
    "the program `ringback` is not there: put it on PATH, name it in RINGBACK_BIN, " +
      "or name one that runs in RINGBACK_URL",
  );
}

/** Asks the program which vendors it has. */
export async function allVendors(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(program, ["vendors", "--json"]);
  return (JSON.parse(stdout) as { name: string }[]).map((vendor) => vendor.name);
}

/** What a ready file says. */
interface Ready {
  hub: { url: string };
}

/** A Ringback that was started here, and ends with this process at the latest. */
export class Process {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly ready: Ready,
    private readonly atExit: () => void,
  ) {}

  static async start(
    program: string,
    flags: readonly string[],
    env: Record<string, string> = {},
    timeout = 30,
  ): Promise<Process> {
    const folder = mkdtempSync(join(tmpdir(), "ringback-"));
    const file = join(folder, "ready.json");
    const log = openSync(join(folder, "said"), "w");
    // What a person has set for their own Ringback is not about that of a test.
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("RINGBACK_"));
    const child = spawn(program, ["--ready-file", file, ...flags], {
      env: { ...Object.fromEntries(kept), ...env },
      stdio: ["ignore", "ignore", log],
    });
    closeSync(log);
    // It does not keep a process that is done from ending.
    child.unref();
    const atExit = () => {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    };
    process.on("exit", atExit);
    let failed: Error | undefined;
    child.once("error", (error) => (failed = error));
    const until = Date.now() + timeout * 1000;
    for (;;) {
      let why = failed?.message;
      if (child.exitCode !== null || child.signalCode !== null) {
        why = `ended with status ${child.exitCode ?? child.signalCode}`;
      } else if (Date.now() > until) {
        why = `is not ready after ${timeout} s`;
      }
      if (why !== undefined) {
        const said = readFileSync(join(folder, "said"), "utf8").trim();
        process.off("exit", atExit);
        atExit();
        throw new StartError(`${program} ${flags.join(" ")}\n  ${why}${said ? `: ${said}` : ""}`);
      }
      try {
        const ready = JSON.parse(readFileSync(file, "utf8")) as Ready;
        return new Process(child, folder, ready, atExit);
      } catch {
        await new Promise((done) => setTimeout(done, 10));
      }
    }
  }

  /** What it has written to standard error. */
  get log(): string {
    return readFileSync(join(this.folder, "said"), "utf8");
  }

  /** Ends it, if it still runs. */
  async stop(): Promise<void> {
    process.off("exit", this.atExit);
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((done) => this.child.once("exit", done));
      this.child.ref();
      this.child.kill();
      const patience = setTimeout(() => this.child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(patience);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
