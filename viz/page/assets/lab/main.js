// How does the page begin? The graph from Python or the formula, a store for it, and every part of the page on it.

import { mountCard } from "./card.js";
import { byId } from "./dom.js";
import { mountFormula } from "./formula.js";
import { openGraphviz } from "./graphviz.js";
import { PAGE } from "./page.js";
import { mountMinimap } from "./minimap.js";
import { mountPanels } from "./panels.js";
import { mountSampler } from "./sampler.js";
import { speak } from "./say.js";
import { mountStage } from "./stage.js";
import { graphOfPage, storeOf } from "./store.js";
import { mountTransport } from "./transport.js";

async function start() {
  const store = storeOf(graphOfPage(PAGE), { text: PAGE.text, lang: PAGE.lang });
  mountFormula(store);
  mountPanels(store);
  mountTransport(store);
  mountCard(store);
  speak(store.state.lang);
  store.onChange((state, before) => state.lang !== before.lang && speak(state.lang));
  mountStage(store, await openGraphviz(byId("graphviz").textContent));
  mountSampler(store);
  mountMinimap(store);
}

start();
