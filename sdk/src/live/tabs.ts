/**
 * Several tabs, one stream: whoever holds the lock leads and tells the others, and when it goes the next one leads.
 * A browser without locks has a stream in each tab.
 */
import { guard } from "../core/guard";
import type { Identity, Piece } from "../types";

/** What tabs tell one another: who is here, what is open, and what is over. */
export type Word = { hello: Identity } | { state: { who: Identity; pieces: Piece[] } } | { over: number };

export class Tabs {
  private _channel: BroadcastChannel | null;
  private _gone = new AbortController();

  private _name: string;

  constructor(name: string, hear: (word: Word) => void) {
    this._name = name;
    this._channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null;
    if (this._channel) this._channel.onmessage = guard((event: MessageEvent) => hear(event.data));
  }

  say(word: Word): void {
    this._channel?.postMessage(word);
  }

  /** Calls `lead` when this tab's turn has come; it leads until what it returns has settled, or it leaves. */
  candidate(lead: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this._gone;
    const run = guard(() => lead(signal));
    if (!navigator.locks || !this._channel) run();
    else navigator.locks.request(this._name, { signal }, async () => run()).catch(() => {});
  }

  leave(): void {
    this._gone.abort();
    this._channel?.close();
  }
}

/** Holds a piece for this tab while `show` says so; false when another tab has it on its screen. */
export function claim(id: number, show: (release: () => void) => void): Promise<boolean> {
  const locks = navigator.locks;
  if (!locks) {
    show(() => {});
    return Promise.resolve(true);
  }
  return new Promise((answer) => {
    locks
      .request(`milepost.piece.${id}`, { ifAvailable: true }, (lock) => {
        answer(lock !== null);
        return lock && new Promise<void>(guard(show));
      })
      .catch(() => answer(false));
  });
}
