/**
 * A survey: one question a screen. Each answer is sent as it is given and kept by the browser until the server has it, so
 * that somebody may leave at any question and go on there, on any device.
 */

import { alone, guard, wait } from "../core/guard";
import type { Answer, Piece, Question, Refused, Shown, Stage } from "../types";
import { type Answers, asked, resume } from "./branching";
import { type Field, field } from "./fields";
import { h, heading, prose } from "./html";
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
  least: "Not at all likely",
  most: "Extremely likely",
};

/** So long the next question waits for the server's word about the last one. */
const PATIENCE_MS = 1500;

export function show(piece: Piece, stage: Stage): Shown {
  return new Survey(piece, stage);
}

class Survey implements Shown {
  private _sheet: Sheet;
  private _answers: Answers;
  private _now: Question | undefined;
  private _field: Field | null = null;
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
    alone(tellShown(this._sheet.seen(), piece, stage, this._step));
  }

  /** What is being typed stays. */
  update(piece: Piece): void {
    if (this._over) return;
    const typed = this._field?.value() ?? null;
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

  private _draw(by: boolean, typed: Answer = null, wrong = ""): void {
    const question = this._now;
    if (!question) return this._thank();
    const { body } = this._piece;
    const said = words(body, ENGLISH);
    const open = asked(this._questions, this._answers);
    const n = open.indexOf(question);
    const field_ = field(question, typed ?? this._answers[question.key] ?? null, said);
    this._field = field_;
    const forward = h("button", { class: "main" }, said.next);
    const label = () => {
      forward.textContent = question.optional && field_.value() === null ? said.skip_question : said.next;
    };
    const form = h(
      "form",
      { novalidate: "", submit: (event) => this._submit(event), input: label, change: label },
      question.hint && h("p", { class: "hint", id: "hint" }, question.hint),
      field_.element,
      h("p", { class: "wrong", id: "wrong", role: "alert" }, wrong),
      h(
        "div",
        { class: "actions" },
        n > 0 && h("button", { type: "button", class: "back", click: () => this._back() }, said.back),
        forward,
      ),
    );
    label();
    const where = fill(said.question, { n: n + 1, total: open.length });
    const first = n === 0 ? prose(body.body_html) : null;
    const above = [body.title, open.length > 1 && where].filter(Boolean).join(" · ");
    this._sheet.fill(by, above, bar(n, open.length), heading(question.ask), first, form);
    if (by && ["text", "number", "date"].includes(question.kind)) field_.focus();
  }

  private _submit(event: Event): void {
    event.preventDefault();
    if (this._busy || !this._now || !this._field) return;
    const value = this._field.value();
    const wrong = this._field.wrong() ?? (value === null && !this._now.optional ? "required" : null);
    if (wrong) return this._complain(this._words(wrong, this._now));
    alone(this._give(this._now, value));
  }

  /** Goes on at once where the server says yes or nothing; what it will not take is asked again, with its words. */
  private async _give(question: Question, value: Answer): Promise<void> {
    if (same(value, this._answers[question.key] ?? null)) return this._go(1);
    this._busy = true;
    this._keep(question.key, value);
    const { id, content } = this._piece;
    const told = this._stage.send("/client/answer", { piece: id, content, question: question.key, value });
    const refused = await Promise.race([told, wait(PATIENCE_MS).then(() => null)]);
    this._busy = false;
    if (refused) return this._refuse(question, value, refused);
    this._go(1);
    const later = await told;
    if (later && !this._over) this._refuse(question, value, later);
  }

  private _refuse(question: Question, value: Answer, { message }: Refused): void {
    this._keep(question.key, null);
    this._now = question;
    this._draw(true, value, message);
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
    const from = this._step;
    const ways = open.filter((each) => (this._questions.indexOf(each) - from) * by > 0);
    this._now = by > 0 ? ways[0] : ways[ways.length - 1];
    if (this._now) {
      this._stage.reached(this._step);
      this._stage.report("step", this._step);
    }
    this._draw(true);
  }

  private _complain(text: string): void {
    const place = this._sheet.query("#wrong");
    if (place) place.textContent = text;
    this._field?.focus();
  }

  private _thank(): void {
    const { body } = this._piece;
    const said = words(body, ENGLISH);
    const done = guard(() => this._stage.leave());
    this._over = true;
    this._field = null;
    this._stage.finish("completed", this._questions.length - 1);
    const end = h("div", { class: "actions" }, h("button", { class: "main", type: "button", click: done }, said.done));
    this._sheet.end(done);
    this._sheet.fill(true, "", heading(body.thanks || said.thanks), end);
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

const same = (a: Answer, b: Answer): boolean => JSON.stringify(a) === JSON.stringify(b);
