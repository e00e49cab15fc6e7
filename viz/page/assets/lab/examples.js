// Which examples are there? Those of examples.py, in a menu, each with a line that says what there is to see.

import { byId, element } from "./dom.js";
import { write } from "./formula.js";
import { PAGE } from "./page.js";
import { goTo } from "./store.js";

export function mountExamples(store) {
  const fill = () => byId("examples").replaceChildren(...PAGE.examples[store.state.lang].map((each) => entryOf(store, each)));
  byId("examples").addEventListener("beforetoggle", fill);
  store.onChange((state, before) => state.lang !== before.lang && fill());
  fill();
}

function entryOf(store, { title, text, values, see }) {
  const entry = element(
    "button",
    { type: "button", class: "example", "aria-current": store.state.text === text },
    element("strong", {}, title),
    element("code", {}, text),
    element("small", {}, see),
  );
  entry.addEventListener("click", () => {
    byId("examples").hidePopover();
    write(store, text, values);
    goTo(store, 0);
  });
  return entry;
}
