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
  let room: Room | null = new Room(host, office);
  const leave = guard(() => {
    room?.stop();
    room = null;
    office.last();
  });
  // A page in the back-forward cache keeps neither a lock nor a connection.
  const enter = guard((event: PageTransitionEvent) => {
    if (event.persisted) room ??= new Room(host, office);
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", enter);
  const arrive = () => carried(host, office).catch(hush);
  arrive();
  return {
    changed() {
      office.renew();
      room?.changed();
      arrive();
    },
    carry: (entry) => office.carry(entry),
    help: () => room?.help(),
    stop() {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", enter);
      room?.stop();
      room = null;
    },
  };
}

class Room {
  private _deck: Deck;
  private _tabs: Tabs;
  private _help: Promise<Help | undefined> | undefined;
  private _leads = false;
  /** Ends the stream of an identity that is no longer ours. */
  private _restart = new AbortController();

  private _host: Host;
  private _office: Office;

  constructor(host: Host, office: Office) {
    this._host = host;
    this._office = office;
    this._tabs = new Tabs(`milepost.${host.key}`, (word) => this._hear(word));
    this._deck = new Deck(host, office, {
      over: (over) => this._tabs.say({ over }),
      alone: (modal) => this._help?.then((help) => help?.hide(modal)),
      help: () => this.help(),
    });
    this._tabs.candidate((signal) => this._lead(signal));
    this._tabs.say({ hello: host.identity() });
    if (host.launcher) this._helper();
  }

  changed(): void {
    this._deck.set([]);
    this._help?.then((help) => help?.close());
    this._tabs.say({ hello: this._host.identity() });
    this._restart.abort();
  }

  stop(): void {
    this._tabs.leave();
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

  /** Follows the stream for as long as this tab lives; a refused identity waits for another one. */
  private async _lead(gone: AbortSignal): Promise<void> {
    this._leads = true;
    gone.addEventListener("abort", () => this._restart.abort());
    while (!gone.aborted) {
      this._restart = new AbortController();
      const { signal } = this._restart;
      const ended = new Promise((done) => signal.addEventListener("abort", done));
      await follow(this._office, (news) => this._tell(news), signal).catch(hush);
      await ended;
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
      this._office.renew();
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

/** What the address carries for us, or an earlier one did, is rare. */
async function carried(host: Host, office: Office): Promise<void> {
  if (!/[?&](mp_t|milepost_invite)=/.test(location.search) && !host.read("invite")) return;
  const { spendLink, welcome } = await host.load<typeof import("./links")>("links");
  welcome(host);
  await spendLink(office);
}
