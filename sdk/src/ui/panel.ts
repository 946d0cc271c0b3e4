/** The help: what comes next, a question to somebody who answers, what became of earlier ones, and articles. */
import { alone, wait } from "../core/guard";
import type { Contact, Helper, Properties, Refused } from "../types";
import { h, heading, link, prose } from "./html";
import css from "./panel.css";
import { type Frame, Sheet } from "./sheet";
import { fill, words } from "./words";

const ENGLISH = {
  close: "Close",
  help: "Do you need help?",
  back: "Back",
  help_title: "Help",
  loading: "One moment…",
  no_help: "The help cannot be reached just now.",
  try_again: "Try again",
  what_next: "What next?",
  start: "Show me how",
  open: "Open",
  ask: "Ask a question",
  ask_hint: "Write what you would like to know",
  send: "Send",
  asked: "Thank you, your question is on its way.",
  asked_who: "{name} will answer you here and by mail.",
  asked_when: "Answers come {hours}.",
  asked_later: "It is sent as soon as there is a connection.",
  requests: "Your questions",
  feedback: "Give feedback",
  feedback_hint: "What is good, what is in your way?",
  mood: "How is it so far?",
  mood_1: "Bad",
  mood_2: "So-so",
  mood_3: "Good",
  may_contact: "You may write to me about it",
  fed_back: "Thank you, we read every word.",
  preferences: "Language, mail and how often we write",
  articles: "Articles",
  search: "Search the articles",
  nothing_found: "No article about that. Ask us, above.",
  how: "How support works",
  community: "Talk with others",
  status_open: "Open",
  status_answered: "Answered",
  status_closed: "Closed",
};
/** A panel that comes at once needs no word about loading. */
const LOADING_MS = 300;
const PATIENCE_MS = 3000;
/** So many titles are looked through faster than one types. */
const FEW = 3;
const SHORTEST = 3;
/** Whoever pauses so long has written what they look for. */
const PAUSE_MS = 700;

interface Request {
  id: number;
  text: string;
  status: string;
  at: string;
  replies: { text: string; by: string; at: string }[];
}

interface Line {
  key: string;
  title: string;
}

interface Brought {
  contact: Contact | null;
  how?: string | null;
  community?: string | null;
  next?: { title: string; reason: string; start?: string | null; url?: string | null } | null;
  articles?: Line[];
  requests?: Request[];
  preferences?: string | null;
  lang?: string;
  dir?: string;
  labels?: Record<string, string>;
}

interface Article {
  key: string;
  title: string;
  body_html: string;
}

type Said = typeof ENGLISH & ReturnType<typeof words>;

export function open(helper: Helper): { remove(): void } {
  return new Panel(helper);
}

class Panel {
  private _sheet: Sheet;
  private _help: Brought = { contact: null };
  private _draft = "";
  private _gone = false;

  private _helper: Helper;

  constructor(helper: Helper) {
    this._helper = helper;
    this._sheet = this._framed();
    alone(this._load());
  }

  remove(): void {
    if (this._gone) return;
    this._gone = true;
    const focused = !!this._sheet.shell.focused;
    this._sheet.remove();
    this._helper.closed(focused);
  }

  private async _load(): Promise<void> {
    const asked = this._helper.get<Brought>("/client/help");
    const slow = wait(LOADING_MS).then(() => null);
    try {
      if (!(await Promise.race([asked, slow])) && !this._gone) this._say(this._said.loading, false);
      this._help = await asked;
      if (this._gone) return;
      this._sheet.remove();
      this._sheet = this._framed();
      this._home();
    } catch (error) {
      if (!this._gone) this._say(this._said.no_help, true);
      throw error;
    }
  }

  /** In the language of what was brought. */
  private _framed(): Sheet {
    const { contact, lang, dir } = this._help;
    const language = lang ?? (document.documentElement.lang || navigator.language);
    const frame: Frame = { contact, lang: language, dir: dir ?? document.dir ?? "ltr", labels: this._said };
    return new Sheet(frame, { close: () => this.remove() }, css);
  }

  private _say(text: string, again: boolean): void {
    const button = h(
      "button",
      { type: "button", class: "main", click: () => alone(this._load()) },
      this._said.try_again,
    );
    const act = again && h("div", { class: "actions" }, button);
    this._sheet.fill(true, "", heading(this._said.help_title), h("p", { class: "text" }, text), act);
  }

  private _home(): void {
    const { requests, articles, how, community, preferences } = this._help;
    const said = this._said;
    const join = () => alone(this._told("/client/community", {}));
    this._sheet.fill(
      true,
      "",
      heading(said.help_title),
      this._next(said),
      this._ask(said),
      !!requests?.length && group(said.requests, h("div", {}, ...requests.map((each) => this._request(each, said)))),
      !!articles?.length && group(said.articles, this._articles(articles, said)),
      how && group(said.how, h("p", { class: "how" }, how)),
      community && h("p", {}, link(community, { click: join }, said.community)),
      this._feedback(said),
      preferences && h("p", {}, link(preferences, {}, said.preferences)),
    );
  }

  private _next(said: Said): Node | null {
    const { next } = this._help;
    if (!next) return null;
    const { start, url } = next;
    const go = () => {
      this.remove();
      this._helper.start(start as string);
    };
    const way = start
      ? h("button", { type: "button", class: "main", click: go }, said.start)
      : url
        ? link(url, { class: "button main" }, said.open)
        : null;
    const lines = [h("p", { class: "what" }, next.title), h("p", { class: "why" }, next.reason), way];
    return group(said.what_next, h("div", { class: "next" }, ...lines));
  }

  private _ask(said: Said): Node {
    const text = h("textarea", {
      rows: "2",
      maxlength: "4000",
      placeholder: said.ask_hint,
      "aria-label": said.ask_hint,
    });
    const wrong = h("p", { class: "wrong", role: "alert" });
    text.value = this._draft;
    text.addEventListener("input", () => {
      this._draft = text.value;
    });
    const form: HTMLElement = h(
      "form",
      { novalidate: "", submit: (event) => alone(this._send(event, form, wrong, said)) },
      text,
      h("div", { class: "actions" }, h("button", { class: "quiet" }, said.send)),
      wrong,
    );
    return group(said.ask, form);
  }

  private async _send(event: Event, form: HTMLElement, wrong: HTMLElement, said: Said): Promise<void> {
    event.preventDefault();
    const text = this._draft.trim();
    if (!text) return form.querySelector("textarea")?.focus();
    this._draft = "";
    const answer = await this._told("/client/ask", { text });
    if (answer && answer !== "late") {
      this._draft = text;
      wrong.textContent = answer.message;
    } else thank(form, this._confirmation(answer === "late", said));
  }

  private _told(to: string, body: Properties): Promise<Refused | null | "late"> {
    const told = this._helper.send(to, { ...body, page: location.href.slice(0, 2000) });
    return Promise.race([told, wait(PATIENCE_MS).then(() => "late" as const)]);
  }

  /** Folded up: a question that waits for an answer stands above it. */
  private _feedback(said: Said): Node {
    const text = h("textarea", { rows: "3", maxlength: "4000", "aria-label": said.feedback_hint });
    const moods = [1, 2, 3].map((value) => h("input", { type: "radio", name: "mood", value: `${value}` }));
    const faces = moods.map((box, n) => h("label", {}, box, said[`mood_${n + 1}` as "mood_1"]));
    const contact = h("input", { type: "checkbox" });
    const wrong = h("p", { class: "wrong", role: "alert" });
    const send = async (event: Event) => {
      event.preventDefault();
      const said_ = text.value.trim();
      if (!said_) return text.focus();
      const mood = Number(moods.find((box) => box.checked)?.value) || null;
      const answer = await this._told("/client/feedback", { text: said_, mood, contact: contact.checked });
      if (answer && answer !== "late") wrong.textContent = answer.message;
      else thank(form, [h("p", {}, answer ? said.asked_later : said.fed_back)]);
    };
    const form: HTMLElement = h(
      "form",
      { novalidate: "", submit: (event) => alone(send(event)) },
      h("fieldset", { class: "moods" }, h("legend", {}, said.mood), ...faces),
      h("p", { class: "why" }, said.feedback_hint),
      text,
      h("label", { class: "may" }, contact, said.may_contact),
      h("div", { class: "actions" }, h("button", { class: "quiet" }, said.send)),
      wrong,
    );
    return h("details", {}, h("summary", {}, said.feedback), form);
  }

  /** Who answers, and when. */
  private _confirmation(late: boolean, said: Said): Node[] {
    const { contact } = this._help;
    const lines = [
      late ? said.asked_later : said.asked,
      contact && fill(said.asked_who, { name: contact.name }),
      contact?.hours && fill(said.asked_when, { hours: contact.hours }),
    ];
    return lines.filter((line) => !!line).map((line) => h("p", {}, line as string));
  }

  private _request({ text, status, at, replies }: Request, said: Said): Node {
    const known = (said as unknown as Record<string, string>)[`status_${status}`] ?? status;
    const lines = replies.map((reply) =>
      h(
        "div",
        { class: "reply" },
        h("p", { class: "why" }, `${reply.by} · ${this._day(reply.at)}`),
        h("p", {}, reply.text),
      ),
    );
    const head = h(
      "summary",
      {},
      h("span", { class: "what" }, text),
      h("span", { class: "why" }, `${known} · ${this._day(at)}`),
    );
    return h("details", {}, head, ...lines);
  }

  /** By their titles while somebody types; once they pause, by all that is in them. */
  private _articles(articles: Line[], said: Said): Node {
    const list = h("ul", { class: "links" });
    const none = h("p", { class: "why", role: "status" });
    const draw = (found: Line[], all: boolean) => {
      const buttons = found.map(({ key, title }) =>
        h("li", {}, h("button", { type: "button", class: "link", click: () => alone(this._read(key)) }, title)),
      );
      list.replaceChildren(...buttons);
      none.textContent = found.length || !all ? "" : said.nothing_found;
    };
    draw(articles, true);
    const field = h("input", { type: "search", placeholder: said.search, "aria-label": said.search });
    const titled = () => articles.filter(({ title }) => includes(title, field.value));
    const look = async () => {
      const text = field.value.trim();
      const asked = this._helper.get<{ articles: Line[] }>(`/client/help/search?text=${encodeURIComponent(text)}`);
      const found = await asked.catch(() => ({ articles: titled() }));
      if (field.value.trim() === text) draw(found.articles, true);
    };
    let soon: ReturnType<typeof setTimeout> | undefined;
    field.addEventListener("input", () => {
      clearTimeout(soon);
      const long = field.value.trim().length >= SHORTEST;
      draw(titled(), !long);
      if (long) soon = setTimeout(() => !this._gone && alone(look()), PAUSE_MS);
    });
    return h("div", {}, articles.length > FEW && field, list, none);
  }

  private async _read(key: string): Promise<void> {
    const said = this._said;
    const back = h("button", { type: "button", class: "link", click: () => this._home() }, `‹ ${said.back}`);
    try {
      const article = await this._helper.get<Article>(`/client/help/articles/${encodeURIComponent(key)}`);
      if (!this._gone) this._sheet.fill(true, back, heading(article.title), prose(article.body_html));
    } catch (error) {
      if (!this._gone) this._say(said.no_help, true);
      throw error;
    }
  }

  private _day(at: string): string {
    const day = new Date(at);
    return +day ? day.toLocaleDateString(this._help.lang, { day: "numeric", month: "short" }) : at;
  }

  private get _said(): Said {
    return words({ labels: this._help.labels ?? {} }, ENGLISH) as Said;
  }
}

function thank(form: HTMLElement, lines: Node[]): void {
  const thanks = h("div", { class: "thanks", tabindex: "-1", role: "status" }, ...lines);
  form.replaceWith(thanks);
  thanks.focus();
}

function group(title: string, content: Node): HTMLElement {
  return h("section", {}, h("h3", {}, title), content);
}

/** Every word of it, wherever it stands. */
function includes(title: string, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => title.toLowerCase().includes(word));
}
