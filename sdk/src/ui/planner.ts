/** Asks for a date of one's own for an item of a checklist. */
import { alone } from "../core/guard";
import type { Body, Item, Refused } from "../types";
import { h } from "./html";
import css from "./planner.css";
import inputs from "./sheet.css";
import "./shell"; // so that what every piece needs is one file
import type { Shell } from "./shell";
import { words } from "./words";

const ENGLISH = { set_date: "Set a date", save: "Save" };

export interface Planner {
  plan(shell: Shell, body: Body, item: Item, place: HTMLElement, save: Save): void;
}

type Save = (day: string) => Promise<Refused | null>;

/** In place of the button that led here; gone once the server has the date. */
export function plan(shell: Shell, body: Body, item: Item, place: HTMLElement, save: Save): void {
  const said = words(body, ENGLISH);
  const input = h("input", {
    type: "date",
    "aria-label": `${said.set_date}: ${item.title}`,
    "aria-describedby": "wrong",
  });
  const wrong = h("p", { class: "wrong", id: "wrong", role: "alert" });
  input.value = item.due ?? "";
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!input.value) return input.focus();
    const refused = await save(input.value);
    wrong.textContent = refused?.message ?? "";
    if (refused) input.focus();
  };
  shell.dress(inputs + css);
  place.replaceWith(
    h(
      "form",
      { novalidate: "", submit: (event) => alone(submit(event)) },
      input,
      h("button", { class: "quiet" }, said.save),
      wrong,
    ),
  );
  input.focus();
}
