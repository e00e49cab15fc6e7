// How does the page begin? The graph from Python or the formula, a store for it, and every part of the page on it.

import { mountBar } from "./bar.js";
import { mountCard } from "./card.js";
import { byId } from "./dom.js";
import { mountFormula } from "./formula.js";
import { openGraphviz } from "./graphviz.js";
import { mountKeys } from "./keys.js";
import { PAGE } from "./page.js";
import { mountPanels } from "./panels.js";
import { sayAll, speak } from "./say.js";
import { mountStage } from "./stage.js";
import { graphOfPage, storeOf } from "./store.js";
import { mountTransport } from "./transport.js";

async function start() {
  const store = storeOf(graphOfPage(PAGE), { text: PAGE.text, typed: PAGE.text ?? "", lang: PAGE.lang });
  speak(store.state.lang);
  store.onChange((state, before) => state.lang !== before.lang && speak(state.lang)); // first, before others speak
  mountFormula(store);
  mountPanels(store);
  mountTransport(store);
  mountKeys(store);
  mountCard(store);
  mountBar(store);
  sayAll(document);
  mountStage(store, await openGraphviz(byId("graphviz").textContent));
}

start();
