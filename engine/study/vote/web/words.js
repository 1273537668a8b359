// The texts of the page, in English and Russian.

const EN = {
  title: "Which is the better painting of this content in this style?",
  content: "Content",
  style: "Style",
  contentAlt: "The picture to paint",
  styleAlt: "The picture whose style is taken",
  left: "Picture A",
  right: "Picture B",
  choose: "is better",
  equal: "Equally good",
  undo: "Undo",
  pause: "Pause",
  goOn: "Go on",
  otherVoter: "Somebody else votes",
  keys: "← A · B → · ↓ or space: equal · Z: undo · P: pause",
  votes: (count, of) => (count < of ? `${count} of ${of}` : `${count}`),
  voted: (count) => `Kept. ${count} votes so far.`,
  undone: "The last vote is taken back.",
  pausedTitle: "Pause",
  pausedText: "Every vote is kept. You can close the page and go on later in this browser.",
  enoughTitle: "Thank you!",
  enoughText: "You have compared any two methods once. More votes make the answer surer.",
  doneTitle: "Thank you!",
  doneText: "You have seen everything that there is to compare.",
  anew: "The program was started anew: please vote on what is shown now.",
  failed: "That did not work. Is the program still running? Try again.",
};

const RU = {
  title: "Какая картина лучше передаёт это содержание в этом стиле?",
  content: "Содержание",
  style: "Стиль",
  contentAlt: "Что рисуется",
  styleAlt: "Чей стиль взят",
  left: "Картина A",
  right: "Картина B",
  choose: "лучше",
  equal: "Одинаково хороши",
  undo: "Отменить",
  pause: "Пауза",
  goOn: "Продолжить",
  otherVoter: "Голосует другой человек",
  keys: "← A · B → · ↓ или пробел: одинаковы · Z: отменить · P: пауза",
  votes: (count, of) => (count < of ? `${count} из ${of}` : `${count}`),
  voted: (count) => `Сохранено. Голосов: ${count}.`,
  undone: "Последний голос отменён.",
  pausedTitle: "Пауза",
  pausedText: "Все голоса сохранены. Страницу можно закрыть и продолжить позже в этом же браузере.",
  enoughTitle: "Спасибо!",
  enoughText: "Вы сравнили каждые два метода по одному разу. С новыми голосами ответ станет надёжнее.",
  doneTitle: "Спасибо!",
  doneText: "Вы сравнили всё, что можно сравнить.",
  anew: "Программа была запущена заново: проголосуйте за то, что показано сейчас.",
  failed: "Не получилось. Программа ещё запущена? Попробуйте ещё раз.",
};

/** The texts in a language; null: in the browser's. */
export function words(language) {
  const chosen = language ?? (navigator.language.startsWith("ru") ? "ru" : "en");
  document.documentElement.lang = chosen;
  return chosen === "ru" ? RU : EN;
}
