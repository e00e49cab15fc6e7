// How can a list have a hundred thousand members, of which a reader looks at one? Each is made when it is asked for.

/**
 * An array to read: `length`, `at`, `map`, `slice` and the rest of them work. `make(index)` gives a member, which is kept,
 * so that it is the same object every time.
 */
export function lazyList(length, make) {
  const kept = new Map();
  const member = (index) => {
    if (!kept.has(index)) kept.set(index, make(index));
    return kept.get(index);
  };
  const indexOf = (key) => (typeof key === "string" && /^\d+$/.test(key) && Number(key) < length ? Number(key) : null);
  return new Proxy([], {
    get(list, key, self) {
      if (key === "length") return length;
      const index = indexOf(key);
      return index === null ? Reflect.get(list, key, self) : member(index);
    },
    has: (list, key) => indexOf(key) !== null || Reflect.has(list, key),
    ownKeys: () => [...Array.from({ length }, (_, index) => String(index)), "length"],
    getOwnPropertyDescriptor(list, key) {
      if (key === "length") return Reflect.getOwnPropertyDescriptor(list, key);
      const index = indexOf(key);
      return index === null ? undefined : { value: member(index), configurable: true, enumerable: true, writable: false };
    },
    set: () => false,
  });
}
