// The real chain on loopback: a stand-in for the PBX, a connector and an agent, each a process.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

declare const REPOSITORY: string;

const NEEDED = ['starface-uci-simulator', 'starface-teams-connector', 'starface-teams-agent'];
/** Whatever is waited for has so long (ms). */
const PATIENCE = 20_000;

/** Where all programs are built, the newest agent of several; null: nowhere. */
export function programs(): string | null {
  const builds = path.join(REPOSITORY, 'build');
  const found = existsSync(builds) ? readdirSync(builds).sort() : [];
  const folders = found.map((preset) => path.join(builds, preset, 'bin'));
  const named = process.env['STARFACE_TEAMS_PROGRAMS'];
  const all = named === undefined ? folders : [named];
  const has = (folder: string): boolean =>
    NEEDED.every((program) => existsSync(path.join(folder, program)));
  const built = (folder: string): number =>
    statSync(path.join(folder, 'starface-teams-agent')).mtimeMs;
  return all.filter(has).sort((one, other) => built(other) - built(one))[0] ?? null;
}

/** Asks again until it is true; nothing else tells when a process is ready. */
export async function until(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE} ms`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

export class Chain {
  readonly #bin: string;
  readonly #work = mkdtempSync(path.join(tmpdir(), 'starface-teams-chain.'));
  readonly #running = new Map<string, ChildProcess>();
  #port = 0;

  constructor(bin: string) {
    this.#bin = bin;
  }

  /** Returns the key file. */
  async start(): Promise<Uint8Array<ArrayBuffer>> {
    this.#write('users.ini', '[user-anna]\nlogin = 1001\npassword = anna-secret\nname = Anna\n');
    const ports = (name: string): string[] => ['--port-file', this.#path(`${name}.ports`)];
    const users = ['--users', this.#path('users.ini')];
    this.#spawn('starface-uci-simulator', ...users, ...ports('simulator'));
    await this.#served('simulator');
    await this.startConnector();
    this.#write(
      'agent.ini',
      `[system]\nname = pbx.example.com\n[connector]\nurl = ws://127.0.0.1:${this.#port}\n` +
        `[uci]\nurl = http://127.0.0.1:${this.#ports('simulator')['http'] ?? 0}\n`,
    );
    this.startAgent();
    await until('the agent runs', () => this.#agentIs('connected'));
    this.agentCommand('key', 'new');
    this.agentCommand('key', 'export', this.#path('users.key'));
    return new Uint8Array(readFileSync(this.#path('users.key')));
  }

  async startConnector(): Promise<void> {
    const address = `127.0.0.1:${this.#port}`;
    this.#write(
      'connector.ini',
      `[listen]\naddress = ${address}\n[registry]\nfile = names\nregistration = open\n`,
    );
    rmSync(this.#path('connector.ports'), { force: true });
    const config = ['--config', this.#path('connector.ini')];
    this.#spawn(
      'starface-teams-connector',
      ...config,
      '--port-file',
      this.#path('connector.ports'),
    );
    await this.#served('connector');
    this.#port = this.#ports('connector')['port'] ?? 0;
  }

  startAgent(): void {
    this.#spawn('starface-teams-agent', 'run', ...this.#agentOptions());
  }

  /** Without a word to anybody. */
  async kill(program: string): Promise<void> {
    const child = this.#running.get(program);
    if (child === undefined) throw new Error(`${program} does not run`);
    child.ref();
    const gone = new Promise((go) => child.once('exit', go));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    for (const [program, child] of this.#running) {
      if (child.exitCode === null && child.signalCode === null) await this.kill(program);
    }
    rmSync(this.#work, { recursive: true, force: true });
  }

  /** Entries of the PBX's journal: what really reached it. */
  async journal(): Promise<{ kind: string; method?: string; outcome?: string }[]> {
    const port = this.#ports('simulator')['control'] ?? 0;
    const answer = await fetch(`http://127.0.0.1:${port}/control/journal?limit=20000`);
    return ((await answer.json()) as { entries: { kind: string }[] }).entries;
  }

  #agentOptions(): string[] {
    return ['--config', this.#path('agent.ini'), '--state-dir', this.#path('state')];
  }

  /** starface-teams-agent COMMAND …; what it prints. */
  agentCommand(...command: string[]): string {
    const program = path.join(this.#bin, 'starface-teams-agent');
    return execFileSync(program, [...command, ...this.#agentOptions()], {
      stdio: 'pipe',
    }).toString();
  }

  #agentIs(state: string): boolean {
    try {
      return this.agentCommand('status', '--json').includes(`"${state}"`);
    } catch (error) {
      // It exits with 1 while something is missing, such as the key.
      const { stdout } = error as { stdout?: Buffer };
      return stdout?.toString().includes(`"${state}"`) ?? false;
    }
  }

  #path(name: string): string {
    return path.join(this.#work, name);
  }

  #write(name: string, text: string): void {
    writeFileSync(this.#path(name), text, { mode: 0o600 });
  }

  #ports(name: string): Partial<Record<string, number>> {
    return JSON.parse(readFileSync(this.#path(`${name}.ports`), 'utf8')) as Record<string, number>;
  }

  #served(name: string): Promise<void> {
    return until(`${name} serves`, () => {
      const file = this.#path(`${name}.ports`);
      return existsSync(file) && readFileSync(file, 'utf8').trim() !== '';
    });
  }

  #spawn(program: string, ...options: string[]): void {
    const child = spawn(path.join(this.#bin, program), options, {
      cwd: this.#work,
      stdio: process.env['CHAIN_LOG'] === undefined ? 'ignore' : 'inherit',
    });
    this.#running.set(program, child);
    // A test that fails early leaves nothing behind.
    child.unref();
    process.once('exit', () => child.kill('SIGKILL'));
  }
}
