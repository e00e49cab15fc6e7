// What does the page say once, without being asked? What was wrong with a link, in a note that can be put away.

import { byId, element } from "./dom.js";
import { say } from "./say.js";

export function mountNotice(store) {
  const draw = () => drawNotice(store);
  store.onChange((state, before) => (state.notice !== before.notice || state.lang !== before.lang) && draw());
  draw();
}

function drawNotice(store) {
  const { notice } = store.state;
  byId("notice").hidden = notice === null;
  if (notice === null) return byId("notice").replaceChildren();
  const close = element("button", { type: "button", "aria-label": say("close") }, "×");
  close.addEventListener("click", () => store.change({ notice: null }));
  const sentences = notice.map(({ key, places }) => element("p", {}, say(key, places)));
  byId("notice").replaceChildren(element("div", {}, ...sentences), close);
}
