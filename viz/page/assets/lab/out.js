// How does a text leave the page? Onto the clipboard, or into a file. A notebook's frame allows neither, and says so on the
// console when it is asked; so it is not asked.

import { element } from "./dom.js";

export const isFramed = location.protocol === "about:";

/** Whether the clipboard took the text. */
export async function isCopied(text) {
  if (isFramed) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or a browser without it
  }
}

/** Keep a Blob as a file; not in a frame. */
export function download(name, blob) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // when the browser has surely read it
}
