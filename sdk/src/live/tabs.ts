/**
 * Several tabs, one stream: whoever holds the lock leads and tells the others, and when it goes the next one leads.
 * A browser without locks, or that does not give them to this page, has a stream in each tab.
 */
import { guard } from "../core/guard";
import type { Identity, Piece } from "../types";

/** What tabs tell one another: who is here (or `asks`, having only just come), what is open, and what is over. */
export type Word =
  | { hello: Identity; asks?: boolean }
  | { state: { who: Identity; pieces: Piece[] } }
  | { over: number };

export class Tabs {
  private _channel: BroadcastChannel | undefined;
  private _turn = new AbortController();

  private _name: string;

  constructor(name: string, hear: (word: Word) => void) {
    this._name = name;
    this._channel = guard(() => new BroadcastChannel(name))();
    if (this._channel) this._channel.onmessage = guard((event: MessageEvent) => hear(event.data));
  }

  say(word: Word): void {
    this._channel?.postMessage(word);
  }

  /** Calls `lead` when this tab's turn has come, or `now`: it leads until its signal. */
  candidate(lead: (turn: AbortSignal) => Promise<void>, now = false): void {
    this._turn.abort();
    this._turn = new AbortController();
    const { signal } = this._turn;
    const run = async () => guard(lead)(signal);
    if (!navigator.locks || !this._channel) run();
    else
      navigator.locks.request(this._name, now ? { steal: true } : { signal }, run).catch(({ name }) => {
        if (signal.aborted) return;
        if (name === "AbortError")
          this.candidate(lead); // another tab took its turn
        else run(); // this page is given no locks
      });
  }

  leave(): void {
    this._turn.abort();
    this._channel?.close();
  }
}

/** Holds a piece for this tab while `show` says so; false when another tab has it on its screen. */
export function claim(id: number, show: (release: () => void) => void): Promise<boolean> {
  return new Promise((answer) => {
    const hold = (lock: unknown) => {
      answer(!!lock);
      return lock ? new Promise<void>(guard(show)) : null;
    };
    if (navigator.locks) navigator.locks.request(`milepost.piece.${id}`, { ifAvailable: true }, hold).catch(hold);
    else hold(true);
  });
}
