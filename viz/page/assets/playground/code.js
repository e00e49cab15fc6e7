// How does it go on elsewhere? As the Python script that trains the same, up to this moment, with the same losses; as the file
// of the network that nn.load reads; and as a picture of the plane.

import { byId, element } from "../lab/dom.js";
import { download, isCopied, isFramed } from "../lab/out.js";
import { say } from "../lab/say.js";
import { modelJson, pythonOf } from "./out.js";

const panel = { store: null, code: null, words: null, form: null };

export const codePanel = {
  name: "code",
  mount(section, store) {
    panel.store = store;
    panel.code = element("pre", { tabindex: "0", class: "code" });
    panel.words = element("p", { class: "quiet-line", role: "status" });
    const tools = [["ground_code_copy", copy], ["ground_code_script", keepScript], ["ground_code_model", keepModel], ["ground_code_picture", keepPicture]];
    panel.buttons = tools.map(([key, act]) => toolOf(key, act));
    section.append(panel.help = element("p", { class: "quiet-line" }), element("div", { class: "code-tools" }, ...panel.buttons), panel.words, panel.code);
  },
  draw(state) {
    if (state.playing) return;
    const form = JSON.stringify([state.settings, state.run.session.moment, state.lang]);
    if (form === panel.form) return;
    panel.form = form;
    panel.help.textContent = say("ground_code_help");
    panel.code.setAttribute("aria-label", say("ground_tab_code"));
    panel.words.textContent = isFramed ? say("ground_code_framed") : "";
    for (const each of panel.buttons) each.textContent = say(each.dataset.say);
    panel.code.textContent = scriptOf(state);
  },
};

function toolOf(key, act) {
  const made = element("button", { type: "button", "data-say": key });
  made.hidden = isFramed;
  made.addEventListener("click", act);
  return made;
}

function scriptOf({ run: { session } }) {
  return pythonOf(session.recipe);
}

async function copy() {
  panel.words.textContent = say((await isCopied(panel.code.textContent)) ? "ground_code_copied" : "ground_code_by_hand");
}

function keepScript() {
  download("playground.py", new Blob([scriptOf(panel.store.state)], { type: "text/x-python" }));
}

function keepPicture() {
  byId("plane").toBlob((picture) => download("decision.png", picture));
}

function keepModel() {
  const { settings, run } = panel.store.state;
  download("model.json", new Blob([modelJson(settings, run.session.parameters)], { type: "application/json" }));
}
