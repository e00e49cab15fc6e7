// Which random numbers does Python draw? With the same seed the same ones come here: so the data, the first weights and
// the order of the samples are those of nn.
//
//   pythonRandom(seed)      random.Random(seed): random, uniform, gauss, shuffle
//   numpyRandom(seed)       numpy.random.default_rng(seed): random, uniform, normal, below, permutation
//   legacyRandom(seed)      numpy.random.RandomState(seed): random, randn
//
// Whole numbers, orders and uniform numbers are the same to the last bit. What passes through a logarithm or a sine can
// differ in it, as these do between one C library and another.

// The Mersenne Twister (Matsumoto and Nishimura, 1998): 624 words of 32 bits, mixed again after they are used up.

const WORDS = 624;
const AHEAD = 397;
const TWIST = 0x9908b0df;

function seededWords(seed) {
  const words = new Uint32Array(WORDS);
  words[0] = seed;
  for (let i = 1; i < WORDS; i++) words[i] = Math.imul(1812433253, words[i - 1] ^ (words[i - 1] >>> 30)) + i;
  return words;
}

// The words for a seed of any length, as init_by_array of the reference mixes them.
function wordsOfKey(key) {
  const words = seededWords(19650218);
  let i = 1;
  const mix = (factor, extra) => {
    const before = words[i - 1] ^ (words[i - 1] >>> 30);
    words[i] = (words[i] ^ Math.imul(before, factor)) + extra;
    i += 1;
    if (i === WORDS) [words[0], i] = [words[WORDS - 1], 1];
  };
  for (let k = 0; k < Math.max(WORDS, key.length); k++) mix(1664525, key[k % key.length] + (k % key.length));
  for (let k = 1; k < WORDS; k++) mix(1566083941, -i);
  words[0] = 0x80000000;
  return words;
}

// The words one after the other, 32 bits each.
function twister(first) {
  let [words, place] = [first, WORDS];
  const twist = () => {
    for (let i = 0; i < WORDS; i++) {
      const joined = (words[i] & 0x80000000) | (words[(i + 1) % WORDS] & 0x7fffffff);
      words[i] = words[(i + AHEAD) % WORDS] ^ (joined >>> 1) ^ (joined & 1 ? TWIST : 0);
    }
    place = 0;
  };
  const next = () => {
    if (place === WORDS) twist();
    let bits = words[place++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return (bits ^ (bits >>> 18)) >>> 0;
  };
  const state = () => ({ words: words.slice(), place });
  const restore = (kept) => { [words, place] = [kept.words.slice(), kept.place]; };
  return { next, state, restore };
}

const fraction = (next) => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;

// A whole number from 0 on as words of 32 bits, the lowest first.
function wordsOf(seed) {
  const words = [];
  for (let rest = BigInt(seed); rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffffffffn));
  return words.length ? words : [0];
}

/** Python's random.Random(seed). What it shuffles next can be kept, `state()`, and come again, `restore(state)`. */
export function pythonRandom(seed) {
  const { next, state, restore } = twister(wordsOfKey(wordsOf(Math.abs(seed))));
  const random = () => fraction(next);
  const standard = oneByOne(() => {
    const [angle, radius] = [2 * Math.PI * random(), Math.sqrt(-2 * Math.log(1 - random()))];
    return [Math.cos(angle) * radius, Math.sin(angle) * radius];
  });
  const gauss = (mean, deviation) => mean + standard() * deviation;
  const below = (n) => {
    const bits = 32 - Math.clz32(n);
    let number = n;
    while (number >= n) number = next() >>> (32 - bits);
    return number;
  };
  const shuffle = (list) => {
    for (let i = list.length - 1; i > 0; i--) exchange(list, i, below(i + 1));
    return list;
  };
  return { random, uniform: (a, b) => a + (b - a) * random(), gauss, shuffle, state, restore };
}

/** NumPy's numpy.random.RandomState(seed), whose normal numbers come from the polar method. */
export function legacyRandom(seed) {
  const { next } = twister(seededWords(seed));
  const random = () => fraction(next);
  const randn = oneByOne(() => {
    let [x, y, square] = [0, 0, 0];
    while (square >= 1 || square === 0) {
      [x, y] = [2 * random() - 1, 2 * random() - 1];
      square = x * x + y * y;
    }
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    return [factor * y, factor * x];
  });
  return { random, randn };
}

// PCG64 (O'Neill, 2014), seeded by NumPy's SeedSequence.

const LOW = (1n << 64n) - 1n;
const ALL = (1n << 128n) - 1n;
const FACTOR = (2549297995355413924n << 64n) + 4865540595714422341n;
const POOL = 4;

// The seed, mixed into so many words of 64 bits.
function seedSequence(seed, count) {
  const pool = entropyPool(wordsOf(seed));
  const word = hashing(0x8b51f9dd, 0x58f38ded);
  const words = Array.from({ length: 2 * count }, (_, i) => BigInt(word(pool[i % POOL])));
  return Array.from({ length: count }, (_, i) => words[2 * i] | (words[2 * i + 1] << 32n));
}

function entropyPool(entropy) {
  const hash = hashing(0x43b0d7e5, 0x931e8875);
  const pool = Array.from({ length: POOL }, (_, i) => hash(entropy[i] ?? 0));
  const mixed = (x, y) => {
    const both = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
    return (both ^ (both >>> 16)) >>> 0;
  };
  for (let from = 0; from < POOL; from++) {
    for (let to = 0; to < POOL; to++) if (from !== to) pool[to] = mixed(pool[to], hash(pool[from]));
  }
  return pool;
}

// A hash of words of 32 bits, which is another one at each call.
function hashing(first, factor) {
  let constant = first;
  return (word) => {
    const marked = word ^ constant;
    constant = Math.imul(constant, factor) >>> 0;
    const product = Math.imul(marked, constant);
    return (product ^ (product >>> 16)) >>> 0;
  };
}

// A function that gives the next 64 bits.
function pcg(seed) {
  const [high, low, highStep, lowStep] = seedSequence(seed, 4);
  const step = ((((highStep << 64n) | lowStep) << 1n) | 1n) & ALL;
  let state = step;
  const advance = () => { state = (state * FACTOR + step) & ALL; };
  state = (state + ((high << 64n) | low)) & ALL;
  advance();
  return () => {
    advance();
    const [mixed, turn] = [(state >> 64n) ^ (state & LOW), state >> 122n];
    return ((mixed >> turn) | (mixed << (64n - turn))) & LOW;
  };
}

// The ziggurat (Marsaglia and Tsang, 2000): 256 layers of the same area under exp(-x²/2); `edges[i]` is where layer i
// ends, and the lowest one has the tail beyond R.

const LAYERS = 256;
const R = 3.654152885361008796;
const AREA = 0.00492867323397465524494;
const STEPS = 2 ** 52; // of a number within a layer

const density = (x) => Math.exp(-0.5 * x * x);

const EDGES = (() => {
  const edges = new Float64Array(LAYERS);
  [edges[0], edges[LAYERS - 1]] = [AREA / density(R), R];
  for (let i = LAYERS - 2; i >= 1; i--) edges[i] = Math.sqrt(-2 * Math.log(AREA / edges[i + 1] + density(edges[i + 1])));
  return edges;
})();

function zigguratLayer(layer) {
  const inner = layer === 0 ? R : layer === 1 ? 0 : EDGES[layer - 1];
  const heights = [layer === 1 ? 1 : density(EDGES[layer - 1] ?? 0), density(EDGES[layer])];
  return { width: EDGES[layer] / STEPS, within: Math.floor((inner / EDGES[layer]) * STEPS), heights };
}

const ZIGGURAT = Array.from({ length: LAYERS }, (_, layer) => zigguratLayer(layer));

/** NumPy's numpy.random.default_rng(seed). */
export function numpyRandom(seed) {
  const next = pcg(seed);
  const random = () => Number(next() >> 11n) / 9007199254740992;
  let kept = null; // 32 bits of 64 that were drawn
  const next32 = () => {
    const bits = kept ?? next();
    kept = kept === null ? bits >> 32n : null;
    return bits & 0xffffffffn;
  };
  const tail = (isNegative) => {
    for (;;) {
      const x = -Math.log1p(-random()) / R;
      const y = -Math.log1p(-random());
      if (y + y > x * x) return isNegative ? -(R + x) : R + x;
    }
  };
  const standard = () => {
    for (;;) {
      const bits = next();
      const layer = Number(bits & 0xffn);
      const rest = Number((bits >> 9n) & 0xfffffffffffffn);
      const { width, within, heights } = ZIGGURAT[layer];
      const x = bits & 0x100n ? -rest * width : rest * width;
      if (rest < within) return x;
      if (layer === 0) return tail(((bits >> 17n) & 1n) === 1n);
      if ((heights[0] - heights[1]) * random() + heights[1] < density(x)) return x;
    }
  };
  // A whole number below n, each with the same probability (Lemire, 2019).
  const below = (n) => {
    if (n === 1) return 0;
    const count = BigInt(n);
    const least = (0x100000000n - count) % count;
    let product = next32() * count;
    while ((product & 0xffffffffn) < least) product = next32() * count;
    return Number(product >> 32n);
  };
  // A whole number up to most: so many bits as it has, drawn again until they are not too many.
  const upTo = (most) => {
    const mask = (1n << BigInt(32 - Math.clz32(most))) - 1n;
    let number = most + 1;
    while (number > most) number = Number(next32() & mask);
    return number;
  };
  const permutation = (n) => {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) exchange(order, i, upTo(i));
    return order;
  };
  const uniform = (low, high) => low + (high - low) * random();
  return { random, uniform, normal: (mean, deviation) => mean + deviation * standard(), below, permutation };
}

// Normal numbers are made two at a time: a function that gives one.
function oneByOne(made) {
  let waiting = [];
  return () => {
    if (!waiting.length) waiting = made();
    return waiting.shift();
  };
}

function exchange(list, i, j) {
  [list[i], list[j]] = [list[j], list[i]];
}
