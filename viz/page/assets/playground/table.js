// How does a table of one's own get in? A dialog takes CSV, pasted or from a file: one column is the class or the number to
// predict, all others are inputs. Two of them are the plane; of more, all are trained on and two are drawn.

import { byId, element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { pointsOfTable, tableFrom } from "./csv.js";
import { begin } from "./store.js";
import { DEFAULTS } from "./settings.js";

const MOST_BYTES = 2_000_000;
const EXAMPLE = "x1,x2,class\n0.5,-1.2,a\n1.5,0.3,b";

/** Open the dialog. */
export function openTable(store) {
  const parts = {
    text: element("textarea", { id: "table-text", rows: "9", spellcheck: "false", "aria-label": say("ground_table_text"), placeholder: EXAMPLE }),
    file: element("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv", "aria-label": say("ground_table_file") }),
    target: element("select", { id: "table-target", "aria-label": say("ground_table_target") }),
    wrong: element("p", { class: "wrong", role: "alert" }),
  };
  parts.text.addEventListener("input", () => offerTargets(parts));
  parts.file.addEventListener("change", () => readFile(parts));
  fill(store, parts);
  offerTargets(parts);
  byId("table").showModal();
  parts.text.focus();
}

function fill(store, { text, file, target, wrong }) {
  const read = element("button", { type: "button", class: "is-main" }, say("ground_table_read"));
  const close = element("button", { type: "button" }, say("close"));
  read.addEventListener("click", () => readInto(store, text, target, wrong));
  close.addEventListener("click", () => byId("table").close());
  byId("table").replaceChildren(
    element("h2", { id: "table-title" }, say("ground_table_title")),
    element("p", { class: "quiet-line" }, say("ground_table_help")),
    text,
    file,
    element("label", { class: "table-target" }, say("ground_table_target"), " ", target),
    wrong,
    element("div", { class: "table-tools" }, read, close),
  );
}

// The columns of what is typed so far, the last one first to be predicted; none while it cannot be read.
function offerTargets({ text, target }) {
  const names = namesIn(text.value);
  target.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  if (names.length) target.value = names.at(-1);
  target.closest("label").hidden = !names.length;
}

function namesIn(text) {
  try {
    return tableFrom(text).names;
  } catch (error) {
    if (!error.kind) throw error;
    return [];
  }
}

async function readFile(parts) {
  const [file] = parts.file.files;
  const isLarge = file && file.size > MOST_BYTES;
  parts.wrong.textContent = isLarge ? say("ground_table_large", { megabytes: MOST_BYTES / 1e6 }) : "";
  if (file && !isLarge) parts.text.value = await file.text();
  offerTargets(parts);
}

function readInto(store, text, target, wrong) {
  try {
    const table = tableFrom(text.value);
    begin(store, withTable(store.state.settings, pointsOfTable(table, target.value || table.names.at(-1))));
    const { problem } = store.state;
    store.change({ problem: null });
    if (problem) throw problem;
    byId("table").close();
    store.change({ said: { key: "ground_table_done", places: { count: table.rows.length } } });
  } catch (error) {
    if (!error.kind) throw error;
    wrong.textContent = say(error.key, error.places);
  }
}

/** The settings with a table as its data; its columns are the inputs, and the loss is the one that suits it. */
export function withTable(settings, part) {
  const { validation, split_seed, seed } = settings.data;
  return { ...settings, data: { ...DEFAULTS.data, ...part, validation, split_seed, seed }, inputs: null, loss: null };
}
