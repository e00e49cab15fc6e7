// How is the page as it is now passed on? As a link, copied and in a field, and as a QR code, for the phones in a classroom.

import { button, byId, drawn, element } from "./dom.js";
import { addressToShare } from "./link.js";
import { isCopied, isFramed } from "./out.js";
import { MOST_BYTES, qrOf } from "./qr.js";
import { say, sayAll } from "./say.js";

const QUIET_ZONE = 4; // squares around a code, as the standard asks

export function mountShare(store) {
  byId("share").addEventListener("click", () => share(store));
}

function share(store) {
  store.change({ playing: false });
  if (store.state.from) return offerLink(store.state.from.address());
  return offerLink(addressToShare(store.state), notesOf(store.state));
}

/** Copy the link with this address, and show it: where a page may not copy, a reader can, or point a phone at its code. */
export async function offerLink(address, notes = []) {
  const link = `${isFramed ? "" : location.href.split("#")[0]}#${address}`;
  const field = element("input", { type: "text", readonly: "", value: link, "aria-label": say("share_link") });
  const words = element("p", { role: "status" }, say("share_by_hand"));
  const keys = [...(isFramed ? ["share_framed"] : []), ...(location.protocol === "file:" ? ["share_from_disk"] : []), ...notes];
  const said = keys.map((key) => element("p", { "data-say": key }));
  byId("shared").replaceChildren(...said, words, field, ...(isFramed ? [] : codeOf(link)));
  sayAll(byId("shared"));
  byId("shared").showPopover();
  field.select();
  if (await isCopied(link)) words.textContent = say("share_copied");
}

// What a link does not hold.
function notesOf({ quiz }) {
  return quiz?.log.size ? ["share_quiz"] : [];
}

function codeOf(link) {
  const place = element("div", { id: "code", hidden: "" });
  const toggle = button("share_code", () => {
    place.hidden = !place.hidden;
    toggle.dataset.say = place.hidden ? "share_code" : "share_code_hide";
    toggle.setAttribute("aria-expanded", !place.hidden);
    if (!place.hidden && !place.children.length) place.append(pictureOf(link));
    sayAll(byId("shared"));
  }, { id: "show-code", "aria-expanded": "false", "aria-controls": "code" });
  return [toggle, place];
}

function pictureOf(link) {
  const rows = qrOf(link);
  if (!rows) return element("p", {}, say("share_too_long", { count: link.length, most: MOST_BYTES }));
  const size = rows.length + 2 * QUIET_ZONE;
  const squares = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : "")));
  const picture = { viewBox: `0 0 ${size} ${size}`, role: "img", "shape-rendering": "crispEdges", "data-say-label": "share_code_alt" };
  return drawn("svg", picture, drawn("rect", { width: size, height: size }), drawn("path", { d: squares.join("") }));
}
