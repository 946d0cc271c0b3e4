/**
 * A survey: one question a screen, or what the program puts together. Each answer is sent as it is given and kept by the
 * browser until the server has it, so that somebody may leave at any question and go on there, on any device. What they
 * have answered already, here or elsewhere, is passed over; they may go back to it.
 */

import { alone, guard, wait } from "../core/guard";
import type { Answer, Piece, Question, Refused, Shown, Stage } from "../types";
import { button } from "./acts";
import { type Answers, asked, page, resume } from "./branching";
import { type Field, field } from "./fields";
import { h, heading, icon, prose } from "./html";
import { exits, Sheet } from "./sheet";
import { tellShown } from "./shell";
import css from "./survey.css";
import { fill, words } from "./words";

const ENGLISH = {
  question: "Question {n} of {total}",
  skip_question: "Skip",
  required: "Please answer this one; the rest builds on it.",
  wrong_number: "Please write a number.",
  out_of_range: "Please give a number between {least} and {most}.",
  at_least: "Please give a number that is at least {least}.",
  at_most: "Please give a number that is at most {most}.",
  thanks: "Thank you!",
};

/** So long the next question waits for the server's word about the last one. */
const PATIENCE_MS = 1500;
/** Kinds of question that another part draws, or dresses. */
const RARE = ["ranking", "picture", "pictures"];

export function show(piece: Piece, stage: Stage): Shown {
  return new Survey(piece, stage);
}

class Survey implements Shown {
  private _sheet: Sheet;
  private _answers: Answers;
  private _now: Question | undefined;
  /** What stands on the page, and what it is answered in. */
  private _page: Question[] = [];
  private _fields: Field[] = [];
  /** What was asked since it was opened: going on leads through it again. */
  private _seen = new Set<string>();
  private _more: typeof import("./rare") | undefined;
  private _busy = false;
  private _over = false;

  private _piece: Piece;
  private _stage: Stage;

  constructor(piece: Piece, stage: Stage) {
    this._piece = piece;
    this._stage = stage;
    this._answers = this._known();
    this._sheet = new Sheet(
      piece.body,
      exits(stage, () => this._step),
      css,
    );
    this._now = resume(this._questions, this._answers, piece.step);
    this._draw(false);
    alone(tellShown(this._sheet.seen, piece, stage, this._step));
  }

  /** What is being typed stays. */
  update(piece: Piece): void {
    if (this._over) return;
    const typed = this._fields.map((each) => each.value());
    this._piece = piece;
    this._answers = this._known();
    this._now = this._questions.find(({ key }) => key === this._now?.key) ?? resume(this._questions, this._answers, 0);
    this._draw(false, typed);
  }

  remove(): void {
    this._sheet.remove();
  }

  /** What the server knows, and what this browser was told since. */
  private _known(): Answers {
    const told = this._questions.map(({ key, answer }) => [key, answer ?? null]);
    return { ...Object.fromEntries(told), ...this._stage.recall<Answers>() };
  }

  private _draw(by: boolean, typed: Answer[] = [], wrong: string[] = []): void {
    const now = this._now;
    if (!now) return this._thank();
    const open = asked(this._questions, this._answers);
    const pages = open.filter((each) => page(this._questions, open, each)[0] === each);
    this._page = page(this._questions, open, now);
    if (!this._more && this._page.some(({ kind }) => RARE.includes(kind))) return this._load(by, typed, wrong);
    const { body } = this._piece;
    const said = words(body, ENGLISH);
    const alone_ = this._page.length === 1;
    this._fields = this._page.map((each, n) =>
      this._field(each, typed[n] ?? this._answers[each.key] ?? null, n, alone_),
    );
    for (const { key } of this._page) this._seen.add(key);
    const n = pages.indexOf(this._page[0] as Question);
    const forward = h("button", { class: "main" }, said.next);
    const label = () => {
      const empty = this._page.every(({ optional }, place) => optional && this._fields[place]?.value() === null);
      forward.textContent = empty ? said.skip_question : said.next;
    };
    const form = h(
      "form",
      { novalidate: "", submit: (event) => this._submit(event), input: label, change: label },
      ...this._page.flatMap((each, place) => this._frame(each, place, wrong[place] ?? "")),
      h(
        "div",
        { class: "actions" },
        n > 0 && h("button", { type: "button", class: "back", click: () => this._back() }, said.back),
        forward,
      ),
    );
    label();
    const where = fill(open.length > pages.length ? said.step : said.question, { n: n + 1, total: pages.length });
    const first = n === 0 ? prose(body.body_html) : null;
    const above = [alone_ && body.title, pages.length > 1 && where].filter(Boolean).join(" · ");
    const title = alone_ ? this._said(now.ask) : body.title;
    this._sheet.fill(by, above, bar(n, pages.length), heading(title), first, form);
    if (by && this._page[0] && TYPED.includes(this._page[0].kind)) this._fields[0]?.focus();
  }

  /** Under the question: the heading, or what stands in the field itself. */
  private _frame({ hint }: Question, n: number, wrong: string): (Node | false | null | undefined | "")[] {
    const under = hint && h("p", { class: "hint", id: `hint${n}` }, this._said(hint));
    const element = this._fields[n]?.element;
    return [
      ...(this._page.length > 1 ? [element, under] : [under, element]),
      h("p", { class: "wrong", id: `wrong${n}`, role: "alert" }, wrong),
    ];
  }

  private _field(question: Question, known: Answer, n: number, alone: boolean): Field {
    const asked = { ...question, ask: this._said(question.ask) };
    if (question.kind === "ranking" && this._more)
      return this._more.ranking(asked, known, n, alone, this._piece.body.labels, { h, icon, fill });
    return field(asked, known, n, alone);
  }

  /** Without its part it comes at another time. */
  private _load(by: boolean, typed: Answer[], wrong: string[]): void {
    this._stage.load<typeof import("./rare")>("rare").then(
      guard((rare) => {
        this._more = rare;
        this._sheet.shell.dress(rare.style);
        this._draw(by, typed, wrong);
      }),
      guard(() => this._stage.leave()),
    );
  }

  /** What was answered before stands in the text, as the person saw it. */
  private _said(text: string): string {
    return text.replace(/\ue000(.+?)\ue001/g, (_, key) => {
      const question = this._questions.find((each) => each.key === key);
      const given = this._answers[key] ?? [];
      const said = (value: unknown) => question?.options.find((option) => option.value === value)?.text ?? `${value}`;
      return (Array.isArray(given) ? given : [given]).map(said).join(", ");
    });
  }

  private _submit(event: Event): void {
    event.preventDefault();
    if (this._busy || !this._now) return;
    const values = this._fields.map((each) => each.value());
    const wrong = this._page.map((question, n) => {
      const name = this._fields[n]?.wrong() ?? (values[n] === null && !question.optional ? "required" : null);
      return name ? this._words(name, question) : "";
    });
    if (wrong.some(Boolean)) return this._complain(wrong);
    alone(this._give(this._page, values));
  }

  /** Goes on at once where the server says yes or nothing; what it will not take is asked again, with its words. */
  private async _give(asked: Question[], values: Answer[]): Promise<void> {
    const told = Promise.all(asked.map((question, n) => this._tell(question, values[n] ?? null)));
    this._busy = true;
    const refused = await Promise.race([told, wait(PATIENCE_MS).then((): (Refused | null)[] => [])]);
    this._busy = false;
    if (refused.some(Boolean)) return this._refuse(asked, values, refused);
    this._go(1);
    const later = await told;
    if (later.some(Boolean) && !this._over) this._refuse(asked, values, later);
  }

  private async _tell({ key }: Question, value: Answer): Promise<Refused | null> {
    if (same(value, this._answers[key] ?? null)) return null;
    this._keep(key, value);
    const { id, content } = this._piece;
    this._stage.emit("answered", { content, question: key, value });
    return this._stage.send("/client/answer", { piece: id, content, question: key, value });
  }

  private _refuse(asked: Question[], values: Answer[], refused: (Refused | null)[]): void {
    asked.forEach(({ key }, n) => {
      if (refused[n]) this._keep(key, null);
    });
    this._now = asked[0];
    const wrong = refused.map((each) => each?.message ?? "");
    this._draw(true, values, wrong);
    this._complain(wrong);
  }

  private _keep(key: string, value: Answer): void {
    this._answers = { ...this._answers, [key]: value };
    this._stage.keep({ ...this._stage.recall<Answers>(), [key]: value });
  }

  private _back(): void {
    if (!this._busy) this._go(-1);
  }

  private _go(by: 1 | -1): void {
    const open = asked(this._questions, this._answers);
    const place = (each?: Question) => this._questions.indexOf(each as Question);
    const edge = by > 0 ? place(this._page[this._page.length - 1]) : place(this._page[0]);
    const fresh = ({ key }: Question) => this._seen.has(key) || (this._answers[key] ?? null) === null;
    const ways = open.filter((each) => (place(each) - edge) * by > 0 && (by < 0 || fresh(each)));
    this._now = by > 0 ? ways[0] : ways[ways.length - 1];
    if (this._now) {
      this._stage.reached(this._step);
      this._stage.report("step", this._step);
    }
    this._draw(true);
  }

  private _complain(wrong: string[]): void {
    wrong.forEach((text, n) => {
      const place = this._sheet.query(`#wrong${n}`);
      if (place) place.textContent = text;
    });
    this._fields[wrong.findIndex(Boolean)]?.focus();
  }

  private _thank(): void {
    const { body } = this._piece;
    const said = words(body, ENGLISH);
    const done = guard(() => this._stage.leave());
    this._over = true;
    this._fields = [];
    this._stage.finish("completed", this._questions.length - 1);
    const [first, ...more] = body.actions ?? [];
    const ways = first
      ? [...more.map((act) => button(act, "quiet", this._stage, done)), button(first, "main", this._stage, done)]
      : [h("button", { class: "main", type: "button", click: done }, said.done)];
    const end = h("div", { class: "actions" }, ...ways);
    this._sheet.end(done);
    this._sheet.fill(true, "", heading(this._said(body.thanks ?? "") || said.thanks), end);
  }

  private _words(name: "required" | "wrong_number" | "out_of_range", question: Question): string {
    const { at_least: least, at_most: most } = question;
    const [low, high] = [least ?? null, most ?? null];
    const text =
      name === "out_of_range" && low === null
        ? "at_most"
        : name === "out_of_range" && high === null
          ? "at_least"
          : name;
    return fill(words(this._piece.body, ENGLISH)[text], { least: low ?? "", most: high ?? "" });
  }

  private get _questions(): Question[] {
    return this._piece.body.questions ?? [];
  }

  private get _step(): number {
    return this._now ? this._questions.indexOf(this._now) : this._questions.length - 1;
  }
}

function bar(n: number, total: number): Node | null {
  if (total < 2) return null;
  const marks = Array.from({ length: total }, (_, each) => h("span", { class: each <= n ? "past" : "" }));
  return h("div", { class: "bar", "aria-hidden": "true" }, ...marks);
}

const TYPED = ["text", "short text", "number", "date"];
const same = (a: Answer, b: Answer): boolean => JSON.stringify(a) === JSON.stringify(b);
