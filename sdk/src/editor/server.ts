/** The editing session with the server: one token, kept in this tab, for this origin alone. */
import type { Host } from "../types";
import type { Asked, AtWork, Bench, Kept } from "./types";

const KEPT = "milepost.edit";
const TOOL = "milepost.tool";

/** The server said no, and why. `by` and `theirs`: somebody else has saved meanwhile, and what. */
export class Refusal extends Error {
  readonly status: number;
  readonly by: string;
  readonly theirs: string;

  constructor(status: number, said: { message?: string; mend?: string; by?: string; theirs?: string }) {
    super([said.message, said.mend].filter(Boolean).join(" "));
    this.status = status;
    this.by = said.by ?? "";
    this.theirs = said.theirs ?? "";
  }

  get over(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

export class Server {
  private _base: string;
  private _token: string;

  constructor(base: string, token: string) {
    this._base = base;
    this._token = token;
  }

  /** Spends the token of the link. */
  static async begin({ base, key }: Host, link: string): Promise<string> {
    const { token } = await post<{ token: string }>(`${base}/editing/open`, { token: link, writeKey: key });
    return token;
  }

  bench = (): Promise<Bench> => this._ask("bench");
  piece = (asked: Asked): Promise<AtWork> => this._ask("piece", asked);
  check = (asked: Asked): Promise<AtWork> => this._ask("check", asked);
  save = (asked: Asked): Promise<AtWork> => this._ask("save", asked);
  undo = (): Promise<Bench> => this._ask("undo");
  done = (): Promise<void> => this._ask("done");

  private _ask<T>(what: string, body: object = {}): Promise<T> {
    return post(`${this._base}/editing/${what}`, body, { Authorization: `Bearer ${this._token}` });
  }
}

async function post<T>(address: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const answer = await fetch(address, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
  });
  const said = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, said);
  return said;
}

// What this tab remembers.

export function recalled(): Kept | null {
  const text = sessionStorage.getItem(KEPT);
  return text ? (JSON.parse(text) as Kept) : null;
}

export function remember(kept: Kept): void {
  sessionStorage.setItem(TOOL, "edit");
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

/** The session is over; what is not saved waits in this tab for another one. */
export function rest(): void {
  sessionStorage.removeItem(TOOL);
}

export function forget(): void {
  rest();
  sessionStorage.removeItem(KEPT);
}
