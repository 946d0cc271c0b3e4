import { expect, test } from "vitest";
import { fromHtml, h } from "../src/ui/html";

const shown = (html: string): string => h("div", {}, ...fromHtml(html)).innerHTML;

test("plain markup is kept", () => {
  const html = "<h2>A</h2><p>Type <em>apple</em> &amp; <strong>wait</strong></p><hr><ul><li>one</li></ul>";
  expect(shown(html)).toBe(html);
});

test("links keep their address, and only a harmless one", () => {
  expect(shown('<a href="https://example.com/a">a</a>')).toBe('<a href="https://example.com/a">a</a>');
  expect(shown('<a href="/diary">a</a>')).toBe('<a href="/diary">a</a>');
  for (const bad of ["javascript:alert(1)", " javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x"]) {
    expect(shown(`<a href="${bad}">a</a>`)).toBe("<a>a</a>");
  }
});

test.each([
  ["<script>alert(1)</script>x", "x"],
  ["<style>*{display:none}</style>x", "x"],
  ['<p style="position:fixed" class="x" id="y">x</p>', "<p>x</p>"],
  ['<img src="x.png" onerror="alert(1)">', '<img alt="">'],
  ["<iframe src='https://example.com'></iframe>x", "x"],
  ["<svg onload='alert(1)'></svg>x", "x"],
  ["<p onclick='alert(1)'>x</p>", "<p>x</p>"],
  ["<form action='/x'><input></form>x", "x"],
  ["<p>open", "<p>open</p>"],
  ["1 < 2", "1 &lt; 2"],
  ["", ""],
])("what could do harm is dropped: %s", (html, expected) => {
  expect(shown(html)).toBe(expected);
});
