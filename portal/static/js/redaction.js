// m masks and e keeps the finding in focus; the page itself does the same with its buttons.
const list = document.querySelector("[data-findings]");
const open = list.querySelector("[data-open] [data-row-link]");
const toggle = document.querySelector("[data-shortcuts-switch]");

if (open && !location.hash) {
  open.focus({ preventScroll: true });
}

list.addEventListener("keydown", (event) => {
  const row = event.target.closest("li");
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  const busy = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (!row || typing || busy || (toggle && !toggle.checked)) {
    return;
  }
  if (event.key === "m") {
    event.preventDefault();
    row.querySelector("[data-mask]")?.click();
  } else if (event.key === "e") {
    event.preventDefault();
    const keep = row.querySelector("[data-keep-open]");
    if (keep) {
      keep.open = true;
      keep.querySelector(".input").focus();
    }
  }
});
