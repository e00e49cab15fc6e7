// What do colours and lines mean? One short line, of that alone which is in the picture now.

import { byId, element } from "./dom.js";
import { say } from "./say.js";

/** The legend of what is drawn in an svg. */
export function drawLegend(svg) {
  const has = (selector) => svg.querySelector(selector) !== null;
  const signs = ["positive", "negative"].filter((sign) => has(`.arrow.${sign}, .box.${sign}`));
  const items = [
    ...signs.map((sign) => item(sign, `stage_${sign}`)),
    ...(signs.length && has(".arrow.positive, .arrow.negative") ? [item("thick", "stage_thicker")] : []),
    ...(has(".arrow.stopped") ? [item("stopped", "stage_stopped")] : []),
    ...(has(".box.quiet:not(.constant)") ? [item("dashed", "stage_dashed")] : []),
  ];
  byId("legend").replaceChildren(...items);
}

function item(mark, key) {
  return element("span", { class: mark }, element("i", { "aria-hidden": "true" }), say(key));
}
