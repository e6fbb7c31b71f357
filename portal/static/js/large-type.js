// Large type, remembered in this browser, and a voice that reads the page where there is one.
const KEY = "letterbox:display";
const SPOKEN = "h1, h2, h3, h4, p, li, dt, dd, th, td, label, legend, summary, pre";
const root = document.documentElement;
const bar = document.querySelector("[data-display-bar]");
const reader = bar.querySelector("[data-read]");

function show() {
  const large = root.classList.contains("large-type");
  for (const button of document.querySelectorAll("[data-display-switch]")) {
    button.hidden = button.dataset.displaySwitch === (large ? "large" : "");
  }
  bar.hidden = !large;
  document.dispatchEvent(new Event("letterbox:display"));
}

function change(event) {
  const wanted = event.currentTarget.dataset.displaySwitch;
  root.classList.toggle("large-type", wanted === "large");
  if (!wanted) {
    window.speechSynthesis?.cancel();
  }
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is closed to us: the choice holds for this page.
  }
  show();
  document.querySelector("[data-display-switch]:not([hidden])").focus();
}

// What stands on the page as text, each part once: an item may hold paragraphs of its own.
function parts() {
  return [...document.querySelectorAll(`main :is(${SPOKEN})`)]
    .filter((part) => part.checkVisibility() && !part.querySelector(SPOKEN))
    .map((part) => part.textContent);
}

// Sentence by sentence: voices fall silent in the middle of a long text.
function sentences() {
  const chosen = getSelection().toString().trim();
  const text = chosen || parts().join("\n");
  return text.split(/(?<=[。！？!?；;\n])/u).filter((part) => part.trim());
}

function read() {
  if (reader.getAttribute("aria-pressed") === "true") {
    speechSynthesis.cancel();
    return;
  }
  speechSynthesis.cancel();
  const spoken = sentences().map((part) => {
    const said = new SpeechSynthesisUtterance(part);
    said.lang = root.lang;
    said.rate = 0.9;
    return said;
  });
  const last = spoken.at(-1);
  if (!last) {
    return;
  }
  const silent = () => {
    reader.setAttribute("aria-pressed", "false");
    reader.querySelector("span").textContent = reader.dataset.read;
  };
  for (const said of spoken) {
    said.addEventListener("error", silent);
  }
  last.addEventListener("end", silent);
  reader.setAttribute("aria-pressed", "true");
  reader.querySelector("span").textContent = reader.dataset.stop;
  for (const said of spoken) {
    speechSynthesis.speak(said);
  }
}

for (const button of document.querySelectorAll("[data-display-switch]")) {
  button.addEventListener("click", change);
}
if ("speechSynthesis" in window) {
  reader.addEventListener("click", read);
  addEventListener("pagehide", () => speechSynthesis.cancel());
  reader.hidden = false;
}
show();
