// Whether the sandbox can be reached: one quiet notice while it cannot, and pauses between the tries that grow.

import { t } from "./words.js";

const FIRST = 1000; // milliseconds
const LONGEST = 15_000;
let failures = 0;

/** The sandbox answers. */
export function reached() {
  failures = 0;
  say("");
}

/** The sandbox does not answer; returns the milliseconds to wait before the next try. */
export function missed() {
  say(t("offline"));
  failures += 1;
  return Math.min(LONGEST, FIRST * 2 ** (failures - 1));
}

/** Screen readers read a status out whenever it is written, so it is written once. */
function say(words) {
  const line = document.getElementById("offline");
  if (line.textContent !== words) line.textContent = words;
}
