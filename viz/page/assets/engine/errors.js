// What went wrong, and what is to be written instead? In up to four parts, as errors.py says it.

/**
 * An Error whose `kind` is the name of the class in Python. `place` is where in the text it is: {start, end}, or null.
 */
export function failure(kind, asked, { wrong = "", origin = "", instead = "", place = null } = {}) {
  const parts = { "what is wrong:": wrong, "where from:": origin, "write instead:": instead };
  const told = Object.entries(parts).filter(([, text]) => text);
  const lines = told.map(([title, text]) => `  ${title.padEnd(15)} ${text}`);
  return Object.assign(new Error([asked, ...lines].join("\n")), { kind, asked, wrong, origin, instead, place });
}
