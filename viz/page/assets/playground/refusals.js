// What in the settings, in a link or in a table cannot be used? An Error whose `key` is a row of strings.py, which says
// in each language what is wrong and what to write instead, and whose `places` fill it in.

export function refusal(key, places = {}) {
  return Object.assign(new Error(`${key} ${JSON.stringify(places)}`), { kind: "PlaygroundError", key, places });
}
