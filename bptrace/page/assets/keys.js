// The keys of the page: those of `bptrace step`, but for Tab, which leads from one control of a page to the next.

/** For each command its keys, what it does in words, and whether it is a letter, which can be switched off. */
const KEYS = [
  { name: "next", keys: ["n", " ", "Enter", "ArrowRight"], about: "go on: the next step, row or phase" },
  { name: "back", keys: ["b", "p", "ArrowLeft"], about: "go back" },
  { name: "first", keys: ["Home"], about: "the beginning" },
  { name: "last", keys: ["End"], about: "the end" },
  { name: "goTo", keys: ["g", "/"], about: "go to a quantity or to a step by its number" },
  { name: "up", keys: ["ArrowUp", "k"], about: "the row above" },
  { name: "down", keys: ["ArrowDown", "j"], about: "the row below" },
  { name: "why", keys: ["w"], about: "why the row has its value: every path from the loss to it" },
  { name: "whatIf", keys: ["s", "v"], about: "to the givens: what if one had another value" },
  { name: "summary", keys: ["m"], about: "what all comes to, at the end" },
  { name: "rows", keys: ["r"], about: "go by row, or by step" },
  { name: "columns", keys: ["f"], about: "rules with numbers, with names, or both" },
  { name: "all", keys: ["a"], about: "all at once, or step by step" },
  { name: "quiz", keys: ["q"], about: "a quiz from here on; again, its end" },
  { name: "help", keys: ["?"], about: "these keys" },
  { name: "close", keys: ["Escape", "q"], about: "close what is open" },
];
const KEY_NAMES = { " ": "Space", ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓" };

/** What a key of the keyboard does, by its name; nothing where it is somebody else's: a field's, a button's. */
function commandFor(event, letters) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return "";
  if (event.key.length === 1 && event.key !== " " && !letters) return "";
  if (isTaken(event.target, event.key)) return "";
  return KEYS.find((command) => command.keys.includes(event.key))?.name ?? "";
}

/** Whether the element that has the focus does something with the key itself. */
function isTaken(element, key) {
  if (element.closest("dialog, textarea, select, input:not([type=checkbox])")) return true;
  const presses = element.closest("button, summary, a, input");
  return Boolean(presses) && (key === " " || key === "Enter");
}

function listKeys(body) {
  for (const { keys, about } of KEYS) {
    const row = body.insertRow();
    row.insertCell().append(...keys.flatMap((key) => [keyCap(key), " "]));
    row.insertCell().textContent = about;
  }
}

function keyCap(key) {
  const cap = document.createElement("kbd");
  cap.textContent = KEY_NAMES[key] ?? key;
  return cap;
}
