/**
 * What still has to reach the server: kept in order, in storage where there is one, sent in batches, tried again until
 * the server has answered. Two tabs may send the same message; its id makes it count once.
 */
import type { Entry } from "../types";
import { backoff, guard, hush } from "./guard";
import type { Keeper } from "./memory";

/** `null`: it was answered for good, well or not; a number: try again after so many milliseconds (0: as you think). */
export type Post = (entries: Entry[]) => Promise<number | null>;

const MOST_KEPT = 500;
const MOST_A_BATCH = 50;
const LONGEST_MESSAGE = 32_000;
const LONGEST_BATCH = 300_000;
const NAME = "outbox";

export class Outbox {
  private _failures = 0;
  private _busy = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;

  private _memory: Keeper;
  private _post: Post;

  constructor(memory: Keeper, post: Post) {
    this._memory = memory;
    this._post = post;
  }

  add(entry: Entry): void {
    if (JSON.stringify(entry.body).length > LONGEST_MESSAGE) return hush("over 32 kB: not sent");
    this._save([...this.waiting(), entry].slice(-MOST_KEPT));
    if (!this._failures) this.soon();
  }

  waiting(): Entry[] {
    try {
      return JSON.parse(this._memory.get(NAME) ?? "[]");
    } catch {
      return [];
    }
  }

  /** Sends what waits, oldest first, until nothing does or the server cannot take it. */
  async flush(): Promise<void> {
    if (this._busy) return;
    this._busy = true;
    try {
      await this._memory.alone(() => this._drain());
    } finally {
      this._busy = false;
    }
  }

  /** Sends what waits in a moment, together with whatever else happens in it. */
  soon(): void {
    this._again(0);
  }

  stop(): void {
    clearTimeout(this._timer);
    this._busy = true;
  }

  private async _drain(): Promise<void> {
    for (let entries = batch(this.waiting()); entries.length; entries = batch(this.waiting())) {
      const after = await this._post(entries).catch(() => 0);
      if (after !== null) return this._again(after || backoff(this._failures++));
      this._failures = 0;
      const sent = new Set(entries.map((entry) => entry.id));
      this._save(this.waiting().filter((entry) => !sent.has(entry.id)));
    }
  }

  private _again(after: number): void {
    clearTimeout(this._timer);
    this._timer = setTimeout(
      guard(() => this.flush()),
      after,
    );
  }

  private _save(entries: Entry[]): void {
    this._memory.set(NAME, JSON.stringify(entries));
  }
}

/** The longest beginning that can go in one request; one for `/client/…` goes alone. */
export function batch(waiting: Entry[]): Entry[] {
  if (waiting[0]?.to) return [waiting[0]];
  const taken: Entry[] = [];
  let room = LONGEST_BATCH;
  for (const entry of waiting) {
    room -= JSON.stringify(entry.body).length;
    if (entry.to || room < 0 || taken.length === MOST_A_BATCH) break;
    taken.push(entry);
  }
  return taken;
}
