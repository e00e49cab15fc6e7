// What does the formula box do? What is typed is parsed at once; a mistake is marked at its place, and explained.

import { parse } from "../engine/parsing.js";
import { byId } from "./dom.js";
import { load } from "./store.js";

export function mountFormula(store) {
  const field = byId("formula");
  field.value = store.state.text ?? "";
  field.addEventListener("input", () => typed(store, field.value));
  store.onChange((state) => {
    byId("formula-problem").hidden = state.mistake === null;
    byId("formula-words").textContent = state.mistake?.message ?? "";
    if (document.activeElement !== field) field.value = state.typed;
  });
}

function typed(store, text) {
  try {
    load(store, parse(text, {}), text);
  } catch (error) {
    if (!error.kind) throw error;
    store.change({ typed: text, mistake: error });
  }
}
