// What does the page say, in its language? The table of strings is Python's (strings.py); `{name}` is a place.

import { PAGE } from "./page.js";

let strings = PAGE.strings[PAGE.lang];

/** From now on, speak this language; what stands in the page with `data-say` is said again. */
export function speak(lang) {
  strings = PAGE.strings[lang];
  document.documentElement.lang = PAGE.htmlLang[lang];
  sayAll(document);
}

/** The texts of all elements that name a string: `data-say` their text, `data-say-label` what a screen reader says. */
export function sayAll(part) {
  for (const each of part.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of part.querySelectorAll("[data-say-label]")) {
    each.setAttribute("aria-label", say(each.dataset.sayLabel));
    each.setAttribute("title", say(each.dataset.sayLabel));
  }
}

/** A string with texts in its places. */
export function say(key, places = {}) {
  return filledIn(strings[key], places);
}

/** A text with texts in its places. */
export function filledIn(text, places) {
  return text.replace(/\{(\w+)\}/g, (found, name) => places[name] ?? found);
}

/** A string with elements in its places, as a list of texts and elements; a function makes one for each place. */
export function sentence(key, places) {
  const inPlace = (place) => (typeof place === "function" ? place() : place);
  return strings[key].split(/\{(\w+)\}/).map((part, index) => (index % 2 ? inPlace(places[part]) : part));
}

/** Whether the table has such a string. */
export function isSaid(key) {
  return key in strings;
}
