// Keys for people who live in the inbox. They can be switched off (WCAG 2.1.4), and are silent
// while one types or a dialogue is open.
const dialog = document.querySelector("[data-shortcuts]");
const toggle = dialog.querySelector("[data-shortcuts-switch]");
const opener = document.querySelector("[data-shortcuts-open]");
const SETTING = "letterbox:shortcuts";

function stored() {
  try {
    return localStorage.getItem(SETTING);
  } catch {
    return null;
  }
}

toggle.checked = stored() !== "off";
toggle.addEventListener("change", () => {
  try {
    localStorage.setItem(SETTING, toggle.checked ? "on" : "off");
  } catch {
    // The choice then holds for this page only.
  }
});

if (opener) {
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}

function typing(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function move(step) {
  const links = [...document.querySelectorAll("[data-rows] [data-row-link]")];
  if (!links.length) {
    return;
  }
  const at = links.findIndex((link) => link.closest("tr, li") === document.activeElement.closest("tr, li"));
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  links[Math.max(0, Math.min(links.length - 1, next))].focus();
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.querySelector("[data-shortcut-search]")?.focus(),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (busy || !toggle.checked || typing(event.target) || document.querySelector("dialog[open]")) {
    return;
  }
  const act = keys[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
