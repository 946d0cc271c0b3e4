/** The connected part of the SDK: the stream, the tabs that share it, and what it brings to the screen. */
import { guard, hush } from "../core/guard";
import type { Help, Host, Identity, Live } from "../types";
import { Deck } from "./deck";
import { Office } from "./office";
import { follow, type News } from "./stream";
import { Tabs, type Word } from "./tabs";

const READY_MS = 1500;

export function live(host: Host): Live {
  const office = new Office(host);
  let room: Room | null = null;
  // A page that is frozen, or in the back-forward cache, keeps neither a lock nor a connection; and when it comes back, the
  // browser may be somebody else's.
  const stop = () => {
    room?.stop();
    room = null;
  };
  const leave = () => {
    stop();
    office.last();
  };
  const enter = () => {
    if (room) return;
    office.renew();
    room = new Room(host, office);
  };
  const gone = new AbortController();
  const on = (target: EventTarget, name: string, hear: () => void) =>
    target.addEventListener(name, guard(hear), { signal: gone.signal });
  on(window, "pagehide", leave);
  on(window, "pageshow", enter);
  on(document, "freeze", leave);
  on(document, "resume", enter);
  on(document, "visibilitychange", () => room?.seen());
  guard(enter)();
  const arrive = () => carried(host, office).catch(hush);
  arrive();
  return {
    leave: () => room?.clear(),
    changed() {
      office.renew();
      room?.changed();
      arrive();
    },
    carry: (entry) => office.carry(entry),
    help: () => room?.help(),
    stop() {
      gone.abort();
      stop();
    },
  };
}

class Room {
  private _deck: Deck;
  private _tabs: Tabs;
  private _help: Promise<Help | undefined> | undefined;
  private _leads = false;
  /** Whose pieces are here. Storage may know of somebody else already: another tab wrote that down. */
  private _who: Identity;
  /** Ends the stream of an identity that is no longer ours. */
  private _restart = new AbortController();
  private _ready: ReturnType<typeof setTimeout> | undefined;

  private _host: Host;
  private _office: Office;

  constructor(host: Host, office: Office) {
    this._host = host;
    this._office = office;
    this._who = host.identity();
    this._tabs = new Tabs(`milepost.${host.key}`, (word) => this._hear(word));
    this._deck = new Deck(host, office, {
      over: (over) => this._tabs.say({ over }),
      alone: (modal) => this._help?.then((help) => help?.hide(modal)),
      help: () => this.help(),
    });
    this._tabs.candidate(this._lead);
    this._tabs.say({ hello: this._who, asks: true });
    if (host.launcher) this._helper();
  }

  /** Somebody goes: what was here for them is off the page before anything else happens. */
  clear(): void {
    this._deck.clear();
    this._help?.then((help) => help?.close());
  }

  changed(): void {
    this._turn();
    this._tabs.say({ hello: this._who });
  }

  /** The tab that is looked at leads: one that is not may sleep. */
  seen(): void {
    if (document.hidden) return;
    this._check();
    if (!this._leads) this._tabs.candidate(this._lead, true);
  }

  stop(): void {
    this._tabs.leave();
    clearTimeout(this._ready);
    this._help?.then((help) => help?.remove());
    this._deck.stop();
  }

  async help(): Promise<void> {
    await (await this._helper())?.open();
  }

  /** The launcher, and the panel behind it. */
  private _helper(): Promise<Help | undefined> {
    this._help ??= this._host
      .load<typeof import("./help")>("help")
      .then(({ help }) => help(this._host, this._office, (held) => this._deck.hold(held)))
      .catch(hush);
    return this._help;
  }

  /** Follows the stream for as long as this tab leads; a refused identity waits for another one. */
  private _lead = async (turn: AbortSignal): Promise<void> => {
    this._leads = true;
    turn.addEventListener("abort", () => this._restart.abort());
    while (!turn.aborted) {
      this._restart = new AbortController();
      const { signal } = this._restart;
      const over = new Promise((done) => signal.addEventListener("abort", done));
      await follow(this._office, (news) => this._tell(news), signal).catch(hush);
      await over;
    }
    this._leads = false;
  };

  private _tell(news: News): void {
    if (this._check()) return;
    if ("open" in news) this._begin(news.open);
    else if ("piece" in news) this._deck.put(news.piece);
    else this._deck.drop(news.retract);
    this._spread();
  }

  /** A win is celebrated in its moment only if what draws it is here already. */
  private _begin(open: number[]): void {
    this._deck.keep(open);
    this._ready ??= setTimeout(() => this._host.load("celebration").catch(hush), READY_MS);
  }

  private _hear(word: Word): void {
    if ("hello" in word) this._meet(word.hello, word.asks);
    else if ("over" in word) this._deck.drop(word.over);
    else if (!this._leads && same(word.state.who, this._who) && !this._check()) this._deck.set(word.state.pieces);
  }

  /** Another tab has come, or knows better who is here. One that has only just come as a stranger knows less. */
  private _meet(who: Identity, asks?: boolean): void {
    if (asks && !who.userId && !same(who, this._who)) this._tabs.say({ hello: this._who });
    else if (!same(who, this._who) || (who.signature && !this._who.signature)) {
      this._host.adopt(who);
      this._office.renew();
      this._turn();
    } else if (this._leads) this._spread();
  }

  /** Whether somebody else is here by now, whom this tab has not heard of. */
  private _check(): boolean {
    const who = this._host.identity();
    const other = !same(who, this._who);
    if (other) this._meet(who);
    return other;
  }

  private _turn(): void {
    this.clear();
    this._who = this._host.identity();
    this._restart.abort();
  }

  private _spread(): void {
    this._tabs.say({ state: { who: { ...this._who, signature: null }, pieces: this._deck.all() } });
  }
}

const same = (a: Identity, b: Identity): boolean => a.anonymousId === b.anonymousId && a.userId === b.userId;

/** What the address carries for us, or an earlier one did, is rare. */
async function carried(host: Host, office: Office): Promise<void> {
  if (!/[?&](mp_t|milepost_invite)=/.test(location.search) && !host.read("invite")) return;
  const { spendLink, welcome } = await host.load<typeof import("./links")>("links");
  welcome(host);
  await spendLink(office);
}
