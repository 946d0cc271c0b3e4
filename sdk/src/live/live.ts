/** The connected part of the SDK: the stream, the tabs that share it, and what it brings to the screen. */
import { guard, hush } from "../core/guard";
import { post } from "../core/session";
import type { Host, Identity, Live } from "../types";
import { Deck } from "./deck";
import { follow, type News } from "./stream";
import { Tabs, type Word } from "./tabs";

const READY_MS = 1500;

export function live(host: Host): Live {
  let room: Room | null = new Room(host);
  const leave = guard(() => {
    room?.stop();
    room = null;
  });
  // A page in the back-forward cache keeps neither a lock nor a connection.
  const enter = guard((event: PageTransitionEvent) => {
    if (event.persisted) room ??= new Room(host);
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", enter);
  spendLink(host).catch(hush);
  return {
    changed: () => room?.changed(),
    stop() {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", enter);
      leave();
    },
  };
}

class Room {
  private _deck: Deck;
  private _tabs: Tabs;
  private _leads = false;
  /** Ends the stream of an identity that is no longer ours. */
  private _restart = new AbortController();

  private _host: Host;

  constructor(host: Host) {
    this._host = host;
    this._tabs = new Tabs(`milepost.${host.key}`, (word) => this._hear(word));
    this._deck = new Deck(host, (over) => this._tabs.say({ over }));
    this._tabs.candidate((signal) => this._lead(signal));
    this._tabs.say({ hello: host.identity() });
  }

  changed(): void {
    this._deck.set([]);
    this._tabs.say({ hello: this._host.identity() });
    this._restart.abort();
  }

  stop(): void {
    this._tabs.leave();
    this._deck.stop();
  }

  /** Follows the stream for as long as this tab lives; a refused identity waits for another one. */
  private async _lead(gone: AbortSignal): Promise<void> {
    this._leads = true;
    while (!gone.aborted) {
      this._restart = new AbortController();
      const ended = aborted(gone, this._restart.signal);
      await follow(this._host, (news) => this._tell(news), ended.signal).catch(hush);
      await ended.promise;
    }
  }

  private _tell(news: News): void {
    if ("open" in news) this._begin(news.open);
    else if ("piece" in news) this._deck.put(news.piece);
    else this._deck.drop(news.retract);
    this._spread();
  }

  /** A win is celebrated in its moment only if what draws it is here already. */
  private _begin(open: number[]): void {
    this._deck.keep(open);
    setTimeout(() => this._host.load("celebration").catch(hush), READY_MS);
  }

  private _hear(word: Word): void {
    if ("hello" in word) this._meet(word.hello);
    else if ("over" in word) this._deck.drop(word.over);
    else if (!this._leads && same(word.state.who, this._host.identity())) this._deck.set(word.state.pieces);
  }

  /** Another tab has come, or knows better who is here. */
  private _meet(who: Identity): void {
    const known = this._host.identity();
    if (!same(who, known) || (who.signature && !known.signature)) {
      this._host.adopt(who);
      this._deck.set([]);
      this._restart.abort();
    } else if (this._leads) this._spread();
  }

  private _spread(): void {
    const { anonymousId, userId } = this._host.identity();
    this._tabs.say({ state: { who: { anonymousId, userId, signature: null }, pieces: this._deck.all() } });
  }
}

const same = (a: Identity, b: Identity): boolean => a.anonymousId === b.anonymousId && a.userId === b.userId;

/** A signal and a promise that fire with the first of these. */
function aborted(...signals: AbortSignal[]): { signal: AbortSignal; promise: Promise<void> } {
  const both = new AbortController();
  const promise = new Promise<void>((done) => {
    both.signal.addEventListener("abort", () => done());
  });
  for (const signal of signals) {
    if (signal.aborted) both.abort();
    signal.addEventListener("abort", () => both.abort(), { signal: both.signal });
  }
  return { signal: both.signal, promise };
}

/** The link of a message led here: spends its token, which begins the guide that it promised. */
async function spendLink(host: Host): Promise<void> {
  const address = new URL(location.href);
  const token = address.searchParams.get("mp_t");
  if (!token) return;
  address.searchParams.delete("mp_t");
  history.replaceState(history.state, "", address);
  await post(`${host.base}/client/link`, { token }, { Authorization: `Bearer ${await host.token()}` });
}
