// What do colours and lines mean? One short line, of that alone which is in the picture now.

import { byId, element } from "./dom.js";
import { say } from "./say.js";

/** The legend of what is drawn in an svg. */
export function drawLegend(svg) {
  const has = (selector) => svg.querySelector(selector) !== null;
  const signs = ["positive", "negative"].filter((sign) => has(`.arrow.${sign}, .box.${sign}`));
  const items = [
    ...signs.map((sign) => item(`key ${sign}`, `stage_${sign}`)),
    ...(signs.length && has(".arrow.positive, .arrow.negative") ? [item("", "stage_thicker")] : []),
    ...(has(".arrow.stopped") ? [item("key stopped", "stage_stopped")] : []),
    ...(has(".box.quiet:not(.constant)") ? [item("key dashed", "stage_dashed")] : []),
  ];
  byId("legend").replaceChildren(...items);
}

function item(mark, key) {
  return element("span", {}, ...(mark ? [element("i", { class: mark, "aria-hidden": "true" })] : []), say(key));
}
