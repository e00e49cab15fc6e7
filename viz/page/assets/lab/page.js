// What did Python put into the page? Data, as JSON in an element that no browser runs; and the program, which is running.

export const PAGE = JSON.parse(document.getElementById("page").textContent);
export const PROGRAM = document.currentScript?.textContent ?? "";
