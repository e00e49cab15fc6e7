// What did Python put into the page? Data, as JSON in an element that no browser runs.

export const PAGE = JSON.parse(document.getElementById("page").textContent);
