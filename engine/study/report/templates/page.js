"use strict";
for (const hint of document.querySelectorAll(".sort-hint")) hint.hidden = false;

// Tables sort by the column whose title is pressed. Numbers are in data-key, where the text is not the number itself.
for (const table of document.querySelectorAll("table")) {
  table.querySelectorAll("thead th").forEach((title, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener("click", () => sort(table, column, title));
  });
}

function sort(table, column, title) {
  const downwards = title.getAttribute("aria-sort") === "ascending";
  for (const each of table.querySelectorAll("thead th")) each.removeAttribute("aria-sort");
  title.setAttribute("aria-sort", downwards ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, key: row.cells[column].dataset.key, text: row.cells[column].textContent }));
  rows.sort((a, b) => {
    if (a.key !== undefined && b.key !== undefined) return (a.key - b.key) * (downwards ? -1 : 1);
    if (a.key !== undefined || b.key !== undefined) return a.key === undefined ? 1 : -1; // what has no number comes last
    return a.text.localeCompare(b.text, document.documentElement.lang) * (downwards ? -1 : 1);
  });
  table.tBodies[0].append(...rows.map(({ row }) => row));
}

// A picture that is pressed is shown large: the full file beside the page, or the small one where that is missing.
const dialog = document.querySelector("dialog");
const large = dialog.querySelector("img");
const links = [...document.querySelectorAll(".sheet a")];
let shown = 0;

function show(index) {
  shown = (index + links.length) % links.length;
  const small = links[shown].querySelector("img");
  large.onerror = () => { large.onerror = null; large.src = small.src; };
  large.src = links[shown].href;
  large.alt = small.alt;
  dialog.querySelector("span").textContent = small.alt;
}

links.forEach((link, index) => link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(index);
  dialog.showModal();
}));
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") show(shown + 1);
  if (event.key === "ArrowLeft") show(shown - 1);
});
dialog.addEventListener("click", (event) => { if (event.target !== large) dialog.close(); });

// On paper nothing is folded away.
window.addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
