// What the theme leaves out for those who listen to a page or go through it by keyboard: the level of a heading, the
// name of a sidebar, and a stop at whatever scrolls.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const chinese = document.documentElement.lang.startsWith("zh");
  for (const heading of document.querySelectorAll("[role=heading]:not([aria-level])")) heading.ariaLevel = "2";
  const names = {"sidebar-drawer": ["Guide", "指南"], "toc-drawer": ["On this page", "本页内容"]};
  for (const [part, name] of Object.entries(names)) {
    for (const aside of document.querySelectorAll(`aside.${part}`)) aside.ariaLabel = name[Number(chinese)];
  }
  for (const box of document.querySelectorAll(".table-wrapper, .highlight pre, .wide, .math-block")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
