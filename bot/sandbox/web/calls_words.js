// The texts of the call log page, in English and Russian.

import { language } from "./words.js";

const EN = {
  title: "Call log",
  back: "To the chats",
  filter: "Filter by text",
  method: "Method",
  bot: "Bot",
  all: "all",
  errors: "errors only",
  polls: "Hide getUpdates",
  clear: "Clear",
  pause: "Pause",
  resume: "Go on",
  request: "Request",
  response: "Response",
  open: "open",
  none: "No calls yet.",
  faults: "Faults on demand",
  kind: "Kind",
  times: "Times (0: always)",
  seconds: "Seconds",
  mostSeconds: "Seconds at most (delay)",
  percent: "Percent of calls",
  addFault: "Switch on",
  off: "Switch off",
  limits: "Telegram's flood limits (429)",
  anyMethod: "any method",
  calls: "calls",
  code: "Status (for errors)",
};
const RU = {
  title: "Журнал вызовов",
  back: "К чатам",
  filter: "Поиск по тексту",
  method: "Метод",
  bot: "Бот",
  all: "все",
  errors: "только ошибки",
  polls: "Без getUpdates",
  clear: "Очистить",
  pause: "Пауза",
  resume: "Дальше",
  request: "Запрос",
  response: "Ответ",
  open: "идёт",
  none: "Вызовов пока нет.",
  faults: "Неполадки по заказу",
  kind: "Вид",
  times: "Раз (0: всегда)",
  seconds: "Секунды",
  mostSeconds: "Секунд не больше (delay)",
  percent: "Процент вызовов",
  addFault: "Включить",
  off: "Выключить",
  limits: "Ограничения Telegram (429)",
  anyMethod: "любой метод",
  calls: "вызовов",
  code: "Статус (для ошибок)",
};

/** The text for a key, in the language of the page. */
export function t(key) {
  return (language === "ru" ? RU : EN)[key];
}
