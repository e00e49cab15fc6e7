// What the theme leaves out for those who listen to a page or go through it by keyboard: the level of a heading, the
// name of a sidebar, and a stop at whatever scrolls. And its words in Chinese, which it has in English alone.
"use strict";

const CHINESE = {
  "Back to top": "回到顶部",
  "Skip to content": "跳到正文",
  "Made with": "主题",
  "Copyright": "版权所有",
};

// A text that begins with one of these; what follows stays.
function inChinese(text) {
  const known = Object.keys(CHINESE).find((english) => text.trimStart().startsWith(english));
  return known ? text.replace(known, CHINESE[known]) : text;
}

function translate() {
  for (const part of document.querySelectorAll(".skip-to-content, .back-to-top span, .left-details, .copyright")) {
    for (const node of part.childNodes) if (node.nodeType === Node.TEXT_NODE) node.data = inChinese(node.data);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const chinese = document.documentElement.lang.startsWith("zh");
  if (chinese) translate();
  for (const heading of document.querySelectorAll("[role=heading]:not([aria-level])")) heading.ariaLevel = "2";
  const names = {"sidebar-drawer": ["Guide", "指南"], "toc-drawer": ["On this page", "本页内容"]};
  for (const [part, name] of Object.entries(names)) {
    for (const aside of document.querySelectorAll(`aside.${part}`)) aside.ariaLabel = name[Number(chinese)];
  }
  addStops();
});

// Pictures have their size now. One that grows downwards, and is wider than a phone, shows its middle first.
window.addEventListener("load", () => {
  addStops();
  for (const picture of document.querySelectorAll("article p > img")) {
    const [box, isTall] = [picture.parentElement, picture.naturalHeight > picture.naturalWidth];
    if (isTall) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  }
});

function addStops() {
  for (const box of document.querySelectorAll(".table-wrapper, .highlight pre, .wide, .math-block, article p:has(> img)")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}
