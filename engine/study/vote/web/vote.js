// The page on which people choose between two outputs. The server keeps each vote before it sends the next question.

import { words } from "./words.js";

const PICTURES = ["content", "style", "left", "right"];
const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowDown: "equal" };

const at = (id) => document.getElementById(id);
const image = (which) => at(which).querySelector("img") ?? at(which);

let t = words(null);
let shown = null; // the answer of the server that is on the page
let busy = false;
let paused = false;
let greeted = 0; // number of votes at which the voter was thanked last

function label() {
  document.title = `Vitrage: ${t.title}`;
  const texts = { title: "title", "content-caption": "content", "style-caption": "style", equal: "equal", keys: "keys" };
  for (const [id, text] of Object.entries({ ...texts, undo: "undo", pause: "pause" })) at(id).textContent = t[text];
  at("go-on").textContent = t.goOn;
  at("other-voter").textContent = t.otherVoter;
  image("content").alt = t.contentAlt;
  image("style").alt = t.styleAlt;
  for (const side of ["left", "right"]) {
    image(side).alt = t[side];
    at(side).setAttribute("aria-label", `${t[side]} ${t.choose}`);
  }
}

/** Load the pictures of a question, then put all of them on the page at once. */
async function load(question) {
  const loaded = await Promise.all(
    PICTURES.map(async (which) => {
      const picture = new Image();
      picture.src = `/pictures/${question}/${which}`;
      await picture.decode();
      return picture.src;
    }),
  );
  PICTURES.forEach((which, index) => {
    image(which).src = loaded[index];
  });
}

async function show(answer) {
  if (answer.question) await load(answer.question);
  shown = answer;
  at("progress").max = answer.contests;
  at("progress").value = Math.min(answer.votes, answer.contests);
  at("progress").setAttribute("aria-label", t.votes(answer.votes, answer.contests));
  at("count").textContent = t.votes(answer.votes, answer.contests);
  at("undo").disabled = answer.votes === 0;
  draw();
}

/** Show the question, or a notice in its place. */
function draw() {
  const enough = shown.votes === shown.contests && greeted !== shown.votes;
  const notice = paused ? "paused" : !shown.question ? "done" : enough ? "enough" : null;
  at("question").hidden = notice !== null;
  at("notice").hidden = notice === null;
  at("pause").hidden = notice !== null;
  at("go-on").hidden = notice === "done";
  if (notice === null) return;
  at("notice-title").textContent = t[`${notice}Title`];
  at("notice-text").textContent = t[`${notice}Text`];
}

/** Ask the server for something and show its answer; one thing at a time, so that a second press is not a second vote. */
async function ask(path, body, said) {
  if (busy) return;
  busy = true;
  try {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body ?? {}) };
    let response = await fetch(path, path === "/question" ? {} : post);
    const gone = response.status === 410; // the program was started anew since the question was asked
    if (gone) response = await fetch("/question");
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? "");
    const answer = await response.json();
    if (shown === null) {
      t = words(answer.language);
      label();
    }
    await show(answer);
    at("status").textContent = gone ? t.anew : said ? said(answer) : "";
    at("status").classList.remove("failed");
  } catch (error) {
    at("status").textContent = [t.failed, error.message].join(" ");
    at("status").classList.add("failed");
  } finally {
    busy = false;
    document.body.dataset.ready = String(shown?.votes ?? "");
  }
}

function vote(choice) {
  if (at("question").hidden) return;
  ask("/vote", { question: shown.question, choice }, (answer) => t.voted(answer.votes));
}

function undo() {
  if (!paused && shown?.votes) ask("/undo", null, () => t.undone);
}

function pause(now) {
  if (shown === null) return;
  paused = now;
  greeted = shown.votes;
  draw();
  (now ? at("go-on") : at("left")).focus({ preventScroll: true });
}

function onKey(event) {
  if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const free = event.target === document.body; // space on a control with the focus presses that control
  const choice = KEYS[event.key] ?? (event.key === " " && free ? "equal" : null);
  if (choice) {
    event.preventDefault();
    vote(choice);
  } else if (event.code === "KeyZ") undo();
  else if (event.code === "KeyP") pause(!paused);
}

for (const choice of ["left", "right", "equal"]) at(choice).addEventListener("click", () => vote(choice));
at("undo").addEventListener("click", undo);
at("pause").addEventListener("click", () => pause(true));
at("go-on").addEventListener("click", () => pause(false));
at("other-voter").addEventListener("click", async () => {
  await ask("/voter");
  pause(false);
});
// After a click with the mouse the focus would stay on the control, and space would press it again.
document.addEventListener("click", (event) => event.detail > 0 && document.activeElement.blur());
document.addEventListener("keydown", onKey);
label();
ask("/question");
