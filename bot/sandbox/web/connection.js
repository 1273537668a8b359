// Whether the sandbox can be reached: a notice while it cannot, and the growing pauses between attempts.

import { t } from "./words.js";

const FIRST_PAUSE = 1000; // milliseconds
const LONGEST_PAUSE = 15_000;
let failures = 0;

/** The sandbox answers: remove the notice. */
export function reportConnected() {
  failures = 0;
  show("");
}

/** The sandbox does not answer: show the notice, and return the milliseconds to wait before the next attempt. */
export function reportLost() {
  show(t("offline"));
  failures += 1;
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
}

/** Screen readers announce a status whenever it is set, so set it only when it changes. */
function show(text) {
  const line = document.getElementById("offline");
  if (line.textContent !== text) line.textContent = text;
}
