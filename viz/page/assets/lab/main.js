// How does the page begin? The graph from Python or of its link, a store for it, and every part of the page on it.

import { mountBar } from "./bar.js";
import { mountCard } from "./card.js";
import { byId } from "./dom.js";
import { mountExamples } from "./examples.js";
import { mountExport } from "./export.js";
import { mountFormula } from "./formula.js";
import { openGraphviz } from "./graphviz.js";
import { mountKeys } from "./keys.js";
import { mountLink } from "./link.js";
import { mountMinimap } from "./minimap.js";
import { mountNotice } from "./notice.js";
import { PAGE } from "./page.js";
import { mountPanels } from "./panels.js";
import { mountSampler } from "./sampler.js";
import { sayAll, speak } from "./say.js";
import { mountShare } from "./share.js";
import { mountStage } from "./stage.js";
import { graphOfPage, storeOf } from "./store.js";
import { mountTransport } from "./transport.js";
import { mountRooms } from "../playground/rooms.js";

async function start() {
  const store = storeOf(graphOfPage(PAGE), { text: PAGE.text, typed: PAGE.text ?? "", lang: PAGE.lang, room: PAGE.room });
  store.onChange((state, before) => state.lang !== before.lang && speak(state.lang)); // before any part is drawn again
  mountLink(store);
  speak(store.state.lang);
  mountFormula(store);
  mountExamples(store);
  mountShare(store);
  mountExport(store);
  mountPanels(store);
  mountTransport(store);
  mountKeys(store);
  mountCard(store);
  mountBar(store);
  mountNotice(store);
  mountRooms(store);
  sayAll(document);
  await mountPicture(store);
}

// Without Graphviz there is no picture; the steps are all there.
async function mountPicture(store) {
  let layOut = null;
  try {
    layOut = await openGraphviz(byId("graphviz").textContent);
  } catch (error) {
    byId("stage").dataset.say = "no_picture"; // in place of all that is in it
    byId("stage").dataset.reason = error.message;
    sayAll(document);
    return;
  }
  mountMinimap(store); // before the stage, whose camera has to know what lies over it
  mountStage(store, layOut);
  mountSampler(store);
}

start();
