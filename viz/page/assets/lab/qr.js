// How does a link become a QR code? As ISO/IEC 18004 says: the bytes of the text, then bytes that correct errors, in a
// square with patterns by which a camera finds it. Always with the lowest correction: a screen has no scratches, and larger
// squares are read from farther away.

const FREE = 2; // a square that belongs to no pattern; else 1 is dark and 0 light
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12]; // of each version, from 1 on
const CHECKS = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26]; // in a block
const MASKS = [
  (y, x) => (y + x) % 2,
  (y) => y % 2,
  (y, x) => x % 3,
  (y, x) => (y + x) % 3,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2,
  (y, x) => ((y * x) % 2) + ((y * x) % 3),
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2,
]; // 0 where a square is turned over

export const MOST_BYTES = 1273; // of version 25, 117 squares wide: more of them no phone tells apart on a screen

/** The rows of a QR code, 1 for a dark square; null for a text that is too long. */
export function qrOf(text) {
  const bytes = [...new TextEncoder().encode(text)];
  const version = BLOCKS.findIndex((_, index) => bytes.length <= roomIn(index + 1)) + 1;
  if (!version) return null;
  const blank = patternsOf(version);
  const filled = placed(blank, interleaved(codewordsOf(bytes, version), version));
  const tried = MASKS.map((mask) => filled.map((row, y) => row.map((dark, x) => Number(dark ^ (blank[y][x] === FREE && mask(y, x) === 0)))));
  const faults = tried.map(faultsOf);
  const best = faults.indexOf(Math.min(...faults));
  return withFormat(tried[best], best, version);
}

// The bytes: what the text is, then its length, the text, padding; and for each block bytes that correct errors.

function roomIn(version) {
  return codewordsIn(version) - Math.ceil((4 + lengthBits(version)) / 8); // the rest of the last byte is the end
}

function codewordsIn(version) {
  const free = patternsOf(version).flat().filter((square) => square === FREE).length;
  return Math.floor(free / 8) - BLOCKS[version - 1] * CHECKS[version - 1];
}

const lengthBits = (version) => (version < 10 ? 8 : 16);
const binary = (number, digits) => number.toString(2).padStart(digits, "0");

function codewordsOf(bytes, version) {
  const text = bytes.map((byte) => binary(byte, 8)).join("");
  const bits = `0100${binary(bytes.length, lengthBits(version))}${text}0000`;
  const words = bits.match(/.{8}/g).map((byte) => parseInt(byte, 2));
  const room = codewordsIn(version);
  if (words.length < room) words.push(0);
  for (let pad = 0xec; words.length < room; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

// The first bytes of all blocks, then the second ones, …: a scratch takes a little of each.
function interleaved(words, version) {
  const [count, checks] = [BLOCKS[version - 1], CHECKS[version - 1]];
  const short = count - (words.length % count); // so many blocks have one byte less
  const size = Math.floor(words.length / count);
  const begin = (block) => block * size + Math.max(0, block - short);
  const blocks = Array.from({ length: count }, (_, block) => words.slice(begin(block), begin(block + 1)));
  return [...turned(blocks), ...turned(blocks.map((block) => checksOf(block, checks)))];
}

function turned(blocks) {
  const longest = blocks.at(-1).length; // the last is among the longest
  return Array.from({ length: longest }, (_, index) => blocks.map((block) => block[index])).flat().filter((word) => word !== undefined);
}

// The remainder of the block, as a polynomial over the field of 256 elements, divided by (x - 1)(x - 2)(x - 4)…
function checksOf(block, count) {
  const divisor = divisorOf(count);
  const rest = new Array(count).fill(0);
  for (const word of block) {
    const factor = word ^ rest.shift();
    rest.push(0);
    divisor.forEach((each, index) => (rest[index] ^= times(each, factor)));
  }
  return rest;
}

function divisorOf(count) {
  let [polynomial, root] = [[1], 1];
  for (let degree = 0; degree < count; degree++) {
    polynomial = [...polynomial, 0].map((each, index) => each ^ times(root, polynomial[index - 1] ?? 0));
    root = times(root, 2);
  }
  return polynomial.slice(1); // without the leading 1
}

function times(one, other) {
  let product = 0;
  for (let [a, b] = [one, other]; b; b >>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11d : 0);
  }
  return product;
}

// The square: patterns, then the bytes from the lower right corner on, in columns of two, up and down in turn

function patternsOf(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => new Array(size).fill(FREE));
  for (const [y, x] of placesOfFormat(size).flat()) grid[y][x] = 0;
  for (const [y, x] of version < 7 ? [] : placesOfVersion(size).flat()) grid[y][x] = 0;
  for (let at = 0; at < size; at++) grid[6][at] = grid[at][6] = (at + 1) % 2;
  for (const [y, x] of centresOf(version, size)) drawRings(grid, y, x, 2, [1, 0, 1]);
  for (const [y, x] of [[3, 3], [3, size - 4], [size - 4, 3]]) drawRings(grid, y, x, 4, [1, 1, 0, 1, 0]);
  return grid;
}

function drawRings(grid, middle, centre, reach, colours) {
  for (let y = middle - reach; y <= middle + reach; y++) {
    for (let x = centre - reach; x <= centre + reach; x++) {
      if (grid[y]?.[x] !== undefined) grid[y][x] = colours[Math.max(Math.abs(y - middle), Math.abs(x - centre))];
    }
  }
}

// Of the small marks: in rows and columns that are equally far apart, but for the first; none under the three large ones.
function centresOf(version, size) {
  if (version === 1) return [];
  const [first, last, count] = [6, size - 7, Math.floor(version / 7) + 1];
  const apart = 2 * Math.ceil((last - first) / count / 2);
  const lines = [first, ...Array.from({ length: count }, (_, index) => last - apart * (count - 1 - index))];
  const isLarge = (y, x) => (y === first && x === first) || (y === first && x === last) || (y === last && x === first);
  return lines.flatMap((y) => lines.map((x) => [y, x])).filter(([y, x]) => !isLarge(y, x));
}

function placed(blank, words) {
  const bits = words.map((word) => binary(word, 8)).join("");
  const [grid, size] = [blank.map((row) => [...row]), blank.length];
  let next = 0;
  let isUp = true;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) { // past the column of the pattern
    for (let line = 0; line < size; line++) {
      const y = isUp ? size - 1 - line : line;
      for (const x of [right, right - 1]) if (grid[y][x] === FREE) grid[y][x] = Number(bits[next++] ?? 0);
    }
    isUp = !isUp;
  }
  return grid;
}

// The mask: what could be taken for a pattern, or is all of one colour, counts against it

const RUN = /(.)\1{4,}/g;
const LIKE_A_MARK = /(?<=0000)1011101|1011101(?=0000)/g;

function faultsOf(grid) {
  const columns = grid.map((_, x) => grid.map((row) => row[x]));
  const lines = [...grid, ...columns].map((line) => line.join(""));
  const runs = lines.flatMap((line) => line.match(RUN) ?? []).reduce((sum, run) => sum + run.length - 2, 0);
  const marks = lines.flatMap((line) => `0000${line}0000`.match(LIKE_A_MARK) ?? []).length;
  const isBlock = (y, x) => [grid[y - 1]?.[x], grid[y][x - 1], grid[y - 1]?.[x - 1]].every((each) => each === grid[y][x]);
  const blocks = grid.reduce((sum, row, y) => sum + row.filter((_, x) => isBlock(y, x)).length, 0);
  const dark = grid.flat().filter(Boolean).length / grid.length ** 2;
  return runs + 3 * blocks + 40 * marks + 10 * Math.floor(Math.abs(100 * dark - 50) / 5);
}

// What a camera reads first: the level of correction and the mask, and in large codes the version, each twice

function withFormat(grid, mask, version) {
  const format = corrected((1 << 3) | mask, 0x537, 10) ^ 0x5412;
  const size = grid.length;
  for (const places of placesOfFormat(size)) places.forEach(([y, x], bit) => (grid[y][x] = (format >> bit) & 1));
  const found = corrected(version, 0x1f25, 12);
  if (version >= 7) for (const places of placesOfVersion(size)) places.forEach(([y, x], bit) => (grid[y][x] = (found >> bit) & 1));
  grid[size - 8][8] = 1;
  return grid;
}

function corrected(data, divisor, digits) {
  let rest = data << digits;
  while (rest >> digits) rest ^= divisor << (31 - Math.clz32(rest) - digits);
  return (data << digits) | rest;
}

// For each of the two copies, the places of its bits from the lowest on.
function placesOfFormat(size) {
  const bits = [...Array(15).keys()];
  const before = (bit) => (bit < 6 ? bit : bit + 1); // past the pattern in row and column 6
  const corner = bits.map((bit) => (bit < 8 ? [before(bit), 8] : [8, before(14 - bit)]));
  const edges = bits.map((bit) => (bit < 8 ? [8, size - 1 - bit] : [size - 15 + bit, 8]));
  return [corner, [...edges, [size - 8, 8]]];
}

function placesOfVersion(size) {
  const one = [...Array(18).keys()].map((bit) => [Math.floor(bit / 3), size - 11 + (bit % 3)]);
  return [one, one.map(([y, x]) => [x, y])];
}
