// A button that copies the text of the element it names (data-copy="#id") and says so.
document.querySelectorAll("[data-copy]").forEach((button) => {
  if (!navigator.clipboard) {
    return;
  }
  const source = document.querySelector(button.dataset.copy);
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  button.after(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.dataset.copyText ?? source.textContent.trim());
      label.textContent = button.dataset.done;
      said.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
    }
    setTimeout(() => {
      label.textContent = before;
      said.textContent = "";
    }, 4000);
  });
});
