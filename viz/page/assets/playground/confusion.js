// Which class is taken for which? A row for each class there is, a column for each class that the network says: the right
// answers stand on the diagonal.

import { element } from "../lab/dom.js";
import { say } from "../lab/say.js";
import { nameOfClass } from "./names.js";
import { guessesOf } from "./run.js";

let section = null;

export const confusionPanel = {
  name: "confusion",
  isFor: ({ run }) => run.classes > 2,
  mount(part) {
    section = part;
  },
  draw(state) {
    const counts = countsOf(state.run.points.map(({ label }) => label), guessesOf(state.run), state.run.classes);
    section.replaceChildren(element("p", { class: "quiet-line" }, say("ground_confusion_help")), tableOf(counts, (label) => nameOfClass(state.run, label)));
  },
};

/** How often each class, the row, is taken for each, the column. */
export function countsOf(labels, guesses, classes) {
  const counts = Array.from({ length: classes }, () => Array(classes).fill(0));
  labels.forEach((label, index) => (counts[label][guesses[index]] += 1));
  return counts;
}

function tableOf(counts, nameOf) {
  const head = element("tr", {}, element("td"), ...counts.map((_, said) => headOf("col", say("ground_said_class", { label: nameOf(said) }))));
  const rows = counts.map((row, label) => element("tr", {}, headOf("row", say("ground_class", { label: nameOf(label) })), ...cellsOf(row, label)));
  return element("table", { class: "confusion" }, element("thead", {}, head), element("tbody", {}, ...rows));
}

// A long word is cut, and whole where one points at it.
function headOf(scope, words) {
  return element("th", { scope, title: words }, words);
}

function cellsOf(row, label) {
  const total = row.reduce((sum, count) => sum + count, 0);
  return row.map((count, said) => {
    const cell = element("td", { class: said === label ? "is-right" : "is-wrong" }, String(count));
    cell.style.setProperty("--share", total ? count / total : 0);
    return cell;
  });
}
