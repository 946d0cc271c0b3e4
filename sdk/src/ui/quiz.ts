/** Questions with one right answer each; it says at once whether one was given. */
import type { PageQuiz } from "../types";
import { h, prose } from "./html";

export class Quiz {
  readonly element: HTMLElement;
  /** The right ones that were given, each in its question's place: the server checks them. */
  readonly answers: string[] = [];
  private _left: number;

  constructor(questions: readonly PageQuiz[], said: { right: string; wrong: string }, passed: () => void) {
    this._left = questions.length;
    const right = (n: number, value: string) => {
      this.answers[n] = value;
      this._left -= 1;
      if (!this.open) passed();
    };
    this.element = h("div", { class: "quiz" }, ...questions.map((each, n) => asked(each, n, said, right)));
  }

  /** Whether an answer is missing. */
  get open(): boolean {
    return this._left > 0;
  }
}

function asked(
  question: PageQuiz,
  n: number,
  said: { right: string; wrong: string },
  right: (n: number, value: string) => void,
): HTMLElement {
  const verdict = h("div", { role: "status" });
  let known = false;
  const choose = (good: boolean, value: string) => () => {
    verdict.replaceChildren(h("strong", {}, good ? said.right : said.wrong), ...(good ? why(question) : []));
    if (good && !known) right(n, value);
    known ||= good;
  };
  const options = question.options.map((option) =>
    h(
      "label",
      {},
      h("input", { type: "radio", name: `quiz-${n}`, value: option.value, change: choose(option.right, option.value) }),
      option.text,
    ),
  );
  return h("fieldset", {}, h("legend", {}, question.ask), ...options, verdict);
}

const why = ({ why_html }: PageQuiz): HTMLElement[] => [prose(why_html ?? "")].filter((each) => !!each);
