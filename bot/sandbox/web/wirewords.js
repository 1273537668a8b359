// What the wire page says.

import { language } from "./words.js";

const EN = {
  title: "The wire", back: "To the chats", filter: "Filter by text", method: "Method", bot: "Bot", all: "all", status: "Status", errors: "errors only",
  polls: "Hide getUpdates", clear: "Clear", pause: "Pause", resume: "Go on", time: "Time", took: "Took", request: "Request", response: "Response",
  open: "open", none: "No calls yet.", trouble: "Trouble on demand", kind: "Kind", times: "Times (0: always)", seconds: "Seconds", addFault: "Switch on",
  off: "Switch off", limits: "Telegram's flood limits (429)", anyMethod: "any method", calls: "calls", code: "Status (for errors)",
};
const RU = {
  title: "Провод", back: "К чатам", filter: "Поиск по тексту", method: "Метод", bot: "Бот", all: "все", status: "Статус", errors: "только ошибки",
  polls: "Без getUpdates", clear: "Очистить", pause: "Пауза", resume: "Дальше", time: "Время", took: "Длилось", request: "Запрос", response: "Ответ",
  open: "идёт", none: "Вызовов пока нет.", trouble: "Неполадки по заказу", kind: "Вид", times: "Раз (0: всегда)", seconds: "Секунды", addFault: "Включить",
  off: "Выключить", limits: "Ограничения Telegram (429)", anyMethod: "любой метод", calls: "вызовов", code: "Статус (для ошибок)",
};

/** The words for a key. */
export function w(key) {
  return (language === "ru" ? RU : EN)[key];
}
