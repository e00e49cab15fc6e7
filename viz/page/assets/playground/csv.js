// How does a table in a text become points? As nn/table/reading.py reads it: one row a line, with cells between commas,
// semicolons, tabs or bars, and a first line that names the columns, if it does.
//
//   tableFrom(text)                  {names, rows, lines}: the cells as they were written, and the line of each row
//   pointsOfTable(table, target)     the part of the settings that is `data`: the column to be predicted is the last one,
//                                    if no other is named
//
// Nothing is guessed silently: an empty cell, or a word among numbers, is an error that names its line.

import { MOST_CLASSES, OWN } from "./data.js";
import { refusal } from "./refusals.js";

const DELIMITERS = [",", ";", "\t", "|"];
const MISSING = new Set(["", "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "?", "-", "--", "–", "—", "."]);
const SAID = /^[ "]*sep=.?[ "]*(?=[\r\n]|$)/i; // a line before the table, by which a spreadsheet is told the delimiter
const MOST_WORDS = 50; // different words in a column that is an input: each becomes an input of its own

export function tableFrom(text) {
  const plain = text.replace(/^\uFEFF/, "");
  if (plain.includes("\0")) throw refusal("play_csv_binary");
  const said = SAID.exec(plain)?.[0] ?? "";
  const rest = plain.slice(said.length);
  const all = recordsOf(rest, said ? said.replaceAll('"', "").trim().slice("sep=".length) || "\t" : delimiterOf(rest));
  if (!all.length) throw refusal("play_csv_empty");
  const width = Math.max(...all.map(({ cells: row }) => row.findLastIndex(Boolean) + 1));
  const cells = all.map(({ cells: row }) => row.slice(0, width)); // spreadsheets leave empty columns behind the last
  const hasNames = firstIsNames(cells);
  const names = hasNames ? cells[0] : cells[0].map((_, column) => `x${column + 1}`);
  const [rows, lines] = [cells, all.map(({ line }) => line)].map((each) => (hasNames ? each.slice(1) : each));
  checkShape(names, rows, lines);
  return { names, rows, lines };
}

// What divides the cells: the separator that is in the first line most often.
function delimiterOf(text) {
  const first = text.split(/\r\n|\r|\n/).find((line) => line.trim()) ?? "";
  const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

// The rows with the number of their last line; empty ones are left out. Within quotes, "" is a quote.
function recordsOf(text, delimiter) {
  const [records, shown] = [[], text.replace(/\r\n?/g, "\n")];
  let [cells, cell, isQuoted, line] = [[], "", false, 1];
  const endCell = () => {
    cells.push(delimiter === "," ? cell.trim() : withPoint(cell.trim()));
    cell = "";
  };
  const endRow = () => {
    endCell();
    if (cells.some(Boolean)) records.push({ cells, line });
    cells = [];
  };
  for (let i = 0; i < shown.length; i++) {
    const character = shown[i];
    const isQuote = character === '"';
    if (isQuoted && isQuote && shown[i + 1] === '"') cell += shown[++i];
    else if (isQuote && (isQuoted || !cell.trim())) isQuoted = !isQuoted;
    else if (!isQuoted && character === delimiter) endCell();
    else if (!isQuoted && character === "\n") endRow();
    else cell += character;
    line += Number(character === "\n");
  }
  if (isQuoted) throw refusal("play_csv_quote", { line: String(line) });
  if (cell || cells.length) endRow();
  return records;
}

// Whether the first line holds names rather than a row.
function firstIsNames([first, ...below]) {
  const kinds = new Set(first.map(kindOf));
  const isAll = (kind) => kinds.size === 1 && kinds.has(kind);
  if (isAll("word") || isAll("number") || !below.length) return isAll("word");
  const found = first.map((cell, column) => isName(cell, below.filter((row) => column < row.length).map((row) => row[column])));
  const says = (answer) => found.includes(answer);
  if ((says(true) && says(false)) || found.every((answer) => answer === null)) {
    throw refusal("play_csv_first", { first: first.join(", ").slice(0, 80) });
  }
  return says(true);
}

// Whether a cell of the first line is the name of its column; null if the cells below do not decide.
function isName(cell, below) {
  const [kind, kinds] = [kindOf(cell), new Set(below.map(kindOf).filter((each) => each !== "gap"))];
  if (kinds.size === 1 && kind !== "gap" && !kinds.has(kind)) return true;
  return kind === "word" && below.includes(cell) ? false : null;
}

function kindOf(cell) {
  if (MISSING.has(cell.toLowerCase())) return "gap";
  return numberIn(cell) === null ? "word" : "number";
}

function numberIn(cell) {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? Number(cell) : NaN;
  return Number.isFinite(number) ? number : null;
}

// 1,5 as 1.5; other cells as they are.
function withPoint(cell) {
  const other = cell.replace(",", ".");
  return cell.split(",").length === 2 && numberIn(other) !== null ? other : cell;
}

function checkShape(names, rows, lines) {
  if (!rows.length) throw refusal("play_csv_no_rows");
  const unnamed = names.indexOf("");
  if (unnamed >= 0) throw refusal("play_csv_no_name", { column: String(unnamed + 1) });
  const twice = names.find((name, column) => names.indexOf(name) !== column);
  if (twice !== undefined) throw refusal("play_csv_twice", { name: twice });
  rows.forEach((row, i) => {
    const counts = { cells: String(row.length), columns: String(names.length) };
    if (row.length !== names.length) throw refusal("play_csv_length", { line: String(lines[i]), ...counts });
  });
}

// Points

/** The settings of the data that a table is: words become classes, or inputs of 0 and 1; numbers stay as they are. */
export function pointsOfTable(table, target = table.names.at(-1)) {
  const { names } = table;
  if (!names.includes(target)) throw refusal("play_csv_target", { name: target, names: names.join(", ") });
  if (names.length < 2) throw refusal("play_csv_one_column");
  const columns = names.filter((name) => name !== target).flatMap((name) => inputsOfColumn(table, name));
  const X = table.rows.map((_, i) => columns.map(({ cells }) => cells[i]));
  const { y, task, ...about } = targetsOf(table, target);
  const points = { X, y, names: columns.map(({ name }) => name), target: { name: target, ...about } };
  const classes = task === "classes" ? { classes: Math.max(2, 1 + Math.max(...y)) } : {};
  return { name: OWN, points, task, ...classes, standardize: true };
}

function inputsOfColumn(table, name) {
  const numbers = numbersOf(table, name);
  if (numbers) return [{ name, cells: numbers }];
  const cells = cellsOf(table, name);
  const words = [...new Set(cells)].sort();
  if (words.length > MOST_WORDS) throw refusal("play_csv_words", { name, count: String(words.length), most: String(MOST_WORDS) });
  return words.map((word) => ({ name: `${name}=${word}`, cells: cells.map((cell) => Number(cell === word)) }));
}

// Words, and a few different whole numbers, are classes; other numbers stay in their own unit: which of the rows are trained
// on, and so by which they are standardized, is chosen later.
function targetsOf(table, name) {
  const cells = numbersOf(table, name) ?? cellsOf(table, name);
  const found = [...new Set(cells)];
  const areClasses = typeof cells[0] === "string" || (cells.every(Number.isInteger) && found.length <= MOST_CLASSES);
  if (!areClasses) return { y: cells, task: "numbers" };
  if (found.length < 2 || found.length > MOST_CLASSES || 2 * found.length > cells.length) {
    throw refusal("play_csv_classes", { name, count: String(found.length), most: String(MOST_CLASSES) });
  }
  const classes = typeof cells[0] === "string" ? found.sort() : found.sort((a, b) => a - b);
  return { y: cells.map((cell) => classes.indexOf(cell)), classes: classes.map(String), task: "classes" };
}

function cellsOf(table, name) {
  const column = table.names.indexOf(name);
  return table.rows.map((row, i) => {
    const line = String(table.lines[i]);
    if (MISSING.has(row[column].toLowerCase())) throw refusal("play_csv_missing", { line, name, cell: row[column] });
    return row[column];
  });
}

// A column as numbers; null if it is made of words.
function numbersOf(table, name) {
  const cells = cellsOf(table, name);
  const found = cells.map(numberIn);
  const wrong = found.flatMap((number, i) => (number === null ? [i] : []));
  if (wrong.length > cells.length / 2 || (wrong.length && cells.length < 3)) return null;
  if (wrong.length) throw refusal("play_csv_word", { line: String(table.lines[wrong[0]]), name, cell: cells[wrong[0]] });
  return found;
}
