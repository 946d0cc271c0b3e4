import { beforeEach, describe, expect, test } from "vitest";
import { anchors, BRITTLE, weighed } from "../src/editor/anchors";
import { numbered, stable } from "../src/editor/stable";

/** The best anchor of the element that is marked so, on a page of this markup. */
function best(markup: string) {
  document.body.innerHTML = markup;
  const element = document.querySelector("[target]") as Element;
  element.removeAttribute("target");
  return anchors(element, true)[0];
}

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("what looks as if somebody chose it", () => {
  test.each([
    "save",
    "add-food",
    "new_project",
    "addFoodButton",
    "nav-team",
    "h1",
    "step2",
    "email",
    "b2b",
    "sign-up:form",
  ])("%s", (name) => expect(stable(name)).toBe(true));

  test.each([
    ":r1:",
    ":r1a:",
    "«r3»",
    "radix-:r7:",
    "headlessui-menu-button-12",
    "mui-4821",
    "mui-12",
    "ember412",
    "ext-gen1024",
    "cdk-overlay-3",
    "mat-input-0",
    "react-aria-3",
    "css-1ab2c3",
    "sc-bdVaJa",
    "jsx-2871293847",
    "styles_button__x7Qz9",
    "row-4711",
    "a1b2c3d4",
    "550e8400-e29b-41d4-a716-446655440000",
    "1st",
    "with space",
    "",
  ])("not %s", (name) => expect(stable(name)).toBe(false));

  test("a number at the end tells one of several", () => {
    expect(["item-3", "tab2", "col-12"].every(numbered)).toBe(true);
    expect(numbered("save")).toBe(false);
  });
});

describe("the best way to find it again", () => {
  test("what was written for tests comes before an id, and an id before a name", () => {
    const field = '<input target data-testid="search" id="food-search" name="q">';
    document.body.innerHTML = field;
    const found = anchors(document.body.firstElementChild as Element, true);
    expect(found.map(({ on }) => on)).toEqual(['[data-testid="search"]', "#food-search", 'input[name="q"]', "input"]);
    expect(found[0]?.score).toBeGreaterThan(found[1]?.score ?? 100);
    expect(found.slice(0, 3).every(({ score, doubts }) => score >= 80 && !doubts.length)).toBe(true);
  });

  test("a button of a React app with hashed classes is found by its form, not by its class", () => {
    const found = best(
      '<form id="sign-up" class="css-1x2y3z"><input name="email"><button target class="sc-bdVaJa kYxvBn" type="submit">Go</button></form>',
    );
    expect(found?.on).toBe('#sign-up button[type="submit"]');
    expect(found?.score).toBeGreaterThanOrEqual(BRITTLE);
  });

  test("a generated id is not used", () => {
    const found = best('<div id="radix-:r7:"><button target id=":r8:" aria-label="Open the menu"></button></div>');
    expect(found?.on).toBe('button[aria-label="Open the menu"]');
    expect(found?.doubts).toEqual(["words"]);
  });

  test("a link to a page of this site is known by where it leads; one with a number of a record is not", () => {
    expect(best('<nav><a target href="/demo/team/">Team</a><a href="/demo/tasks/">Tasks</a></nav>')?.on).toBe(
      'a[href="/demo/team/"]',
    );
    expect(best('<nav><a target href="/orders/48213">Order</a><a href="/x">X</a></nav>')?.on).not.toContain("48213");
  });

  test("a cell of a table without names is brittle, and says why", () => {
    const found = best("<table><tr><td>1</td></tr><tr><td>2</td><td target>3</td></tr></table>");
    expect(found?.score).toBeLessThan(BRITTLE);
    expect(found?.doubts).toContain("place");
  });

  test("one of several alike is scored low, and never another one of them", () => {
    const rows = ['<li data-food="apple"></li>', '<li data-food="pear" target></li>', '<li data-food="plum"></li>'];
    expect(best(`<ul>${rows.join("")}</ul>`)?.on).toBe('[data-food="pear"]');
    const twice = '<button data-testid="buy">a</button><button target data-testid="buy">b</button>';
    expect(best(twice)?.on).not.toBe('[data-testid="buy"]');
    const first = '<button target data-testid="buy">a</button><button data-testid="buy">b</button>';
    document.body.innerHTML = first.replace(" target", "");
    const among = anchors(document.querySelector("button") as Element, true).find(
      ({ on }) => on === '[data-testid="buy"]',
    );
    expect(among).toMatchObject({ found: 2, doubts: ["several"] });
    expect(among?.score).toBeLessThan(BRITTLE);
  });

  test("a numbered id is worth less than a name", () => {
    expect(best('<input target id="field-3" name="city">')?.on).toBe('input[name="city"]');
  });

  test("what changes while the page is used is no anchor", () => {
    const found = best('<main id="app"><button target data-state="open" data-v-7ba5bd90 data-active>x</button></main>');
    expect(found?.on).toBe("#app button");
  });

  test("a value with signs of its own stays a value", () => {
    document.body.innerHTML = "<button></button>";
    const button = document.querySelector("button") as Element;
    button.setAttribute("aria-label", "Don't [close] > it");
    expect(anchors(button).map(({ on }) => on)).toContain(`button[aria-label="Don't [close] > it"]`);
  });

  test("each of them finds the element, and at most four are offered", () => {
    document.body.innerHTML =
      '<main id="app"><section data-panel="people"><form name="invite"><label>Mail<input data-test="mail" id="mail" name="mail" placeholder="Mail" aria-label="Mail"></label></form></section></main>';
    const input = document.querySelector("input") as Element;
    const found = anchors(input, true);
    expect(found.length).toBe(4);
    for (const { on } of found) expect(document.querySelector(on as string)).toBe(input);
    expect(found.map(({ score }) => score)).toEqual([...found.map(({ score }) => score)].sort((a, b) => b - a));
  });
});

describe("where more than selectors is taken", () => {
  test("a test id is written as one, and a button by its role and name before its place", () => {
    document.body.innerHTML = '<p><b>x</b><button data-testid="save" class="x">Save</button></p>';
    const button = document.querySelector("button") as Element;
    expect(anchors(button)[0]).toMatchObject({ on: { test_id: "save" }, score: 99, found: 1 });
    button.removeAttribute("data-testid");
    expect(anchors(button)[0]).toMatchObject({ on: { role: "button", name: "Save" }, doubts: ["words"] });
    button.textContent = "Save 3 of 4";
    expect(anchors(button).some(({ on }) => typeof on !== "string")).toBe(false);
  });

  test("of two buttons of the same name neither is named alone", () => {
    document.body.innerHTML = "<p><button>Edit</button></p><p><button>Edit</button></p>";
    const [first, second] = document.querySelectorAll("button");
    const named = (element?: Element) => anchors(element as Element).find(({ on }) => typeof on !== "string");
    expect(named(first)).toMatchObject({ found: 2, doubts: ["words", "several"] });
    expect(named(second)).toBeUndefined();
  });

  test("what was written by hand is weighed too", () => {
    document.body.innerHTML = "<button>Speichern</button>";
    const several = { role: "button", name: { en: "Save", de: "Speichern" } };
    expect(weighed(several)).toMatchObject({ found: 1, doubts: ["words"] });
    expect(weighed({ text: "Speichern" })).toMatchObject({ found: 1, score: 45 });
    expect(weighed({ test_id: "gone" }).found).toBe(0);
  });
});

describe("a selector that somebody typed", () => {
  test("is weighed by what it depends on", () => {
    document.body.innerHTML = '<div id="a"><p>1</p><p>2</p></div>';
    expect(weighed("#a")).toMatchObject({ found: 1, score: 92, doubts: [] });
    expect(weighed("#a > p:nth-of-type(2)")).toMatchObject({ found: 1, doubts: ["place"] });
    expect(weighed("p")).toMatchObject({ found: 2, doubts: ["several"] });
    expect(weighed("#radix-\\:r1\\:").score).toBeLessThan(BRITTLE);
    expect(weighed("(").found).toBe(0);
  });
});
